/* SPDX-License-Identifier: Apache-2.0 */
/* reference.c - `iscsilab reference`: the manual, made from the tables by which the program works */
#include "harness/script/reference.h"

#include "harness/cli/command.h"

#include <stdio.h>
#include <string.h>

static int
print_markdown (void (*print) (Page *page))
{
  g_autoptr (GString) out = g_string_new (NULL);
  Page page = { .out = out, .markup = PAGE_MARKDOWN };
  print (&page);
  fputs (out->str, stdout);
  return 0;
}

/* "man" alone lists the pages. */
static int
print_man (const Command *command, const char *name)
{
  g_auto (GStrv) names = manual_names ();
  if (name == NULL) {
    for (char **each = names; *each != NULL; each++)
      puts (*each);
    return 0;
  }
  g_autoptr (GString) out = g_string_new (NULL);
  if (!manual_print (name, out)) {
    g_autofree char *list = g_strjoinv (", ", names);
    return command_usage_error (command, "page '%s': expected one of %s", name, list);
  }
  fputs (out->str, stdout);
  return 0;
}

static int
reference_run (const Command *command, const char *program, char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  const int status = command_parse (command, program, arguments, NULL, &rest);
  if (status != COMMAND_GO_ON)
    return status;
  const guint count = g_strv_length (rest);
  if (count == 1 && strcmp (rest[0], "words") == 0)
    return print_markdown (reference_print_words);
  if (count == 1 && strcmp (rest[0], "faults") == 0)
    return print_markdown (reference_print_faults);
  if ((count == 1 || count == 2) && strcmp (rest[0], "man") == 0)
    return print_man (command, rest[1]);
  return command_usage_error (command, "expected 'words', 'faults' or 'man', got '%s'",
                              count == 0 ? "nothing" : rest[count - 1]);
}

static const CommandOption options[] = { { NULL } };

static const CommandExample examples[] = {
  { "iscsilab reference words", "every word of a scenario, in Markdown" },
  { "iscsilab reference man iscsilab-faults.7 | scdoc", "a page for man" },
  { NULL, NULL },
};

const Command command_reference = {
  .name = "reference",
  .arguments = "words|faults|man [PAGE]",
  .summary = "print the manual, of which this program is the source",
  .details =
      "'words' and 'faults' are Markdown. 'man' lists the pages of man; with a PAGE it prints "
      "that\none, for scdoc.",
  .options = options,
  .examples = examples,
  .run = reference_run,
};
