/* SPDX-License-Identifier: Apache-2.0 */
/* observer-state.c - what each PDU changes in the eyes of somebody who watches
 *
 * Method: a table from the opcode to what the PDU does. It follows what is said, right or wrong: judging is not done here. Where
 * a number is wrong the state goes on from the one that was said, so that one mistake is found once.
 */
#include "protocol/observer-internal.h"
#include "protocol/serial.h"

#include "world/banned.h"

#define FULL_FEATURE_STAGE 3
#define TMF_COMPLETE       0

enum { ABORT_TASK = 1, ABORT_TASK_SET = 2, CLEAR_TASK_SET = 4, LUN_RESET = 5, NEXUS_RESET = 11 };
enum { TARGET_WARM_RESET = 6, TARGET_COLD_RESET = 7 };
enum { CLOSE_SESSION = 0, CLOSE_CONNECTION = 1 };

/* ---- text ---- */

void
observer_text_init (ObservedText *text)
{
  text->bytes = g_string_new (NULL);
  text->pairs = g_array_new (FALSE, FALSE, sizeof (ObservedPair));
}

void
observer_text_clear (ObservedText *text)
{
  g_string_free (text->bytes, TRUE);
  g_array_unref (text->pairs);
}

static void
text_add (ObservedText *text, const ObservedPdu *pdu)
{
  const Slice *slices = payload_slices (pdu->data);
  if (!text->is_continued) {
    g_string_truncate (text->bytes, 0);
    text->is_beyond = FALSE;
  }
  g_array_set_size (text->pairs, 0);
  for (guint i = 0; i < pdu->data->count; i++) {
    text->is_beyond = text->is_beyond || text->bytes->len + slices[i].length > OBSERVER_TEXT_MAX;
    if (!text->is_beyond)
      g_string_append_len (text->bytes, (const char *) slices[i].bytes, (gssize) slices[i].length);
  }
  text->is_continued = seen_is_continued (pdu->bhs);
}

/* R-TEXT-002: each pair ends in a NUL. R-TEXT-005: the key ends at the first '='. GString keeps a NUL behind the last byte. */
static void
text_split (ObservedText *text)
{
  char *at = text->bytes->str;
  char *const end = at + text->bytes->len;
  text->is_terminated = at == end || end[-1] == '\0';
  while (at < end) {
    char *const next = at + strlen (at) + 1;
    ObservedPair pair = { at, NULL };
    char *equals = strchr (at, '=');
    if (equals != NULL) {
      *equals = '\0';
      pair.value = equals + 1;
    }
    g_array_append_val (text->pairs, pair);
    at = next;
  }
}

static gboolean
pdu_has_text (const ObservedPdu *pdu)
{
  return pdu->opcode == SEEN_LOGIN_REQUEST || pdu->opcode == SEEN_LOGIN_RESPONSE
         || pdu->opcode == SEEN_TEXT_REQUEST || pdu->opcode == SEEN_TEXT_RESPONSE;
}

void
observer_prepare (Observer *observer, ObservedPdu *pdu)
{
  const guint32 itt = seen_itt (pdu->bhs);
  pdu->task = itt != SEEN_NO_TAG ? observed_tasks_find (&observer->tasks, itt) : NULL;
  if (!pdu_has_text (pdu) || !pdu->is_kept)
    return;
  ObservedText *text = &observer->texts[pdu->from];
  text_add (text, pdu);
  if (text->is_continued || text->is_beyond)
    return;
  text_split (text);
  pdu->text = text;
}

/* ---- numbers ---- */

/* R-NUM-001..003: an immediate request carries the number and does not use it up. */
static void
take_cmd_sn (Observer *observer, const ObservedPdu *pdu)
{
  const guint32 cmd_sn = seen_cmd_sn (pdu->bhs);
  if (!seen_is_immediate (pdu->bhs) && serial_less_or_equal (observer->next_cmd_sn, cmd_sn))
    observer->next_cmd_sn = cmd_sn + 1;
}

static void
take_exp_stat_sn (Observer *observer, const ObservedPdu *pdu)
{
  const guint32 exp_stat_sn = seen_exp_stat_sn (pdu->bhs);
  if (!observer->has_exp_stat_sn || serial_less (observer->exp_stat_sn, exp_stat_sn))
    observer->exp_stat_sn = exp_stat_sn;
  observer->has_exp_stat_sn = TRUE;
}

static void
take_window (Observer *observer, const ObservedPdu *pdu)
{
  const guint32 exp_cmd_sn = seen_exp_cmd_sn (pdu->bhs);
  const guint32 max_cmd_sn = seen_max_cmd_sn (pdu->bhs);
  if (!observer->has_window || serial_less (observer->exp_cmd_sn, exp_cmd_sn))
    observer->exp_cmd_sn = exp_cmd_sn;
  if (!observer->has_window || serial_less (observer->max_cmd_sn, max_cmd_sn))
    observer->max_cmd_sn = max_cmd_sn;
  observer->has_window = TRUE;
}

/* A lower one was sent again (R-NUM-039), or is wrong. */
static void
take_stat_sn (Observer *observer, const ObservedPdu *pdu)
{
  const guint32 stat_sn = seen_stat_sn (pdu->bhs);
  if (!observer->has_stat_sn || serial_less_or_equal (observer->next_stat_sn, stat_sn))
    observer->next_stat_sn = stat_sn + 1;
  observer->has_stat_sn = TRUE;
}

/* A tag that is in use stays whose it is: the second is ignored or refused (R-NUM-013, R-REJ-006). */
static ObservedTask *
take_request (Observer *observer, const ObservedPdu *pdu)
{
  if (pdu->task != NULL && !pdu->task->is_done)
    return NULL;
  ObservedTask *task = observed_tasks_add (&observer->tasks, seen_itt (pdu->bhs));
  if (task == NULL) {
    observer->is_lost = TRUE;
    return NULL;
  }
  task->opcode = pdu->opcode;
  task->immediate = (guint8) seen_is_immediate (pdu->bhs);
  task->cmd_sn = seen_cmd_sn (pdu->bhs);
  task->lun = seen_lun (pdu->bhs);
  return task;
}

static void
end_task (Observer *observer, ObservedTask *task)
{
  if (task != NULL)
    observed_tasks_end (&observer->tasks, task);
}

/* ---- login ---- */

static void
take_pairs (Observer *observer, const ObservedPdu *pdu)
{
  ObservedLogin *login = &observer->login;
  for (guint i = 0; pdu->text != NULL && i < pdu->text->pairs->len; i++) {
    const ObservedPair *pair = &g_array_index (pdu->text->pairs, ObservedPair, i);
    const ObservedKeyId id = observed_key_find (pair->key);
    if (id == OBSERVED_KEY_COUNT || pair->value == NULL)
      continue;
    observed_keys_say (&observer->keys, pdu->from, id, pair->value);
    login->has_initiator_name |= id == OBSERVED_INITIATOR_NAME;
    login->has_target_name |= id == OBSERVED_TARGET_NAME;
    login->has_group_tag |= id == OBSERVED_GROUP_TAG;
    if (id == OBSERVED_SESSION_TYPE)
      login->is_discovery = strcmp (pair->value, "Discovery") == 0;
  }
}

static void
apply_login_request (Observer *observer, const ObservedPdu *pdu)
{
  ObservedLogin *login = &observer->login;
  const guint8 *bhs = pdu->bhs;
  if (login->requests == 0) {
    login->itt = seen_itt (bhs);
    login->isid = seen_isid (bhs);
    login->tsih = seen_tsih (bhs);
    login->cid = seen_cid (bhs);
    login->cmd_sn = seen_cmd_sn (bhs);
    login->stage = seen_csg (bhs);
    login->version_max = seen_version_max (bhs);
    login->version_min = seen_version_min (bhs);
    observer->is_joined = login->tsih != 0;
    observer->next_cmd_sn = login->cmd_sn;
  } else {
    take_exp_stat_sn (observer, pdu);
  }
  login->requests++;
  login->is_outstanding = TRUE;
  login->wants_transit = seen_is_final (bhs);
  login->wants_stage = seen_nsg (bhs);
  take_pairs (observer, pdu);
}

static void
enter_full_feature (Observer *observer, const ObservedPdu *pdu)
{
  observer->phase = OBSERVER_FULL_FEATURE;
  observer->login.session_tsih = seen_tsih (pdu->bhs);
  observed_keys_settle (&observer->keys);
  for (guint side = 0; side < 2; side++) /* R-KEY-007 */
    observer_flow_set_digests (observer->flows[side], observer->keys.has_header_digest,
                               observer->keys.has_data_digest);
}

static void
end_phase (Observer *observer)
{
  observer->phase = OBSERVER_OVER;
  observer->is_over_fresh = TRUE;
}

static void
apply_login_response (Observer *observer, const ObservedPdu *pdu)
{
  ObservedLogin *login = &observer->login;
  const guint8 *bhs = pdu->bhs;
  if (login->responses == 0) {
    login->target_version_max = seen_version_max (bhs);
    login->target_version_active = seen_version_min (bhs);
  }
  login->responses++;
  login->is_outstanding = FALSE;
  if (seen_login_status (bhs) != 0) { /* R-LOGIN-064: nothing else in it means anything */
    end_phase (observer);
    return;
  }
  take_stat_sn (observer, pdu);
  take_window (observer, pdu);
  take_pairs (observer, pdu);
  /* An empty one that asks for the rest of the request is none yet (R-TEXT-014). */
  login->has_text_response |=
      pdu->text != NULL && !observer->texts[OBSERVER_INITIATOR].is_continued;
  if (!seen_is_final (bhs))
    return;
  login->stage = seen_nsg (bhs);
  if (login->stage == FULL_FEATURE_STAGE && observer->phase == OBSERVER_LOGIN)
    enter_full_feature (observer, pdu);
}

/* ---- commands and their data ---- */

static void
begin_transfer (Observer *observer, ObservedTask *task, const ObservedPdu *pdu)
{
  const guint32 expected = seen_expected_length (pdu->bhs);
  task->reads = (guint8) seen_reads (pdu->bhs);
  task->writes = (guint8) seen_writes (pdu->bhs);
  task->write_expected = task->writes ? expected : 0;
  /* R-DATA-018: a bidirectional command's read length is in an AHS, which is not followed here. */
  task->read_expected = !task->reads ? 0 : task->writes ? G_MAXUINT32 : expected;
  task->out_bytes = pdu->length;
  task->r2t_end = pdu->length;
  if (seen_is_final (pdu->bhs) || !task->writes)
    return;
  task->r2t_end =
      MIN (observed_value (&observer->keys, OBSERVED_FIRST_BURST), task->write_expected);
  task->out_sequence = pdu->length; /* immediate data is the burst's beginning */
  observed_tasks_open_burst (&observer->tasks, task);
}

static void
apply_scsi_command (Observer *observer, const ObservedPdu *pdu)
{
  take_exp_stat_sn (observer, pdu);
  take_cmd_sn (observer, pdu);
  ObservedTask *task = take_request (observer, pdu);
  if (task != NULL)
    begin_transfer (observer, task, pdu);
}

static void
end_r2t (ObservedTask *task, guint32 ttt)
{
  const guint kept = MIN (task->r2t_count, OBSERVER_R2T_MAX);
  guint i = 0;
  while (i < kept && task->r2ts[i].ttt != ttt)
    i++;
  if (i == kept && task->r2t_count <= OBSERVER_R2T_MAX)
    return;
  task->r2t_count--;
  if (i < kept)
    memmove (&task->r2ts[i], &task->r2ts[i + 1], (kept - i - 1) * sizeof task->r2ts[0]);
}

static void
apply_data_out (Observer *observer, const ObservedPdu *pdu)
{
  ObservedTask *task = pdu->task;
  take_exp_stat_sn (observer, pdu);
  if (task == NULL)
    return;
  task->out_bytes += pdu->length;
  task->out_sequence += pdu->length;
  task->out_data_sn = seen_data_sn (pdu->bhs) + 1;
  if (!seen_is_final (pdu->bhs))
    return;
  task->out_sequence = task->out_data_sn = 0;
  if (seen_ttt (pdu->bhs) == SEEN_NO_TAG)
    observed_tasks_close_burst (&observer->tasks, task);
  else
    end_r2t (task, seen_ttt (pdu->bhs));
}

static void
apply_r2t (Observer *observer, const ObservedPdu *pdu)
{
  ObservedTask *task = pdu->task;
  take_window (observer, pdu);
  if (task == NULL)
    return;
  task->data_sn = seen_data_sn (pdu->bhs) + 1;
  task->r2t_end = seen_buffer_offset (pdu->bhs) + seen_desired_length (pdu->bhs);
  if (task->r2t_count < OBSERVER_R2T_MAX)
    task->r2ts[task->r2t_count] = (ObservedR2t){ seen_ttt (pdu->bhs), seen_buffer_offset (pdu->bhs),
                                                 seen_desired_length (pdu->bhs) };
  task->r2t_count++;
}

static void
apply_data_in (Observer *observer, const ObservedPdu *pdu)
{
  ObservedTask *task = pdu->task;
  take_window (observer, pdu);
  if (seen_has_status (pdu->bhs))
    take_stat_sn (observer, pdu);
  if (task == NULL)
    return;
  task->data_sn = seen_data_sn (pdu->bhs) + 1;
  task->data_ins++;
  task->in_bytes += pdu->length;
  task->in_offset = seen_buffer_offset (pdu->bhs) + pdu->length;
  task->in_sequence = (task->is_in_open ? task->in_sequence : 0) + pdu->length;
  task->is_in_open = !seen_is_final (pdu->bhs);
  if (seen_has_status (pdu->bhs))
    end_task (observer, task);
}

static void
apply_response (Observer *observer, const ObservedPdu *pdu)
{
  take_window (observer, pdu);
  take_stat_sn (observer, pdu);
  end_task (observer, pdu->task);
}

/* ---- task management ---- */

static void
apply_tmf_request (Observer *observer, const ObservedPdu *pdu)
{
  take_exp_stat_sn (observer, pdu);
  take_cmd_sn (observer, pdu);
  ObservedTask *task = take_request (observer, pdu);
  if (task == NULL)
    return;
  task->function = seen_function (pdu->bhs);
  task->referenced = seen_referenced_tag (pdu->bhs);
}

/* R-TMF-003, R-TMF-036: what a function that is complete has ended. */
static gboolean
tmf_covers (const ObservedTask *task, gconstpointer data)
{
  const ObservedTask *tmf = data;
  if (task->opcode != SEEN_SCSI_COMMAND)
    return FALSE;
  switch (tmf->function) {
  case ABORT_TASK:
    return task->itt == tmf->referenced;
  case ABORT_TASK_SET:
  case CLEAR_TASK_SET:
  case LUN_RESET:
    return task->lun == tmf->lun && serial_less (task->cmd_sn, tmf->cmd_sn);
  case TARGET_WARM_RESET:
  case TARGET_COLD_RESET:
  case NEXUS_RESET:
    return serial_less (task->cmd_sn, tmf->cmd_sn);
  }
  return FALSE;
}

static void
apply_tmf_response (Observer *observer, const ObservedPdu *pdu)
{
  if (pdu->task != NULL && seen_response (pdu->bhs) == TMF_COMPLETE)
    observed_tasks_end_all (&observer->tasks, tmf_covers, pdu->task);
  apply_response (observer, pdu);
}

/* ---- text, logout, NOP, Reject, the rest ---- */

static void
apply_text_request (Observer *observer, const ObservedPdu *pdu)
{
  take_exp_stat_sn (observer, pdu);
  take_cmd_sn (observer, pdu);
  ObservedTask *task = pdu->task;
  if (task == NULL || task->is_done) {
    task = take_request (observer, pdu);
    observer->text_tasks += task != NULL;
  }
  if (task == NULL)
    return;
  task->is_text_final = (guint8) seen_is_final (pdu->bhs);
  if (observer->phase == OBSERVER_FULL_FEATURE)
    take_pairs (observer, pdu);
}

static void
apply_text_response (Observer *observer, const ObservedPdu *pdu)
{
  ObservedTask *task = pdu->task;
  take_window (observer, pdu);
  take_stat_sn (observer, pdu);
  take_pairs (observer, pdu);
  if (task == NULL || task->is_done)
    return;
  task->text_responses++;
  task->text_ttt = seen_ttt (pdu->bhs);
  task->text_lun = seen_lun (pdu->bhs);
  if (!seen_is_final (pdu->bhs))
    return;
  observed_keys_settle_text (&observer->keys);
  observer->text_tasks -= observer->text_tasks > 0;
  end_task (observer, task);
}

static void
apply_logout_request (Observer *observer, const ObservedPdu *pdu)
{
  take_exp_stat_sn (observer, pdu);
  take_cmd_sn (observer, pdu);
  ObservedTask *task = take_request (observer, pdu);
  const guint8 reason = seen_function (pdu->bhs);
  if (task != NULL)
    task->function = reason;
  if (reason == CLOSE_SESSION
      || (reason == CLOSE_CONNECTION && seen_cid (pdu->bhs) == observer->login.cid))
    observer->is_logging_out = TRUE;
}

static void
apply_logout_response (Observer *observer, const ObservedPdu *pdu)
{
  const gboolean is_closed = seen_response (pdu->bhs) == 0;
  if (observer->is_logging_out && is_closed)
    end_phase (observer);
  if (!is_closed)
    observer->is_logging_out = FALSE;
  apply_response (observer, pdu);
}

static void
take_ping_answer (Observer *observer, guint32 ttt)
{
  guint i = 0;
  while (i < observer->ping_count && observer->pings[i].ttt != ttt)
    i++;
  if (i < observer->ping_count) {
    observer->ping_count--;
    memmove (&observer->pings[i], &observer->pings[i + 1],
             (observer->ping_count - i) * sizeof observer->pings[0]);
  } else if (observer->untold_pings > 0) {
    observer->untold_pings--;
  }
}

static void
apply_nop_out (Observer *observer, const ObservedPdu *pdu)
{
  take_exp_stat_sn (observer, pdu);
  take_cmd_sn (observer, pdu);
  if (seen_itt (pdu->bhs) != SEEN_NO_TAG) {
    ObservedTask *task = take_request (observer, pdu);
    if (task != NULL)
      task->ping_length = pdu->length;
  }
  if (seen_ttt (pdu->bhs) != SEEN_NO_TAG)
    take_ping_answer (observer, seen_ttt (pdu->bhs));
}

static void
apply_nop_in (Observer *observer, const ObservedPdu *pdu)
{
  take_window (observer, pdu);
  if (seen_itt (pdu->bhs) != SEEN_NO_TAG) {
    take_stat_sn (observer, pdu);
    end_task (observer, pdu->task);
  }
  if (seen_ttt (pdu->bhs) == SEEN_NO_TAG)
    return;
  if (observer->ping_count < OBSERVER_PINGS_MAX)
    observer->pings[observer->ping_count++] =
        (ObservedPing){ seen_ttt (pdu->bhs), seen_lun (pdu->bhs) };
  else
    observer->untold_pings++;
}

/* R-REJ-020: a request that was refused gets no other answer; R-REJ-019: a refusal of anything else ends no task. */
static void
apply_reject (Observer *observer, const ObservedPdu *pdu)
{
  guint8 refused[SEEN_BHS];
  take_window (observer, pdu);
  take_stat_sn (observer, pdu);
  observer->rejects++;
  if (!pdu->is_kept || pdu->data->length < SEEN_BHS)
    return;
  payload_copy_out (pdu->data, 0, refused, SEEN_BHS);
  ObservedTask *task = observed_tasks_find (&observer->tasks, seen_itt (refused));
  if (task == NULL || task->is_done || task->opcode != seen_opcode (refused)
      || task->cmd_sn != seen_cmd_sn (refused))
    return;
  if (task->opcode == SEEN_TEXT_REQUEST)
    observer->text_tasks -= observer->text_tasks > 0;
  end_task (observer, task);
}

static void
apply_async (Observer *observer, const ObservedPdu *pdu)
{
  take_window (observer, pdu);
  take_stat_sn (observer, pdu);
}

static void (*const appliers[0x40]) (Observer *, const ObservedPdu *) = {
  [SEEN_NOP_OUT] = apply_nop_out,
  [SEEN_SCSI_COMMAND] = apply_scsi_command,
  [SEEN_TMF_REQUEST] = apply_tmf_request,
  [SEEN_LOGIN_REQUEST] = apply_login_request,
  [SEEN_TEXT_REQUEST] = apply_text_request,
  [SEEN_DATA_OUT] = apply_data_out,
  [SEEN_LOGOUT_REQUEST] = apply_logout_request,
  [SEEN_SNACK] = take_exp_stat_sn,
  [SEEN_NOP_IN] = apply_nop_in,
  [SEEN_SCSI_RESPONSE] = apply_response,
  [SEEN_TMF_RESPONSE] = apply_tmf_response,
  [SEEN_LOGIN_RESPONSE] = apply_login_response,
  [SEEN_TEXT_RESPONSE] = apply_text_response,
  [SEEN_DATA_IN] = apply_data_in,
  [SEEN_LOGOUT_RESPONSE] = apply_logout_response,
  [SEEN_R2T] = apply_r2t,
  [SEEN_ASYNC] = apply_async,
  [SEEN_REJECT] = apply_reject,
};

void
observer_apply (Observer *observer, const ObservedPdu *pdu)
{
  if (appliers[pdu->opcode] != NULL)
    appliers[pdu->opcode](observer, pdu);
}
