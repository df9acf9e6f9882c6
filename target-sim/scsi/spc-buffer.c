/* SPDX-License-Identifier: Apache-2.0 */
/* spc-buffer.c - READ BUFFER(10) and WRITE BUFFER (SPC-4 6.18, 6.49): a buffer of data, and one that echoes
 *
 * Nothing on the medium is touched. The data buffer is the unit's, whoever wrote it. The echo buffer gives back what the same
 * nexus wrote, or says that another one has written since (EBOS).
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define BUFFER_MODE 0x1f /* octet 1; above it are bits of modes that we do not have */

typedef enum BufferMode {
  MODE_DATA = 0x02,
  MODE_DESCRIPTOR = 0x03,
  MODE_ECHO = 0x0a,
  MODE_ECHO_DESCRIPTOR = 0x0b,
} BufferMode;

/* Of both commands; READ BUFFER alone has descriptors. */
static const struct {
  BufferMode mode;
  gboolean has_offset; /* and a BUFFER ID, of which we have 0 */
  gboolean is_written;
} modes[] = {
  { MODE_DATA, TRUE, TRUE },
  { MODE_DESCRIPTOR, TRUE, FALSE },
  { MODE_ECHO, FALSE, TRUE },
  { MODE_ECHO_DESCRIPTOR, FALSE, FALSE },
};

static guint32
buffer_offset (const ScsiTask *task)
{
  return (guint32) wire_load (task->cdb + 3, 3);
}

static gboolean
buffer_check_mode (ScsiTask *task, gboolean is_write)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (modes[i].mode != task->cdb[1] || (is_write && !modes[i].is_written))
      continue;
    if (modes[i].has_offset && task->cdb[2] != 0)
      return scsi_task_refuse_field (task, 2, 7);
    return TRUE;
  }
  return scsi_task_refuse_field (task, 1, (task->cdb[1] & ~BUFFER_MODE) != 0 ? 7 : 4);
}

/* ---- WRITE BUFFER ---- */

gboolean
spc_check_write_buffer (ScsiTask *task)
{
  if (!buffer_check_mode (task, TRUE))
    return FALSE;
  const gboolean is_data = task->cdb[1] == MODE_DATA;
  const guint32 offset = is_data ? buffer_offset (task) : 0;
  const guint32 length = cdb_allocation_length (task->cdb);
  if (offset > UNIT_BUFFER_BYTES)
    return scsi_task_refuse_field (task, 3, 7);
  if (length > (is_data ? UNIT_BUFFER_BYTES - offset : UNIT_ECHO_BYTES))
    return scsi_task_refuse_field (task, 6, 7);
  return scsi_check_parameter_list (task);
}

static void
buffer_write_data (ScsiTask *task)
{
  Lun *lun = task->lun;
  if (lun->buffer == NULL)
    lun->buffer = g_malloc0 (UNIT_BUFFER_BYTES);
  payload_copy_out (&task->data_out, 0, lun->buffer + buffer_offset (task), task->transfer_length);
}

static void
buffer_write_echo (ScsiTask *task)
{
  if (task->lun->echo == NULL)
    task->lun->echo = g_new0 (UnitEcho, 1);
  UnitEcho *echo = task->lun->echo;
  payload_copy_out (&task->data_out, 0, echo->bytes, task->transfer_length);
  echo->length = (guint) task->transfer_length;
  if (echo->writer != task->nexus)
    echo->previous = echo->writer;
  echo->writer = task->nexus;
}

void
spc_write_buffer (ScsiTask *task)
{
  if (task->data_out.length < task->transfer_length)
    scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  else if (task->cdb[1] == MODE_DATA)
    buffer_write_data (task);
  else
    buffer_write_echo (task);
  scsi_task_finish (task);
}

/* ---- READ BUFFER ---- */

gboolean
spc_check_read_buffer (ScsiTask *task)
{
  if (!buffer_check_mode (task, FALSE))
    return FALSE;
  return task->cdb[1] != MODE_DATA || buffer_offset (task) <= UNIT_BUFFER_BYTES
         || scsi_task_refuse_field (task, 3, 7);
}

static void
buffer_read_data (ScsiTask *task)
{
  static const guint8 zeros[UNIT_BUFFER_BYTES];
  const guint8 *bytes = task->lun->buffer != NULL ? task->lun->buffer : zeros;
  const guint32 offset = buffer_offset (task);
  scsi_task_answer (task, bytes + offset, UNIT_BUFFER_BYTES - offset,
                    cdb_allocation_length (task->cdb));
}

/* OFFSET BOUNDARY 0: any byte; BUFFER CAPACITY. */
static void
buffer_read_descriptor (ScsiTask *task)
{
  guint8 bytes[4] = { 0 };
  wire_store (bytes + 1, 3, UNIT_BUFFER_BYTES);
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}

static void
buffer_read_echo (ScsiTask *task)
{
  const UnitEcho *echo = task->lun->echo;
  if (echo != NULL && echo->writer == task->nexus) {
    scsi_task_answer (task, echo->bytes, echo->length, cdb_allocation_length (task->cdb));
    return;
  }
  if (echo != NULL && echo->previous == task->nexus)
    scsi_task_refuse (task, SENSE_ABORTED_COMMAND, SENSE_CODE_ECHO_BUFFER_OVERWRITTEN);
  else
    scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_COMMAND_SEQUENCE);
  scsi_task_finish (task);
}

static void
buffer_read_echo_descriptor (ScsiTask *task)
{
  guint8 bytes[4] = { 0x01 }; /* EBOS */
  wire_store (bytes + 2, 2, UNIT_ECHO_BYTES);
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}

void
spc_read_buffer (ScsiTask *task)
{
  const BufferMode mode = task->cdb[1];
  if (mode == MODE_DATA)
    buffer_read_data (task);
  else if (mode == MODE_DESCRIPTOR)
    buffer_read_descriptor (task);
  else if (mode == MODE_ECHO)
    buffer_read_echo (task);
  else
    buffer_read_echo_descriptor (task);
}
