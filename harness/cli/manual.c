/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c - the pages of man, from the tables by which the commands work
 *
 * An option stands there in the words of its row, as in the help; a test compares the two.
 */
#include "harness/cli/command.h"
#include "harness/report/page.h"
#include "harness/script/reference.h"

#include <string.h>

/* ---- a command ---- */

static void
print_synopsis (Page *page, const Command *command)
{
  page_heading (page, "synopsis");
  g_autofree char *line = g_strdup_printf ("`iscsilab %s` [OPTION...]%s%s", command->name,
                                           command->arguments != NULL ? " " : "",
                                           command->arguments != NULL ? command->arguments : "");
  page_paragraphs (page, line);
}

static void
print_description (Page *page, const Command *command)
{
  page_heading (page, "description");
  if (command->details == NULL && command->manual == NULL)
    page_paragraphs (page, command->summary);
  if (command->details != NULL)
    page_paragraphs (page, command->details);
  if (command->manual != NULL)
    page_paragraphs (page, command->manual);
}

static void
print_options (Page *page, const Command *command)
{
  page_heading (page, "options");
  for (const CommandOption *option = command->options; option->name != NULL; option++) {
    g_autofree char *term =
        g_strdup_printf ("`--%s`%s%s", option->name, option->argument != NULL ? "=" : "",
                         option->argument != NULL ? option->argument : "");
    page_term (page, term, option->help);
  }
  page_term (page, "`-h`, `--help`", COMMAND_HELP_LINE);
}

static void
print_statuses (Page *page, const Command *command)
{
  page_heading (page, "exit status");
  const CommandStatus *row = command->statuses != NULL ? command->statuses : command_statuses;
  for (; row->meaning != NULL; row++) {
    g_autofree char *term = g_strdup_printf ("`%d`", row->status);
    page_term (page, term, row->meaning);
  }
}

static void
print_examples (Page *page, const Command *command)
{
  if (command->examples == NULL)
    return;
  page_heading (page, "examples");
  for (const CommandExample *row = command->examples; row->line != NULL; row++) {
    g_autofree char *line = g_strconcat (row->line, "\n", NULL);
    g_autofree char *meaning = g_strconcat (row->meaning, ":", NULL);
    page_paragraphs (page, meaning);
    page_literal (page, "sh", line);
  }
}

static void
print_command (Page *page, const Command *command)
{
  g_autofree char *name = g_strconcat ("iscsilab-", command->name, NULL);
  page_begin (page, name, 1, command->summary, name);
  print_synopsis (page, command);
  print_description (page, command);
  print_options (page, command);
  print_statuses (page, command);
  print_examples (page, command);
  page_heading (page, "see also");
  page_paragraphs (page, "iscsilab(1), iscsilab-scenario(7), iscsilab-faults(7)");
}

/* ---- the program ---- */

static void
print_program (Page *page)
{
  page_begin (page, "iscsilab", 1, "a test-and-simulation toolkit for iSCSI", "iscsilab");
  page_heading (page, "synopsis");
  page_paragraphs (page, "`iscsilab` COMMAND [OPTION...] [ARGUMENT...]\n\n"
                         "`iscsilab` `--help`\n\n`iscsilab` `--version`");
  page_heading (page, "description");
  page_paragraphs (
      page,
      "An initiator after RFC 7143 drives scripted scenarios against a target simulator in the "
      "same\nprocess. Scenarios break connections, cut power and lose packets in simulated time, "
      "and "
      "judges verify\nthat data survives, that sessions come back and that every command ends "
      "exactly once. The same\nscenarios run in real time over TCP.");
  page_heading (page, "commands");
  for (const Command *const *command = command_table; *command != NULL; command++) {
    g_autofree char *term = g_strdup_printf ("`%s`", (*command)->name);
    g_autofree char *meaning =
        g_strdup_printf ("%s: iscsilab-%s(1)", (*command)->summary, (*command)->name);
    if (!(*command)->is_hidden)
      page_term (page, term, meaning);
  }
  page_heading (page, "environment");
  page_term (page, "`NO_COLOR`, `TERM`=dumb", "no colours on a terminal");
  page_heading (page, "files");
  page_term (page, "`../share/iscsilab/scenarios`",
             "the installed scenarios, beside the folder of the program");
  page_heading (page, "see also");
  page_paragraphs (page, "iscsilab-scenario(7), iscsilab-faults(7)");
}

/* ---- all pages ---- */

static const struct {
  const char *name;
  void (*print) (Page *page);
} fixed_pages[] = {
  { "iscsilab.1", print_program },
  { "iscsilab-scenario.7", reference_print_words },
  { "iscsilab-faults.7", reference_print_faults },
};

static char *
command_page_name (const Command *command)
{
  return g_strdup_printf ("iscsilab-%s.1", command->name);
}

char **
manual_names (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (fixed_pages); i++)
    g_strv_builder_add (names, fixed_pages[i].name);
  for (const Command *const *command = command_table; *command != NULL; command++) {
    g_autofree char *name = command_page_name (*command);
    if (!(*command)->is_hidden)
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

/* By its whole name, or by the word in it: "iscsilab-run.1", "run". */
static gboolean
page_is (const char *page, const char *asked)
{
  const char *prefix = "iscsilab-";
  const char *word = g_str_has_prefix (page, prefix) ? page + strlen (prefix) : page;
  const gsize length = strlen (word) - strlen (".1");
  return strcmp (page, asked) == 0
         || (strlen (asked) == length && strncmp (word, asked, length) == 0);
}

gboolean
manual_print (const char *name, GString *out)
{
  Page page = { .out = out, .markup = PAGE_SCDOC };
  for (guint i = 0; i < G_N_ELEMENTS (fixed_pages); i++)
    if (page_is (fixed_pages[i].name, name)) {
      fixed_pages[i].print (&page);
      return TRUE;
    }
  for (const Command *const *command = command_table; *command != NULL; command++) {
    g_autofree char *own = command_page_name (*command);
    if (!(*command)->is_hidden && page_is (own, name)) {
      print_command (&page, *command);
      return TRUE;
    }
  }
  return FALSE;
}
