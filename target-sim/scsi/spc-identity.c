/* SPDX-License-Identifier: Apache-2.0 */
/* spc-identity.c - REPORT and SET IDENTIFYING INFORMATION, REPORT and SET TIMESTAMP (SPC-4 6.32, 6.43, 6.38, 6.46)
 *
 * What somebody wrote on the unit's label, and what its clock says. Both last until the target ends; a reset takes neither away.
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

/* ---- identifying information ---- */

#define INFORMATION_TYPES     0x7f /* of the types that there are */
#define INFORMATION_TYPE_BITS 1    /* octet 10: the type is above bit 0 */

static const struct {
  guint8 type;
  guint16 most; /* octets */
} informations[UNIT_INFORMATION_COUNT] = {
  [UNIT_INFORMATION_PERIPHERAL] = { 0x00, 64 },
  [UNIT_INFORMATION_TEXT] = { 0x02, 256 },
};

/* UNIT_INFORMATION_COUNT: none. */
static UnitInformation
information_of (const ScsiTask *task)
{
  guint kind = 0;
  while (kind < UNIT_INFORMATION_COUNT
         && informations[kind].type != task->cdb[10] >> INFORMATION_TYPE_BITS)
    kind++;
  return kind;
}

gboolean
spc_check_report_information (ScsiTask *task)
{
  return information_of (task) < UNIT_INFORMATION_COUNT
         || task->cdb[10] >> INFORMATION_TYPE_BITS == INFORMATION_TYPES
         || scsi_task_refuse_field (task, 10, 7);
}

static void
information_types (Answer *answer)
{
  for (guint i = 0; i < UNIT_INFORMATION_COUNT; i++) {
    guint8 *descriptor = answer_take (answer, 4);
    descriptor[0] = (guint8) (informations[i].type << INFORMATION_TYPE_BITS);
    wire_store (descriptor + 2, 2, informations[i].most);
  }
}

void
spc_report_information (ScsiTask *task)
{
  const UnitInformation kind = information_of (task);
  Answer answer = { 0 };
  answer_take (&answer, 4);
  if (kind == UNIT_INFORMATION_COUNT) {
    information_types (&answer);
  } else if (task->lun->information[kind] != NULL) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (task->lun->information[kind], &length);
    answer_add (&answer, bytes, length);
  }
  answer_close (&answer, 2, 2);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}

gboolean
spc_check_set_information (ScsiTask *task)
{
  const UnitInformation kind = information_of (task);
  if (kind == UNIT_INFORMATION_COUNT)
    return scsi_task_refuse_field (task, 10, 7);
  if (cdb_allocation_length (task->cdb) > informations[kind].most)
    return scsi_task_refuse_field (task, 6, 7);
  return scsi_check_parameter_list (task);
}

/* SPC-4 6.43: text is in UTF-8 and ends with a NUL. */
static gboolean
information_check (ScsiTask *task, UnitInformation kind, const Slice *list)
{
  if (list->length < task->transfer_length)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  if (kind != UNIT_INFORMATION_TEXT || list->length == 0)
    return TRUE;
  const gsize text = task->transfer_length - 1;
  if (list->bytes[text] != 0 || !g_utf8_validate ((const char *) list->bytes, (gssize) text, NULL))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 0,
                                       SENSE_NO_BIT);
  return TRUE;
}

/* An empty list takes away what was there. */
void
spc_set_information (ScsiTask *task)
{
  const UnitInformation kind = information_of (task);
  Slice list = payload_join (&task->data_out);
  if (information_check (task, kind, &list)) {
    GBytes **place = &task->lun->information[kind];
    g_clear_pointer (place, g_bytes_unref);
    if (task->transfer_length > 0)
      *place = g_bytes_new (list.bytes, task->transfer_length);
    scsi_nexus_attend_others (task->nexus, task->lun->number, SENSE_CODE_DEVICE_IDENTIFIER_CHANGED);
  }
  slice_clear (&list);
  scsi_task_finish (task);
}

/* ---- timestamp ---- */

#define TIMESTAMP_LENGTH 12
#define TIMESTAMP_AT     4 /* 48 bits: milliseconds since 1970 */
#define TIMESTAMP_OCTETS 6
#define ORIGIN_SET       2 /* by SET TIMESTAMP */
#define ORIGIN_OUTSIDE   3 /* by the machine's clock */

static gint64
timestamp_wall_ms (const ScsiTask *task)
{
  return task->nexus->host != NULL ? host_wall_ns (task->nexus->host) / NS_PER_MS : 0;
}

void
spc_report_timestamp (ScsiTask *task)
{
  const Lun *lun = task->lun;
  guint8 bytes[TIMESTAMP_LENGTH] = { 0 };
  wire_store (bytes, 2, TIMESTAMP_LENGTH - 2);
  bytes[2] = lun->is_timestamp_set ? ORIGIN_SET : ORIGIN_OUTSIDE;
  wire_store (bytes + TIMESTAMP_AT, TIMESTAMP_OCTETS,
              (guint64) (timestamp_wall_ms (task) + lun->timestamp_skew_ms)
                  & wire_mask (8 * TIMESTAMP_OCTETS));
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}

/* A list of 0 octets changes nothing (SPC-4 6.46). */
void
spc_set_timestamp (ScsiTask *task)
{
  guint8 list[TIMESTAMP_LENGTH];
  if (task->transfer_length == 0) {
    scsi_task_finish (task);
    return;
  }
  if (task->transfer_length < sizeof list || task->data_out.length < sizeof list) {
    scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  } else {
    payload_copy_out (&task->data_out, 0, list, sizeof list);
    task->lun->timestamp_skew_ms =
        (gint64) wire_load (list + TIMESTAMP_AT, TIMESTAMP_OCTETS) - timestamp_wall_ms (task);
    task->lun->is_timestamp_set = TRUE;
    scsi_nexus_attend_others (task->nexus, task->lun->number, SENSE_CODE_TIMESTAMP_CHANGED);
  }
  scsi_task_finish (task);
}
