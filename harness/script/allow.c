/* SPDX-License-Identifier: Apache-2.0 */
/* allow.c - commands and PDUs by what they do to others, and the gate that words go through */
#include "harness/script/allow.h"

#include "harness/peers/remote.h"
#include "protocol/scsi-command.h"
#include "protocol/scsi/scsi.h"
#include "protocol/tmf.h"

static const struct {
  guint8 code;
  Allowance needed;
} commands[] = {
  { 0x00, ALLOW_HARMLESS },   /* TEST UNIT READY */
  { 0x03, ALLOW_HARMLESS },   /* REQUEST SENSE */
  { 0x08, ALLOW_HARMLESS },   /* READ(6) */
  { 0x0a, ALLOW_DATALOSS },   /* WRITE(6) */
  { 0x12, ALLOW_HARMLESS },   /* INQUIRY */
  { 0x15, ALLOW_DISRUPTIVE }, /* MODE SELECT(6) */
  { 0x16, ALLOW_DISRUPTIVE }, /* RESERVE(6) */
  { 0x17, ALLOW_DISRUPTIVE }, /* RELEASE(6) */
  { 0x1a, ALLOW_HARMLESS },   /* MODE SENSE(6) */
  { 0x1b, ALLOW_DISRUPTIVE }, /* START STOP UNIT */
  { 0x25, ALLOW_HARMLESS },   /* READ CAPACITY(10) */
  { 0x28, ALLOW_HARMLESS },   /* READ(10) */
  { 0x2a, ALLOW_DATALOSS },   /* WRITE(10) */
  { 0x2e, ALLOW_DATALOSS },   /* WRITE AND VERIFY(10) */
  { 0x2f, ALLOW_HARMLESS },   /* VERIFY(10) */
  { 0x35, ALLOW_HARMLESS },   /* SYNCHRONIZE CACHE(10) */
  { 0x41, ALLOW_DATALOSS },   /* WRITE SAME(10) */
  { 0x42, ALLOW_DATALOSS },   /* UNMAP */
  { 0x4d, ALLOW_HARMLESS },   /* LOG SENSE */
  { 0x55, ALLOW_DISRUPTIVE }, /* MODE SELECT(10) */
  { 0x56, ALLOW_DISRUPTIVE }, /* RESERVE(10) */
  { 0x57, ALLOW_DISRUPTIVE }, /* RELEASE(10) */
  { 0x5a, ALLOW_HARMLESS },   /* MODE SENSE(10) */
  { 0x5e, ALLOW_HARMLESS },   /* PERSISTENT RESERVE IN */
  { 0x5f, ALLOW_DISRUPTIVE }, /* PERSISTENT RESERVE OUT */
  { 0x88, ALLOW_HARMLESS },   /* READ(16) */
  { 0x89, ALLOW_DATALOSS },   /* COMPARE AND WRITE */
  { 0x8a, ALLOW_DATALOSS },   /* WRITE(16) */
  { 0x8e, ALLOW_DATALOSS },   /* WRITE AND VERIFY(16) */
  { 0x8f, ALLOW_HARMLESS },   /* VERIFY(16) */
  { 0x91, ALLOW_HARMLESS },   /* SYNCHRONIZE CACHE(16) */
  { 0x93, ALLOW_DATALOSS },   /* WRITE SAME(16) */
  { 0x9e, ALLOW_HARMLESS },   /* SERVICE ACTION IN(16): READ CAPACITY(16), GET LBA STATUS */
  { 0xa0, ALLOW_HARMLESS },   /* REPORT LUNS */
  { 0xa3, ALLOW_HARMLESS },   /* MAINTENANCE IN: what it reports */
  { 0xa8, ALLOW_HARMLESS },   /* READ(12) */
  { 0xaa, ALLOW_DATALOSS },   /* WRITE(12) */
};

Allowance
cdb_allowance (const guint8 *cdb)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].code == cdb[0])
      return commands[i].needed;
  return ALLOW_BOTH;
}

/* What reaches the tasks of one nexus only, its own. */
static const guint8 tmf_of_own_tasks[] = { TMF_ABORT_TASK, TMF_ABORT_TASK_SET, TMF_QUERY_TASK,
                                           TMF_QUERY_TASK_SET, TMF_QUERY_ASYNC_EVENT };

Allowance
tmf_allowance (guint8 function)
{
  for (guint i = 0; i < G_N_ELEMENTS (tmf_of_own_tasks); i++)
    if (tmf_of_own_tasks[i] == function)
      return ALLOW_HARMLESS;
  return ALLOW_DISRUPTIVE;
}

Allowance
pdu_allowance (const guint8 *bhs)
{
  static const Opcode harmless[] = { OPCODE_NOP_OUT,       OPCODE_LOGIN_REQUEST,
                                     OPCODE_TEXT_REQUEST,  OPCODE_LOGOUT_REQUEST,
                                     OPCODE_SNACK_REQUEST, OPCODE_DATA_OUT };
  const guint8 opcode = bhs_opcode (bhs);
  if (opcode == OPCODE_SCSI_COMMAND)
    return cdb_allowance (bhs + 32);
  if (opcode == OPCODE_TMF_REQUEST)
    return tmf_allowance (bhs[1] & 0x7f);
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (harmless[i] == opcode)
      return ALLOW_HARMLESS;
  return ALLOW_BOTH;
}

gboolean
lab_allows (Lab *lab, Allowance needed, const char *what, GError **error)
{
  const Remote *remote = lab->remote;
  if (remote == NULL)
    return TRUE;
  if ((needed & ALLOW_DATALOSS) != 0 && !remote->is_dataloss_allowed)
    return lab_skip (lab, error, "%s may overwrite what is on %s: it needs --dataloss", what,
                     remote->text);
  if ((needed & ALLOW_DISRUPTIVE) != 0 && !remote->is_disruption_allowed)
    return lab_skip (lab, error, "%s may disturb others at %s: it needs --disruptive", what,
                     remote->text);
  return TRUE;
}

gboolean
lab_hold_resets_back (Lab *lab, GError **error)
{
  static const guint8 functions[] = { TMF_CLEAR_ACA, TMF_CLEAR_TASK_SET, TMF_LUN_RESET,
                                      TMF_TARGET_WARM_RESET, TMF_TARGET_COLD_RESET };
  if (lab->remote == NULL || lab->remote->is_disruption_allowed)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    FaultRule rule;
    guint index;
    fault_rule_init (&rule);
    rule.when = FAULT_WHEN_PDU;
    rule.pdu = "Task Management Function Request";
    rule.fields[0] = (FaultField){ .name = "Function", .value = functions[i] };
    rule.field_count = 1;
    rule.direction = FAULT_TO_TARGET;
    rule.act = FAULT_ACT_DROP;
    rule.times = 0;
    rule.is_optional = TRUE;
    if (!fault_plan_add (lab->plan, &rule, &index, error))
      return FALSE;
  }
  return TRUE;
}
