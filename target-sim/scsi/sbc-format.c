/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-format.c - FORMAT UNIT (SBC-3 5.3): every block gets the initialization pattern, or zeros
 *
 * The medium has no defects and no protection information, so that a list of the one and a request for the other are refused.
 * The CDB does not say how long the parameter list is: the list does.
 */
#include "target-sim/scsi/commands.h"
#include "target-sim/scsi/erasure.h"

#include "world/banned.h"

#define FORMAT_PROTECTION 0xc0 /* octet 1: FMTPINFO */
#define FORMAT_LONG       0x20
#define FORMAT_DATA       0x10
#define FORMAT_COMPLETE   0x08
#define FORMAT_DEFECTS    0x07
#define HEADER_SHORT      4
#define HEADER_LONG       8
#define HEADER_USAGE      0x07 /* octet 0: PROTECTION FIELD USAGE */
#define HEADER_FOV        0x80 /* octet 1 */
#define HEADER_OPTIONS    0x70 /* DPRY, DCRT, STPF: which of them go with FOV alone */
#define HEADER_IP         0x08
#define HEADER_IMMED      0x02
#define PATTERN_HEADER    4
#define PATTERN_MODIFIER  0xc0 /* octet 0 of the descriptor */
#define PATTERN_SECURITY  0x20
#define PATTERN_DEFAULT   0
#define PATTERN_REPEATED  1
#define LIST_MAX          (HEADER_LONG + PATTERN_HEADER + 65536u)

typedef struct Format {
  gsize header;
  gsize length; /* all that belongs to the list */
  gboolean is_immediate;
  const guint8 *pattern; /* NULL: zeros */
  gsize pattern_length;
} Format;

gboolean
sbc_check_format (ScsiTask *task)
{
  const guint8 flags = task->cdb[1];
  if ((flags & FORMAT_PROTECTION) != 0)
    return scsi_task_refuse_field (task, 1, 7);
  if ((flags & FORMAT_DATA) == 0 && (flags & (FORMAT_LONG | FORMAT_COMPLETE)) != 0)
    return scsi_task_refuse_field (task, 1, (flags & FORMAT_LONG) != 0 ? 5 : 3);
  if ((flags & FORMAT_DATA) == 0 && (flags & FORMAT_DEFECTS) != 0)
    return scsi_task_refuse_field (task, 1, 2);
  task->transfer_length = (flags & FORMAT_DATA) != 0 ? LIST_MAX : 0;
  return TRUE;
}

static gboolean
format_refuse (ScsiTask *task, gsize octet, guint8 bit)
{
  return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, (guint16) octet,
                                     bit);
}

static gboolean
format_read_pattern (ScsiTask *task, const Slice *list, Format *format)
{
  const guint8 *bytes = list->bytes + format->header;
  if (list->length < format->header + PATTERN_HEADER)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  const gsize length = wire_load (bytes + 2, 2);
  format->length += PATTERN_HEADER + length;
  if ((bytes[0] & PATTERN_MODIFIER) != 0)
    return format_refuse (task, format->header, 7);
  if ((bytes[0] & PATTERN_SECURITY) != 0)
    return format_refuse (task, format->header, 5);
  if (bytes[1] > PATTERN_REPEATED)
    return format_refuse (task, format->header + 1, 7);
  if (length > task->lun->block_size || (length == 0) != (bytes[1] == PATTERN_DEFAULT))
    return format_refuse (task, format->header + 2, 7);
  if (list->length < format->length)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  format->pattern = length > 0 ? bytes + PATTERN_HEADER : NULL;
  format->pattern_length = length;
  return TRUE;
}

/* The options say what to do about defects; without FOV there must be none of them (SBC-3 5.3.2.2). */
static gboolean
format_read_list (ScsiTask *task, const Slice *list, Format *ret_format)
{
  const gboolean is_long = (task->cdb[1] & FORMAT_LONG) != 0;
  Format format = { .header = is_long ? HEADER_LONG : HEADER_SHORT };
  if (list->length < format.header)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  format.length = format.header;
  format.is_immediate = (list->bytes[1] & HEADER_IMMED) != 0;
  if ((list->bytes[0] & HEADER_USAGE) != 0)
    return format_refuse (task, 0, 2);
  if ((list->bytes[1] & HEADER_FOV) == 0 && (list->bytes[1] & (HEADER_OPTIONS | HEADER_IP)) != 0)
    return format_refuse (task, 1, 7);
  if (is_long && list->bytes[3] != 0) /* P_I_INFORMATION, PROTECTION INTERVAL EXPONENT */
    return format_refuse (task, 3, 7);
  if (wire_load (list->bytes + (is_long ? 4 : 2), is_long ? 4 : 2) != 0)
    return format_refuse (task, is_long ? 4 : 2, 7);
  if ((list->bytes[1] & HEADER_IP) != 0 && !format_read_pattern (task, list, &format))
    return FALSE;
  *ret_format = format;
  return TRUE;
}

void
sbc_format (ScsiTask *task)
{
  Slice list = payload_join (&task->data_out);
  Format format = { 0 };
  if ((task->cdb[1] & FORMAT_DATA) != 0 && !format_read_list (task, &list, &format)) {
    scsi_task_finish (task);
  } else {
    const ErasurePlan plan = { .in_progress = SENSE_CODE_FORMAT_IN_PROGRESS,
                               .failed = SENSE_CODE_FORMAT_FAILED,
                               .passes = 1,
                               .pattern = format.pattern,
                               .pattern_length = format.pattern_length };
    task->transfer_length = format.length;
    erasure_begin (task, &plan, !format.is_immediate);
  }
  slice_clear (&list);
}
