/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c - the stored logins, as an SQLite database on the host's disk
 *
 * Method: each call is a job. A job owns a copy of all that it needs, is handed to host_work, and there opens the database,
 * does one transaction and closes it again. Nothing is open between two jobs: a host that loses its power leaves no handle
 * behind, and a journal that a cut has left is played back by whoever opens next, in this process or in another.
 *
 * Why an acknowledged registration is safe: journal_mode=DELETE and synchronous=EXTRA. The commit is the removal of the
 * journal, and EXTRA syncs the directory after it (FULL does not: the journal could come back and roll back what was
 * acknowledged). The VFS syncs the directory when the journal is made, so that there is a journal before a page is touched.
 *
 * Determinism: SQLite has one random generator for the process, and the journal's nonce comes from it. Each transaction seeds
 * it from the registry's own random stream, mixed with the time: two starts do not use one nonce for two journals.
 *
 * A job that finds the file locked by another process is tried again by a timer of the host, until BUSY_LIMIT_NS have passed.
 * The jobs behind it wait: each starts when the one before it has ended.
 *
 * Lifetime: a job that is away in host_work is freed by its `done` or `dropped`, with or without its registry; one that waits
 * belongs to the registry.
 */
#include "initiator/registry.h"

#include "initiator/registry-vfs.h"

#include "world/banned.h"

#define REGISTRY_MAGIC 0x4E615701u
#define JOB_MAGIC      0x4E615702u

#define SCHEMA_VERSION 1

#define BUSY_RETRY_NS (20 * NS_PER_MS)
#define BUSY_LIMIT_NS (5 * NS_PER_S)

typedef struct Job Job;

/* What a kind of job does: `run` inside the transaction, `tell` when all is over. */
typedef struct JobKind {
  gboolean makes_file; /* FALSE: without a file there is nothing to do */
  const char *begin;   /* how its transaction begins */
  gboolean (*run) (Job *job, sqlite3 *db, GError **error);
  void (*tell) (Job *job);
} JobKind;

struct Job {
  guint32 magic;
  const JobKind *kind;
  Registry *registry; /* NULL: it was freed, nobody is to be told */
  Host *host;
  char *file_name;
  const char *synchronous;
  Random random; /* of this transaction alone */

  RegistryRecord *record; /* add */
  GArray *ids;            /* remove, move: gint64 */
  Address portal;         /* move */
  guint64 isid;           /* set_isid */

  GPtrArray *records; /* results: of load, */
  gint64 id;          /* of add, */
  guint removed;      /* of remove and move: how many there were */
  GError *error;

  union {
    RegistryLoaded loaded;
    RegistryAdded added;
    RegistryRemoved removed;
  } callback;
  gpointer callback_data;
};

struct Registry {
  guint32 magic;
  Host *host;
  char *file_name;
  const char *synchronous; /* "EXTRA" but for a planted fault */
  Random random;
  GQueue jobs; /* of Job, in the order of the calls; the head is away or waits for the lock */
  gboolean is_head_away; /* in host_work */
  Timer retry;           /* the head found the file locked */
  gint64 retry_until_ns;
};

G_DEFINE_QUARK (iscsilab_registry_error, registry_error)

/* ---- records ---- */

RegistryRecord *
registry_record_new (void)
{
  return g_new0 (RegistryRecord, 1);
}

RegistryRecord *
registry_record_copy (const RegistryRecord *record)
{
  RegistryRecord *copy = registry_record_new ();
  *copy = *record;
  copy->target_name = g_strdup (record->target_name);
  copy->initiator_name = g_strdup (record->initiator_name);
  copy->initiator_instance = g_strdup (record->initiator_instance);
  copy->chap_username = g_strdup (record->chap_username);
  copy->chap_secret = g_strdup (record->chap_secret);
  return copy;
}

/* volatile: the compiler may not leave out the writes though the memory goes next. */
static void
text_wipe (volatile char *text)
{
  for (; text != NULL && *text != '\0'; text++)
    *text = '\0';
}

void
registry_record_free (RegistryRecord *record)
{
  if (record == NULL)
    return;
  text_wipe (record->chap_secret);
  g_free (record->target_name);
  g_free (record->initiator_name);
  g_free (record->initiator_instance);
  g_free (record->chap_username);
  g_free (record->chap_secret);
  g_free (record);
}

static void
record_destroy (gpointer record)
{
  registry_record_free (record);
}

/* ---- errors ---- */

static RegistryError
error_code_of (int sqlite_code)
{
  switch (sqlite_code & 0xff) {
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return REGISTRY_ERROR_DAMAGED;
  case SQLITE_BUSY:
    return REGISTRY_ERROR_BUSY;
  default:
    return REGISTRY_ERROR_FAILED;
  }
}

/* Always FALSE. The disk's own error is added by the one who holds the VFS. */
static gboolean
job_fail (const Job *job, sqlite3 *db, GError **error)
{
  const RegistryError code = error_code_of (sqlite3_errcode (db));
  const char *text = sqlite3_errmsg (db);
  if (code == REGISTRY_ERROR_DAMAGED)
    g_set_error (error, REGISTRY_ERROR, code,
                 "registry '%s': expected a whole database, got a damaged one: %s", job->file_name,
                 text);
  else if (code == REGISTRY_ERROR_BUSY)
    g_set_error (error, REGISTRY_ERROR, code,
                 "registry '%s': expected it free within %d s, got it locked by another process",
                 job->file_name, (int) (BUSY_LIMIT_NS / NS_PER_S));
  else
    g_set_error (error, REGISTRY_ERROR, code, "registry '%s': %s", job->file_name, text);
  return FALSE;
}

static gboolean
job_execute (const Job *job, sqlite3 *db, const char *sql, GError **error)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK || job_fail (job, db, error);
}

static sqlite3_stmt *
job_prepare (const Job *job, sqlite3 *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    job_fail (job, db, error);
  return statement;
}

/* The statement is done with either way. */
static gboolean
job_finish_statement (const Job *job, sqlite3 *db, sqlite3_stmt *statement, GError **error)
{
  return sqlite3_finalize (statement) == SQLITE_OK || job_fail (job, db, error);
}

/* ---- schema ---- */

static const char *const schema = "CREATE TABLE sessions ("
                                  " record INTEGER PRIMARY KEY AUTOINCREMENT,"
                                  " target_name TEXT NOT NULL,"
                                  " target_address TEXT NOT NULL,"
                                  " initiator_name TEXT NOT NULL,"
                                  " initiator_instance TEXT,"
                                  " is_multipath_enabled INTEGER NOT NULL,"
                                  " header_digest INTEGER NOT NULL,"
                                  " data_digest INTEGER NOT NULL,"
                                  " authentication INTEGER NOT NULL,"
                                  " chap_username TEXT,"
                                  " chap_secret TEXT,"
                                  " isid INTEGER NOT NULL"
                                  ") STRICT;"
                                  "PRAGMA user_version = 1;";
G_STATIC_ASSERT (SCHEMA_VERSION == 1);

#define COLUMNS                                                                                    \
  "record, target_name, target_address, initiator_name, initiator_instance,"                       \
  " is_multipath_enabled, header_digest, data_digest, authentication, chap_username, chap_secret," \
  " isid"

static gboolean
job_ask_number (const Job *job, sqlite3 *db, const char *sql, gint64 *ret_number, GError **error)
{
  sqlite3_stmt *statement = job_prepare (job, db, sql, error);
  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) == SQLITE_ROW)
    *ret_number = sqlite3_column_int64 (statement, 0);
  return job_finish_statement (job, db, statement, error);
}

/* What a cut has left of a first registration, or nobody filled: a database without anything in it. */
static gboolean
job_check_is_empty (const Job *job, sqlite3 *db, gboolean *ret_has_schema, GError **error)
{
  gint64 objects = 0;
  if (!job_ask_number (job, db, "SELECT count(*) FROM sqlite_schema", &objects, error))
    return FALSE;
  if (objects > 0) {
    g_set_error (error, REGISTRY_ERROR, REGISTRY_ERROR_VERSION,
                 "registry '%s': expected a registry, got a database of something else",
                 job->file_name);
    return FALSE;
  }
  *ret_has_schema = FALSE;
  return TRUE;
}

static gboolean
job_check_schema (const Job *job, sqlite3 *db, gboolean *ret_has_schema, GError **error)
{
  gint64 version = 0;
  if (!job_ask_number (job, db, "PRAGMA user_version", &version, error))
    return FALSE;
  if (version == 0)
    return job_check_is_empty (job, db, ret_has_schema, error);
  if (version != SCHEMA_VERSION) {
    g_set_error (error, REGISTRY_ERROR, REGISTRY_ERROR_VERSION,
                 "registry '%s': expected version %d at most, got version %" G_GINT64_FORMAT
                 " of a newer program",
                 job->file_name, SCHEMA_VERSION, version);
    return FALSE;
  }
  *ret_has_schema = TRUE;
  return TRUE;
}

/* ---- load ---- */

static char *
column_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

/* The order is that of COLUMNS. */
static gboolean
record_from_row (const Job *job, sqlite3_stmt *row, RegistryRecord *record, GError **error)
{
  g_autoptr (GError) why = NULL;
  record->id = sqlite3_column_int64 (row, 0);
  record->target_name = column_text (row, 1);
  record->initiator_name = column_text (row, 3);
  record->initiator_instance = column_text (row, 4);
  record->is_multipath_enabled = sqlite3_column_int (row, 5) != 0;
  record->header_digest = (guint8) sqlite3_column_int (row, 6);
  record->data_digest = (guint8) sqlite3_column_int (row, 7);
  record->authentication = (guint8) sqlite3_column_int (row, 8);
  record->chap_username = column_text (row, 9);
  record->chap_secret = column_text (row, 10);
  record->isid = (guint64) sqlite3_column_int64 (row, 11);
  if (address_parse ((const char *) sqlite3_column_text (row, 2), 3260, &record->portal, &why))
    return TRUE;
  g_set_error (error, REGISTRY_ERROR, REGISTRY_ERROR_DAMAGED,
               "registry '%s': record %" G_GINT64_FORMAT ": %s", job->file_name, record->id,
               why->message);
  return FALSE;
}

static gboolean
job_read_records (Job *job, sqlite3 *db, GError **error)
{
  sqlite3_stmt *statement =
      job_prepare (job, db, "SELECT " COLUMNS " FROM sessions ORDER BY record", error);
  if (statement == NULL)
    return FALSE;
  while (sqlite3_step (statement) == SQLITE_ROW) {
    RegistryRecord *record = registry_record_new ();
    g_ptr_array_add (job->records, record);
    if (!record_from_row (job, statement, record, error)) {
      sqlite3_finalize (statement);
      return FALSE;
    }
  }
  return job_finish_statement (job, db, statement, error);
}

/* Damage is found when the records are read, not when a later registration happens to touch the page. */
static gboolean
job_check_whole (const Job *job, sqlite3 *db, GError **error)
{
  sqlite3_stmt *statement = job_prepare (job, db, "PRAGMA quick_check(1)", error);
  if (statement == NULL)
    return FALSE;
  g_autofree char *found = NULL;
  if (sqlite3_step (statement) == SQLITE_ROW)
    found = column_text (statement, 0);
  if (!job_finish_statement (job, db, statement, error))
    return FALSE;
  if (g_strcmp0 (found, "ok") == 0)
    return TRUE;
  g_set_error (error, REGISTRY_ERROR, REGISTRY_ERROR_DAMAGED,
               "registry '%s': expected a whole database, got a damaged one: %s", job->file_name,
               found);
  return FALSE;
}

static gboolean
load_run (Job *job, sqlite3 *db, GError **error)
{
  gboolean has_schema;
  if (!job_check_whole (job, db, error) || !job_check_schema (job, db, &has_schema, error))
    return FALSE;
  return !has_schema || job_read_records (job, db, error);
}

static void
load_tell (Job *job)
{
  if (job->error != NULL)
    g_clear_pointer (&job->records, g_ptr_array_unref);
  job->callback.loaded (job->callback_data, g_steal_pointer (&job->records), job->error);
}

static const JobKind load_kind = { FALSE, "BEGIN", load_run, load_tell };

/* ---- add ---- */

static void
bind_text (sqlite3_stmt *statement, int parameter, const char *text)
{
  sqlite3_bind_text (statement, parameter, text, -1, SQLITE_STATIC); /* NULL binds NULL */
}

/* The record and the text outlive the statement. A binding that failed leaves NULL; the table refuses it where it matters. */
static void
record_bind (const RegistryRecord *record, const char *address, sqlite3_stmt *statement)
{
  bind_text (statement, 1, record->target_name);
  bind_text (statement, 2, address);
  bind_text (statement, 3, record->initiator_name);
  bind_text (statement, 4, record->initiator_instance);
  sqlite3_bind_int (statement, 5, record->is_multipath_enabled != FALSE);
  sqlite3_bind_int (statement, 6, record->header_digest);
  sqlite3_bind_int (statement, 7, record->data_digest);
  sqlite3_bind_int (statement, 8, record->authentication);
  bind_text (statement, 9, record->chap_username);
  bind_text (statement, 10, record->chap_secret);
  sqlite3_bind_int64 (statement, 11, (gint64) record->isid);
}

static gboolean
add_run (Job *job, sqlite3 *db, GError **error)
{
  gboolean has_schema;
  if (!job_check_schema (job, db, &has_schema, error)
      || (!has_schema && !job_execute (job, db, schema, error)))
    return FALSE;
  sqlite3_stmt *statement = job_prepare (
      job, db, "INSERT INTO sessions (" COLUMNS ") VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?)", error);
  if (statement == NULL)
    return FALSE;
  char address[ADDRESS_TEXT_LENGTH];
  record_bind (job->record, address_text (&job->record->portal, address), statement);
  sqlite3_step (statement);
  if (!job_finish_statement (job, db, statement, error))
    return FALSE;
  job->id = sqlite3_last_insert_rowid (db);
  return TRUE;
}

static void
add_tell (Job *job)
{
  job->callback.added (job->callback_data, job->error == NULL ? job->id : 0, job->error);
}

static const JobKind add_kind = { TRUE, "BEGIN IMMEDIATE", add_run, add_tell };

/* ---- remove ---- */

/* One statement for each of the ids, which is its first parameter; `text`, if it is not NULL, its second. */
static gboolean
job_run_for_ids (Job *job, sqlite3 *db, const char *sql, const char *text, GError **error)
{
  gboolean has_schema;
  if (!job_check_schema (job, db, &has_schema, error))
    return FALSE;
  if (!has_schema)
    return TRUE;
  sqlite3_stmt *statement = job_prepare (job, db, sql, error);
  if (statement == NULL)
    return FALSE;
  if (text != NULL)
    bind_text (statement, 2, text);
  for (guint i = 0; i < job->ids->len; i++) {
    sqlite3_bind_int64 (statement, 1, g_array_index (job->ids, gint64, i));
    if (sqlite3_step (statement) != SQLITE_DONE)
      break;
    job->removed += (guint) sqlite3_changes (db);
    sqlite3_reset (statement);
  }
  return job_finish_statement (job, db, statement, error);
}

static gboolean
remove_run (Job *job, sqlite3 *db, GError **error)
{
  return job_run_for_ids (job, db, "DELETE FROM sessions WHERE record = ?1", NULL, error);
}

static gboolean
move_run (Job *job, sqlite3 *db, GError **error)
{
  char address[ADDRESS_TEXT_LENGTH];
  return job_run_for_ids (job, db, "UPDATE sessions SET target_address = ?2 WHERE record = ?1",
                          address_text (&job->portal, address), error);
}

static gboolean
set_isid_run (Job *job, sqlite3 *db, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "UPDATE sessions SET isid = %" G_GUINT64_FORMAT " WHERE record = ?1", job->isid);
  return job_run_for_ids (job, db, sql, NULL, error);
}

static void
remove_tell (Job *job)
{
  job->callback.removed (job->callback_data, job->error == NULL ? job->removed : 0, job->error);
}

static const JobKind remove_kind = { FALSE, "BEGIN IMMEDIATE", remove_run, remove_tell };
static const JobKind move_kind = { FALSE, "BEGIN IMMEDIATE", move_run, remove_tell };
static const JobKind set_isid_kind = { FALSE, "BEGIN IMMEDIATE", set_isid_run, remove_tell };

/* ---- one transaction, away from the engines ---- */

static void
job_forget_results (Job *job)
{
  g_clear_error (&job->error);
  if (job->records != NULL)
    g_ptr_array_set_size (job->records, 0);
  job->id = 0;
  job->removed = 0;
}

/* secure_delete: a removed record leaves no secret in a free page. */
static gboolean
job_configure (const Job *job, sqlite3 *db, GError **error)
{
  g_autofree char *pragmas = g_strdup_printf ("PRAGMA temp_store = MEMORY;"
                                              "PRAGMA locking_mode = NORMAL;"
                                              "PRAGMA secure_delete = ON;"
                                              "PRAGMA synchronous = %s;"
                                              "PRAGMA journal_mode = DELETE;",
                                              job->synchronous);
  return job_execute (job, db, pragmas, error);
}

/* The journal's nonce is the first thing that the transaction draws. Zero would mean "no seed". */
static void
job_seed_sqlite (Job *job)
{
  const int seed = (int) (random_next (&job->random) >> 33) | 1;
  sqlite3_test_control (SQLITE_TESTCTRL_PRNG_SEED, seed, (sqlite3 *) NULL);
}

static gboolean
job_transact (Job *job, sqlite3 *db, GError **error)
{
  sqlite3_extended_result_codes (db, TRUE);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *) NULL);
  if (!job_configure (job, db, error))
    return FALSE;
  job_seed_sqlite (job);
  return job_execute (job, db, job->kind->begin, error) && job->kind->run (job, db, error)
         && job_execute (job, db, "COMMIT", error);
}

/* SQLite knows only "disk I/O error"; the disk knows why. */
static void
job_explain (Job *job, const RegistryVfs *vfs)
{
  const GError *cause = registry_vfs_error (vfs);
  if (job->error == NULL || cause == NULL)
    return;
  g_clear_error (&job->error);
  job->error = g_error_copy (cause);
  g_prefix_error (&job->error, "registry '%s': ", job->file_name);
}

static void
job_open_and_transact (Job *job)
{
  g_autoptr (RegistryVfs) vfs = registry_vfs_new (job->host, &job->random);
  const int flags = SQLITE_OPEN_READWRITE | (job->kind->makes_file ? SQLITE_OPEN_CREATE : 0);
  sqlite3 *db = NULL;
  if (sqlite3_open_v2 (job->file_name, &db, flags, registry_vfs_name (vfs)) != SQLITE_OK)
    job_fail (job, db, &job->error);
  else
    job_transact (job, db, &job->error);
  /* Closing rolls back what was not committed. */
  const int code = sqlite3_close (db);
  CHECK_THAT (code == SQLITE_OK);
  job_explain (job, vfs);
}

static void
job_run (gpointer data)
{
  Job *job = data;
  CHECK (job, JOB_MAGIC);
  gboolean is_there = TRUE;
  job_forget_results (job);
  if (!job->kind->makes_file && !disk_exists (job->host, job->file_name, &is_there, &job->error)) {
    g_prefix_error (&job->error, "registry '%s': ", job->file_name);
    return;
  }
  if (is_there)
    job_open_and_transact (job);
}

/* ---- jobs ---- */

static Job *
job_new (Registry *registry, const JobKind *kind, gpointer callback_data)
{
  Job *job = g_new0 (Job, 1);
  job->magic = JOB_MAGIC;
  job->kind = kind;
  job->registry = registry;
  job->host = registry->host;
  job->file_name = g_strdup (registry->file_name);
  job->synchronous = registry->synchronous;
  job->callback_data = callback_data;
  return job;
}

static void
job_free (Job *job)
{
  g_free (job->file_name);
  registry_record_free (job->record);
  g_clear_pointer (&job->ids, g_array_unref);
  g_clear_pointer (&job->records, g_ptr_array_unref);
  g_clear_error (&job->error);
  job->magic = 0;
  g_free (job);
}

static void registry_start_head (Registry *registry);

/* TRUE: the head will be tried again. */
static gboolean
registry_retry_if_busy (Registry *registry, const Job *job)
{
  if (!g_error_matches (job->error, REGISTRY_ERROR, REGISTRY_ERROR_BUSY)
      || host_now_ns (registry->host) >= registry->retry_until_ns)
    return FALSE;
  /* Drawn, so that two who met at the lock do not meet again at each try. */
  const gint64 jitter_ns = (gint64) random_below (&registry->random, (guint64) BUSY_RETRY_NS);
  timer_arm (&registry->retry, BUSY_RETRY_NS + jitter_ns);
  return TRUE;
}

static void
job_done (gpointer data)
{
  Job *job = data;
  CHECK (job, JOB_MAGIC);
  Registry *registry = job->registry;
  if (registry == NULL) {
    job_free (job);
    return;
  }
  CHECK (registry, REGISTRY_MAGIC);
  registry->is_head_away = FALSE;
  if (registry_retry_if_busy (registry, job))
    return;

  Job *head = g_queue_pop_head (&registry->jobs);
  CHECK_THAT (head == job);
  if (!g_queue_is_empty (&registry->jobs)) {
    registry->retry_until_ns = host_now_ns (registry->host) + BUSY_LIMIT_NS;
    registry_start_head (registry);
  }
  job->kind->tell (job); /* may free the registry */
  job_free (job);
}

/* The host is down: nobody is told anything any more. */
static void
job_dropped (gpointer data)
{
  Job *job = data;
  CHECK (job, JOB_MAGIC);
  if (job->registry != NULL) {
    job->registry->is_head_away = FALSE;
    g_queue_remove (&job->registry->jobs, job);
  }
  job_free (job);
}

static const WorkFns job_work = { .run = job_run, .done = job_done, .dropped = job_dropped };

static void
registry_start_head (Registry *registry)
{
  Job *job = g_queue_peek_head (&registry->jobs);
  const guint64 now = (guint64) host_now_ns (registry->host);
  random_init (&job->random, random_next (&registry->random) ^ now, "registry.transaction");
  registry->is_head_away = TRUE;
  host_work (registry->host, &job_work, job); /* on a host that is down: dropped at once */
}

static void
registry_retry (gpointer data)
{
  Registry *registry = data;
  CHECK (registry, REGISTRY_MAGIC);
  registry_start_head (registry);
}

static void
registry_submit (Registry *registry, Job *job)
{
  g_queue_push_tail (&registry->jobs, job);
  if (registry->jobs.length > 1)
    return;
  registry->retry_until_ns = host_now_ns (registry->host) + BUSY_LIMIT_NS;
  registry_start_head (registry);
}

/* ---- the registry ---- */

Registry *
registry_new (Host *host, const char *file_name)
{
  CHECK (host, HOST_MAGIC);
  CHECK_THAT (file_name[0] != '\0' && file_name[0] != ':'); /* SQLite's names for "in memory" */
  Registry *registry = g_new0 (Registry, 1);
  registry->magic = REGISTRY_MAGIC;
  registry->host = host;
  registry->file_name = g_strdup (file_name);
  registry->synchronous = "EXTRA";
  host_random (host, "registry", &registry->random);
  g_queue_init (&registry->jobs);
  timer_init (&registry->retry, host, registry_retry, registry);
  return registry;
}

void
registry_free (Registry *registry)
{
  if (registry == NULL)
    return;
  CHECK (registry, REGISTRY_MAGIC);
  timer_disarm (&registry->retry);
  if (registry->is_head_away) {
    Job *away = g_queue_pop_head (&registry->jobs);
    away->registry = NULL;
  }
  Job *job;
  while ((job = g_queue_pop_head (&registry->jobs)) != NULL)
    job_free (job);
  g_free (registry->file_name);
  registry->magic = 0;
  g_free (registry);
}

void
registry_load (Registry *registry, RegistryLoaded loaded, gpointer data)
{
  CHECK (registry, REGISTRY_MAGIC);
  Job *job = job_new (registry, &load_kind, data);
  job->callback.loaded = loaded;
  job->records = g_ptr_array_new_with_free_func (record_destroy);
  registry_submit (registry, job);
}

void
registry_add (Registry *registry, const RegistryRecord *record, RegistryAdded added, gpointer data)
{
  CHECK (registry, REGISTRY_MAGIC);
  CHECK_THAT (record->target_name != NULL && record->initiator_name != NULL);
  Job *job = job_new (registry, &add_kind, data);
  job->callback.added = added;
  job->record = registry_record_copy (record);
  registry_submit (registry, job);
}

static Job *
job_new_for_ids (Registry *registry, const JobKind *kind, const gint64 *ids, guint count,
                 RegistryRemoved removed, gpointer data)
{
  CHECK (registry, REGISTRY_MAGIC);
  Job *job = job_new (registry, kind, data);
  job->callback.removed = removed;
  job->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), count);
  g_array_append_vals (job->ids, ids, count);
  return job;
}

void
registry_remove (Registry *registry, const gint64 *ids, guint count, RegistryRemoved removed,
                 gpointer data)
{
  registry_submit (registry, job_new_for_ids (registry, &remove_kind, ids, count, removed, data));
}

void
registry_move (Registry *registry, const gint64 *ids, guint count, const Address *portal,
               RegistryRemoved moved, gpointer data)
{
  Job *job = job_new_for_ids (registry, &move_kind, ids, count, moved, data);
  job->portal = *portal;
  registry_submit (registry, job);
}

void
registry_set_isid (Registry *registry, gint64 id, guint64 isid, RegistryRemoved changed,
                   gpointer data)
{
  Job *job = job_new_for_ids (registry, &set_isid_kind, &id, 1, changed, data);
  job->isid = isid;
  registry_submit (registry, job);
}

void
registry_plant_unsafe_commits (Registry *registry)
{
  CHECK (registry, REGISTRY_MAGIC);
  registry->synchronous = "OFF";
}
