/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng.c - blocks of a capture file, laid out by hand
 *
 * A block is type, total length, body, total length again (3.1); options are code, length, value padded to four octets, and end
 * with an empty one if there are any (3.5). The block under way is built in one array, which is written with one call.
 */
#include "harness/report/pcapng.h"

#include "world/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PCAPNG_MAGIC 0x9CA94601u

#define BLOCK_SECTION    0x0a0d0d0au
#define BLOCK_INTERFACE  1u
#define BLOCK_STATISTICS 5u
#define BLOCK_PACKET     6u
#define ORDER_MARK       0x1a2b3c4du
#define LINK_ETHERNET    1u

enum {
  OPTION_END = 0,
  OPTION_COMMENT = 1,
  OPTION_SECTION_APPLICATION = 4,
  OPTION_INTERFACE_NAME = 2,
  OPTION_INTERFACE_RESOLUTION = 9,
  OPTION_PACKET_FLAGS = 2,
  OPTION_STATISTICS_RECEIVED = 4,
  OPTION_STATISTICS_DROPPED = 5,
};

#define RESOLUTION_NS  9 /* ten to the minus ninth */
#define FLAGS_INBOUND  1u
#define FLAGS_OUTBOUND 2u

/* An option's length has 16 bits; what is longer is cut. */
#define OPTION_MAX 65532

typedef struct PcapngInterface {
  guint64 packets;
  guint64 dropped;
} PcapngInterface;

struct Pcapng {
  guint32 magic; /* PCAPNG_MAGIC */
  int fd;
  int failure; /* errno of the first write that failed; nothing is written after it */
  char *path;
  guint64 size;
  guint64 limit;
  gint64 last_ns;
  gboolean is_full;
  gboolean has_options; /* the block under way */
  GArray *interfaces;   /* of PcapngInterface */
  GByteArray *block;
};

/* ---- numbers ---- */

static void
put_8 (Pcapng *file, guint8 value)
{
  g_byte_array_append (file->block, &value, 1);
}

static void
put_16 (Pcapng *file, guint16 value)
{
  put_8 (file, (guint8) value);
  put_8 (file, (guint8) (value >> 8));
}

static void
put_32 (Pcapng *file, guint32 value)
{
  put_16 (file, (guint16) value);
  put_16 (file, (guint16) (value >> 16));
}

static void
put_64 (Pcapng *file, guint64 value)
{
  put_32 (file, (guint32) value);
  put_32 (file, (guint32) (value >> 32));
}

static void
put_padded (Pcapng *file, const void *bytes, gsize length)
{
  static const guint8 zeros[3];
  g_byte_array_append (file->block, bytes, (guint) length);
  g_byte_array_append (file->block, zeros, (guint) (-length & 3));
}

/* A time is two halves, the higher first (4.3). */
static void
put_time (Pcapng *file, gint64 time_ns)
{
  put_32 (file, (guint32) ((guint64) time_ns >> 32));
  put_32 (file, (guint32) time_ns);
}

/* ---- options ---- */

static void
put_option (Pcapng *file, guint16 code, const void *value, gsize length)
{
  file->has_options = TRUE;
  put_16 (file, code);
  put_16 (file, (guint16) length);
  put_padded (file, value, length);
}

static void
put_option_text (Pcapng *file, guint16 code, const char *text)
{
  if (text != NULL)
    put_option (file, code, text, MIN (strlen (text), OPTION_MAX));
}

static void
put_option_64 (Pcapng *file, guint16 code, guint64 value)
{
  file->has_options = TRUE;
  put_16 (file, code);
  put_16 (file, 8);
  put_64 (file, value);
}

/* ---- blocks ---- */

static void
block_begin (Pcapng *file, guint32 type)
{
  g_byte_array_set_size (file->block, 0);
  file->has_options = FALSE;
  put_32 (file, type);
  put_32 (file, 0); /* its length, once it is known */
}

static void
file_write (Pcapng *file, const guint8 *bytes, gsize length)
{
  for (gsize written = 0; written < length && file->failure == 0;) {
    const ssize_t count = write (file->fd, bytes + written, length - written);
    if (count >= 0)
      written += (gsize) count;
    else if (errno != EINTR)
      file->failure = errno;
  }
}

static void
block_end (Pcapng *file)
{
  if (file->has_options)
    put_32 (file, OPTION_END);
  const guint32 length = file->block->len + 4;
  put_32 (file, length);
  const guint32 stored = GUINT32_TO_LE (length);
  memcpy (file->block->data + 4, &stored, sizeof stored);
  file_write (file, file->block->data, length);
  file->size += length;
}

static void
write_section (Pcapng *file, const char *application, const char *comment)
{
  block_begin (file, BLOCK_SECTION);
  put_32 (file, ORDER_MARK);
  put_16 (file, 1); /* version 1.0 */
  put_16 (file, 0);
  put_64 (file, G_MAXUINT64); /* the section's length: it is not known, and the only one */
  put_option_text (file, OPTION_COMMENT, comment);
  put_option_text (file, OPTION_SECTION_APPLICATION, application);
  block_end (file);
}

static void
write_statistics (Pcapng *file, guint number, const char *comment)
{
  const PcapngInterface *interface = &g_array_index (file->interfaces, PcapngInterface, number);
  block_begin (file, BLOCK_STATISTICS);
  put_32 (file, number);
  put_time (file, file->last_ns);
  put_option_text (file, OPTION_COMMENT, comment);
  put_option_64 (file, OPTION_STATISTICS_RECEIVED, interface->packets);
  put_option_64 (file, OPTION_STATISTICS_DROPPED, interface->dropped);
  block_end (file);
}

/* ---- the file ---- */

static void
set_error (GError **error, const char *path, int failure)
{
  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (failure),
               "capture '%s': cannot be written: %s", path, g_strerror (failure));
}

Pcapng *
pcapng_new (const char *path, const char *application, const char *comment, guint64 limit_bytes,
            GError **error)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) {
    set_error (error, path, errno);
    return NULL;
  }
  Pcapng *file = g_new0 (Pcapng, 1);
  file->magic = PCAPNG_MAGIC;
  file->fd = fd;
  file->path = g_strdup (path);
  file->limit = limit_bytes;
  file->interfaces = g_array_new (FALSE, TRUE, sizeof (PcapngInterface));
  file->block = g_byte_array_new ();
  write_section (file, application, comment);
  return file;
}

guint
pcapng_add_interface (Pcapng *file, const char *name)
{
  CHECK (file, PCAPNG_MAGIC);
  const guint8 resolution = RESOLUTION_NS;
  block_begin (file, BLOCK_INTERFACE);
  put_16 (file, LINK_ETHERNET);
  put_16 (file, 0);
  put_32 (file, 0); /* no snapshot length */
  put_option_text (file, OPTION_INTERFACE_NAME, name);
  put_option (file, OPTION_INTERFACE_RESOLUTION, &resolution, 1);
  block_end (file);
  g_array_set_size (file->interfaces, file->interfaces->len + 1);
  return file->interfaces->len - 1;
}

/* The comment of the packet that takes the file to its limit: its own, and that. NULL: the limit is not reached. */
static char *
limit_comment (const Pcapng *file, const PcapngPacket *packet)
{
  const gsize own = packet->comment != NULL ? strlen (packet->comment) : 0;
  if (file->size + packet->length + own < file->limit)
    return NULL;
  return g_strdup_printf ("%s%sthe capture ends here: its limit of %" G_GUINT64_FORMAT
                          " bytes is reached",
                          own > 0 ? packet->comment : "", own > 0 ? "; " : "", file->limit);
}

void
pcapng_write (Pcapng *file, const PcapngPacket *packet)
{
  CHECK (file, PCAPNG_MAGIC);
  CHECK_THAT (packet->interface < file->interfaces->len);
  PcapngInterface *interface =
      &g_array_index (file->interfaces, PcapngInterface, packet->interface);
  interface->packets++;
  file->last_ns = packet->time_ns;
  if (file->is_full) {
    interface->dropped++;
    return;
  }
  g_autofree char *last = limit_comment (file, packet);
  const guint32 flags = GUINT32_TO_LE (packet->is_outbound ? FLAGS_OUTBOUND : FLAGS_INBOUND);
  file->is_full = last != NULL;
  block_begin (file, BLOCK_PACKET);
  put_32 (file, packet->interface);
  put_time (file, packet->time_ns);
  put_32 (file, (guint32) packet->length);
  put_32 (file, (guint32) packet->length);
  put_padded (file, packet->bytes, packet->length);
  put_option_text (file, OPTION_COMMENT, last != NULL ? last : packet->comment);
  put_option (file, OPTION_PACKET_FLAGS, &flags, sizeof flags);
  block_end (file);
}

gboolean
pcapng_close (Pcapng *file, const char *comment, GError **error)
{
  CHECK (file, PCAPNG_MAGIC);
  for (guint i = 0; i < file->interfaces->len; i++)
    write_statistics (file, i, i == 0 ? comment : NULL);
  if (close (file->fd) != 0 && file->failure == 0)
    file->failure = errno;
  const gboolean is_written = file->failure == 0;
  if (!is_written)
    set_error (error, file->path, file->failure);
  file->magic = 0;
  g_array_unref (file->interfaces);
  g_byte_array_unref (file->block);
  g_free (file->path);
  g_free (file);
  return is_written;
}
