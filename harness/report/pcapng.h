/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng.h - a capture file, as Wireshark and its relatives read it
 *
 * The format is that of draft-ietf-opsawg-pcapng: one section, little-endian, of Section Header (4.1), Interface Description
 * (4.2), Enhanced Packet (4.3) and Interface Statistics (4.6) blocks. Interfaces are Ethernet, without a snapshot length, with
 * times in nanoseconds. Each block is written whole when it is made, so that what a process leaves behind that dies is a file
 * that can be read.
 */
#pragma once

#include <glib.h>

typedef struct Pcapng Pcapng;

/* `application` and `comment` (NULL: none) are told in the section's header. A packet that takes the file to `limit_bytes` or
 * above says so in its comment and is the last; how many came after it is in the statistics. NULL with *error (G_FILE_ERROR). */
Pcapng *pcapng_new (const char *path, const char *application, const char *comment,
                    guint64 limit_bytes, GError **error);

/* Returns its number. */
guint pcapng_add_interface (Pcapng *file, const char *name);

typedef struct PcapngPacket {
  guint interface;
  gint64 time_ns; /* since 1970, or whatever the file's times count from */
  gboolean is_outbound;
  const guint8 *bytes; /* from the Ethernet header on, without the check sequence at its end */
  gsize length;
  const char *comment; /* NULL: none */
} PcapngPacket;

void pcapng_write (Pcapng *file, const PcapngPacket *packet);

/* The statistics, with what is left to say (NULL: nothing), then the end. FALSE with *error (G_FILE_ERROR) if anything since pcapng_new could not be written. */
gboolean pcapng_close (Pcapng *file, const char *comment, GError **error);
