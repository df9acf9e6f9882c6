/* SPDX-License-Identifier: Apache-2.0 */
/* remote.c - reading the URL of a target, and a first look at it through our own initiator */
#include "harness/peers/remote.h"

#include "harness/check/referee.h"
#include "harness/run/scenario.h"
#include "initiator/initiator.h"
#include "protocol/name.h"
#include "world/live/live.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define SCHEME        "iscsi://"
#define EXCUSE        "excuse="
#define FORM          "iscsi://HOST[:PORT]/NAME[/LUN]"
#define DEFAULT_PORT  3260
#define MAX_LUN       16383
#define LOOK_LIMIT_NS (15 * NS_PER_S)
#define LOOK_NAME     "iqn.2026-01.example.iscsilab:look"
#define TRIES         4 /* a target may have something to tell first */
#define LUNS_LENGTH   2048
#define REPLY_LENGTH  36

G_DEFINE_QUARK (iscsilab_remote_error, remote_error)

/* ---- the URL ---- */

gboolean
remote_is_url (const char *text)
{
  return strstr (text, "://") != NULL;
}

char *
remote_allow (const char *url, gboolean is_dataloss, gboolean is_disruption)
{
  const char *mark = strchr (url, '?') != NULL ? "&" : "?";
  return g_strconcat (url, is_dataloss ? mark : "", is_dataloss ? "dataloss" : "",
                      !is_disruption ? ""
                      : is_dataloss  ? "&"
                                     : mark,
                      is_disruption ? "disruptive" : "", NULL);
}

static gboolean
url_fail (const char *url, const char *expected, const char *got, GError **error)
{
  g_set_error (error, REMOTE_ERROR, REMOTE_ERROR_URL, "'%s': expected %s, got '%s'", url, expected,
               got);
  return FALSE;
}

static gboolean
rule_is_known (const char *name)
{
  for (guint i = 0; i < referee_rule_count (); i++)
    if (g_str_equal (referee_rule_id (i), name))
      return TRUE;
  return FALSE;
}

static gboolean
url_read_allowed (Remote *remote, const char *url, const char *query, GError **error)
{
  g_auto (GStrv) words = g_strsplit (query, "&", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    if (g_str_equal (words[i], "dataloss"))
      remote->is_dataloss_allowed = TRUE;
    else if (g_str_equal (words[i], "disruptive"))
      remote->is_disruption_allowed = TRUE;
    else if (g_str_has_prefix (words[i], EXCUSE) && rule_is_known (words[i] + strlen (EXCUSE)))
      g_ptr_array_add (remote->excused, g_strdup (words[i] + strlen (EXCUSE)));
    else
      return url_fail (url, "'dataloss', 'disruptive' or 'excuse=RULE' behind '?'", words[i],
                       error);
  }
  return TRUE;
}

/* "host", "host:port", "[address]:port" */
static gboolean
url_read_host (Remote *remote, const char *url, const char *text, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, DEFAULT_PORT, &own);
  if (parsed == NULL || text[0] == '\0')
    return url_fail (url, "a host, and perhaps a port, behind 'iscsi://'", text, error);
  remote->host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
  remote->port = g_network_address_get_port (G_NETWORK_ADDRESS (parsed));
  return remote->port > 0 || url_fail (url, "a port of 1 to 65535", text, error);
}

static gboolean
url_read_lun (Remote *remote, const char *url, const char *text, GError **error)
{
  guint64 lun;
  if (!g_ascii_string_to_unsigned (text, 10, 0, MAX_LUN, &lun, NULL))
    return url_fail (url, "a LUN of 0 to 16383", text, error);
  remote->has_lun = TRUE;
  remote->lun = (guint16) lun;
  return TRUE;
}

static gboolean
url_read (Remote *remote, const char *url, GError **error)
{
  if (!g_str_has_prefix (url, SCHEME))
    return url_fail (url, FORM, url, error);
  g_auto (GStrv) halves = g_strsplit (url, "?", 2);
  remote->text = g_strdup (halves[0]);
  if (halves[1] != NULL && !url_read_allowed (remote, url, halves[1], error))
    return FALSE;
  g_auto (GStrv) parts = g_strsplit (halves[0] + strlen (SCHEME), "/", -1);
  const guint count = g_strv_length (parts);
  if (count < 2 || count > 3)
    return url_fail (url, FORM, halves[0], error);
  if (!url_read_host (remote, url, parts[0], error)
      || (count == 3 && !url_read_lun (remote, url, parts[2], error)))
    return FALSE;
  g_autoptr (GError) own = NULL;
  remote->name = name_prepare (parts[1], &own);
  return remote->name != NULL || url_fail (url, "an iSCSI name behind the host", parts[1], error);
}

Remote *
remote_parse (const char *url, GError **error)
{
  g_autoptr (Remote) remote = g_new0 (Remote, 1);
  remote->excused = g_ptr_array_new_with_free_func (g_free);
  return url_read (remote, url, error) ? g_steal_pointer (&remote) : NULL;
}

void
remote_free (Remote *remote)
{
  if (remote == NULL)
    return;
  g_ptr_array_unref (remote->excused);
  g_free (remote->text);
  g_free (remote->host);
  g_free (remote->name);
  g_free (remote);
}

/* ---- the look ---- */

typedef struct Look {
  Remote *remote;
  World *world;
  char *directory; /* of the world's disks */
  Initiator *initiator;
  Session *session;
  gboolean is_over; /* what was asked for last */
  GError *error;
  Task task;
} Look;

static gboolean
look_fail (const Look *look, const char *expected, const char *got, GError **error)
{
  g_set_error (error, REMOTE_ERROR, REMOTE_ERROR_UNREACHABLE, "'%s': expected %s, got: %s",
               look->remote->text, expected, got);
  return FALSE;
}

static gboolean
look_resolve (Look *look, GError **error)
{
  Remote *remote = look->remote;
  g_autoptr (GError) own = NULL;
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GList *found = g_resolver_lookup_by_name (resolver, remote->host, NULL, &own);
  if (found == NULL)
    return look_fail (look, "an address of the host", own->message, error);
  GInetAddress *first = found->data;
  remote->portal =
      (Address){ .port = remote->port,
                 .is_ipv6 = g_inet_address_get_family (first) == G_SOCKET_FAMILY_IPV6 };
  memcpy (remote->portal.ip, g_inet_address_to_bytes (first),
          g_inet_address_get_native_size (first));
  g_resolver_free_addresses (found);
  return TRUE;
}

static gboolean
look_wait (Look *look, const char *expected, GError **error)
{
  while (!look->is_over)
    if (!world_step (look->world))
      return look_fail (look, expected, "nothing in time", error);
  look->is_over = FALSE;
  return look->error == NULL || look_fail (look, expected, look->error->message, error);
}

static void
look_connected (gpointer data, Session *session, const GError *error)
{
  Look *look = data;
  look->is_over = TRUE;
  look->session = session != NULL ? session_ref (session) : NULL;
  look->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
look_left (gpointer data, const GError *error)
{
  Look *look = data;
  look->is_over = TRUE;
}

static void
look_task_done (gpointer data, Task *task)
{
  Look *look = data;
  look->is_over = TRUE;
}

/* FALSE: no GOOD. What came is in look->task until the next one. */
static gboolean
look_ask (Look *look, ScsiOp op, guint16 lun, guint32 length)
{
  for (guint i = 0; i < TRIES; i++) {
    g_autoptr (GError) own = NULL;
    task_clear (&look->task);
    task_init (&look->task, look_task_done, look);
    cdb_build (look->task.cdb, op, length);
    look->task.lun = lun_encode (lun);
    look->task.direction = TASK_READS;
    look->task.expected_length = length;
    session_submit (look->session, &look->task);
    if (!look_wait (look, "an answer", &own))
      return FALSE;
    if (look->task.outcome == TASK_OUTCOME_STATUS && look->task.status == SCSI_GOOD)
      return TRUE;
  }
  return FALSE;
}

static gboolean
look_is_disk (Look *look, guint16 lun)
{
  guint8 first = 0xff;
  if (!look_ask (look, SCSI_OP_INQUIRY, lun, REPLY_LENGTH) || look->task.data_in.length == 0)
    return FALSE;
  payload_copy_out (&look->task.data_in, 0, &first, 1);
  return first == 0; /* qualifier: connected; type: direct access block device */
}

static gboolean
look_find_disk (Look *look, GError **error)
{
  guint8 list[LUNS_LENGTH] = { 0 };
  if (!look_ask (look, SCSI_OP_REPORT_LUNS, 0, sizeof list))
    return look_fail (look, "a list of LUNs", "no GOOD status", error);
  const gsize got = MIN (look->task.data_in.length, sizeof list);
  payload_copy_out (&look->task.data_in, 0, list, got);
  const gsize listed = (gsize) wire_get (list, 0, 0, 32);
  for (gsize at = 8; at + 8 <= MIN (got, listed + 8); at += 8) {
    guint16 lun;
    if (!lun_decode (wire_get (list + at, 0, 0, 64), &lun) || !look_is_disk (look, lun))
      continue;
    look->remote->lun = lun;
    return TRUE;
  }
  return look_fail (look, "a disk among its LUNs", "none", error);
}

static gboolean
look_measure (Look *look, GError **error)
{
  Remote *remote = look->remote;
  guint8 reply[32] = { 0 };
  g_autofree char *expected = g_strdup_printf ("the capacity of a disk at LUN %u", remote->lun);
  if (!look_ask (look, SCSI_OP_READ_CAPACITY_16, remote->lun, sizeof reply)
      || look->task.data_in.length < 12)
    return look_fail (look, expected, "no GOOD status", error);
  payload_copy_out (&look->task.data_in, 0, reply, MIN (look->task.data_in.length, sizeof reply));
  remote->blocks = wire_get (reply, 0, 0, 64) + 1;
  remote->block_size = (guint32) wire_get (reply, 8, 0, 32);
  return (remote->blocks > 0 && remote->block_size > 0)
         || look_fail (look, expected, "one of no blocks", error);
}

static gboolean
look_run (Look *look, GError **error)
{
  Remote *remote = look->remote;
  const LiveConfig config = { .bounds = { .time_ns = LOOK_LIMIT_NS },
                              .events = harness_event_families (),
                              .disk_directory = look->directory };
  look->world = live_world_new (&config, error);
  Host *host = look->world != NULL ? world_host_new (look->world, "look", error) : NULL;
  if (host == NULL)
    return FALSE;
  const InitiatorConfig node = { .name = LOOK_NAME, .profile = initiator_profile_find ("windows") };
  look->initiator = initiator_new (host, &node);
  const ConnectOptions options = { .target_name = remote->name, .portal = remote->portal };
  initiator_connect (look->initiator, &options, look_connected, look);
  if (!look_wait (look, "a login", error) || !(remote->has_lun || look_find_disk (look, error))
      || !look_measure (look, error))
    return FALSE;
  session_disconnect (look->session, look_left, look);
  return look_wait (look, "a logout", error);
}

gboolean
remote_look (Remote *remote, GError **error)
{
  Look look = { .remote = remote };
  if (!look_resolve (&look, error))
    return FALSE;
  look.directory = g_dir_make_tmp ("iscsilab-XXXXXX", error);
  if (look.directory == NULL)
    return FALSE;
  task_init (&look.task, look_task_done, &look);
  const gboolean is_good = look_run (&look, error);
  if (look.session != NULL)
    session_unref (look.session);
  if (look.initiator != NULL)
    initiator_free (look.initiator);
  task_clear (&look.task);
  world_free (look.world);
  g_clear_error (&look.error);
  /* A host's directory, which is empty: nothing was registered. */
  g_autofree char *below = g_build_filename (look.directory, "look", NULL);
  g_rmdir (below);
  g_rmdir (look.directory);
  g_free (look.directory);
  return is_good;
}
