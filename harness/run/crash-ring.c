/* SPDX-License-Identifier: Apache-2.0 */
/* crash-ring.c - records in shared memory, readable at whatever instruction the writer died
 *
 * Positions count words since the start and never wrap; a position's slot is its remainder by the ring's size, so a record may
 * lie across the end. Before the writer overwrites a record it moves `oldest` past it, and only when the new record is whole does
 * it move `newest`: between the two lie whole records at every moment. Fences keep the compiler to that order, and none is
 * needed for the processor: there is one writer, and the reader reads after its death. A record is followed by a word that is a sum over it: the
 * reader bounds every value that it takes from the memory, and prints no record that the dying writer has scribbled over.
 */
#include "harness/run/crash-ring.h"
#include "harness/run/error.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHARED_MAGIC G_GUINT64_CONSTANT (0x52494e4741534331)

typedef struct Shared {
  guint64 magic; /* SHARED_MAGIC */
  guint64 seed;
  guint64 word_count; /* CRASH_RING_WORDS */
  guint64 oldest;     /* position of the oldest whole record */
  guint64 newest;     /* position after the newest whole record */
  char note[CRASH_RING_NOTE];
  char actors[CRASH_RING_ACTORS][CRASH_RING_NAME];
  guint64 words[CRASH_RING_WORDS];
} Shared;

struct CrashRing {
  guint32 magic; /* CRASH_RING_MAGIC */
  Shared *shared;
  FILE *trace; /* NULL: none */
  const EventFamily *const *families;
};

#define CRASH_RING_MAGIC 0xC4A54219u

static void
environment_error (GError **error, const char *what)
{
  g_set_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT, "crash ring: cannot %s: %s", what,
               g_strerror (errno));
}

static Shared *
shared_map (int fd, GError **error)
{
  void *memory = mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    environment_error (error, "map its memory");
    return NULL;
  }
  return memory;
}

int
crash_ring_create (guint64 seed, GError **error)
{
  const int fd = memfd_create ("iscsilab-crash-ring", MFD_CLOEXEC);
  if (fd < 0) {
    environment_error (error, "create its memory");
    return -1;
  }
  Shared *shared = NULL;
  if (ftruncate (fd, sizeof (Shared)) != 0)
    environment_error (error, "size its memory");
  else
    shared = shared_map (fd, error);
  if (shared == NULL) {
    close (fd);
    return -1;
  }
  shared->magic = SHARED_MAGIC;
  shared->seed = seed;
  shared->word_count = CRASH_RING_WORDS;
  munmap (shared, sizeof (Shared));
  return fd;
}

CrashRing *
crash_ring_open (int fd, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) != 0) {
    environment_error (error, "look at its memory");
    return NULL;
  }
  /* A shorter file would map, and then kill whoever reads past its end. */
  if (status.st_size != (off_t) sizeof (Shared)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT,
                 "crash ring: expected %zu bytes of shared memory, got %" G_GINT64_FORMAT,
                 sizeof (Shared), (gint64) status.st_size);
    return NULL;
  }
  Shared *shared = shared_map (fd, error);
  if (shared == NULL)
    return NULL;
  CrashRing *ring = g_new0 (CrashRing, 1);
  ring->magic = CRASH_RING_MAGIC;
  ring->shared = shared;
  return ring;
}

void
crash_ring_free (CrashRing *ring)
{
  if (ring == NULL)
    return;
  CHECK (ring, CRASH_RING_MAGIC);
  g_clear_pointer (&ring->trace, fclose);
  munmap (ring->shared, sizeof (Shared));
  ring->magic = 0;
  g_free (ring);
}

/* ---- the child ---- */

void
crash_ring_add_actor (CrashRing *ring, guint16 actor, const char *name)
{
  CHECK (ring, CRASH_RING_MAGIC);
  if (actor < CRASH_RING_ACTORS)
    g_strlcpy (ring->shared->actors[actor], name, CRASH_RING_NAME);
}

void
crash_ring_note (CrashRing *ring, const char *message)
{
  CHECK (ring, CRASH_RING_MAGIC);
  if (ring->shared->note[0] == '\0')
    g_strlcpy (ring->shared->note, message, CRASH_RING_NOTE);
}

static guint64
shared_word (const Shared *shared, guint64 position)
{
  return shared->words[position % CRASH_RING_WORDS];
}

static guint
record_words (guint64 first_word)
{
  return first_word & 0xffff;
}

static guint64
record_sum (const guint64 *words, guint count)
{
  guint64 sum = SHARED_MAGIC;
  /* By its place in the sum each word has a factor of its own, so that none waits for the one before it. */
  for (guint i = 0; i < count; i++)
    sum += words[i] * (G_GUINT64_CONSTANT (0x9fb21c651e98df25) + 2 * i);
  return sum;
}

static void
shared_append (Shared *shared, const guint64 *words, guint count)
{
  const guint64 at = shared->newest;
  const guint64 end = at + count + 1;
  guint64 oldest = shared->oldest;
  while (end - oldest > CRASH_RING_WORDS)
    oldest += record_words (shared_word (shared, oldest)) + 1;
  __atomic_store_n (&shared->oldest, oldest, __ATOMIC_RELAXED);
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
  for (guint i = 0; i < count; i++)
    shared->words[(at + i) % CRASH_RING_WORDS] = words[i];
  shared->words[(end - 1) % CRASH_RING_WORDS] = record_sum (words, count);
  __atomic_signal_fence (__ATOMIC_SEQ_CST);
  __atomic_store_n (&shared->newest, end, __ATOMIC_RELAXED);
}

static const char *
ring_actor_name (gpointer data, guint16 actor)
{
  const CrashRing *ring = data;
  if (actor >= CRASH_RING_ACTORS || ring->shared->actors[actor][0] == '\0')
    return "?";
  return ring->shared->actors[actor];
}

static void
ring_trace (CrashRing *ring, const guint64 *words)
{
  const EventPrinter printer = { ring->families, ring_actor_name, ring };
  g_autoptr (GString) line = g_string_new (NULL);
  event_print (&printer, words, line);
  g_string_append_c (line, '\n');
  fwrite (line->str, 1, line->len, ring->trace);
}

void
crash_ring_sink (gpointer data, const guint64 *words, guint count)
{
  CrashRing *ring = data;
  CHECK (ring, CRASH_RING_MAGIC);
  CHECK_THAT (count >= 2 && count <= EVENT_WORDS && record_words (words[0]) == count);
  shared_append (ring->shared, words, count);
  if (ring->trace != NULL)
    ring_trace (ring, words);
}

gboolean
crash_ring_trace (CrashRing *ring, const char *path, const EventFamily *const *families,
                  GError **error)
{
  CHECK (ring, CRASH_RING_MAGIC);
  CHECK_THAT (ring->trace == NULL);
  ring->trace = fopen (path, "we");
  ring->families = families;
  if (ring->trace == NULL)
    g_set_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT, "trace '%s': cannot be written: %s", path,
                 g_strerror (errno));
  else
    setvbuf (ring->trace, NULL, _IOLBF, 0); /* what was printed is there if the process dies */
  return ring->trace != NULL;
}

/* ---- the parent ---- */

guint64
crash_ring_seed (const CrashRing *ring)
{
  CHECK (ring, CRASH_RING_MAGIC);
  return ring->shared->seed;
}

const char *
crash_ring_get_note (CrashRing *ring)
{
  CHECK (ring, CRASH_RING_MAGIC);
  ring->shared->note[CRASH_RING_NOTE - 1] = '\0';
  return ring->shared->note[0] != '\0' ? ring->shared->note : NULL;
}

/* Copies the record at `position` out; 0 if there can be none there. */
static guint
shared_read (const Shared *shared, guint64 position, guint64 words[EVENT_WORDS])
{
  if (position >= shared->newest)
    return 0;
  const guint count = record_words (shared_word (shared, position));
  if (count < 2 || count > EVENT_WORDS || count >= shared->newest - position)
    return 0;
  memset (words, 0, EVENT_WORDS * sizeof *words);
  for (guint i = 0; i < count; i++)
    words[i] = shared_word (shared, position + i);
  return shared_word (shared, position + count) == record_sum (words, count) ? count : 0;
}

GPtrArray *
crash_ring_lines (CrashRing *ring, const EventFamily *const *families, guint limit)
{
  CHECK (ring, CRASH_RING_MAGIC);
  const EventPrinter printer = { families, ring_actor_name, ring };
  Shared *shared = ring->shared;
  for (guint i = 0; i < CRASH_RING_ACTORS; i++)
    shared->actors[i][CRASH_RING_NAME - 1] = '\0';

  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  if (shared->magic != SHARED_MAGIC || shared->newest < shared->oldest
      || shared->newest - shared->oldest > CRASH_RING_WORDS)
    return lines;
  guint64 words[EVENT_WORDS];
  guint count;
  for (guint64 at = shared->oldest; (count = shared_read (shared, at, words)) > 0;
       at += count + 1) {
    GString *line = g_string_new (NULL);
    event_print (&printer, words, line);
    g_ptr_array_add (lines, g_string_free (line, FALSE));
  }
  if (lines->len > limit)
    g_ptr_array_remove_range (lines, 0, lines->len - limit);
  return lines;
}
