/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/bench/load.h"

#include "harness/check/pattern.h"

typedef struct Io {
  Task task;
  Load *load;
  Session *session; /* borrowed from the rig */
  guint64 lba;
  guint64 number;    /* for the judge of completions */
  guint64 oracle_id; /* of the write or the read */
} Io;

struct Load {
  Rig *rig;
  LoadShape shape;
  Random random;
  Buffer *written; /* what every write of a rig without judges brings */
  GPtrArray *ios;  /* of Io: depth for each session */
  GError *error;   /* the first that went wrong */
  guint64 left;    /* to submit in this run */
  guint64 under_way;
  guint64 last_number;
};

static void io_done (gpointer data, Task *task);

static Io *
io_new (Load *load, Session *session)
{
  Io *io = g_new0 (Io, 1);
  io->load = load;
  io->session = session;
  task_init (&io->task, io_done, io);
  io->task.lun = lun_encode (0);
  io->task.expected_length = load->shape.bytes;
  return io;
}

static void
io_free (gpointer data)
{
  Io *io = data;
  task_clear (&io->task);
  g_free (io);
}

Load *
load_new (Rig *rig, const LoadShape *shape)
{
  CHECK_THAT (shape->bytes % RIG_BLOCK_SIZE == 0 && shape->bytes > 0 && shape->depth > 0);
  Load *load = g_new0 (Load, 1);
  load->rig = rig;
  load->shape = *shape;
  random_init (&load->random, rig->world->seed, "bench.load");
  load->written = buffer_new (shape->bytes);
  memset (load->written->bytes, 0xb5, shape->bytes);
  load->ios = g_ptr_array_new_with_free_func (io_free);
  for (guint i = 0; i < rig->sessions->len; i++)
    for (guint j = 0; j < shape->depth; j++)
      g_ptr_array_add (load->ios, io_new (load, rig->sessions->pdata[i]));
  return load;
}

void
load_free (Load *load)
{
  if (load == NULL)
    return;
  /* The world stopped in the midst of it: the tasks end with their initiator. */
  if (load->under_way > 0)
    initiator_free (g_steal_pointer (&load->rig->initiator));
  CHECK_THAT (load->under_way == 0);
  g_ptr_array_unref (load->ios);
  buffer_unref (load->written);
  g_clear_error (&load->error);
  g_free (load);
}

/* ---- one command ---- */

static gboolean
io_is_read (const Io *io)
{
  return io->task.direction == TASK_READS;
}

static void
io_begin_judged (Io *io)
{
  const Load *load = io->load;
  const guint64 blocks = load->shape.bytes / RIG_BLOCK_SIZE;
  if (io_is_read (io)) {
    io->oracle_id = oracle_read_begin (load->rig->oracle, io->lba, blocks);
    return;
  }
  io->oracle_id = oracle_write_begin (load->rig->oracle, io->lba, blocks);
  Buffer *buffer = buffer_new (load->shape.bytes);
  pattern_fill_blocks (buffer->bytes, RIG_BLOCK_SIZE, blocks, io->oracle_id, io->lba);
  io->task.data_out = payload_of (slice_whole (buffer));
}

static void
io_draw (Io *io)
{
  Load *load = io->load;
  const guint32 blocks = load->shape.bytes / RIG_BLOCK_SIZE;
  const gboolean reads = random_below (&load->random, 100) < load->shape.read_percent;
  io->lba = random_below (&load->random, RIG_DISK_BYTES / load->shape.bytes) * blocks;
  io->task.direction = reads ? TASK_READS : TASK_WRITES;
  cdb_build_blocks (io->task.cdb, reads ? SCSI_OP_READ_16 : SCSI_OP_WRITE_16, io->lba, blocks);
}

static void
io_submit (Io *io)
{
  Load *load = io->load;
  load->left--;
  load->under_way++;
  task_again (&io->task);
  payload_clear (&io->task.data_out);
  io_draw (io);
  if (load->rig->oracle != NULL)
    io_begin_judged (io);
  else if (!io_is_read (io))
    io->task.data_out = payload_of (slice_whole (buffer_ref (load->written)));
  if (load->rig->once != NULL) {
    io->number = ++load->last_number;
    once_submitted (load->rig->once, io->number);
  }
  session_submit (io->session, &io->task);
}

static void
load_fail (Load *load, const Io *io, const char *expected, const char *got)
{
  if (load->error == NULL)
    load->error = g_error_new (BENCH_ERROR, BENCH_ERROR_FAILED,
                               "%s at block %" G_GUINT64_FORMAT ": expected %s, got %s",
                               io_is_read (io) ? "read" : "write", io->lba, expected, got);
}

static void
io_judge (Io *io)
{
  Load *load = io->load;
  g_autofree char *wrong = NULL;
  g_auto (OracleViolation) violation = { 0 };
  if (!once_completed (load->rig->once, io->number, &wrong))
    load_fail (load, io, "one completion", wrong);
  if (!io_is_read (io))
    oracle_write_end (load->rig->oracle, io->oracle_id, ORACLE_DONE);
  else if (!oracle_read_end (load->rig->oracle, io->oracle_id, &io->task.data_in, &violation))
    load_fail (load, io, violation.expected, violation.actual);
}

static void
io_done (gpointer data, Task *task)
{
  Io *io = data;
  Load *load = io->load;
  load->under_way--;
  if (task->outcome != TASK_OUTCOME_STATUS)
    load_fail (load, io, "a status", task_outcome_name (task->outcome));
  else if (task->status != SCSI_GOOD)
    load_fail (load, io, scsi_status_name (SCSI_GOOD), scsi_status_name (task->status));
  else if (io_is_read (io) && task->data_in.length != task->expected_length)
    load_fail (load, io, "all bytes", "fewer");
  else if (load->rig->oracle != NULL)
    io_judge (io);
  if (load->error == NULL && load->left > 0)
    io_submit (io);
}

static gboolean
load_is_over (gpointer data)
{
  const Load *load = data;
  return load->under_way == 0 && (load->left == 0 || load->error != NULL);
}

gboolean
load_run (Load *load, guint64 commands, GError **error)
{
  CHECK_THAT (load->under_way == 0);
  load->left = commands;
  for (guint i = 0; i < load->ios->len && load->left > 0; i++)
    io_submit (load->ios->pdata[i]);
  if (!rig_run (load->rig, load_is_over, load, error))
    return FALSE;
  if (load->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (load->error));
  return FALSE;
}
