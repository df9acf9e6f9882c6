/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - `iscsilab target`: the embedded target on real TCP, for any initiator */
#include "harness/cli/command.h"
#include "harness/serve/server.h"
#include "protocol/name.h"

#include <stdio.h>

#define DEFAULT_NAME    "iqn.2026-01.example.iscsilab:target"
#define DEFAULT_ADDRESS "127.0.0.1:3260"
#define DEFAULT_UNIT    "64M"
#define ISCSI_PORT      3260

typedef struct TargetOptions {
  GStrv addresses;
  char *name;
  GStrv units;
  char *script;
  char *pcap;
  gboolean is_verbose;
} TargetOptions;

#define AT(member) G_STRUCT_OFFSET (TargetOptions, member)

static const CommandOption options_table[] = {
  { "listen", OPTION_TEXTS, AT (addresses), "ADDRESS[:PORT]",
    "where, again for each portal; port 0: any free one (default: " DEFAULT_ADDRESS ")", 0, 0 },
  { "name", OPTION_TEXT, AT (name), "IQN", "its iSCSI name (default: " DEFAULT_NAME ")", 0, 0 },
  { "lun", OPTION_TEXTS, AT (units), "SIZE[,OPTION...]",
    "a logical unit, again for each; numbers count from 0 (default: " DEFAULT_UNIT ")", 0, 0 },
  { "script", OPTION_TEXT, AT (script), "FILE",
    "what goes wrong: target_script { ... } of 'iscsilab reference words'", 0, 0 },
  { "pcap", OPTION_TEXT, AT (pcap), "FILE",
    "write a capture of what initiators send and get, for 'iscsilab check'", 0, 0 },
  { "verbose", OPTION_FLAG, AT (is_verbose), NULL, "tell of logins and of sessions that end", 0,
    0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

static void
say_line (gpointer data, const char *line)
{
  puts (line);
  fflush (stdout);
}

/* ---- what was given ---- */

static int
read_addresses (const Command *command, char *const *texts, GArray *addresses)
{
  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    Address address;
    if (!address_parse (texts[i], ISCSI_PORT, &address, &error))
      return command_usage_error (command, "option '--listen': %s", error->message);
    for (guint j = 0; j < addresses->len && address.port != 0; j++)
      if (address_equal (&address, &g_array_index (addresses, Address, j)))
        return command_usage_error (
            command, "option '--listen': expected each address once, got '%s' again", texts[i]);
    g_array_append_val (addresses, address);
  }
  return COMMAND_GO_ON;
}

static int
read_units (const Command *command, char *const *texts, GArray *units)
{
  for (guint i = 0; texts[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    Unit unit;
    if (!unit_parse (texts[i], &unit, &error))
      return command_usage_error (command, "option '--lun': %s", error->message);
    g_array_append_val (units, unit);
  }
  return COMMAND_GO_ON;
}

/* ---- the command ---- */

static int
serve (const Command *command, const ServerConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Server) server = server_new (config, &error);
  if (server != NULL && server_run (server, &error))
    return 0;
  return server_error_is_of_script (error)
             ? command_usage_error (command, "%s", error->message)
             : command_environment_error (command, "%s", error->message);
}

static int
read_and_serve (const Command *command, const TargetOptions *options)
{
  char *const default_addresses[] = { (char *) DEFAULT_ADDRESS, NULL };
  char *const default_units[] = { (char *) DEFAULT_UNIT, NULL };
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (Address));
  g_autoptr (GArray) units = g_array_new (FALSE, FALSE, sizeof (Unit));
  g_array_set_clear_func (units, (GDestroyNotify) unit_clear);
  g_autoptr (GError) error = NULL;
  g_autofree char *name =
      name_prepare (options->name != NULL ? options->name : DEFAULT_NAME, &error);
  if (name == NULL)
    return command_usage_error (command, "option '--name': %s", error->message);
  int status = read_addresses (
      command, options->addresses != NULL ? options->addresses : default_addresses, addresses);
  if (status == COMMAND_GO_ON)
    status = read_units (command, options->units != NULL ? options->units : default_units, units);
  const ServerConfig config = {
    .name = name,
    .addresses = (const Address *) (gpointer) addresses->data,
    .address_count = addresses->len,
    .units = (const Unit *) (gpointer) units->data,
    .unit_count = units->len,
    .script = options->script,
    .pcap = options->pcap,
    .is_verbose = options->is_verbose,
    .say = say_line,
  };
  return status == COMMAND_GO_ON ? serve (command, &config) : status;
}

static int
target (const Command *command, const char *program, char *const *arguments)
{
  TargetOptions options = { 0 };
  g_auto (GStrv) rest = NULL;
  int status = command_parse (command, program, arguments, &options, &rest);
  if (status == COMMAND_GO_ON)
    status = read_and_serve (command, &options);
  command_options_clear (command, &options);
  return status;
}

static const CommandExample examples[] = {
  { "iscsilab target --listen 127.0.0.1:3260 --name iqn.2026-01.com.example:lab --lun 64M",
    "a disk in memory, for initiators on this machine" },
  { "iscsilab target --listen 0.0.0.0:3260 --lun 1G,file=disk.img --lun 64M,block=4096 --verbose",
    "two disks for everybody, of which the first is there again after a restart" },
  { NULL, NULL },
};

const Command command_target = {
  .name = "target",
  .summary = "serve the embedded target over TCP",
  .details =
      "Prints a line for each unit at each portal once it can be reached there, and serves "
      "until SIGINT or SIGTERM.\n\nOptions of a unit, which is in memory without the first:\n"
      "  file=PATH   in a file or on a block device, and there again after a restart; a file that "
      "is not\n              there is made, sparse; the size may be left out for one that is; "
      "persistent\n              reservations with APTPL are in PATH.reservations\n"
      "  ro          write protected\n"
      "  thin        thinly provisioned: takes UNMAP, and what is unmapped takes no room\n"
      "  block=4096  how long its blocks are: 512 (default) or 4096\n"
      "  removable   a medium that initiators may take out and put in\n"
      "  empty       the same without a medium",
  .options = options_table,
  .examples = examples,
  .run = target,
};
