/* SPDX-License-Identifier: Apache-2.0 */
/* inquiry.c - INQUIRY: what the unit is, and its vital product data (SPC-4 6.6, 7.8; SBC-3 6.6)
 *
 * A page is a row of a table; the list in page 00h comes from the same table.
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define VENDOR   "ISCSILAB" /* 8 octets, padded with spaces */
#define PRODUCT  "SIMULATED DISK  "
#define REVISION "0001"

#define STANDARD_INQUIRY_LENGTH 96
#define EXTENDED_SIMPSUP        0x01
#define ROTATION_NONE           1    /* MEDIUM ROTATION RATE */
#define ERASED_READS_WELL       0x50 /* WABEREQ, WACEREQ: a read after SANITIZE is no error */

#define LIMITS_WSNZ          0x01 /* WRITE SAME of no blocks is refused */
#define PROVISIONING_LBPU    0x80 /* UNMAP */
#define PROVISIONING_LBPWS   0x40 /* WRITE SAME(16) with UNMAP */
#define PROVISIONING_LBPWS10 0x20
#define PROVISIONING_LBPRZ   0x04 /* what is not mapped reads as zeros */
#define PROVISIONING_THIN    2

static void
inquiry_standard (const ScsiTask *task, Answer *answer)
{
  /* SAM-5, iSCSI, SPC-4, SBC-3: version descriptors without a revision claimed */
  static const guint16 versions[] = { 0x00a0, 0x0960, 0x0460, 0x04c0 };
  guint8 *bytes = answer_take (answer, STANDARD_INQUIRY_LENGTH);
  bytes[0] = task->lun != NULL ? 0x00 : 0x7f; /* a disk; or: no device can be here */
  if (task->lun != NULL && task->lun->medium.is_removable)
    bytes[1] = 0x80; /* RMB */
  bytes[2] = 0x06;   /* SPC-4 */
  bytes[3] = 0x12;   /* hierarchical LUNs, response format 2 */
  bytes[4] = STANDARD_INQUIRY_LENGTH - 5;
  bytes[7] = 0x02; /* command queuing */
  memcpy (bytes + 8, VENDOR, 8);
  memcpy (bytes + 16, PRODUCT, 16);
  memcpy (bytes + 32, REVISION, 4);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    wire_or (bytes, 58 + 2 * i, 0, 16, versions[i]);
}

static void
vpd_serial (const ScsiTask *task, Answer *answer)
{
  answer_add (answer, task->lun->serial, LUN_SERIAL_LENGTH);
}

/* code set 1 binary, 2 ASCII, 3 UTF-8; association 0 the unit, 1 the target port */
static void
designator_begin (Answer *answer, guint8 code_set, guint8 association, guint8 type, gsize length)
{
  guint8 *header = answer_take (answer, 4);
  header[0] = (guint8) ((association != 0 ? 0x50 : 0) | code_set); /* protocol 5: iSCSI */
  header[1] = (guint8) ((association != 0 ? 0x80 : 0) | association << 4 | type);
  header[3] = (guint8) length;
}

/* RFC 7143 4.4.2, R-MODEL-020: a target port's name is "name,t,0x" and the tag's four digits, NUL-terminated, and SPC-4
 * 7.8.6.11 pads it to a multiple of four. */
static void
designator_port_name (const Luns *luns, guint16 group_tag, Answer *answer)
{
  char name[256] = { 0 };
  const int length = g_snprintf (name, sizeof name, "%s,t,0x%04x", luns->target_name, group_tag);
  const gsize padded = ((gsize) length + 1 + 3) & ~(gsize) 3;
  CHECK_THAT (padded <= sizeof name);
  designator_begin (answer, 3, 1, 8, padded);
  answer_add (answer, name, padded);
}

static void
vpd_identification (const ScsiTask *task, Answer *answer)
{
  designator_begin (answer, 1, 0, 3, 8); /* NAA */
  answer_add_number (answer, 8, task->lun->naa);
  designator_begin (answer, 2, 0, 1, 8 + LUN_SERIAL_LENGTH); /* T10 vendor identification */
  answer_add (answer, VENDOR, 8);
  answer_add (answer, task->lun->serial, LUN_SERIAL_LENGTH);
  designator_begin (answer, 1, 1, 4, 4); /* relative target port */
  answer_add_number (answer, 4, task->nexus->group_tag);
  designator_port_name (task->nexus->luns, task->nexus->group_tag, answer);
}

/* Nothing manages the unit over a network of its own: a list of none (SPC-4 7.8.8). */
static void
vpd_management_addresses (const ScsiTask *task, Answer *answer)
{
}

/* SPC-4 7.8.7. Whatever its attribute, a task is treated as a simple one, so that only these are claimed. */
static void
vpd_extended_inquiry (const ScsiTask *task, Answer *answer)
{
  guint8 *bytes = answer_take (answer, 60);
  bytes[1] = EXTENDED_SIMPSUP;
  bytes[9] = SENSE_MAX;
}

/* SPC-4 7.8.9: every page and subpage is one for all nexuses. */
static void
vpd_mode_page_policy (const ScsiTask *task, Answer *answer)
{
  static const guint8 all_shared[] = { 0x3f, 0xff, 0x00, 0x00 };
  answer_add (answer, all_shared, sizeof all_shared);
}

/* SPC-4 7.8.14: the target ports, which are portal groups. */
static void
vpd_ports (const ScsiTask *task, Answer *answer)
{
  const Luns *luns = task->nexus->luns;
  for (guint i = 0; i < luns->target_ports->len; i++) {
    const guint16 tag = g_array_index (luns->target_ports, guint16, i);
    wire_store (answer_take (answer, 8) + 2, 2, tag); /* RELATIVE PORT IDENTIFIER */
    const gsize at = answer->length;
    answer_take (answer, 4);
    designator_port_name (luns, tag, answer);
    wire_store (answer->bytes + at + 2, 2, answer->length - at - 4);
  }
}

static void
vpd_block_limits (const ScsiTask *task, Answer *answer)
{
  guint8 *bytes = answer_take (answer, 60); /* from octet 4 of the page on */
  bytes[0] = LIMITS_WSNZ;
  bytes[1] = sbc_compare_limit (task->lun);
  wire_store (bytes + 4, 4, SBC_TRANSFER_MAX_BYTES / task->lun->block_size);
  if (task->lun->is_thin) {
    wire_store (bytes + 16, 4, G_MAXUINT32); /* UNMAP: of any number of blocks */
    wire_store (bytes + 20, 4, SBC_UNMAP_DESCRIPTORS_MAX);
    wire_store (bytes + 24, 4,
                MAX (store_unmap_bytes (task->lun->store) / task->lun->block_size, 1));
  }
  wire_store (bytes + 32, 8, sbc_same_limit (task->lun));
  /* SBC-4 6.6.4: an atomic write of any alignment and any granularity, and without a boundary. */
  wire_store (bytes + 40, 4, sbc_atomic_limit (task->lun));
}

static void
vpd_characteristics (const ScsiTask *task, Answer *answer)
{
  guint8 *bytes = answer_take (answer, 60);
  wire_store (bytes, 2, ROTATION_NONE);
  bytes[3] = ERASED_READS_WELL;
}

/* SBC-3 6.6.6 */
static void
vpd_provisioning (const ScsiTask *task, Answer *answer)
{
  guint8 *bytes = answer_take (answer, 4);
  if (!task->lun->is_thin)
    return;
  bytes[1] = PROVISIONING_LBPU | PROVISIONING_LBPWS | PROVISIONING_LBPWS10 | PROVISIONING_LBPRZ;
  bytes[2] = PROVISIONING_THIN;
}

static void vpd_supported (const ScsiTask *task, Answer *answer);

static const struct {
  guint8 code;
  void (*fill) (const ScsiTask *task, Answer *answer);
} vpd_pages[] = {
  { 0x00, vpd_supported },
  { 0x80, vpd_serial },
  { 0x83, vpd_identification },
  { 0x85, vpd_management_addresses },
  { 0x86, vpd_extended_inquiry },
  { 0x87, vpd_mode_page_policy },
  { 0x88, vpd_ports },
  { 0xb0, vpd_block_limits },
  { 0xb1, vpd_characteristics },
  { 0xb2, vpd_provisioning },
};

static void
vpd_supported (const ScsiTask *task, Answer *answer)
{
  for (guint i = 0; i < G_N_ELEMENTS (vpd_pages); i++)
    answer_add_number (answer, 1, vpd_pages[i].code);
}

static gint
vpd_index (guint8 code)
{
  for (guint i = 0; i < G_N_ELEMENTS (vpd_pages); i++)
    if (vpd_pages[i].code == code)
      return (gint) i;
  return -1;
}

static void
inquiry_page (const ScsiTask *task, Answer *answer)
{
  const gint index = vpd_index (task->cdb[2]);
  guint8 *header = answer_take (answer, 4);
  header[1] = task->cdb[2];
  vpd_pages[index].fill (task, answer);
  wire_or (answer->bytes, 2, 0, 16, answer->length - 4);
}

/* SPC-4 6.6: the page code is only for EVPD; CMDDT is obsolete. */
gboolean
spc_check_inquiry (ScsiTask *task)
{
  const gboolean is_vpd = (task->cdb[1] & 0x01) != 0;
  if ((task->cdb[1] & ~0x01) != 0 || (!is_vpd && task->cdb[2] != 0)
      || (is_vpd && vpd_index (task->cdb[2]) < 0))
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  if (is_vpd && task->lun == NULL)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LUN_NOT_SUPPORTED);
  return TRUE;
}

void
spc_inquiry (ScsiTask *task)
{
  Answer answer = { 0 };
  if ((task->cdb[1] & 0x01) != 0)
    inquiry_page (task, &answer);
  else
    inquiry_standard (task, &answer);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}
