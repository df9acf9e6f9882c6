/* SPDX-License-Identifier: Apache-2.0 */
/* mode-commands.c - MODE SENSE and MODE SELECT, of six and ten octets (SPC-4 6.9 .. 6.12)
 *
 * Both lengths differ in their headers only. A MODE SELECT is judged whole before the first of its pages is taken.
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define PAGE_ALL           0x3f
#define SUBPAGE_NONE       0x00
#define SUBPAGE_ALL        0xff
#define SENSE_DBD          0x08 /* octet 1 of MODE SENSE */
#define SENSE_LLBAA        0x10
#define SELECT_PF          0x10 /* octet 1 of MODE SELECT */
#define SELECT_SP          0x01
#define DEVICE_WP          0x80
#define DEVICE_DPOFUA      0x10
#define HEADER_LONG_LBA    0x01
#define PAGE_SPF           0x40 /* a subpage follows: we have none */
#define BLOCK_SHORT_LENGTH 8
#define BLOCK_LONG_LENGTH  16

static gboolean
is_of_ten (const ScsiTask *task)
{
  return task->cdb[0] == scsi_op_info (SCSI_OP_MODE_SENSE_10)->opcode
         || task->cdb[0] == scsi_op_info (SCSI_OP_MODE_SELECT_10)->opcode;
}

/* ---- MODE SENSE ---- */

gboolean
spc_check_mode_sense (ScsiTask *task)
{
  const ModeControl control = task->cdb[2] >> 6;
  const guint8 code = task->cdb[2] & 0x3f;
  ModePage page;
  if (control == MODE_SAVED)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_SAVING_NOT_SUPPORTED);
  if (code != PAGE_ALL && !mode_page_find (code, &page))
    return scsi_task_refuse_field (task, 2, 5);
  if (task->cdb[3] != SUBPAGE_NONE && task->cdb[3] != SUBPAGE_ALL)
    return scsi_task_refuse_field (task, 3, 7);
  return TRUE;
}

static void
answer_blocks (const Lun *lun, gboolean is_long, Answer *answer)
{
  guint8 *bytes = answer_take (answer, is_long ? BLOCK_LONG_LENGTH : BLOCK_SHORT_LENGTH);
  if (is_long) {
    wire_store (bytes, 8, lun->blocks);
    wire_store (bytes + 12, 4, lun->block_size);
  } else {
    wire_store (bytes, 4, MIN (lun->blocks, G_MAXUINT32));
    wire_store (bytes + 5, 3, lun->block_size);
  }
}

static void
answer_page (const Lun *lun, ModePage page, ModeControl control, Answer *answer)
{
  answer_add_number (answer, 1, mode_page_code (page));
  answer_add_number (answer, 1, mode_page_length (page));
  answer_add (answer, modes_body (&lun->modes, page, control), mode_page_length (page));
}

static void
answer_pages (const ScsiTask *task, Answer *answer)
{
  const guint8 code = task->cdb[2] & 0x3f;
  for (guint page = 0; page < MODE_PAGE_COUNT; page++)
    if (code == PAGE_ALL || code == mode_page_code (page))
      answer_page (task->lun, page, task->cdb[2] >> 6, answer);
}

void
spc_mode_sense (ScsiTask *task)
{
  const gboolean has_blocks = (task->cdb[1] & SENSE_DBD) == 0;
  const gboolean is_ten = is_of_ten (task);
  const gboolean is_long = is_ten && (task->cdb[1] & SENSE_LLBAA) != 0;
  const guint blocks = !has_blocks ? 0 : is_long ? BLOCK_LONG_LENGTH : BLOCK_SHORT_LENGTH;
  const guint8 device =
      DEVICE_DPOFUA | (lun_is_write_protected (task->lun) ? DEVICE_WP : 0); /* SBC-3 6.5.1 */
  Answer answer = { 0 };
  guint8 *header = answer_take (&answer, is_ten ? 8 : 4);
  header[is_ten ? 3 : 2] = device;
  header[is_ten ? 7 : 3] = (guint8) blocks;
  if (is_long && has_blocks)
    header[4] = HEADER_LONG_LBA;
  if (has_blocks)
    answer_blocks (task->lun, is_long, &answer);
  answer_pages (task, &answer);
  answer_close (&answer, 0, is_ten ? 2 : 1);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}

/* ---- MODE SELECT ---- */

gboolean
spc_check_mode_select (ScsiTask *task)
{
  if ((task->cdb[1] & SELECT_SP) != 0)
    return scsi_task_refuse_field (task, 1, 0);
  if ((task->cdb[1] & SELECT_PF) == 0 && cdb_allocation_length (task->cdb) > 0)
    return scsi_task_refuse_field (task, 1, 4);
  return scsi_check_parameter_list (task);
}

/* A block descriptor may only say what is so; a number of 0 leaves the capacity alone (SPC-4 7.5.6). */
static gboolean
select_blocks (ScsiTask *task, const guint8 *list, gsize at, gsize length, gboolean is_long)
{
  const guint8 *bytes = list + at;
  const Lun *lun = task->lun;
  const guint64 blocks = is_long ? wire_load (bytes, 8) : wire_load (bytes, 4);
  const guint64 size = is_long ? wire_load (bytes + 12, 4) : wire_load (bytes + 5, 3);
  if (length != (is_long ? BLOCK_LONG_LENGTH : BLOCK_SHORT_LENGTH))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS,
                                       is_of_ten (task) ? 6 : 3, SENSE_NO_BIT);
  if (blocks != 0 && blocks != lun->blocks && (is_long || blocks != G_MAXUINT32))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, (guint16) at,
                                       SENSE_NO_BIT);
  if (size != lun->block_size)
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS,
                                       (guint16) (at + (is_long ? 12 : 5)), SENSE_NO_BIT);
  return TRUE;
}

/* Judges the page at `at`, and takes it unless it is only judged. *ret_next: behind it. */
static gboolean
select_page (ScsiTask *task, const Slice *list, gsize at, gboolean is_taken, gsize *ret_next,
             gboolean *is_new)
{
  const guint8 *bytes = list->bytes + at;
  ModePage page;
  guint octet;
  if (list->length - at < 2)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  if ((bytes[0] & PAGE_SPF) != 0 || !mode_page_find (bytes[0] & 0x3f, &page))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, (guint16) at,
                                       5);
  if (bytes[1] != mode_page_length (page))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS,
                                       (guint16) (at + 1), 7);
  *ret_next = at + 2 + bytes[1];
  if (*ret_next > list->length)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  if (!modes_may_change (&task->lun->modes, page, bytes + 2, &octet))
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS,
                                       (guint16) (at + 2 + octet), SENSE_NO_BIT);
  if (is_taken)
    *is_new |= modes_change (&task->lun->modes, page, bytes + 2);
  return TRUE;
}

static gboolean
select_pages (ScsiTask *task, const Slice *list, gsize at, gboolean is_taken, gboolean *is_new)
{
  while (at < list->length)
    if (!select_page (task, list, at, is_taken, &at, is_new))
      return FALSE;
  return TRUE;
}

/* What the header says, up to the first page. */
static gboolean
select_header (ScsiTask *task, const Slice *list, gsize *ret_pages)
{
  const gboolean is_ten = is_of_ten (task);
  const gsize header = is_ten ? 8 : 4;
  if (list->length < header)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  const gsize blocks = is_ten ? wire_load (list->bytes + 6, 2) : list->bytes[3];
  const gboolean is_long = is_ten && (list->bytes[4] & HEADER_LONG_LBA) != 0;
  *ret_pages = header + blocks;
  if (list->bytes[is_ten ? 2 : 1] != 0) /* MEDIUM TYPE */
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, is_ten ? 2 : 1,
                                       7);
  if (*ret_pages > list->length)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  return blocks == 0 || select_blocks (task, list->bytes, header, blocks, is_long);
}

void
spc_mode_select (ScsiTask *task)
{
  Slice list = payload_join (&task->data_out);
  gsize pages = 0;
  gboolean is_new = FALSE;
  if (task->transfer_length == 0 || list.length < task->transfer_length) {
    if (task->transfer_length > 0) /* the initiator expected to send less than its CDB says */
      scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  } else if (select_header (task, &list, &pages)
             && select_pages (task, &list, pages, FALSE, &is_new)
             && select_pages (task, &list, pages, TRUE, &is_new) && is_new) {
    scsi_nexus_attend_others (task->nexus, task->lun->number, SENSE_CODE_MODE_PARAMETERS_CHANGED);
  }
  slice_clear (&list);
  scsi_task_finish (task);
}
