/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the table of commands, and nothing else */
#include "harness/cli/command.h"

#include <stdio.h>
#include <string.h>

const Command *const command_table[] = {
  &command_run,       &command_run_one,     &command_replay, &command_check, &command_target,
  &command_reference, &command_conformance, &command_bench,  NULL,
};

static const Command *
command_find (const char *name)
{
  for (const Command *const *command = command_table; *command != NULL; command++)
    if (strcmp ((*command)->name, name) == 0)
      return *command;
  return NULL;
}

static void
print_help (FILE *out)
{
  fputs ("usage: iscsilab COMMAND [OPTION...] [ARGUMENT...]\n"
         "\n"
         "A test-and-simulation toolkit for iSCSI.\n"
         "\n"
         "Commands:\n",
         out);
  for (const Command *const *command = command_table; *command != NULL; command++)
    if (!(*command)->is_hidden)
      fprintf (out, "  %-12s %s\n", (*command)->name, (*command)->summary);
  fputs ("\n"
         "'iscsilab COMMAND --help' tells of one command, 'iscsilab --version' which version this "
         "is.\n",
         out);
}

static int
unknown_command (const char *name)
{
  fprintf (stderr, "iscsilab: unknown %s '%s': expected one of those in 'iscsilab --help'\n",
           name[0] == '-' ? "option" : "command", name);
  return EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  if (argc < 2) {
    print_help (stderr);
    return EXIT_USAGE;
  }
  const char *name = argv[1];
  if (strcmp (name, "--help") == 0 || strcmp (name, "-h") == 0 || strcmp (name, "help") == 0) {
    print_help (stdout);
    return 0;
  }
  if (strcmp (name, "--version") == 0) {
    puts ("iscsilab " ISCSILAB_VERSION);
    return 0;
  }
  const Command *command = command_find (name);
  return command != NULL ? command->run (command, argv[0], argv + 2) : unknown_command (name);
}
