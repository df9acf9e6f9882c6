/* SPDX-License-Identifier: Apache-2.0 */
/* The registry keeps what it acknowledged, whenever the power goes. */
#include "initiator/registry.h"
#include "world/disk.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define FILE_NAME "registry.db"
#define SECRET    "a-secret-of-20-bytes"

static const EventFamily *const families[] = { &world_events, NULL };

/* One host, its registry, and what the last call of the registry said. */
typedef struct Lab {
  World *world;
  Host *host;
  Registry *registry;
  gboolean is_unsafe;
  guint64 ordinal; /* of the last call of the disk */
  guint64 fault_at;
  FaultAnswer fault;

  guint callbacks;
  GPtrArray *records;
  gint64 id;
  guint removed;
  GError *error;
} Lab;

static FaultAnswer
lab_answer (gpointer data, Host *host, const FaultQuestion *question)
{
  Lab *lab = data;
  lab->ordinal = question->ordinal;
  return question->ordinal == lab->fault_at ? lab->fault : FAULT_NONE;
}

static void
lab_on_down (gpointer data, Host *host)
{
  Lab *lab = data;
  g_clear_pointer (&lab->registry, registry_free);
}

static void
lab_open_registry (Lab *lab)
{
  lab->registry = registry_new (lab->host, FILE_NAME);
  if (lab->is_unsafe)
    registry_plant_unsafe_commits (lab->registry);
}

static void
lab_init (Lab *lab, guint64 seed)
{
  const SimConfig config = { .seed = seed, .ring_words = 1024, .events = families };
  lab->world = sim_world_new (&config);
  lab->host = world_host_new (lab->world, "node", NULL);
  g_assert_nonnull (lab->host);
  lab->host->fault_ask = lab_answer;
  lab->host->fault_data = lab;
  lab->host->on_down = lab_on_down;
  lab->host->on_down_data = lab;
  lab_open_registry (lab);
}

static void
lab_forget (Lab *lab)
{
  g_clear_pointer (&lab->records, g_ptr_array_unref);
  g_clear_error (&lab->error);
  lab->callbacks = 0;
  lab->id = 0;
  lab->removed = 0;
}

static void
lab_clear (Lab *lab)
{
  lab_forget (lab);
  registry_free (lab->registry);
  world_free (lab->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lab, lab_clear)

static void
lab_restart (Lab *lab)
{
  lab->fault_at = 0;
  g_assert_true (host_start (lab->host, NULL));
  lab_open_registry (lab);
}

/* Until the call has ended or the host is down. */
static void
lab_run (Lab *lab)
{
  while (lab->callbacks == 0 && lab->host->is_up)
    g_assert_true (world_step (lab->world));
}

static void
on_loaded (gpointer data, GPtrArray *records, const GError *error)
{
  Lab *lab = data;
  g_assert_true ((records == NULL) == (error != NULL));
  lab->callbacks++;
  lab->records = records;
  lab->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_added (gpointer data, gint64 id, const GError *error)
{
  Lab *lab = data;
  g_assert_true ((id == 0) == (error != NULL));
  lab->callbacks++;
  lab->id = id;
  g_clear_error (&lab->error);
  lab->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_removed (gpointer data, guint removed, const GError *error)
{
  Lab *lab = data;
  lab->callbacks++;
  lab->removed = removed;
  lab->error = error != NULL ? g_error_copy (error) : NULL;
}

/* Each `number` is another record; odd ones lack what may be lacking. */
static RegistryRecord *
record_make (guint number)
{
  g_autofree char *address = g_strdup_printf (number % 2 ? "[fd00::%u]:3261" : "10.0.0.%u", number);
  RegistryRecord *record = registry_record_new ();
  g_assert_true (address_parse (address, 3260, &record->portal, NULL));
  record->target_name = g_strdup_printf ("iqn.1991-05.com.contoso:target-%u", number);
  record->initiator_name = g_strdup ("iqn.1991-05.com.contoso:node");
  record->header_digest = (guint8) number % 3;
  record->data_digest = (guint8) (number + 1) % 3;
  record->is_multipath_enabled = number % 2 == 0;
  record->authentication = number % 2 == 0;
  record->isid = number % 2 == 0 ? UINT64_C (0x800000000000) + number : 0;
  if (number % 2 == 0) {
    record->initiator_instance = g_strdup ("ROOT\\ISCSIPRT\\0000_0");
    record->chap_username = g_strdup_printf ("it's \"user\" %u", number);
    record->chap_secret = g_strdup (SECRET);
  }
  return record;
}

static gboolean
record_is (const RegistryRecord *record, guint number)
{
  g_autoptr (RegistryRecord) other = record_make (number);
  return g_strcmp0 (record->target_name, other->target_name) == 0
         && address_equal (&record->portal, &other->portal)
         && g_strcmp0 (record->initiator_name, other->initiator_name) == 0
         && g_strcmp0 (record->initiator_instance, other->initiator_instance) == 0
         && record->is_multipath_enabled == other->is_multipath_enabled
         && record->header_digest == other->header_digest
         && record->data_digest == other->data_digest
         && record->authentication == other->authentication && record->isid == other->isid
         && g_strcmp0 (record->chap_username, other->chap_username) == 0
         && g_strcmp0 (record->chap_secret, other->chap_secret) == 0;
}

static void
lab_add (Lab *lab, guint number)
{
  g_autoptr (RegistryRecord) record = record_make (number);
  lab_forget (lab);
  registry_add (lab->registry, record, on_added, lab);
  g_assert_cmpuint (lab->callbacks, ==, 0); /* never from inside the call */
  lab_run (lab);
}

static void
lab_load (Lab *lab)
{
  lab_forget (lab);
  registry_load (lab->registry, on_loaded, lab);
  lab_run (lab);
}

static void
lab_remove (Lab *lab, const gint64 *ids, guint count)
{
  lab_forget (lab);
  registry_remove (lab->registry, ids, count, on_removed, lab);
  lab_run (lab);
}

/* The numbers of the records that are there, such as "1 2 ": "?" for one that is not as it was added. */
static char *
lab_numbers (Lab *lab)
{
  GString *text = g_string_new (NULL);
  lab_load (lab);
  g_assert_no_error (lab->error);
  for (guint i = 0; i < lab->records->len; i++) {
    const RegistryRecord *record = lab->records->pdata[i];
    guint number = 1;
    while (number < 10 && !record_is (record, number))
      number++;
    if (number < 10)
      g_string_append_printf (text, "%u ", number);
    else
      g_string_append (text, "? ");
  }
  return g_string_free (text, FALSE);
}

#define assert_numbers(lab, expected)                                                              \
  do {                                                                                             \
    g_autofree char *numbers_ = lab_numbers (lab);                                                 \
    g_assert_cmpstr (numbers_, ==, expected);                                                      \
  } while (0)

static void
lab_add_well (Lab *lab, guint number)
{
  lab_add (lab, number);
  g_assert_no_error (lab->error);
  g_assert_cmpint (lab->id, >, 0);
}

static GByteArray *
lab_file (Lab *lab, const char *name)
{
  GByteArray *bytes = g_byte_array_new ();
  gsize got = 0;
  g_byte_array_set_size (bytes, 256 * 1024);
  DiskFile *file = disk_open (lab->host, name, FALSE, NULL);
  g_assert_nonnull (file);
  g_assert_true (disk_read (file, 0, bytes->data, bytes->len, &got, NULL));
  disk_close (file);
  g_byte_array_set_size (bytes, (guint) got);
  return bytes;
}

static void
lab_patch (Lab *lab, gint64 offset, const void *bytes, gsize length)
{
  DiskFile *file = disk_open (lab->host, FILE_NAME, FALSE, NULL);
  g_assert_nonnull (file);
  g_assert_true (disk_write (file, offset, bytes, length, NULL));
  disk_close (file);
}

/* ---- what it does ---- */

static void
moved_records_have_the_new_portal_and_the_others_their_own (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  const gint64 ids[] = { lab.id, lab.id + 77 };
  lab_add_well (&lab, 2);
  Address portal;
  char text[ADDRESS_TEXT_LENGTH];
  g_assert_true (address_parse ("10.1.2.3:860", 3260, &portal, NULL));
  lab_forget (&lab);
  registry_move (lab.registry, ids, 2, &portal, on_removed, &lab);
  lab_run (&lab);
  g_assert_no_error (lab.error);
  g_assert_cmpuint (lab.removed, ==, 1); /* the other id is of no record */
  assert_numbers (&lab, "? 2 ");
  const RegistryRecord *moved = lab.records->pdata[0];
  g_assert_cmpstr (address_text (&moved->portal, text), ==, "10.1.2.3:860");
  g_assert_cmpstr (moved->target_name, ==, "iqn.1991-05.com.contoso:target-1");
}

static void
a_record_gets_another_isid_and_the_others_keep_theirs (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  const gint64 id = lab.id;
  lab_add_well (&lab, 2);
  lab_forget (&lab);
  registry_set_isid (lab.registry, id, UINT64_C (0xbfffffffffff), on_removed, &lab);
  lab_run (&lab);
  g_assert_no_error (lab.error);
  g_assert_cmpuint (lab.removed, ==, 1);
  assert_numbers (&lab, "? 2 ");
  const RegistryRecord *changed = lab.records->pdata[0];
  g_assert_cmphex (changed->isid, ==, UINT64_C (0xbfffffffffff));
  g_assert_cmpstr (changed->target_name, ==, "iqn.1991-05.com.contoso:target-1");
}

static void
without_a_file_there_are_no_records_and_none_is_made (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  const gint64 id = 1;
  assert_numbers (&lab, "");
  lab_remove (&lab, &id, 1);
  g_assert_no_error (lab.error);
  g_assert_cmpuint (lab.removed, ==, 0);
  g_auto (GStrv) names = disk_list (lab.host, NULL);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
}

static void
what_was_added_is_loaded_in_order (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 2);
  const gint64 first = lab.id;
  lab_add_well (&lab, 1);
  lab_add_well (&lab, 2); /* the same login again is one more record */
  assert_numbers (&lab, "2 1 2 ");
  const RegistryRecord *record = lab.records->pdata[0];
  g_assert_cmpint (record->id, ==, first);
  g_auto (GStrv) names = disk_list (lab.host, NULL);
  g_assert_cmpstr (names[0], ==, FILE_NAME);
  g_assert_null (names[1]); /* no journal stays */
}

static void
what_was_removed_is_gone_and_its_id_is_not_used_again (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  lab_add_well (&lab, 2);
  lab_add_well (&lab, 3);
  const gint64 last = lab.id;
  const gint64 ids[] = { last, 1000, last - 1 };
  lab_remove (&lab, ids, G_N_ELEMENTS (ids));
  g_assert_no_error (lab.error);
  g_assert_cmpuint (lab.removed, ==, 2);
  assert_numbers (&lab, "1 ");
  lab_add_well (&lab, 4);
  g_assert_cmpint (lab.id, ==, last + 1);
}

static void
a_removed_secret_is_not_left_in_the_file (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 2);
  const gint64 id = lab.id;
  g_autoptr (GByteArray) before = lab_file (&lab, FILE_NAME);
  g_assert_nonnull (memmem (before->data, before->len, SECRET, strlen (SECRET)));
  lab_remove (&lab, &id, 1);
  g_autoptr (GByteArray) after = lab_file (&lab, FILE_NAME);
  g_assert_null (memmem (after->data, after->len, SECRET, strlen (SECRET)));
}

static void
calls_end_in_their_order (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  g_autoptr (RegistryRecord) record = record_make (1);
  for (gint64 i = 1; i <= 5; i++)
    registry_add (lab.registry, record, on_added, &lab);
  for (guint i = 1; i <= 5; i++) {
    while (lab.callbacks < i)
      g_assert_true (world_step (lab.world));
    g_assert_cmpint (lab.id, ==, i);
  }
}

static void
a_freed_registry_calls_nobody (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  g_autoptr (RegistryRecord) record = record_make (1);
  registry_add (lab.registry, record, on_added, &lab);
  registry_load (lab.registry, on_loaded, &lab);
  g_clear_pointer (&lab.registry, registry_free);
  while (world_step (lab.world))
    continue;
  g_assert_cmpuint (lab.callbacks, ==, 0);

  lab_open_registry (&lab);
  assert_numbers (&lab, "1 "); /* what was begun went on */
}

static void
a_host_that_goes_down_drops_the_calls (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  g_autoptr (RegistryRecord) record = record_make (1);
  lab.host->on_down = NULL; /* the registry lives on */
  registry_add (lab.registry, record, on_added, &lab);
  registry_add (lab.registry, record, on_added, &lab);
  g_assert_true (world_step (lab.world));
  host_kill (lab.host);
  registry_load (lab.registry, on_loaded, &lab);
  while (world_step (lab.world))
    continue;
  g_assert_cmpuint (lab.callbacks, ==, 0);
}

/* ---- what it refuses ---- */

static void
assert_load_fails (Lab *lab, RegistryError code, const char *pattern)
{
  lab_load (lab);
  g_assert_error (lab->error, REGISTRY_ERROR, (int) code);
  if (!g_pattern_match_simple (pattern, lab->error->message))
    g_error ("expected '%s', got '%s'", pattern, lab->error->message);
}

static void
a_newer_version_is_refused (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  lab_patch (&lab, 63, "\2", 1); /* the last byte of user_version in the header */
  assert_load_fails (
      &lab, REGISTRY_ERROR_VERSION,
      "registry 'registry.db': expected version 1 at most, got version 2 of a newer program");
  lab_add (&lab, 2);
  g_assert_error (lab.error, REGISTRY_ERROR, REGISTRY_ERROR_VERSION);
}

static void
a_database_of_something_else_is_refused (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  lab_patch (&lab, 63, "\0", 1);
  assert_load_fails (
      &lab, REGISTRY_ERROR_VERSION,
      "registry 'registry.db': expected a registry, got a database of something else");
}

static void
a_damaged_file_is_named (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  lab_patch (&lab, 4096, "damage", 6); /* the head of the second page */
  assert_load_fails (&lab, REGISTRY_ERROR_DAMAGED,
                     "registry 'registry.db': expected a whole database, got a damaged one: *");
  lab_patch (&lab, 0, "damage", 6); /* not even SQLite's */
  assert_load_fails (&lab, REGISTRY_ERROR_DAMAGED,
                     "registry 'registry.db': expected a whole database, got a damaged one: *");
}

static void
an_address_that_is_none_is_damage (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 2);
  g_autoptr (GByteArray) bytes = lab_file (&lab, FILE_NAME);
  const guint8 *at = memmem (bytes->data, bytes->len, "10.0.0.2", 8);
  g_assert_nonnull (at);
  lab_patch (&lab, at - bytes->data, "10.0.0.x", 8);
  assert_load_fails (&lab, REGISTRY_ERROR_DAMAGED,
                     "registry 'registry.db': record 1: address '10.0.0.x*");
}

static void
an_error_of_the_disk_keeps_its_name_and_changes_nothing (void)
{
  const FaultAnswer faults[] = { FAULT_FULL, FAULT_FAIL };
  const WorldError errors[] = { WORLD_ERROR_FULL, WORLD_ERROR_IO };
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab, 1);
    lab_add_well (&lab, 1);
    lab.fault_at = lab.ordinal + 18;
    lab.fault = faults[i];
    lab_add (&lab, 2);
    g_assert_error (lab.error, WORLD_ERROR, (int) errors[i]);
    g_assert_true (
        g_str_has_prefix (lab.error->message, "registry 'registry.db': file 'registry.db"));
    assert_numbers (&lab, "1 ");
    lab_add_well (&lab, 2);
    assert_numbers (&lab, "1 2 ");
  }
}

/* Whichever call fails: success and the new records, or an error and the old ones (or the new: the last sync of the directory
 * comes when the commit is made); and the next call works. */
static void
a_failure_of_any_call_of_the_disk_leaves_old_or_new (void)
{
  gboolean is_over = FALSE;
  guint tried = 0;
  for (guint64 n = 1; !is_over; n++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab, n);
    lab_add_well (&lab, 1);
    lab.fault_at = lab.ordinal + n;
    lab.fault = FAULT_FAIL;
    lab_add (&lab, 2);
    is_over = lab.ordinal < lab.fault_at;
    const gboolean is_added = lab.error == NULL;
    lab.fault_at = 0;
    g_autofree char *numbers = lab_numbers (&lab);
    g_assert_true (strcmp (numbers, "1 2 ") == 0 || (!is_added && strcmp (numbers, "1 ") == 0));
    lab_add_well (&lab, 3);
    tried++;
  }
  g_test_message ("%u calls failed", tried - 1);
}

/* ---- another process ---- */

static void
a_call_waits_for_another_process (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  DiskFile *other = disk_open (lab.host, FILE_NAME, FALSE, NULL);
  g_assert_true (disk_lock (other, DISK_LOCK_EXCLUSIVE, NULL));
  g_autoptr (RegistryRecord) record = record_make (2);
  lab_forget (&lab);
  registry_add (lab.registry, record, on_added, &lab);
  while (host_now_ns (lab.host) < NS_PER_S)
    g_assert_true (world_step (lab.world));
  g_assert_cmpuint (lab.callbacks, ==, 0);
  disk_close (other);
  lab_run (&lab);
  g_assert_no_error (lab.error);
  g_assert_cmpint (host_now_ns (lab.host), <, NS_PER_S + 100 * NS_PER_MS);
}

static void
a_call_does_not_wait_for_ever (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab_add_well (&lab, 1);
  DiskFile *other = disk_open (lab.host, FILE_NAME, FALSE, NULL);
  g_assert_true (disk_lock (other, DISK_LOCK_SHARED, NULL));
  lab_add (&lab, 2);
  g_assert_error (lab.error, REGISTRY_ERROR, REGISTRY_ERROR_BUSY);
  g_assert_cmpstr (lab.error->message, ==,
                   "registry 'registry.db': expected it free within 5 s, got it locked by another "
                   "process");
  assert_numbers (&lab, "1 "); /* a reader beside a reader */
  disk_close (other);
}

/* ---- power cuts ---- */

typedef enum Trouble { FIRST_ADD, LATER_ADD, REMOVE, TROUBLES } Trouble;

static const char *const trouble_names[TROUBLES] = { "the first add", "a later add", "a remove" };

typedef struct Trial {
  Trouble trouble;
  FaultAnswer cut;
  DiskCut late_cut; /* if the call ends before the cut comes */
  guint64 seed;
  guint64 at;       /* the call of the disk in which power goes, from 1 */
  guint64 again_at; /* power goes again in this call of the restart; 0: no */
  gboolean is_unsafe;
  gboolean is_over; /* out: the call ended before `at` */
  gboolean is_over_again;
} Trial;

/* What was asked for, and acknowledged or not, is there or not. */
static gboolean
numbers_are_right (Trouble trouble, gboolean is_acknowledged, const char *numbers)
{
  static const char *const before[TROUBLES] = { "", "1 2 ", "1 2 " };
  static const char *const after[TROUBLES] = { "3 ", "1 2 3 ", "2 " };
  return strcmp (numbers, after[trouble]) == 0
         || (!is_acknowledged && strcmp (numbers, before[trouble]) == 0);
}

static gboolean
lab_prepare (Lab *lab, const Trial *trial)
{
  lab->is_unsafe = trial->is_unsafe;
  lab_init (lab, trial->seed);
  for (guint number = 1; trial->trouble != FIRST_ADD && number <= 2; number++) {
    lab_add (lab, number);
    if (lab->error != NULL)
      return FALSE;
  }
  return TRUE;
}

/* TRUE: it was acknowledged. Either way power is lost. */
static gboolean
lab_suffer (Lab *lab, Trial *trial)
{
  const gint64 id = 1;
  lab->fault_at = lab->ordinal + trial->at;
  lab->fault = trial->cut;
  if (trial->trouble == REMOVE)
    lab_remove (lab, &id, 1);
  else
    lab_add (lab, 3);
  trial->is_over = lab->ordinal < lab->fault_at;
  const gboolean is_acknowledged = lab->callbacks > 0 && lab->error == NULL;
  if (lab->host->is_up)
    host_power_cut (lab->host, trial->late_cut);
  return is_acknowledged;
}

static void
lab_suffer_again (Lab *lab, Trial *trial)
{
  lab_restart (lab);
  lab->fault_at = lab->ordinal + trial->again_at;
  lab_load (lab);
  trial->is_over_again = lab->ordinal < lab->fault_at;
  if (lab->host->is_up)
    host_power_cut (lab->host, trial->late_cut);
}

/* TRUE: after the restart everything is as it must be. */
static gboolean
trial_run (Trial *trial)
{
  g_auto (Lab) lab = { 0 };
  g_assert_true (lab_prepare (&lab, trial));
  const gboolean is_acknowledged = lab_suffer (&lab, trial);
  if (trial->again_at != 0)
    lab_suffer_again (&lab, trial);
  lab_restart (&lab);
  lab_load (&lab);
  if (lab.error != NULL)
    return FALSE;
  g_autofree char *numbers = lab_numbers (&lab);
  if (!numbers_are_right (trial->trouble, is_acknowledged, numbers))
    return FALSE;
  lab_add (&lab, 4); /* and the registry goes on */
  g_autofree char *more = lab.error == NULL ? lab_numbers (&lab) : g_strdup ("");
  g_autofree char *expected = g_strconcat (numbers, "4 ", NULL);
  return strcmp (more, expected) == 0;
}

typedef struct CutMode {
  FaultAnswer cut;
  DiskCut late_cut;
  guint64 seeds;
} CutMode;

static const CutMode cut_modes[] = {
  { FAULT_POWER_CUT_LOSE, DISK_CUT_LOSE, 1 },
  { FAULT_POWER_CUT_KEEP, DISK_CUT_KEEP, 1 },
  { FAULT_POWER_CUT_DRAW, DISK_CUT_DRAW, 8 },
};

typedef struct Tally {
  guint tried;
  guint wrong;
} Tally;

/* A cut in each call of the disk, and one after the last. */
static void
try_each_call (Trial trial, Tally *tally)
{
  for (trial.at = 1, trial.is_over = FALSE; !trial.is_over; trial.at++) {
    const gboolean is_right = trial_run (&trial);
    tally->tried++;
    tally->wrong += !is_right;
    if (!is_right && !trial.is_unsafe)
      g_test_message ("wrong: %s, cut %d in call %d, seed %d", trouble_names[trial.trouble],
                      (int) trial.cut, (int) trial.at, (int) trial.seed);
  }
}

static Tally
try_all (Trouble trouble, gboolean is_unsafe)
{
  Tally tally = { 0 };
  for (guint mode = 0; mode < G_N_ELEMENTS (cut_modes); mode++)
    for (guint64 seed = 1; seed <= cut_modes[mode].seeds; seed++) {
      const Trial trial = { .trouble = trouble,
                            .cut = cut_modes[mode].cut,
                            .late_cut = cut_modes[mode].late_cut,
                            .seed = seed,
                            .is_unsafe = is_unsafe };
      try_each_call (trial, &tally);
    }
  g_test_message ("%s: %u power cuts, %u wrong", trouble_names[trouble], tally.tried, tally.wrong);
  return tally;
}

static void
a_power_cut_anywhere_leaves_old_or_new_and_all_that_was_acknowledged (void)
{
  for (Trouble trouble = FIRST_ADD; trouble < TROUBLES; trouble++) {
    const Tally tally = try_all (trouble, FALSE);
    g_assert_cmpuint (tally.tried, >, 100);
    g_assert_cmpuint (tally.wrong, ==, 0);
  }
}

static void
a_second_power_cut_while_the_first_is_repaired_does_no_harm (void)
{
  Tally tally = { 0 };
  Trial trial = { .trouble = LATER_ADD, .cut = FAULT_POWER_CUT_DRAW, .late_cut = DISK_CUT_DRAW };
  for (trial.at = 1; !trial.is_over; trial.at += 2) {
    trial.seed = trial.at;
    trial.is_over_again = FALSE;
    for (trial.again_at = 1; !trial.is_over_again; trial.again_at++) {
      tally.tried++;
      tally.wrong += !trial_run (&trial);
    }
  }
  g_test_message ("%u pairs of power cuts, %u wrong", tally.tried, tally.wrong);
  g_assert_cmpuint (tally.tried, >, 100);
  g_assert_cmpuint (tally.wrong, ==, 0);
}

/* The negative control: the trials above would see it. */
static void
with_commits_that_do_not_sync_losses_are_found (void)
{
  for (Trouble trouble = FIRST_ADD; trouble < TROUBLES; trouble++)
    g_assert_cmpuint (try_all (trouble, TRUE).wrong, >, 0);
}

/* ---- the same again ---- */

/* The journal as it is on the disk in the middle of an add. */
static GByteArray *
journal_of (guint64 seed)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, seed);
  lab_add_well (&lab, 1);
  g_autoptr (RegistryRecord) record = record_make (2);
  lab_forget (&lab);
  registry_add (lab.registry, record, on_added, &lab);
  lab.fault_at = lab.ordinal + 22;
  lab.fault = FAULT_POWER_CUT_KEEP;
  lab_run (&lab);
  g_assert_true (host_start (lab.host, NULL));
  return lab_file (&lab, FILE_NAME "-journal");
}

static void
the_same_seed_writes_the_same_journal (void)
{
  g_autoptr (GByteArray) first = journal_of (1);
  g_autoptr (GByteArray) other = journal_of (2);
  g_autoptr (GByteArray) again = journal_of (1);
  g_assert_cmpuint (first->len, >, 512);
  g_assert_cmpmem (first->data, first->len, again->data, again->len);
  g_assert_true (first->len != other->len || memcmp (first->data, other->data, first->len) != 0);
}

#define ADD(test) g_test_add_func ("/initiator/registry/" #test, test)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (moved_records_have_the_new_portal_and_the_others_their_own);
  ADD (a_record_gets_another_isid_and_the_others_keep_theirs);
  ADD (without_a_file_there_are_no_records_and_none_is_made);
  ADD (what_was_added_is_loaded_in_order);
  ADD (what_was_removed_is_gone_and_its_id_is_not_used_again);
  ADD (a_removed_secret_is_not_left_in_the_file);
  ADD (calls_end_in_their_order);
  ADD (a_freed_registry_calls_nobody);
  ADD (a_host_that_goes_down_drops_the_calls);
  ADD (a_newer_version_is_refused);
  ADD (a_database_of_something_else_is_refused);
  ADD (a_damaged_file_is_named);
  ADD (an_address_that_is_none_is_damage);
  ADD (an_error_of_the_disk_keeps_its_name_and_changes_nothing);
  ADD (a_failure_of_any_call_of_the_disk_leaves_old_or_new);
  ADD (a_call_waits_for_another_process);
  ADD (a_call_does_not_wait_for_ever);
  ADD (a_power_cut_anywhere_leaves_old_or_new_and_all_that_was_acknowledged);
  ADD (a_second_power_cut_while_the_first_is_repaired_does_no_harm);
  ADD (with_commits_that_do_not_sync_losses_are_found);
  ADD (the_same_seed_writes_the_same_journal);
  return g_test_run ();
}
