/* SPDX-License-Identifier: Apache-2.0 */
/* crash-ring.h - the newest events of a run, in memory that outlives the process that ran it
 *
 * The parent makes the memory (an anonymous file), the child maps it and lets its event log write there; whatever ends the
 * child (a failed check, a signal, the watchdog's kill), the parent still reads the last events. A child may trace every
 * event to a file as well.
 */
#pragma once

#include "world/log.h"

typedef struct CrashRing CrashRing;

#define CRASH_RING_WORDS  32768
#define CRASH_RING_ACTORS 128
#define CRASH_RING_NAME   32 /* bytes of an actor's name, terminator included; longer ones are cut */
#define CRASH_RING_NOTE   512 /* bytes of the note, terminator included */

/* A new, empty ring; returns its descriptor (close-on-exec, owned by the caller) or -1. */
int crash_ring_create (guint64 seed, GError **error);

/* Maps a ring from its descriptor, which the caller may close then. The result keeps nothing of the file's position. */
CrashRing *crash_ring_open (int fd, GError **error);
void crash_ring_free (
    CrashRing *ring); /* NULL is fine; the memory lives on while another has it mapped */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashRing, crash_ring_free)

/* ---- the child ---- */

/* So that the parent can print the left column: the actor's id as event_log_add_actor gave it. */
void crash_ring_add_actor (CrashRing *ring, guint16 actor, const char *name);

/* The last words of the process, e.g. the message of a failed check. The first note stays. */
void crash_ring_note (CrashRing *ring, const char *message);

/* An EventSink: install it with event_log_set_sink (log, crash_ring_sink, ring). */
void crash_ring_sink (gpointer ring, const guint64 *words, guint count);

/* From now on each event is printed to the file at `path` too, one line each: the whole log, for comparing two runs. */
gboolean crash_ring_trace (CrashRing *ring, const char *path, const EventFamily *const *families,
                           GError **error);

/* ---- the parent ---- */

guint64 crash_ring_seed (const CrashRing *ring);
const char *crash_ring_get_note (CrashRing *ring); /* NULL if there is none */

/* The newest events as printed lines, oldest first, at most `limit`: transfer full, of char *. The child may have scribbled
 * over the ring as it died: what cannot be a record ends the list. */
GPtrArray *crash_ring_lines (CrashRing *ring, const EventFamily *const *families, guint limit);
