/* SPDX-License-Identifier: Apache-2.0 */
/* words-disk.c - `disk`: a LUN as an initiator sees it, and `job`: a run of reads or writes over it
 *
 * A job cuts its range into commands and keeps some of them under way. Each write carries blocks that say which write they are
 * of; each read is judged by the LUN's oracle, whatever session it went over.
 */
#include "harness/check/pattern.h"
#include "harness/script/allow.h"
#include "harness/script/disk.h"

#define CAPACITY_LENGTH  32
#define DEFAULT_TRANSFER (64 * 1024)
#define DEFAULT_DEPTH    8
#define MAX_DEPTH        4096
#define MAX_TRANSFER     (16 * 1024 * 1024)
#define SPARE_IOS                                                                                  \
  16 /* an Io is used again as late as can be, so that a late completion is seen as such */

/* ---- opening: READ CAPACITY(16) ---- */

typedef struct Opening {
  Command command;
  LabDisk *disk;
  LabCall *call;
} Opening;

static LabLun *
disk_lun (const LabDisk *disk)
{
  return &g_array_index (disk->target->luns, LabLun, disk->index);
}

static void
opening_take_capacity (Opening *opening, GError **error)
{
  LabDisk *disk = opening->disk;
  const LabLun *lun = disk_lun (disk);
  guint8 bytes[12] = { 0 };
  const Payload *data = &opening->command.task.data_in;
  payload_copy_out (data, 0, bytes, MIN (sizeof bytes, data->length));
  disk->blocks = wire_get (bytes, 0, 0, 64) + 1;
  disk->block_size = (guint32) wire_get (bytes, 8, 0, 32);
  /* Of somebody else's disk a scenario has the first part only. */
  if (disk->object.lab->remote != NULL)
    disk->blocks = MIN (disk->blocks, lun->size_bytes / lun->block_size);
  if (disk->block_size != lun->block_size || disk->blocks != lun->size_bytes / lun->block_size)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "%s: expected %" G_GUINT64_FORMAT " blocks of %u bytes, got "
                 "%" G_GUINT64_FORMAT " of %u",
                 opening->call->what, lun->size_bytes / lun->block_size, lun->block_size,
                 disk->blocks, disk->block_size);
}

static void
opening_done (Command *command)
{
  Opening *opening = (Opening *) command;
  g_autoptr (GError) error = NULL;
  if (command_is_good (command)) {
    opening_take_capacity (opening, &error);
  } else {
    g_autofree char *got = command_text (command);
    g_set_error (&error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "%s: READ CAPACITY(16): expected GOOD, got %s", opening->call->what, got);
  }
  LabCall *call = opening->call;
  call->result = opening->disk;
  command_clear (command);
  g_free (opening);
  lab_call_done (call, error);
}

void
lab_disk_open (LabDisk *disk, LabCall *call)
{
  Opening *opening = g_new0 (Opening, 1);
  opening->disk = disk;
  opening->call = call;
  Task *task = &opening->command.task;
  command_init_on (&opening->command, disk->object.lab, disk->way, disk->where, opening_done);
  cdb_build (task->cdb, SCSI_OP_READ_CAPACITY_16, CAPACITY_LENGTH);
  task->lun = lun_encode (disk_lun (disk)->number);
  task->direction = TASK_READS;
  task->expected_length = CAPACITY_LENGTH;
  command_submit (&opening->command);
}

gboolean
lab_open_disk (ScriptCall *call, LabSession *session, LabTarget *target, guint index,
               GError **error)
{
  if (call->waited != NULL) {
    if (call->waited->error != NULL) {
      g_propagate_error (error, g_error_copy (call->waited->error));
      return FALSE;
    }
    script_push_object (call->L, call->waited->result);
    call->results = 1;
    return TRUE;
  }
  LabDisk *disk = g_new0 (LabDisk, 1);
  script_object_init (&disk->object, &disk_class, call->lab);
  g_ptr_array_add (call->lab->others, disk);
  disk->way = &session_way;
  disk->where = session;
  disk->target = target;
  disk->index = index;
  LabCall *opening = lab_call_new (call->lab, "session:disk");
  lab_disk_open (disk, opening);
  return script_wait (call, opening);
}

/* ---- jobs ---- */

typedef struct LabJob LabJob;

typedef struct Io {
  Command command;
  LabJob *job;
  guint64 oracle_id; /* of the write or the read */
  guint64 lba;
  guint32 blocks;
} Io;

struct LabJob {
  ScriptObject object;
  LabDisk *disk;
  LabCall *call;
  const char *word;
  gboolean is_write;
  gboolean may_fail;
  guint cdb_length;
  gint64 timeout_ns;
  guint64 next_lba;
  guint64 end_lba;
  guint32 transfer_blocks;
  guint depth;
  guint in_flight;
  guint64 good;
  guint64 failed;
  GError *error; /* the first failure */
  GPtrArray *ios;
  GQueue idle; /* of Io, the one that has been idle longest first */
};

void
lab_job_free (gpointer data)
{
  LabJob *job = data;
  g_queue_clear (&job->idle);
  g_ptr_array_unref (job->ios);
  g_clear_error (&job->error);
  g_free (job);
}

static Io *
job_take_io (LabJob *job)
{
  if (job->idle.length > SPARE_IOS)
    return g_queue_pop_head (&job->idle);
  Io *io = g_new0 (Io, 1);
  io->job = job;
  g_ptr_array_add (job->ios, io);
  return io;
}

static ScsiOp
job_op (const LabJob *job)
{
  if (job->cdb_length == 10)
    return job->is_write ? SCSI_OP_WRITE_10 : SCSI_OP_READ_10;
  return job->is_write ? SCSI_OP_WRITE_16 : SCSI_OP_READ_16;
}

static void io_done (Command *command);

static void
io_submit (Io *io)
{
  LabJob *job = io->job;
  Task *task = &io->command.task;
  const guint32 block_size = job->disk->block_size;
  command_init_on (&io->command, job->object.lab, job->disk->way, job->disk->where, io_done);
  cdb_build_blocks (task->cdb, job_op (job), io->lba, io->blocks);
  task->lun = lun_encode (disk_lun (job->disk)->number);
  task->direction = job->is_write ? TASK_WRITES : TASK_READS;
  task->expected_length = io->blocks * block_size;
  task->timeout_ns = job->timeout_ns;
  if (job->is_write) {
    Buffer *buffer = buffer_new (task->expected_length);
    pattern_fill_blocks (buffer->bytes, block_size, io->blocks, io->oracle_id, io->lba);
    task->data_out = payload_of (slice_whole (buffer));
  }
  command_submit (&io->command);
}

static gboolean
job_may_go_on (const LabJob *job)
{
  return job->next_lba < job->end_lba && (job->error == NULL || job->may_fail)
         && !job->disk->way->is_gone (job->disk->where) && !lab_is_over (job->object.lab);
}

static void
job_pump (LabJob *job)
{
  Oracle *oracle = disk_lun (job->disk)->oracle;
  while (job->in_flight < job->depth && job_may_go_on (job)) {
    Io *io = job_take_io (job);
    io->lba = job->next_lba;
    io->blocks = (guint32) MIN (job->transfer_blocks, job->end_lba - job->next_lba);
    io->oracle_id = job->is_write ? oracle_write_begin (oracle, io->lba, io->blocks)
                                  : oracle_read_begin (oracle, io->lba, io->blocks);
    job->next_lba += io->blocks;
    job->in_flight++;
    io_submit (io);
  }
  if (job->in_flight == 0 && !job->call->is_done)
    lab_call_done (job->call, job->may_fail ? NULL : job->error);
}

/* GOOD, but not all bytes. */
static gboolean
io_is_short (const Io *io)
{
  return !io->job->is_write && io->command.task.data_in.length != io->command.task.expected_length;
}

static void
io_judge_read (Io *io)
{
  Lab *lab = io->job->object.lab;
  g_auto (OracleViolation) violation = { 0 };
  const gboolean is_whole = command_is_good (&io->command) && !io_is_short (io);
  if (!oracle_read_end (disk_lun (io->job->disk)->oracle, io->oracle_id,
                        is_whole ? &io->command.task.data_in : NULL, &violation))
    lab_fail (lab, FAILURE_WRONG_DATA, violation.property, violation.expected, violation.actual);
  else if (is_whole)
    scenario_result_add_figure (lab->result, "bytes_verified", io->command.task.data_in.length);
}

static void
io_judge_write (Io *io)
{
  const TaskOutcome how = io->command.task.outcome;
  const gboolean is_unknown = how == TASK_OUTCOME_LOST || how == TASK_OUTCOME_ABORTED;
  const OracleOutcome outcome = command_is_good (&io->command) ? ORACLE_DONE
                                : is_unknown                   ? ORACLE_UNKNOWN
                                                               : ORACLE_FAILED;
  oracle_write_end (disk_lun (io->job->disk)->oracle, io->oracle_id, outcome);
  if (command_is_good (&io->command))
    scenario_result_add_figure (io->job->object.lab->result, "bytes_written",
                                io->command.task.expected_length);
}

static void
io_count (Io *io)
{
  LabJob *job = io->job;
  if (command_is_good (&io->command) && !io_is_short (io)) {
    job->good++;
    return;
  }
  job->failed++;
  if (job->error != NULL)
    return;
  g_autofree char *got = command_is_good (&io->command)
                             ? g_strdup ("fewer bytes than were asked for")
                             : command_text (&io->command);
  job->error = g_error_new (SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                            "%s: block %" G_GUINT64_FORMAT ": expected GOOD, got %s", job->word,
                            io->lba, got);
}

static void
io_done (Command *command)
{
  Io *io = (Io *) command;
  LabJob *job = io->job;
  if (job->is_write)
    io_judge_write (io);
  else
    io_judge_read (io);
  io_count (io);
  command_clear (command);
  job->in_flight--;
  g_queue_push_tail (&job->idle, io);
  job_pump (job);
}

/* ---- words ---- */

typedef struct RangeValues {
  guint64 lba;
  guint64 length;
  guint64 transfer;
  guint64 depth;
  guint64 cdb;
  gint64 timeout_ns;
  gboolean may_fail;
} RangeValues;

static const Option range_rows[] = {
  { "lba", OPTION_NUMBER, G_STRUCT_OFFSET (RangeValues, lba), FALSE, "first block; default 0" },
  { "length", OPTION_SIZE, G_STRUCT_OFFSET (RangeValues, length), FALSE,
    "bytes; default: to the end of the disk" },
  { "transfer", OPTION_SIZE, G_STRUCT_OFFSET (RangeValues, transfer), FALSE,
    "bytes of one command; default '64K'" },
  { "depth", OPTION_NUMBER, G_STRUCT_OFFSET (RangeValues, depth), FALSE,
    "commands under way at once; default 8" },
  { "cdb", OPTION_NUMBER, G_STRUCT_OFFSET (RangeValues, cdb), FALSE,
    "length of the CDB: 10 or 16 (default)" },
  { "timeout", OPTION_DURATION, G_STRUCT_OFFSET (RangeValues, timeout_ns), FALSE,
    "of one command, until it is aborted; default: the profile's" },
  { "may_fail", OPTION_BOOLEAN, G_STRUCT_OFFSET (RangeValues, may_fail), FALSE,
    "a command that fails is counted, and no error" },
};
const OptionTable disk_range_options = OPTION_TABLE ("disk:read and disk:write", range_rows);

static gboolean
range_check (const LabDisk *disk, const RangeValues *values, GError **error)
{
  const guint64 size = disk->blocks * disk->block_size;
  const char *expected = NULL;
  if (values->lba >= disk->blocks || values->length == 0 || values->length % disk->block_size != 0
      || values->length > size - values->lba * disk->block_size)
    expected = "'lba' and 'length' as whole blocks of the disk";
  else if (values->transfer == 0 || values->transfer % disk->block_size != 0
           || values->transfer > MAX_TRANSFER)
    expected = "'transfer' as whole blocks, at most 16M";
  else if (values->depth < 1 || values->depth > MAX_DEPTH)
    expected = "'depth' from 1 to 4096";
  else if (values->cdb != 16 && (values->cdb != 10 || values->transfer / disk->block_size > 65535))
    expected = "'cdb' 16, or 10 with at most 65535 blocks a command";
  if (expected == NULL)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "disk: expected %s, got lba %" G_GUINT64_FORMAT ", length %" G_GUINT64_FORMAT
               ", transfer %" G_GUINT64_FORMAT ", depth %" G_GUINT64_FORMAT
               ", cdb %" G_GUINT64_FORMAT,
               expected, values->lba, values->length, values->transfer, values->depth, values->cdb);
  return FALSE;
}

static LabJob *
job_start (ScriptCall *call, const char *word, gboolean is_write, GError **error)
{
  LabDisk *disk = call->self;
  if (is_write && !lab_allows (call->lab, ALLOW_DATALOSS, word, error))
    return NULL;
  RangeValues values = { .transfer = DEFAULT_TRANSFER, .depth = DEFAULT_DEPTH, .cdb = 16 };
  values.length = G_MAXUINT64;
  if (!options_read (call->L, SCRIPT_FIRST, &disk_range_options, &values, error))
    return NULL;
  if (values.length == G_MAXUINT64 && values.lba < disk->blocks)
    values.length = (disk->blocks - values.lba) * disk->block_size;
  if (!range_check (disk, &values, error))
    return NULL;
  if (disk->way->is_gone (disk->where)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "%s: expected one whose initiator and session are there, got one that is gone",
                 word);
    return NULL;
  }
  if (!lab_host_must_run (disk->way->initiator (disk->where)->host, word, error))
    return NULL;
  LabJob *job = g_new0 (LabJob, 1);
  script_object_init (&job->object, &job_class, call->lab);
  job->ios = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&job->idle);
  g_ptr_array_add (call->lab->jobs, job);
  job->disk = disk;
  job->call = lab_call_new (call->lab, word);
  job->call->result = job;
  job->word = word;
  job->is_write = is_write;
  job->may_fail = values.may_fail;
  job->cdb_length = (guint) values.cdb;
  job->timeout_ns = values.timeout_ns;
  job->next_lba = values.lba;
  job->end_lba = values.lba + values.length / disk->block_size;
  job->transfer_blocks = (guint32) (values.transfer / disk->block_size);
  job->depth = (guint) values.depth;
  job_pump (job);
  return job;
}

static gboolean
job_ended (ScriptCall *call, const LabCall *ended, GError **error)
{
  if (ended->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (ended->error));
  return FALSE;
}

static gboolean
job_run (ScriptCall *call, const char *word, gboolean is_write, GError **error)
{
  if (call->waited != NULL) {
    script_push_object (call->L, call->waited->result);
    call->results = 1;
    return job_ended (call, call->waited, error);
  }
  const LabJob *job = job_start (call, word, is_write, error);
  return job != NULL && script_wait (call, job->call);
}

static gboolean
job_launch (ScriptCall *call, const char *word, gboolean is_write, GError **error)
{
  LabJob *job = job_start (call, word, is_write, error);
  if (job == NULL)
    return FALSE;
  script_push_object (call->L, &job->object);
  call->results = 1;
  return TRUE;
}

gboolean
disk_word_write (ScriptCall *call, GError **error)
{
  return job_run (call, "disk:write", TRUE, error);
}

gboolean
disk_word_read (ScriptCall *call, GError **error)
{
  return job_run (call, "disk:read", FALSE, error);
}

gboolean
disk_word_start_write (ScriptCall *call, GError **error)
{
  return job_launch (call, "disk:start_write", TRUE, error);
}

gboolean
disk_word_start_read (ScriptCall *call, GError **error)
{
  return job_launch (call, "disk:start_read", FALSE, error);
}

void
disk_get_blocks (gpointer self, lua_State *L)
{
  const LabDisk *disk = self;
  lua_pushinteger (L, (lua_Integer) disk->blocks);
}

void
disk_get_block_size (gpointer self, lua_State *L)
{
  const LabDisk *disk = self;
  lua_pushinteger (L, disk->block_size);
}

static const ScriptWord disk_words[] = { DISK_WORDS };

const ScriptClass disk_class = { "disk", disk_words, G_N_ELEMENTS (disk_words) };

static gboolean
word_wait (ScriptCall *call, GError **error)
{
  const LabJob *job = call->self;
  if (call->waited != NULL || job->call->is_done)
    return job_ended (call, job->call, error);
  return script_wait (call, job->call);
}

static void
get_is_done (gpointer self, lua_State *L)
{
  const LabJob *job = self;
  lua_pushboolean (L, job->call->is_done);
}

static void
get_good (gpointer self, lua_State *L)
{
  const LabJob *job = self;
  lua_pushinteger (L, (lua_Integer) job->good);
}

static void
get_failed (gpointer self, lua_State *L)
{
  const LabJob *job = self;
  lua_pushinteger (L, (lua_Integer) job->failed);
}

static const ScriptWord job_words[] = {
  { "wait", word_wait, NULL, "goes on when the job is over; its first failure is an error", NULL },
  { "is_done", NULL, get_is_done, "it is over", NULL },
  { "good", NULL, get_good, "commands that ended GOOD", NULL },
  { "failed", NULL, get_failed, "commands that did not", NULL },
};

const ScriptClass job_class = { "job", job_words, G_N_ELEMENTS (job_words) };
