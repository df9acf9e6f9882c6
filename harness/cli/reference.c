/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - iscsilab reference: the manual of scenarios, made from the tables that they are read by */
#include "harness/script/reference.h"

#include "harness/cli/command.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  void (*print) (GString *out);
} pages[] = {
  { "words", reference_print_words },
  { "faults", reference_print_faults },
};

static int
reference_run (const Command *command, const char *program, char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  const int status = command_parse (command, program, arguments, NULL, &rest);
  if (status != COMMAND_GO_ON)
    return status;
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_strv_length (rest) == 1 && strcmp (rest[0], pages[i].name) == 0) {
      g_autoptr (GString) out = g_string_new (NULL);
      pages[i].print (out);
      fputs (out->str, stdout);
      return 0;
    }
  return command_usage_error (command, "expected 'words' or 'faults', got '%s'",
                              rest[0] != NULL ? rest[0] : "nothing");
}

static const CommandOption options[] = { { NULL } };

const Command command_reference = {
  .name = "reference",
  .arguments = "words|faults",
  .summary = "print the manual of the script language or of the faults",
  .options = options,
  .run = reference_run,
};
