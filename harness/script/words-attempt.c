/* SPDX-License-Identifier: Apache-2.0 */
/* words-attempt.c - what a scenario has started and does not wait for: a connect, a single SCSI command
 *
 * With a wire target on the other side the script itself must give the answers, so it cannot wait for their effect in the same
 * breath.
 */
#include "harness/script/words-attempt.h"

#include "harness/script/allow.h"

#include "harness/script/command.h"
#include "harness/script/wire-table.h"

/* ---- a connect ---- */

typedef struct LabAttempt {
  ScriptObject object;
  LabCall *connecting; /* its result is the LabSession */
} LabAttempt;

void
lab_push_attempt (ScriptCall *call, LabCall *connecting)
{
  LabAttempt *attempt = g_new0 (LabAttempt, 1);
  script_object_init (&attempt->object, &attempt_class, call->lab);
  g_ptr_array_add (call->lab->others, attempt);
  attempt->connecting = connecting;
  script_push_object (call->L, &attempt->object);
  call->results = 1;
}

static void
attempt_get_is_done (gpointer self, lua_State *L)
{
  const LabAttempt *attempt = self;
  lua_pushboolean (L, attempt->connecting->is_done);
}

static void
attempt_get_error (gpointer self, lua_State *L)
{
  const LabCall *connecting = ((const LabAttempt *) self)->connecting;
  if (connecting->is_done && connecting->error != NULL)
    lua_pushstring (L, connecting->error->message);
  else
    lua_pushnil (L);
}

static void
attempt_get_session (gpointer self, lua_State *L)
{
  const LabCall *connecting = ((const LabAttempt *) self)->connecting;
  const gboolean is_there = connecting->is_done && connecting->error == NULL;
  script_push_object (L, is_there ? connecting->result : NULL);
}

static gboolean
attempt_wait (ScriptCall *call, GError **error)
{
  LabCall *connecting = ((const LabAttempt *) call->self)->connecting;
  if (!connecting->is_done)
    return script_wait (call, connecting);
  if (connecting->error != NULL) {
    g_propagate_error (error, g_error_copy (connecting->error));
    return FALSE;
  }
  script_push_object (call->L, connecting->result);
  call->results = 1;
  return TRUE;
}

static const ScriptWord attempt_words[] = {
  { "is_done", NULL, attempt_get_is_done, "it has ended", NULL },
  { "error", NULL, attempt_get_error, "why it failed; nil: it did not, or has not ended", NULL },
  { "session", NULL, attempt_get_session, "the new session; nil before it is there", NULL },
  { "wait", attempt_wait, NULL, "goes on when it has ended; the session, or an error", NULL },
};

const ScriptClass attempt_class = { "attempt", attempt_words, G_N_ELEMENTS (attempt_words) };

/* ---- a command ---- */

typedef struct LabCommand {
  ScriptObject object;
  Command command;
  LabCall *call;
} LabCommand;

typedef struct CommandValues {
  const char *cdb;
  guint64 read_bytes;
  guint64 write_bytes;
  const char *data;
  guint64 lun;
} CommandValues;

#define AT(member) G_STRUCT_OFFSET (CommandValues, member)

static const Option command_rows[] = {
  { "cdb", OPTION_STRING, AT (cdb), TRUE, "in hex, at most 16 octets" },
  { "read", OPTION_SIZE, AT (read_bytes), FALSE, "it reads so many bytes" },
  { "write", OPTION_SIZE, AT (write_bytes), FALSE, "it writes so many bytes: 00 01 02 ..." },
  { "data", OPTION_STRING, AT (data), FALSE, "it writes these bytes, in hex" },
  { "lun", OPTION_NUMBER, AT (lun), FALSE, "on the wire; default: that of the first disk" },
};
const OptionTable start_command_options = OPTION_TABLE ("session:start_command", command_rows);

#undef AT

static void
lab_command_done (Command *command)
{
  LabCommand *self = (LabCommand *) ((guint8 *) command - G_STRUCT_OFFSET (LabCommand, command));
  lab_call_done (self->call, NULL);
}

/* The task is still the session's if the run was broken off: then its memory is the lab's last. */
void
lab_command_free (gpointer data)
{
  LabCommand *self = data;
  if (self->command.task.session == NULL)
    command_clear (&self->command);
  g_free (self);
}

/* What it writes, which may be nothing. NULL: error is set. */
static Buffer *
command_read_data (const CommandValues *values, GError **error)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  if (values->data != NULL
      && (!wire_hex_read (values->data, bytes) || values->read_bytes + values->write_bytes > 0)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "session:start_command: expected 'data' in hex, without 'read' and 'write', got "
                 "'%s'",
                 values->data);
    return NULL;
  }
  Buffer *buffer = buffer_new (values->data != NULL ? bytes->len : values->write_bytes);
  for (gsize i = 0; i < buffer->size; i++)
    buffer->bytes[i] = values->data != NULL ? (guint8) bytes->str[i] : (guint8) i;
  return buffer;
}

static gboolean
command_read (const CommandValues *values, Task *task, GError **error)
{
  g_autoptr (GString) cdb = g_string_new (NULL);
  const gboolean is_hex = wire_hex_read (values->cdb, cdb);
  if (!is_hex || cdb->len == 0 || cdb->len > CDB_LENGTH || values->lun > 0x3fff
      || values->read_bytes > G_MAXUINT32 || values->write_bytes > WIRE_SEGMENT_MAX
      || (values->read_bytes > 0 && values->write_bytes > 0)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "session:start_command: expected 'cdb' in hex, one of 'read' and 'write' of less "
                 "than 16M, and a 'lun' below 16384, got cdb '%s'",
                 values->cdb);
    return FALSE;
  }
  Buffer *buffer = command_read_data (values, error);
  if (buffer == NULL)
    return FALSE;
  memcpy (task->cdb, cdb->str, cdb->len);
  task->lun = lun_encode ((guint16) values->lun);
  task->expected_length = (guint32) (values->read_bytes + buffer->size);
  task->direction = values->read_bytes > 0 ? TASK_READS
                    : buffer->size > 0     ? TASK_WRITES
                                           : TASK_NO_DATA;
  payload_append (&task->data_out, slice_whole (buffer));
  return TRUE;
}

gboolean
lab_start_command (ScriptCall *call, GError **error)
{
  LabSession *session = call->self;
  CommandValues values = { .lun = lab_first_lun (call->lab) };
  if (!options_read (call->L, SCRIPT_FIRST, &start_command_options, &values, error))
    return FALSE;
  if (session->is_gone) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "session:start_command: expected a session that is there, got one that is gone");
    return FALSE;
  }
  LabCommand *self = g_new0 (LabCommand, 1);
  script_object_init (&self->object, &command_class, call->lab);
  g_ptr_array_add (call->lab->commands, self);
  command_init (&self->command, session, lab_command_done);
  if (!command_read (&values, &self->command.task, error)
      || !lab_allows (call->lab, cdb_allowance (self->command.task.cdb), "session:start_command",
                      error))
    return FALSE;
  self->call = lab_call_new (call->lab, "session:start_command");
  command_submit (&self->command);
  script_push_object (call->L, &self->object);
  call->results = 1;
  return TRUE;
}

static void
command_get_is_done (gpointer self, lua_State *L)
{
  const LabCommand *command = self;
  lua_pushboolean (L, command->call->is_done);
}

static void
command_get_result (gpointer self, lua_State *L)
{
  const LabCommand *command = self;
  if (!command->call->is_done) {
    lua_pushnil (L);
    return;
  }
  g_autofree char *text = command_text (&command->command);
  lua_pushstring (L, text);
}

static void
command_get_data (gpointer self, lua_State *L)
{
  const LabCommand *command = self;
  Slice bytes = payload_join (&command->command.task.data_in);
  lua_pushlstring (L, bytes.bytes != NULL ? (const char *) bytes.bytes : "", bytes.length);
  slice_clear (&bytes);
}

static gboolean
command_wait (ScriptCall *call, GError **error)
{
  LabCommand *self = call->self;
  if (!self->call->is_done)
    return script_wait (call, self->call);
  command_get_result (self, call->L);
  call->results = 1;
  return TRUE;
}

static const ScriptWord command_words[] = {
  { "is_done", NULL, command_get_is_done, "it has ended", NULL },
  { "result", NULL, command_get_result,
    "'GOOD', 'CHECK CONDITION, ...', 'lost' ...; nil before it has ended", NULL },
  { "data", NULL, command_get_data, "what it has read", NULL },
  { "wait", command_wait, NULL, "goes on when it has ended; its result", NULL },
};

const ScriptClass command_class = { "command", command_words, G_N_ELEMENTS (command_words) };
