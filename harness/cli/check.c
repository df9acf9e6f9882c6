/* SPDX-License-Identifier: Apache-2.0 */
/* check.c - `iscsilab check`: the referee over captures of real traffic */
#include "harness/check/capture-check.h"
#include "harness/cli/command.h"
#include "harness/run/result-json.h"
#include "harness/run/scenario.h"

#include "protocol/bhs.h"

#include <stdio.h>

typedef struct CheckOptions {
  guint64 port;
  gboolean is_ladder;
  gboolean is_json;
} CheckOptions;

#define AT(member) G_STRUCT_OFFSET (CheckOptions, member)

static const CommandOption options_table[] = {
  { "port", OPTION_NUMBER, AT (port), "N", "a port that is iSCSI's, besides 3260", 1, 65535 },
  { "ladder", OPTION_FLAG, AT (is_ladder), NULL,
    "print every PDU: its packet, time and connection, '-->' if the initiator sent it", 0, 0 },
  { "json", OPTION_FLAG, AT (is_json), NULL, "one array, an object for each capture", 0, 0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

/* One capture, while it is read. */
typedef struct Check {
  const CheckOptions *options;
  const char *path;
  JsonArray *violations; /* with --json */
} Check;

#define TIME_TEXT_LENGTH 32

static const char *
time_text (gint64 time_ns, char ret_text[TIME_TEXT_LENGTH])
{
  const guint64 length = time_ns < 0 ? -(guint64) time_ns : (guint64) time_ns;
  g_snprintf (ret_text, TIME_TEXT_LENGTH, "%s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT,
              time_ns < 0 ? "-" : "", length / 1000000000, length % 1000000000);
  return ret_text;
}

static char *
connection_text (const CheckedConnection *connection)
{
  char initiator[ADDRESS_TEXT_LENGTH], target[ADDRESS_TEXT_LENGTH];
  return g_strdup_printf ("connection %u (%s -> %s)", connection->number,
                          address_text (&connection->initiator, initiator),
                          address_text (&connection->target, target));
}

/* ---- the ladder ---- */

static gboolean
has_text (const ObservedPdu *pdu)
{
  return pdu->is_kept && pdu->length > 0
         && (pdu->opcode == SEEN_LOGIN_REQUEST || pdu->opcode == SEEN_LOGIN_RESPONSE
             || pdu->opcode == SEEN_TEXT_REQUEST || pdu->opcode == SEEN_TEXT_RESPONSE);
}

/* As it stands in the segment, NULs as '|', what no terminal shows as '?'. */
static void
print_text (const ObservedPdu *pdu, GString *out)
{
  Slice text = payload_join (pdu->data);
  g_string_append (out, " text=\"");
  for (gsize i = 0; i < text.length; i++) {
    const guint8 octet = text.bytes[i];
    g_string_append_c (out, octet == 0                        ? '|'
                            : g_ascii_isprint ((gchar) octet) ? (gchar) octet
                                                              : '?');
  }
  g_string_append_c (out, '"');
  slice_clear (&text);
}

static void
on_pdu (gpointer data, const CheckedConnection *connection, const CaptureSegment *segment,
        const ObservedPdu *pdu)
{
  char time[TIME_TEXT_LENGTH];
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_printf (line, "%6" G_GUINT64_FORMAT " %14s %3u %s ", segment->packet,
                   time_text (segment->time_ns, time), connection->number,
                   pdu->from == OBSERVER_INITIATOR ? "-->" : "    <--");
  pdu_print (pdu->bhs, line);
  if (has_text (pdu))
    print_text (pdu, line);
  puts (line->str);
}

/* ---- violations ---- */

static void
violation_print (const Check *check, const CheckedConnection *connection,
                 const CaptureSegment *segment, const RefereeViolation *violation)
{
  char time[TIME_TEXT_LENGTH];
  g_autofree char *where = connection_text (connection);
  printf ("%s:%" G_GUINT64_FORMAT ": protocol violation at %s s, %s, from the %s\n"
          "  property: %s (%s: %s)\n"
          "  expected: %s\n"
          "  actual: %s\n"
          "  pdu: %s\n",
          check->path, segment->packet, time_text (segment->time_ns, time), where,
          observer_side_name (violation->from), violation->sentence, violation->rule,
          violation->requirements, violation->expected, violation->actual, violation->pdu);
}

static JsonObject *
violation_to_json (const CheckedConnection *connection, const CaptureSegment *segment,
                   const RefereeViolation *violation)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "packet", (gint64) segment->packet);
  json_object_set_int_member (object, "time_ns", segment->time_ns);
  json_object_set_int_member (object, "connection", connection->number);
  json_object_set_text (object, "from", observer_side_name (violation->from));
  json_object_set_text (object, "rule", violation->rule);
  json_object_set_text (object, "requirements", violation->requirements);
  json_object_set_text (object, "property", violation->sentence);
  json_object_set_text (object, "expected", violation->expected);
  json_object_set_text (object, "actual", violation->actual);
  json_object_set_text (object, "pdu", violation->pdu);
  return object;
}

static void
on_violation (gpointer data, const CheckedConnection *connection, const CaptureSegment *segment,
              const RefereeViolation *violation)
{
  const Check *check = data;
  if (check->violations != NULL)
    json_array_add_object_element (check->violations,
                                   violation_to_json (connection, segment, violation));
  else
    violation_print (check, connection, segment, violation);
}

/* ---- what is said of a capture ---- */

static void
checked_print (const Check *check, const CheckedCapture *checked)
{
  printf ("%s: %u connections, %" G_GUINT64_FORMAT " PDUs, %u violations\n", check->path,
          checked->connections->len, checked->pdus, checked->violations);
  for (guint i = 0; i < checked->connections->len; i++) {
    const CheckedConnection *connection = checked->connections->pdata[i];
    g_autofree char *text = connection_text (connection);
    if (connection->unjudged != NULL)
      printf ("  %s: judged up to %" G_GUINT64_FORMAT " PDUs: %s\n", text, connection->pdus,
              connection->unjudged);
  }
}

static JsonObject *
connection_to_json (const CheckedConnection *connection)
{
  char initiator[ADDRESS_TEXT_LENGTH], target[ADDRESS_TEXT_LENGTH];
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "number", connection->number);
  json_object_set_text (object, "initiator", address_text (&connection->initiator, initiator));
  json_object_set_text (object, "target", address_text (&connection->target, target));
  json_object_set_int_member (object, "pdus", (gint64) connection->pdus);
  json_object_set_int_member (object, "violations", connection->violations);
  json_object_set_text (object, "unjudged", connection->unjudged);
  return object;
}

static JsonObject *
rules_to_json (const Referee *referee)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < referee_rule_count (); i++)
    if (referee_evaluated (referee, i) > 0)
      json_object_set_int_member (object, referee_rule_id (i),
                                  (gint64) referee_evaluated (referee, i));
  return object;
}

static JsonObject *
checked_to_json (const Check *check, const CheckedCapture *checked, const GError *error)
{
  JsonObject *object = json_object_new ();
  JsonArray *connections = json_array_new ();
  for (guint i = 0; i < checked->connections->len; i++)
    json_array_add_object_element (connections,
                                   connection_to_json (checked->connections->pdata[i]));
  json_object_set_text (object, "path", check->path);
  json_object_set_text (object, "error", error != NULL ? error->message : NULL);
  json_object_set_int_member (object, "packets", (gint64) checked->packets);
  json_object_set_int_member (object, "pdus", (gint64) checked->pdus);
  json_object_set_int_member (object, "other_connections", checked->others);
  json_object_set_array_member (object, "connections", connections);
  json_object_set_array_member (object, "violations", json_array_ref (check->violations));
  json_object_set_object_member (object, "rules", rules_to_json (checked->referee));
  return object;
}

/* ---- the command ---- */

/* FAILURE_ENVIRONMENT where something was not judged at all: that is no pass. */
static FailureKind
checked_verdict (const Command *command, const char *path, const CheckedCapture *checked,
                 const GError *error)
{
  if (error != NULL)
    command_environment_error (command, "%s", error->message);
  else if (checked->pdus == 0)
    command_environment_error (command,
                               "%s: expected an iSCSI connection from its SYN on, got none among "
                               "%" G_GUINT64_FORMAT " packets",
                               path, checked->packets);
  if (checked->violations > 0)
    return FAILURE_PROTOCOL;
  return error != NULL || checked->pdus == 0 ? FAILURE_ENVIRONMENT : FAILURE_NONE;
}

static FailureKind
check_capture (const Command *command, const CheckOptions *options, const char *path,
               JsonArray *results)
{
  g_autoptr (JsonArray) violations = results != NULL ? json_array_new () : NULL;
  g_autoptr (GError) error = NULL;
  g_auto (CheckedCapture) checked = { 0 };
  Check check = { .options = options, .path = path, .violations = violations };
  const CaptureCheckEvents events = { .pdu = options->is_ladder ? on_pdu : NULL,
                                      .violation = on_violation };
  capture_check (path, (guint16) options->port, &events, &check, &checked, &error);
  if (results != NULL)
    json_array_add_object_element (results, checked_to_json (&check, &checked, error));
  else if (error == NULL || checked.packets > 0)
    checked_print (&check, &checked);
  fflush (stdout);
  return checked_verdict (command, path, &checked, error);
}

static void
results_print (JsonArray *results)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (root, results);
  g_autofree char *text = json_to_string (root, TRUE);
  puts (text);
}

/* Protocol violations before what could not be read. */
static int
check_captures (const Command *command, const CheckOptions *options, char *const *paths)
{
  g_autoptr (JsonArray) results = options->is_json ? json_array_new () : NULL;
  FailureKind worst = FAILURE_NONE;
  for (; *paths != NULL; paths++) {
    const FailureKind kind = check_capture (command, options, *paths, results);
    if (worst != FAILURE_PROTOCOL && kind != FAILURE_NONE)
      worst = kind;
  }
  if (results != NULL)
    results_print (results);
  return failure_exit_status (worst);
}

static int
check_start (const Command *command, const CheckOptions *options, char *const *paths)
{
  if (*paths == NULL)
    return command_usage_error (command, "expected a capture, got nothing");
  if (options->is_ladder && options->is_json)
    return command_usage_error (command, "expected one of '--ladder' and '--json', got both");
  for (guint i = 0; paths[i] != NULL; i++)
    if (!g_file_test (paths[i], G_FILE_TEST_EXISTS))
      return command_usage_error (command, "capture '%s': expected a file, got nothing there",
                                  paths[i]);
  return check_captures (command, options, paths);
}

static int
check_run (const Command *command, const char *program, char *const *arguments)
{
  CheckOptions options = { 0 };
  g_auto (GStrv) paths = NULL;
  int status = command_parse (command, program, arguments, &options, &paths);
  if (status == COMMAND_GO_ON)
    status = check_start (command, &options, paths);
  command_options_clear (command, &options);
  return status;
}

static const CommandStatus statuses[] = {
  { 0, "no violation" },
  { EXIT_USAGE, "usage: an unknown option, a file that is not there" },
  { 3, "a file is no capture, breaks off, or has nothing that could be judged" },
  { 11, "the protocol was violated" },
  { 0, NULL },
};

static const CommandExample examples[] = {
  { "iscsilab run --pcap out scenarios/io/ipv6.lua && iscsilab check out/*.pcapng",
    "do both sides keep the rules?" },
  { "iscsilab check --ladder out/*.pcapng", "every PDU, with its fields" },
  { NULL, NULL },
};

const Command command_check = {
  .name = "check",
  .arguments = "CAPTURE...",
  .summary = "judge the iSCSI connections of a pcap or pcapng file by the referee's rules",
  .details =
      "A connection is judged if its SYN is in the capture, and its client begins with a login or\n"
      "its server has port 3260. Times are those since the first packet.",
  .manual =
      "Captures are pcap or pcapng, of Ethernet, VLAN, Linux cooked, loopback or bare IP, version "
      "4 or 6. "
      "Each\nviolation is printed with its packet, time, connection, rule, requirements and PDU. "
      "What began "
      "before\nthe capture, or follows bytes that it lacks, is not judged, and that is said.\n\n"
      "Those that `iscsilab run --pcap` and `iscsilab replay --pcap` write have an interface for "
      "each machine, with\n"
      "its own handshakes, data and ends, and simulated times in nanoseconds, up to 64 MiB; a "
      "comment marks the\n"
      "packet that a fault struck. What one end sent and the other received differs under faults, "
      "so each\n"
      "connection is there twice. Wireshark knows connections by their addresses only and takes "
      "the second view\n"
      "for retransmissions: give it one interface at a time, by\n"
      "  tshark -r FILE -Y 'frame.interface_name == \"initiator1\"' -w ONE\n"
      "That of `iscsilab target --pcap` has one view of each connection, as the initiator has it: "
      "behind the faults of\na script. Its times are those that the command tells.",
  .options = options_table,
  .statuses = statuses,
  .examples = examples,
  .run = check_run,
};
