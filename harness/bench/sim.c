/* SPDX-License-Identifier: Apache-2.0 */
/* sim.c - the suite `sim`: what the two engines and the simulated world cost
 *
 * Four kinds of case: commands on one session; a session that is reset and logs in again, over and over; worlds that are
 * made, used for one write, and dropped; many sessions side by side. Making the rig is part of what is measured only where the
 * case says so.
 */
#include "harness/bench/bench.h"

#include <malloc.h>

/* ---- figures ---- */

static guint64
simulated_ratio (const Sample *sample)
{
  return (guint64) (sample->simulated_ns / sample->wall_ns);
}

static guint64
bytes_each (const Sample *sample)
{
  return (guint64) MAX (sample->bytes, 0) / sample->work;
}

/* On the clock; of the time that a core spent on it; the same of one alone. */
#define SPEED(name)                                                                                \
  { name, "/s", figure_per_second }, { name, "/core-s", figure_per_core_second },                  \
  {                                                                                                \
    "each", "core-ns", figure_core_ns_each                                                         \
  }

static const Figure command_figures[] = { SPEED ("commands"), { NULL } };
static const Figure relogin_figures[] = { SPEED ("relogins"),
                                          { "simulated:wall", ": 1", simulated_ratio },
                                          { NULL } };
static const Figure world_figures[] = { SPEED ("worlds"), { NULL } };
static const Figure login_figures[] = { SPEED ("logins"), { NULL } };
static const Figure memory_figures[] = { { "memory", "bytes", bytes_each }, { NULL } };

/* ---- commands ---- */

#define WARM_UP_PART 10 /* so much of the work goes before, unmeasured */

static void
ignore_result (StoreRequest *request, StoreResult result)
{
}

/* Reading what was never written costs no copy. The judges' history begins with zeros, though. */
static void
fill_disk (Rig *rig)
{
  StoreRequest request = { .length_bytes = RIG_DISK_BYTES, .done = ignore_result };
  Buffer *buffer = buffer_new (RIG_DISK_BYTES);
  memset (buffer->bytes, 0xd1, buffer->size);
  request.bytes = payload_of (slice_whole (buffer));
  store_write (rig->store, &request);
  payload_clear (&request.bytes);
}

static gboolean
measure_load (Rig *rig, const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
              GError **error)
{
  g_autoptr (Load) load = load_new (rig, &self->shape);
  const guint64 work = bench_work (self, options);
  if (rig->oracle == NULL)
    fill_disk (rig);
  if (!load_run (load, work / WARM_UP_PART + 1, error))
    return FALSE;
  const gint64 begun_ns = rig->world->now_ns;
  const Stopwatch stopwatch = stopwatch_start ();
  if (!load_run (load, work, error))
    return FALSE;
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = work;
  ret_sample->simulated_ns = rig->world->now_ns - begun_ns;
  return TRUE;
}

static gboolean
run_commands (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
              GError **error)
{
  const RigConfig config = { .seed = options->seed,
                             .sessions = 1,
                             .portals = 1,
                             .is_judged = self->is_judged,
                             .is_refereed = self->is_refereed };
  g_autoptr (Rig) rig = rig_new (&config, error);
  return rig != NULL && measure_load (rig, self, options, ret_sample, error);
}

/* ---- a session that is reset, over and over ---- */

/* The stream is broken as a device between the two would: both ends hear of it. The write that follows waits for Time2Wait and
 * the new login. */
static gboolean
relogin_once (Rig *rig, Load *load, GError **error)
{
  stream_tap_break (rig->newest, STREAM_END_RST);
  return load_run (load, 1, error);
}

static gboolean
check_logins (Rig *rig, guint64 expected, GError **error)
{
  SessionInfo info;
  session_info (rig->sessions->pdata[0], &info);
  if (info.logins == expected)
    return TRUE;
  g_set_error (error, BENCH_ERROR, BENCH_ERROR_FAILED,
               "logins: expected %" G_GUINT64_FORMAT ", got %u", expected, info.logins);
  return FALSE;
}

static gboolean
run_relogin (const BenchCase *self, const BenchOptions *options, Sample *ret_sample, GError **error)
{
  const RigConfig config = { .seed = options->seed, .sessions = 1, .portals = 1 };
  const guint64 work = bench_work (self, options);
  g_autoptr (Rig) rig = rig_new (&config, error);
  if (rig == NULL)
    return FALSE;
  g_autoptr (Load) load = load_new (rig, &self->shape);
  const gint64 begun_ns = rig->world->now_ns;
  const Stopwatch stopwatch = stopwatch_start ();
  for (guint64 i = 0; i < work; i++)
    if (!relogin_once (rig, load, error))
      return FALSE;
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = work;
  ret_sample->simulated_ns = rig->world->now_ns - begun_ns;
  return check_logins (rig, work + 1, error);
}

/* ---- worlds ---- */

static gboolean
world_once (const BenchCase *self, guint64 seed, GError **error)
{
  const RigConfig config = { .seed = seed, .sessions = 1, .portals = 1 };
  g_autoptr (Rig) rig = rig_new (&config, error);
  if (rig == NULL)
    return FALSE;
  g_autoptr (Load) load = load_new (rig, &self->shape);
  return load_run (load, 1, error);
}

static gboolean
run_worlds (const BenchCase *self, const BenchOptions *options, Sample *ret_sample, GError **error)
{
  const guint64 work = bench_work (self, options);
  const Stopwatch stopwatch = stopwatch_start ();
  for (guint64 i = 0; i < work; i++)
    if (!world_once (self, options->seed + i, error))
      return FALSE;
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = work;
  return TRUE;
}

/* ---- memory ---- */

static gint64
allocated_bytes (void)
{
  const struct mallinfo2 info = mallinfo2 ();
  return (gint64) (info.uordblks + info.hblkhd);
}

/* Under a sanitizer another allocator is in place, and libc's knows of nothing. */
static gboolean
allocator_tells (GError **error)
{
  const gint64 before = allocated_bytes ();
  g_autoptr (Buffer) probe = buffer_new (64 * 1024);
  if (allocated_bytes () - before >= (gint64) probe->size)
    return TRUE;
  g_set_error (error, BENCH_ERROR, BENCH_ERROR_UNAVAILABLE,
               "expected the C library's allocator, got another one");
  return FALSE;
}

/* Two paths that are logged in, a write on each behind them. */
static gboolean
run_world_memory (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
                  GError **error)
{
  if (!allocator_tells (error))
    return FALSE;
  const gint64 before = allocated_bytes ();
  const Stopwatch stopwatch = stopwatch_start ();
  const RigConfig config = { .seed = options->seed, .sessions = 2, .portals = 2 };
  g_autoptr (Rig) rig = rig_new (&config, error);
  if (rig == NULL)
    return FALSE;
  Load *load = load_new (rig, &self->shape);
  const gboolean is_good = load_run (load, 2, error);
  load_free (load);
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = 1;
  ret_sample->bytes = allocated_bytes () - before;
  return is_good;
}

/* ---- many sessions ---- */

#define MANY_SESSIONS 1000

static gboolean
run_many_logins (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
                 GError **error)
{
  const RigConfig config = { .seed = options->seed,
                             .sessions = (guint) bench_work (self, options),
                             .portals = 2 };
  const Stopwatch stopwatch = stopwatch_start ();
  g_autoptr (Rig) rig = rig_new (&config, error);
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = config.sessions;
  return rig != NULL;
}

static gboolean
run_many_memory (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
                 GError **error)
{
  if (!allocator_tells (error))
    return FALSE;
  const gint64 before = allocated_bytes ();
  const RigConfig config = { .seed = options->seed,
                             .sessions = (guint) bench_work (self, options),
                             .portals = 2 };
  const Stopwatch stopwatch = stopwatch_start ();
  g_autoptr (Rig) rig = rig_new (&config, error);
  if (rig == NULL)
    return FALSE;
  stopwatch_stop (&stopwatch, ret_sample);
  ret_sample->work = config.sessions;
  ret_sample->bytes = allocated_bytes () - before;
  return TRUE;
}

static gboolean
run_many_commands (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
                   GError **error)
{
  const RigConfig config = { .seed = options->seed, .sessions = MANY_SESSIONS, .portals = 2 };
  g_autoptr (Rig) rig = rig_new (&config, error);
  return rig != NULL && measure_load (rig, self, options, ret_sample, error);
}

/* ---- the suite ---- */

#define KIB 1024u

#define COMMANDS(name, title, count, bytes, depth, percent)                                        \
  {                                                                                                \
    name, title, command_figures, run_commands, count, { bytes, depth, percent }, FALSE, FALSE     \
  }
#define JUDGED(name, title, count, bytes, depth, percent)                                          \
  {                                                                                                \
    name, title, command_figures, run_commands, count, { bytes, depth, percent }, TRUE, FALSE      \
  }

#define REFEREED(name, title, count, bytes, depth, percent)                                        \
  {                                                                                                \
    name, title, command_figures, run_commands, count, { bytes, depth, percent }, FALSE, TRUE      \
  }

static const BenchCase cases[] = {
  COMMANDS ("read-4k-qd1", "reads of 4 KiB, one at a time", 200000, 4 * KIB, 1, 100),
  COMMANDS ("read-4k-qd32", "reads of 4 KiB, 32 at once", 400000, 4 * KIB, 32, 100),
  COMMANDS ("read-4k-qd128", "reads of 4 KiB, 128 at once", 400000, 4 * KIB, 128, 100),
  COMMANDS ("write-4k-qd1", "writes of 4 KiB, one at a time", 200000, 4 * KIB, 1, 0),
  COMMANDS ("write-4k-qd32", "writes of 4 KiB, 32 at once", 400000, 4 * KIB, 32, 0),
  COMMANDS ("write-4k-qd128", "writes of 4 KiB, 128 at once", 400000, 4 * KIB, 128, 0),
  COMMANDS ("mixed-4k-qd1", "70 % reads of 4 KiB, one at a time", 200000, 4 * KIB, 1, 70),
  COMMANDS ("mixed-4k-qd32", "70 % reads of 4 KiB, 32 at once", 400000, 4 * KIB, 32, 70),
  COMMANDS ("mixed-4k-qd128", "70 % reads of 4 KiB, 128 at once", 400000, 4 * KIB, 128, 70),
  COMMANDS ("read-64k-qd32", "reads of 64 KiB, 32 at once", 40000, 64 * KIB, 32, 100),
  COMMANDS ("write-64k-qd32", "writes of 64 KiB, 32 at once", 40000, 64 * KIB, 32, 0),
  REFEREED ("refereed-read-4k-qd32", "read-4k-qd32 with the referee", 200000, 4 * KIB, 32, 100),
  REFEREED ("refereed-write-4k-qd32", "write-4k-qd32 with the referee", 200000, 4 * KIB, 32, 0),
  JUDGED ("judged-read-4k-qd32", "read-4k-qd32 with judges and crash ring", 200000, 4 * KIB, 32,
          100),
  JUDGED ("judged-write-4k-qd32", "write-4k-qd32 with judges and crash ring", 100000, 4 * KIB, 32,
          0),
  JUDGED ("judged-mixed-4k-qd32", "mixed-4k-qd32 with judges and crash ring", 100000, 4 * KIB, 32,
          70),
  { "relogin",
    "reset, Time2Wait 2 s, login, one write",
    relogin_figures,
    run_relogin,
    10000,
    { 4 * KIB, 1, 0 },
    FALSE,
    FALSE },
  { "worlds",
    "create, log in, one write, drop",
    world_figures,
    run_worlds,
    2000,
    { 4 * KIB, 1, 0 },
    FALSE,
    FALSE },
  { "world-memory",
    "a world at rest, two paths",
    memory_figures,
    run_world_memory,
    1,
    { 4 * KIB, 1, 0 },
    FALSE,
    FALSE },
  { "sessions-login",
    "1,000 sessions log in, world included",
    login_figures,
    run_many_logins,
    MANY_SESSIONS,
    { 4 * KIB, 1, 0 },
    FALSE,
    FALSE },
  { "sessions-memory",
    "one of 1,000 sessions, both ends",
    memory_figures,
    run_many_memory,
    MANY_SESSIONS,
    { 4 * KIB, 1, 0 },
    FALSE,
    FALSE },
  { "sessions-mixed-4k",
    "70 % reads of 4 KiB, one at a time on each of 1,000 sessions",
    command_figures,
    run_many_commands,
    200000,
    { 4 * KIB, 1, 70 },
    FALSE,
    FALSE },
};

const BenchSuite bench_sim = {
  .name = "sim",
  .title = "both engines in a simulated world",
  .cases = cases,
  .case_count = G_N_ELEMENTS (cases),
};
