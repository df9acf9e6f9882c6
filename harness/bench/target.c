/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - the suite `target`: `iscsilab target` and tgtd, measured side by side by a client that is neither's
 *
 * The client is iscsi-perf (Debian package libiscsi-bin): random reads; it cannot write. Each round starts each server anew,
 * in turn. Whatever it shares a core with, the client takes much of the time: its share is told, and the commands per
 * core-second of the server are what remains comparable on a machine that is busy.
 */
#include "harness/bench/contestant.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#define CLIENT      "iscsi-perf"
#define BLOCK_BYTES 512

/* ---- figures ---- */

static guint64
per_second (const Sample *sample)
{
  return sample->work * (guint64) NS_PER_S / (guint64) sample->wall_ns;
}

static guint64
per_core_second (const Sample *sample)
{
  return sample->work * (guint64) NS_PER_S / (guint64) MAX (sample->cpu_ns, 1);
}

static guint64
core_ns_each (const Sample *sample)
{
  return (guint64) sample->cpu_ns / MAX (sample->work, 1);
}

static guint64
client_percent (const Sample *sample)
{
  return (guint64) (sample->client_ns * 100 / sample->wall_ns);
}

static const Figure read_figures[] = { { "commands", "/s", per_second },
                                       { "commands", "/core-s", per_core_second },
                                       { "each", "core-ns", core_ns_each },
                                       { "client", "% of a core", client_percent },
                                       { NULL, NULL, NULL } };

/* ---- the client ---- */

static gint64
children_cpu_ns (void)
{
  struct rusage usage;
  CHECK_THAT (getrusage (RUSAGE_CHILDREN, &usage) == 0);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * NS_PER_US;
}

/* "iops average 158481 (619 MB/s)": its last word on it. */
static gboolean
client_read_rate (const char *said, guint64 *ret_per_second, GError **error)
{
  static const char *const words = "iops average ";
  const char *last = NULL;
  for (const char *at = said; (at = strstr (at, words)) != NULL; at += strlen (words))
    last = at;
  *ret_per_second = last != NULL ? g_ascii_strtoull (last + strlen (words), NULL, 10) : 0;
  if (*ret_per_second > 0)
    return TRUE;
  g_set_error (error, BENCH_ERROR, BENCH_ERROR_FAILED, CLIENT ": expected '%sN', got '%.200s'",
               words, said);
  return FALSE;
}

static gboolean
client_run (const BenchCase *self, const char *url, guint64 seconds, guint64 *ret_per_second,
            GError **error)
{
  g_autofree char *blocks = g_strdup_printf ("%u", self->shape.bytes / BLOCK_BYTES);
  g_autofree char *depth = g_strdup_printf ("%u", self->shape.depth);
  g_autofree char *time = g_strdup_printf ("%" G_GUINT64_FORMAT, seconds);
  g_autofree char *said = NULL;
  g_autoptr (GSubprocess) client =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, error,
                        CLIENT, "-r", "-b", blocks, "-m", depth, "-t", time, url, NULL);
  return client != NULL && g_subprocess_communicate_utf8 (client, NULL, NULL, &said, NULL, error)
         && client_read_rate (said, ret_per_second, error);
}

static gboolean
client_is_there (GError **error)
{
  g_autofree char *path = g_find_program_in_path (CLIENT);
  if (path == NULL)
    g_set_error (error, BENCH_ERROR, BENCH_ERROR_UNAVAILABLE,
                 "'" CLIENT "' is not installed (Debian package libiscsi-bin)");
  return path != NULL;
}

/* ---- a case ---- */

static gboolean
measure (const BenchCase *self, const BenchOptions *options, ContestantKind kind,
         Sample *ret_sample, GError **error)
{
  const guint64 seconds = bench_work (self, options);
  if (!client_is_there (error))
    return FALSE;
  g_autoptr (Contestant) contestant = contestant_start (kind, error);
  if (contestant == NULL)
    return FALSE;
  const gint64 server_before = contestant_cpu_ns (contestant);
  const gint64 client_before = children_cpu_ns ();
  guint64 rate;
  if (!client_run (self, contestant_url (contestant), seconds, &rate, error))
    return FALSE;
  ret_sample->work = rate * seconds;
  ret_sample->wall_ns = (gint64) seconds * NS_PER_S;
  ret_sample->cpu_ns = contestant_cpu_ns (contestant) - server_before;
  ret_sample->client_ns = children_cpu_ns () - client_before;
  return TRUE;
}

static gboolean
run_ours (const BenchCase *self, const BenchOptions *options, Sample *ret_sample, GError **error)
{
  return measure (self, options, CONTESTANT_OURS, ret_sample, error);
}

static gboolean
run_memory (const BenchCase *self, const BenchOptions *options, Sample *ret_sample, GError **error)
{
  return measure (self, options, CONTESTANT_OURS_MEMORY, ret_sample, error);
}

static gboolean
run_tgtd (const BenchCase *self, const BenchOptions *options, Sample *ret_sample, GError **error)
{
  return measure (self, options, CONTESTANT_TGTD, ret_sample, error);
}

/* ---- the suite ---- */

#define KIB     1024u
#define SECONDS 3

#define READS(name, title, who, bytes, depth)                                                      \
  {                                                                                                \
    name, title, read_figures, run_##who, SECONDS, { bytes, depth, 100 }, FALSE, FALSE             \
  }

/* Rivals stand next to each other: ours first. */
static const BenchCase cases[] = {
  READS ("ours-read-4k-qd1", "iscsilab: reads of 4 KiB, one at a time", ours, 4 * KIB, 1),
  READS ("tgtd-read-4k-qd1", "tgtd: the same", tgtd, 4 * KIB, 1),
  READS ("ours-read-4k-qd32", "iscsilab: reads of 4 KiB, 32 at once", ours, 4 * KIB, 32),
  READS ("tgtd-read-4k-qd32", "tgtd: the same", tgtd, 4 * KIB, 32),
  READS ("ours-read-4k-qd128", "iscsilab: reads of 4 KiB, 128 at once", ours, 4 * KIB, 128),
  READS ("tgtd-read-4k-qd128", "tgtd: the same", tgtd, 4 * KIB, 128),
  READS ("ours-read-256k-qd8", "iscsilab: reads of 256 KiB, 8 at once", ours, 256 * KIB, 8),
  READS ("tgtd-read-256k-qd8", "tgtd: the same", tgtd, 256 * KIB, 8),
  READS ("memory-read-4k-qd32", "iscsilab, disk in memory: reads of 4 KiB, 32 at once", memory,
         4 * KIB, 32),
};

static const BenchResult *
rival_of (GPtrArray *results, guint i)
{
  const BenchResult *ours = results->pdata[i];
  const BenchResult *next = i + 1 < results->len ? results->pdata[i + 1] : NULL;
  const gboolean is_rival = next != NULL && g_str_has_prefix (ours->what->name, "ours-")
                            && g_str_has_prefix (next->what->name, "tgtd-")
                            && g_str_equal (ours->what->name + 5, next->what->name + 5);
  return is_rival && ours->skipped == NULL && next->skipped == NULL ? next : NULL;
}

static double
ratio (const BenchResult *ours, const BenchResult *rival, const Figure *figure)
{
  return (double) bench_spread (ours, figure).middle
         / (double) MAX (bench_spread (rival, figure).middle, 1);
}

static void
print_ratios (GPtrArray *results, GString *out)
{
  for (guint i = 0; i < results->len; i++) {
    const BenchResult *ours = results->pdata[i];
    const BenchResult *rival = rival_of (results, i);
    if (rival != NULL)
      g_string_append_printf (
          out, "%s: %.1f times tgtd's commands a second, %.1f times for each core-second\n",
          ours->what->name + 5, ratio (ours, rival, &read_figures[0]),
          ratio (ours, rival, &read_figures[1]));
  }
}

const BenchSuite bench_target = {
  .name = "target",
  .title = "targets over TCP on loopback, disks in files on tmpfs, iscsi-perf as the client",
  .cases = cases,
  .case_count = G_N_ELEMENTS (cases),
  .print_more = print_ratios,
};
