/* SPDX-License-Identifier: Apache-2.0 */
/* units.c - the scan of a session's logical units
 *
 * Method: one Look per unit, each with one task under way: REPORT LUNS first, whose answer makes the others; a unit that is new
 * is asked for its standard INQUIRY data, then for page 83h, or 80h where there is no 83h; one that is known, for the page that
 * its identity came from. The scan's tasks go before all others, which wait until it is over. When the last Look has ended, what
 * was not seen is gone.
 *
 * Of the identities in page 83h the strongest is kept. A known unit is the same if that one is anywhere in the page: a target
 * that tells of more than it did is not another one.
 *
 * A scan whose connection dies concludes nothing: the next login begins another.
 */
#include "initiator/units.h"

#include "initiator/initiator-internal.h"

#include "world/banned.h"

#define LUNS_FIRST      4096 /* at first; some targets have no room for a longer answer */
#define LUNS_LENGTH     (8 + 8 * 16384) /* every number that there can be */
#define INQUIRY_LENGTH  96
#define PAGE_LENGTH     1024
#define PAGE_SERIAL     0x80
#define PAGE_IDENTITIES 0x83
#define BUSY_WAIT_NS    NS_PER_S
#define RETRIES         10

typedef enum LookStep { LOOK_LUNS, LOOK_INQUIRY, LOOK_IDENTITIES, LOOK_SERIAL } LookStep;

/* One unit, as the session knows it. */
typedef struct Unit {
  guint16 lun;
  UnitState state;
  gboolean is_seen; /* by the scan that is under way */
  LookStep source;  /* where its identity came from */
  guint8 device_type;
  char vendor[9];
  char product[17];
  char *identity;
} Unit;

/* One question of a scan. */
struct UnitLook {
  Task task;
  Session *session;
  guint16 lun;
  LookStep step;
  guint retries;
  guint32 luns_length; /* room for their list */
  Unit unit;           /* a new one, as far as it is known */
  UnitLook *next;      /* among those that wait for a busy target */
};

const char *
unit_state_name (guint64 state)
{
  static const char *const names[] = {
#define UNIT_STATE(name, text) text,
    UNIT_STATES (UNIT_STATE)
#undef UNIT_STATE
  };
  return state < G_N_ELEMENTS (names) ? names[state] : "?";
}

/* ---- the table ---- */

static void
unit_clear (gpointer data)
{
  g_free (((Unit *) data)->identity);
}

static Unit *
unit_at (const Units *units, guint index)
{
  return &g_array_index (units->list, Unit, index);
}

static Unit *
units_find (const Units *units, guint16 lun)
{
  for (guint i = 0; i < units->list->len; i++)
    if (unit_at (units, i)->lun == lun)
      return unit_at (units, i);
  return NULL;
}

static void
units_insert (Units *units, const Unit *unit)
{
  guint at = 0;
  while (at < units->list->len && unit_at (units, at)->lun < unit->lun)
    at++;
  g_array_insert_vals (units->list, at, unit, 1);
}

static void
unit_enter (Session *session, Unit *unit, UnitState state)
{
  unit->is_seen = TRUE;
  if (unit->state == state)
    return;
  unit->state = state;
  SESSION_LOG (session, EVENT_UNIT, unit->identity, unit->lun, state);
}

/* ---- tasks of a quarantined unit ---- */

static void
units_fire_refused (gpointer data)
{
  units_finish_refused (data);
}

/* Whatever the unit is, these change nothing and hide nothing (SPC-4 6.6, 6.39; SAM-5 5.14). */
static gboolean
cdb_is_harmless (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *op = scsi_op_find (cdb);
  return op != NULL
         && (op->op == SCSI_OP_INQUIRY || op->op == SCSI_OP_REPORT_LUNS
             || op->op == SCSI_OP_REQUEST_SENSE);
}

static gboolean
units_admit (const Units *units, const Task *task)
{
  guint16 lun;
  if (units->bad == 0 || cdb_is_harmless (task->cdb) || !lun_decode (task->lun, &lun))
    return TRUE;
  const Unit *unit = units_find (units, lun);
  return unit == NULL || unit->state == UNIT_PRESENT;
}

gboolean
units_refuse (Session *session, Task *task)
{
  Units *units = &session->units;
  /* The scan that is under way may find the unit again: it waits with the others, and is judged when that is over. */
  if (units->is_scanning || units_admit (units, task))
    return FALSE;
  task_list_append (&units->refused, task);
  timer_arm (&units->refuse_timer, 0); /* a task never ends inside its submission */
  return TRUE;
}

void
units_finish_refused (Session *session)
{
  TaskList refused = session->units.refused;
  session->units.refused = (TaskList){ 0 };
  Task *task;
  while ((task = refused.first) != NULL) {
    task_list_remove (&refused, task);
    task_finish (task, task->attempts > 0 ? TASK_OUTCOME_LOST : TASK_OUTCOME_NOT_SENT);
  }
}

static void
units_judge_waiting (Session *session)
{
  Task *next;
  for (Task *task = session->waiting.first; task != NULL; task = next) {
    next = task->next;
    if (units_admit (&session->units, task))
      continue;
    task_list_remove (&session->waiting, task);
    task_list_append (&session->units.refused, task);
    timer_arm (&session->units.refuse_timer, 0);
  }
}

/* ---- the end of a scan ---- */

static void
units_conclude (Session *session)
{
  Units *units = &session->units;
  units->bad = 0;
  for (guint i = 0; i < units->list->len; i++) {
    Unit *unit = unit_at (units, i);
    if (!unit->is_seen)
      unit_enter (session, unit, UNIT_GONE);
    units->bad += unit->state != UNIT_PRESENT;
  }
  units_judge_waiting (session);
}

/* One Look fewer. The last one ends the scan; the session goes on. */
static void
look_end (UnitLook *look)
{
  Session *session = look->session;
  Units *units = &session->units;
  unit_clear (&look->unit);
  task_clear (&look->task);
  g_free (look);
  CHECK_THAT (units->looks > 0);
  if (--units->looks > 0)
    return;
  const gboolean is_broken = units->is_broken;
  units->is_scanning = units->is_broken = FALSE;
  if (is_broken)
    return;
  units_conclude (session);
  if (units->is_stale)
    units_scan (session);
  else
    session_scanned (session);
}

/* ---- identities ---- */

typedef struct Designator {
  guint rank; /* the higher, the better; 0: not of the unit, or not an identity */
  char *text; /* owned */
} Designator;

static char *
hex_text (const char *prefix, const guint8 *bytes, gsize length)
{
  GString *text = g_string_new (prefix);
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
  return g_string_free (text, FALSE);
}

static char *
plain_text (const char *prefix, const guint8 *bytes, gsize length)
{
  g_autofree char *raw = g_strndup ((const char *) bytes, length);
  for (char *byte = raw; *byte != '\0'; byte++)
    if (!g_ascii_isprint (*byte))
      *byte = '?';
  return g_strconcat (prefix, g_strchomp (raw), NULL);
}

/* SPC-4 7.8.6: association in bits 4 and 5 of the second octet, 0 is the unit; type in the low four. */
static Designator
designator_read (const guint8 *bytes, gsize length)
{
  static const struct {
    guint8 type;
    guint8 rank;
    const char *prefix;
    char *(*text) (const char *prefix, const guint8 *bytes, gsize length);
  } kinds[] = {
    { 3, 4, "naa.", hex_text },
    { 2, 3, "eui.", hex_text },
    { 8, 2, "name.", plain_text },
    { 1, 1, "t10.", plain_text },
  };
  if ((bytes[1] & 0x30) != 0)
    return (Designator){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].type == (bytes[1] & 0x0f))
      return (Designator){ kinds[i].rank, kinds[i].text (kinds[i].prefix, bytes + 4, length) };
  return (Designator){ 0 };
}

/* The best identity of the page; or `wanted`, if it is there. NULL: the page has none. */
static char *
page_identity (const guint8 *page, gsize length, const char *wanted)
{
  g_autofree char *best = NULL;
  guint best_rank = 0;
  const gsize end = length < 4 ? 0 : MIN (length, 4 + (gsize) wire_get (page, 2, 0, 16));
  for (gsize at = 4; at + 4 <= end && at + 4 + page[at + 3] <= end;
       at += 4 + (gsize) page[at + 3]) {
    Designator found = designator_read (page + at, page[at + 3]);
    if (wanted != NULL && g_strcmp0 (found.text, wanted) == 0)
      return found.text;
    if (found.rank > best_rank) {
      best_rank = found.rank;
      g_free (best);
      best = g_steal_pointer (&found.text);
    }
    g_free (found.text);
  }
  return g_steal_pointer (&best);
}

static char *
serial_identity (const guint8 *page, gsize length)
{
  const gsize end = length < 4 ? 0 : MIN (length, 4 + (gsize) page[3]);
  return end > 4 ? plain_text ("serial.", page + 4, end - 4) : NULL;
}

/* ---- a scan's questions ---- */

static void
look_ask (UnitLook *look, LookStep step)
{
  Task *task = &look->task;
  look->step = step;
  switch (step) {
  case LOOK_LUNS:
    cdb_build (task->cdb, SCSI_OP_REPORT_LUNS, look->luns_length);
    break;
  case LOOK_INQUIRY:
    cdb_build_inquiry (task->cdb, FALSE, 0, INQUIRY_LENGTH);
    break;
  case LOOK_IDENTITIES:
    cdb_build_inquiry (task->cdb, TRUE, PAGE_IDENTITIES, PAGE_LENGTH);
    break;
  case LOOK_SERIAL:
    cdb_build_inquiry (task->cdb, TRUE, PAGE_SERIAL, PAGE_LENGTH);
    break;
  }
  task->direction = TASK_READS;
  task->expected_length = cdb_allocation_length (task->cdb);
  task_again (task);
  session_submit_first (look->session, task);
}

static void look_task_done (gpointer data, Task *task);

static void
look_begin (Session *session, guint16 lun, LookStep step)
{
  UnitLook *look = g_new0 (UnitLook, 1);
  look->session = session;
  look->luns_length = LUNS_FIRST;
  look->lun = lun;
  look->unit.lun = lun;
  task_init (&look->task, look_task_done, look);
  look->task.lun = lun_encode (lun);
  session->units.looks++;
  look_ask (look, step);
}

static void
look_begin_unit (Session *session, guint16 lun)
{
  const Unit *known = units_find (&session->units, lun);
  look_begin (session, lun, known != NULL ? known->source : LOOK_INQUIRY);
}

/* ---- answers ---- */

/* SPC-4 6.33: what has no room is left out, and the list's length says how much there is. */
static gboolean
look_needs_more (UnitLook *look, gsize listed)
{
  if (listed + 8 <= look->luns_length || look->luns_length == LUNS_LENGTH)
    return FALSE;
  look->luns_length = (guint32) MIN (listed + 8, LUNS_LENGTH);
  look_ask (look, LOOK_LUNS);
  return TRUE;
}

/* Those that are listed. A target that does not list them is asked for the ones that are known, or for number 0. */
static void
look_take_luns (UnitLook *look, const guint8 *bytes, gsize length, gboolean is_good)
{
  Session *session = look->session;
  const Units *units = &session->units;
  const gsize listed = is_good && length >= 8 ? (gsize) wire_get (bytes, 0, 0, 32) : 0;
  if (look_needs_more (look, listed))
    return;
  for (gsize at = 8; at + 8 <= MIN (length, listed + 8); at += 8) {
    guint16 lun;
    if (lun_decode (wire_get (bytes + at, 0, 0, 64), &lun))
      look_begin_unit (session, lun);
  }
  for (guint i = 0; !is_good && i < units->list->len; i++)
    look_begin_unit (session, unit_at (units, i)->lun);
  if (!is_good && units->list->len == 0)
    look_begin_unit (session, 0);
  look_end (look);
}

/* SPC-4 6.6.2: a peripheral qualifier other than 0 says that nothing is there. */
static gboolean
answer_is_of_unit (const guint8 *bytes, gsize length)
{
  return length > 0 && (bytes[0] & 0xe0) == 0;
}

static void
look_take_inquiry (UnitLook *look, const guint8 *bytes, gsize length, gboolean is_good)
{
  Unit *unit = &look->unit;
  if (!is_good || length < 36 || !answer_is_of_unit (bytes, length)) {
    look_end (look);
    return;
  }
  unit->device_type = bytes[0] & 0x1f;
  g_autofree char *vendor = plain_text ("", bytes + 8, 8);
  g_autofree char *product = plain_text ("", bytes + 16, 16);
  g_strlcpy (unit->vendor, vendor, sizeof unit->vendor);
  g_strlcpy (unit->product, product, sizeof unit->product);
  look_ask (look, LOOK_IDENTITIES);
}

/* `identity` is what it calls itself now; NULL: nothing. */
static void
look_take_known (UnitLook *look, Unit *known, char *identity /* transfer full */, gboolean is_there)
{
  const gboolean is_same = *known->identity == '\0' || g_strcmp0 (identity, known->identity) == 0;
  g_free (identity);
  unit_enter (look->session, known, !is_there ? UNIT_GONE : is_same ? UNIT_PRESENT : UNIT_REPLACED);
  look_end (look);
}

static void
look_take_new (UnitLook *look, char *identity /* transfer full */)
{
  if (identity == NULL && look->step == LOOK_IDENTITIES) {
    look_ask (look, LOOK_SERIAL);
    return;
  }
  Unit unit = look->unit;
  look->unit.identity = NULL;
  unit.source = identity != NULL ? look->step : LOOK_IDENTITIES;
  unit.identity = identity != NULL ? identity : g_strdup ("");
  unit.is_seen = TRUE;
  units_insert (&look->session->units, &unit);
  SESSION_LOG (look->session, EVENT_UNIT, unit.identity, unit.lun, UNIT_PRESENT);
  look_end (look);
}

static void
look_take_identity (UnitLook *look, const guint8 *bytes, gsize length, gboolean is_good)
{
  Unit *known = units_find (&look->session->units, look->lun);
  const char *wanted = known != NULL ? known->identity : NULL;
  const gboolean is_there = is_good && answer_is_of_unit (bytes, length);
  char *identity = NULL;
  if (is_there)
    identity = look->step == LOOK_SERIAL ? serial_identity (bytes, length)
                                         : page_identity (bytes, length, wanted);
  if (known == NULL)
    look_take_new (look, identity);
  else
    look_take_known (look, known, identity, is_there || *wanted == '\0');
}

static void
look_take (UnitLook *look)
{
  const gboolean is_good = look->task.status == SCSI_GOOD;
  Slice data = payload_join (&look->task.data_in);
  switch (look->step) {
  case LOOK_LUNS:
    look_take_luns (look, data.bytes, data.length, is_good);
    break;
  case LOOK_INQUIRY:
    look_take_inquiry (look, data.bytes, data.length, is_good);
    break;
  case LOOK_IDENTITIES:
  case LOOK_SERIAL:
    look_take_identity (look, data.bytes, data.length, is_good);
    break;
  }
  slice_clear (&data);
}

static gboolean
look_is_to_be_repeated (const UnitLook *look)
{
  const Task *task = &look->task;
  if (look->retries >= RETRIES)
    return FALSE;
  return task->status == SCSI_BUSY || task->status == SCSI_TASK_SET_FULL
         || (task->status == SCSI_CHECK_CONDITION && task->sense.key == SENSE_UNIT_ATTENTION);
}

static void
look_task_done (gpointer data, Task *task)
{
  UnitLook *look = data;
  Units *units = &look->session->units;
  if (task->outcome != TASK_OUTCOME_STATUS) {
    units->is_broken = TRUE;
    look_end (look);
  } else if (look_is_to_be_repeated (look)) {
    look->retries++;
    look->next = units->later;
    units->later = look;
    if (!timer_is_armed (&units->later_timer))
      timer_arm (&units->later_timer, task->status == SCSI_CHECK_CONDITION ? 0 : BUSY_WAIT_NS);
  } else {
    look_take (look);
  }
}

static void
units_ask_later (gpointer data)
{
  Session *session = data;
  UnitLook *look = g_steal_pointer (&session->units.later);
  while (look != NULL) {
    UnitLook *next = look->next;
    look_ask (look, look->step);
    look = next;
  }
}

/* ---- for the session ---- */

void
units_init (Session *session)
{
  Units *units = &session->units;
  Host *host = session->initiator->host;
  units->list = g_array_new (FALSE, FALSE, sizeof (Unit));
  g_array_set_clear_func (units->list, unit_clear);
  timer_init (&units->refuse_timer, host, units_fire_refused, session);
  timer_init (&units->later_timer, host, units_ask_later, session);
}

void
units_clear (Session *session)
{
  CHECK_THAT (session->units.looks == 0 && session->units.refused.first == NULL);
  g_array_unref (session->units.list);
}

void
units_scan (Session *session)
{
  Units *units = &session->units;
  if (units->is_scanning) {
    units->is_stale = TRUE;
    return;
  }
  units->is_scanning = TRUE;
  units->is_stale = FALSE;
  for (guint i = 0; i < units->list->len; i++)
    unit_at (units, i)->is_seen = FALSE;
  look_begin (session, 0, LOOK_LUNS);
}

/* The connection is gone, or the session is: what waits for an answer gets none. */
void
units_stop (Session *session)
{
  Units *units = &session->units;
  timer_disarm (&units->later_timer);
  units->is_stale = FALSE;
  units->is_broken = units->is_scanning;
  Task *next;
  for (Task *task = session->waiting.first; task != NULL; task = next) {
    next = task->next;
    if (task->done != look_task_done)
      continue;
    task_list_remove (&session->waiting, task);
    task_finish (task, TASK_OUTCOME_LOST);
  }
  UnitLook *look = g_steal_pointer (&units->later);
  while (look != NULL) {
    UnitLook *later = look->next;
    look_end (look);
    look = later;
  }
}

gboolean
units_may_send (const Session *session, const Task *task)
{
  return !session->units.is_scanning || task->done == look_task_done;
}

void
units_on_status (Session *session, const Task *task)
{
  if (session->units.is_wanted && task->status == SCSI_CHECK_CONDITION
      && task->sense.key == SENSE_UNIT_ATTENTION
      && (task->sense.code == SENSE_CODE_REPORTED_LUNS_CHANGED
          || task->sense.code == SENSE_CODE_INQUIRY_DATA_CHANGED))
    units_scan (session);
}

/* ---- public ---- */

gboolean
session_scans_units (const Session *session)
{
  CHECK (session, SESSION_MAGIC);
  return session->units.is_wanted;
}

guint
session_unit_count (const Session *session)
{
  CHECK (session, SESSION_MAGIC);
  return session->units.list->len;
}

void
session_unit (const Session *session, guint index, UnitInfo *ret_info)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (index < session->units.list->len);
  const Unit *unit = unit_at (&session->units, index);
  *ret_info = (UnitInfo){ unit->lun,    unit->state,   unit->device_type,
                          unit->vendor, unit->product, unit->identity };
}

void
session_rescan (Session *session)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (session_is_up (session) && session->units.is_wanted);
  units_scan (session);
}

gboolean
session_is_scanning (const Session *session)
{
  CHECK (session, SESSION_MAGIC);
  return session->units.is_scanning;
}
