/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - the suite `target`: `iscsilab target` and tgtd, measured side by side by clients that are neither's
 *
 * Random reads are iscsi-perf's (Debian package libiscsi-bin), which cannot write; writes are those of `qemu-img bench`
 * (qemu-utils, qemu-block-extra), in strides over the whole disk. Each round starts each server anew, in turn. The client
 * takes much of the time: its share is told, and the commands per core-second of the server are what remains comparable on a
 * machine that is busy.
 */
#include "harness/bench/contestant.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/resource.h>

#define READER       "iscsi-perf"
#define WRITER       "qemu-img"
#define BLOCK_BYTES  512
#define WRITE_STRIDE 4099 /* in commands; a prime: all places have their turn */

/* ---- figures ---- */

static guint64
client_percent (const Sample *sample)
{
  return (guint64) (sample->client_ns * 100 / sample->wall_ns);
}

static const Figure command_figures[] = { { "commands", "/s", figure_per_second },
                                          { "commands", "/core-s", figure_per_core_second },
                                          { "each", "core-ns", figure_core_ns_each },
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

static gboolean
client_is_there (const char *program, const char *package, GError **error)
{
  g_autofree char *path = g_find_program_in_path (program);
  if (path == NULL)
    g_set_error (error, BENCH_ERROR, BENCH_ERROR_UNAVAILABLE,
                 "'%s' is not installed (Debian package %s)", program, package);
  return path != NULL;
}

/* The number behind the last of these words in what the client said. Transfer full arguments: for g_strfreev. */
static gboolean
client_run (char **arguments, const char *words, double *ret_number, GError **error)
{
  g_auto (GStrv) argv = arguments;
  g_autofree char *said = NULL;
  const char *last = NULL;
  g_autoptr (GSubprocess) client =
      g_subprocess_newv ((const char *const *) argv,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, error);
  if (client == NULL || !g_subprocess_communicate_utf8 (client, NULL, NULL, &said, NULL, error))
    return FALSE;
  for (const char *at = said; (at = strstr (at, words)) != NULL; at += strlen (words))
    last = at;
  *ret_number = last != NULL ? g_ascii_strtod (last + strlen (words), NULL) : 0;
  if (*ret_number > 0)
    return TRUE;
  g_set_error (error, BENCH_ERROR, BENCH_ERROR_FAILED, "%s: expected '%sN', got '%.200s'", argv[0],
               words, said);
  return FALSE;
}

/* "iops average 158481 (619 MB/s)" */
static gboolean
client_read (const BenchCase *self, const char *url, guint64 seconds, Sample *sample,
             GError **error)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autofree char *blocks = g_strdup_printf ("%u", self->shape.bytes / BLOCK_BYTES);
  g_autofree char *depth = g_strdup_printf ("%u", self->shape.depth);
  g_autofree char *time = g_strdup_printf ("%" G_GUINT64_FORMAT, seconds);
  g_strv_builder_add_many (argv, READER, "-r", "-b", blocks, "-m", depth, "-t", time, url, NULL);
  double rate;
  if (!client_is_there (READER, "libiscsi-bin", error)
      || !client_run (g_strv_builder_end (argv), "iops average ", &rate, error))
    return FALSE;
  sample->work = (guint64) rate * seconds;
  sample->wall_ns = (gint64) seconds * NS_PER_S;
  return TRUE;
}

/* "Run completed in 1.234 seconds." */
static gboolean
client_write (const BenchCase *self, const char *url, guint64 commands, Sample *sample,
              GError **error)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, commands);
  g_autofree char *depth = g_strdup_printf ("%u", self->shape.depth);
  g_autofree char *bytes = g_strdup_printf ("%u", self->shape.bytes);
  g_autofree char *stride = g_strdup_printf ("%u", self->shape.bytes * WRITE_STRIDE);
  g_strv_builder_add_many (argv, WRITER, "bench", "-f", "raw", "-w", "-c", count, "-d", depth, "-s",
                           bytes, "-S", stride, url, NULL);
  double seconds;
  if (!client_is_there (WRITER, "qemu-utils", error)
      || !client_run (g_strv_builder_end (argv), "Run completed in ", &seconds, error))
    return FALSE;
  sample->work = commands;
  sample->wall_ns = MAX ((gint64) (seconds * (double) NS_PER_S), 1);
  return TRUE;
}

/* ---- a case ---- */

static gboolean
measure (const BenchCase *self, const BenchOptions *options, ContestantKind kind,
         Sample *ret_sample, GError **error)
{
  const guint64 work = bench_work (self, options);
  const gboolean is_write = self->shape.read_percent == 0;
  g_autoptr (Contestant) contestant = contestant_start (kind, error);
  if (contestant == NULL)
    return FALSE;
  const char *url = contestant_url (contestant);
  const gint64 server_before = contestant_cpu_ns (contestant);
  const gint64 client_before = children_cpu_ns ();
  if (!(is_write ? client_write (self, url, work, ret_sample, error)
                 : client_read (self, url, work, ret_sample, error)))
    return FALSE;
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
    name, title, command_figures, run_##who, SECONDS, { bytes, depth, 100 }, FALSE, FALSE          \
  }

#define WRITES(name, title, who, count, bytes, depth)                                              \
  {                                                                                                \
    name, title, command_figures, run_##who, count, { bytes, depth, 0 }, FALSE, FALSE              \
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
  WRITES ("ours-write-4k-qd32", "iscsilab: writes of 4 KiB, 32 at once", ours, 100000, 4 * KIB, 32),
  WRITES ("tgtd-write-4k-qd32", "tgtd: the same", tgtd, 100000, 4 * KIB, 32),
  WRITES ("ours-write-256k-qd8", "iscsilab: writes of 256 KiB, 8 at once", ours, 5000, 256 * KIB,
          8),
  WRITES ("tgtd-write-256k-qd8", "tgtd: the same", tgtd, 5000, 256 * KIB, 8),
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
          ours->what->name + 5, ratio (ours, rival, &command_figures[0]),
          ratio (ours, rival, &command_figures[1]));
  }
}

const BenchSuite bench_target = {
  .name = "target",
  .title = "targets over TCP on loopback, disks in files on tmpfs",
  .cases = cases,
  .case_count = G_N_ELEMENTS (cases),
  .print_more = print_ratios,
};
