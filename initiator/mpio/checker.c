/* SPDX-License-Identifier: Apache-2.0 */
/* checker.c - is the unit behind a path still there, ready, and the same one?
 *
 * Method: questions go over the path's session like any task. After each login, and before a failed path is used again, the
 * unit says its name (VPD page 83h), then whether it is ready; behind a number there may be another unit by now, and writing to
 * it would destroy what is there. A path that is well is only asked whether it is ready, at the profile's interval, which
 * doubles up to a bound while the answer is yes.
 *
 * One question at a time. A question that waits in a session which is down comes back when the session is up again, or held out.
 */
#include "initiator/mpio/mpio-internal.h"

#include "world/banned.h"

#define PAGE_LENGTH 252
#define ATTENTIONS  8 /* so often in a row a unit may have something else to tell first */

static void probe_ask (MpioPath *path);

/* ---- when ---- */

void
checker_watch (MpioPath *path)
{
  const MpioProfile *profile = &path->disk->profile;
  const gint64 delay_ns = path_is_usable (path) ? path->probe.interval_ns : profile->recovery_ns;
  if (path->state == MPIO_PATH_REMOVED || delay_ns == 0)
    timer_disarm (&path->probe.timer);
  else
    timer_arm (&path->probe.timer, delay_ns);
}

static void
checker_due (gpointer data)
{
  MpioPath *path = data;
  CHECK (path, MPIO_PATH_MAGIC);
  /* While the session is down there is nobody to ask, and its return is told. */
  if (path->probe.is_under_way || !path_session_is_up (path)) {
    checker_watch (path);
    return;
  }
  path->probe.step = path_is_usable (path) ? PROBE_READY : PROBE_IDENTIFY;
  probe_ask (path);
}

void
checker_verify (MpioPath *path)
{
  path->is_verified = FALSE;
  path->probe.interval_ns = path->disk->profile.check_ns;
  if (path->probe.is_under_way) {
    path->probe.is_again = TRUE;
    return;
  }
  path->probe.step = PROBE_IDENTIFY;
  probe_ask (path);
}

/* ---- what came ---- */

static void
checker_added (MpioPath *path, const GError *error)
{
  const MpioDone done = g_steal_pointer (&path->add_done);
  const gpointer data = path->add_data;
  MpioDisk *disk = path->disk;
  if (done == NULL)
    return;
  if (error != NULL) {
    g_ptr_array_remove (disk->paths, path);
    path_free (path);
  }
  done (data, error);
}

/* It does not answer, or not well. */
static void
checker_unwell (MpioPath *path, const char *why)
{
  if (path->add_done != NULL) {
    g_autoptr (GError) error = g_error_new (MPIO_ERROR, MPIO_ERROR_NO_ANSWER,
                                            "path %u: expected a unit that says its name and is "
                                            "ready, got one whose answer was %s",
                                            path->number, why);
    checker_added (path, error);
    return;
  }
  path_fail (path, why);
  checker_watch (path);
}

static void
checker_well (MpioPath *path)
{
  const MpioProfile *profile = &path->disk->profile;
  Probe *probe = &path->probe;
  path->is_verified = TRUE;
  if (path->state == MPIO_PATH_FAILED) {
    probe->interval_ns = profile->check_ns;
    disk_path_arrived (path->disk, path);
  } else {
    probe->interval_ns = MIN (probe->interval_ns * 2, profile->check_max_ns);
    disk_work_soon (path->disk);
  }
  checker_watch (path);
  checker_added (path, NULL);
}

static void
checker_other_unit (MpioPath *path, const char *identity)
{
  g_autoptr (GError) error = g_error_new (
      MPIO_ERROR, MPIO_ERROR_OTHER_UNIT, "path %u: expected the unit '%s', got '%s'", path->number,
      path->disk->identity != NULL ? path->disk->identity : "any", identity);
  if (path->add_done != NULL)
    checker_added (path, error);
  else
    path_remove (path, error->message);
}

/* The first path gives the disk its name. */
static void
checker_take_identity (MpioPath *path)
{
  Slice page = payload_join (&path->probe.task.data_in);
  g_autofree char *identity = identity_read (page.bytes, page.length);
  slice_clear (&page);
  MpioDisk *disk = path->disk;
  if (identity == NULL || (disk->identity != NULL && strcmp (identity, disk->identity) != 0)) {
    checker_other_unit (path, identity != NULL ? identity : "no name at all");
    return;
  }
  if (disk->identity == NULL)
    disk->identity = g_steal_pointer (&identity);
  path->probe.step = PROBE_READY;
  probe_ask (path);
}

static gboolean
is_attention (const Task *task)
{
  return task->outcome == TASK_OUTCOME_STATUS && task->status == SCSI_CHECK_CONDITION
         && task->sense.key == SENSE_UNIT_ATTENTION;
}

/* As multipath-tools' checker: a unit that is busy or reserved is there. */
static gboolean
is_ready (const Task *task)
{
  return task->outcome == TASK_OUTCOME_STATUS
         && (task->status == SCSI_GOOD || task->status == SCSI_BUSY
             || task->status == SCSI_TASK_SET_FULL || task->status == SCSI_RESERVATION_CONFLICT);
}

static char *
answer_text (const Task *task)
{
  if (task->outcome != TASK_OUTCOME_STATUS)
    return g_strdup (task_outcome_name (task->outcome));
  if (task->status != SCSI_CHECK_CONDITION)
    return g_strdup (scsi_status_name (task->status));
  return g_strdup_printf ("%s, %02x/%02x", sense_key_name (task->sense.key), task->sense.code >> 8,
                          task->sense.code & 0xff);
}

static void
checker_take_answer (MpioPath *path)
{
  const Task *task = &path->probe.task;
  const gboolean is_named = task->outcome == TASK_OUTCOME_STATUS && task->status == SCSI_GOOD;
  if (path->probe.step == PROBE_IDENTIFY && is_named) {
    checker_take_identity (path);
  } else if (path->probe.step == PROBE_READY && is_ready (task)) {
    checker_well (path);
  } else {
    g_autofree char *why = answer_text (task);
    checker_unwell (path, why);
  }
}

static void
probe_done (gpointer data, Task *task)
{
  MpioPath *path = data;
  CHECK (path, MPIO_PATH_MAGIC);
  Probe *probe = &path->probe;
  probe->is_under_way = FALSE;
  if (path->state == MPIO_PATH_REMOVED) {
    checker_unwell (path, "that it was removed");
    return;
  }
  if (probe->is_again && path_session_is_up (path)) {
    checker_verify (path);
  } else if (is_attention (task) && probe->attentions < ATTENTIONS) {
    probe->attentions++;
    probe_ask (path);
  } else {
    probe->attentions = 0;
    checker_take_answer (path);
  }
}

/* ---- the question ---- */

static void
probe_ask (MpioPath *path)
{
  Probe *probe = &path->probe;
  Task *task = &probe->task;
  CHECK_THAT (!probe->is_under_way);
  task_again (task);
  task->lun = path->lun;
  if (probe->step == PROBE_IDENTIFY) {
    cdb_build_inquiry (task->cdb, TRUE, 0x83, PAGE_LENGTH);
    task->direction = TASK_READS;
    task->expected_length = PAGE_LENGTH;
  } else {
    cdb_build (task->cdb, SCSI_OP_TEST_UNIT_READY, 0);
    task->direction = TASK_NO_DATA;
    task->expected_length = 0;
  }
  probe->is_again = FALSE;
  probe->is_under_way = TRUE;
  timer_disarm (&probe->timer);
  session_submit (path->session, task);
}

void
checker_init (MpioPath *path)
{
  timer_init (&path->probe.timer, path->disk->host, checker_due, path);
  task_init (&path->probe.task, probe_done, path);
  path->probe.interval_ns = path->disk->profile.check_ns;
}

void
checker_clear (MpioPath *path)
{
  timer_disarm (&path->probe.timer);
  task_clear (&path->probe.task);
}
