/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - options from a table, read by GLib's parser
 *
 * GLib parses and lays out the help; here its entries are made from a command's table, numbers are checked against their range,
 * and errors are put into the words that the rest of the program uses.
 */
#include "harness/cli/command.h"
#include "world/check.h"

#include <stdarg.h>
#include <stdio.h>

static int
say_error (const Command *command, int status, const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  fprintf (stderr, "iscsilab %s: %s\n", command->name, message);
  return status;
}

int
command_usage_error (const Command *command, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  const int status = say_error (command, EXIT_USAGE, format, arguments);
  va_end (arguments);
  return status;
}

int
command_environment_error (const Command *command, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  const int status = say_error (command, 3, format, arguments);
  va_end (arguments);
  return status;
}

const CommandStatus command_statuses[] = {
  { 0, "done" },
  { EXIT_USAGE, "usage: an unknown option or word, a file that is not there" },
  { 3, "the environment: something cannot be read, written or started" },
  { 0, NULL },
};

/* ---- one parse ---- */

typedef struct Parse {
  const Command *command;
  gpointer options;
  guint count;           /* of options */
  GOptionEntry *entries; /* one for each option, then help, the rest, and the end */
  char **numbers;        /* one for each option: the text of a number until it is checked */
  gboolean is_help;
  char **rest;
} Parse;

static gpointer
option_place (const Parse *parse, const CommandOption *option)
{
  return (guint8 *) parse->options + option->offset;
}

static GOptionEntry
option_entry (Parse *parse, guint i)
{
  const CommandOption *option = &parse->command->options[i];
  GOptionEntry entry = { .long_name = option->name,
                         .description = option->help,
                         .arg_description = option->argument };
  switch (option->kind) {
  case OPTION_FLAG:
    entry.arg = G_OPTION_ARG_NONE;
    entry.arg_data = option_place (parse, option);
    break;
  case OPTION_TEXT:
    entry.arg = G_OPTION_ARG_FILENAME; /* bytes, as they come: no conversion from a locale */
    entry.arg_data = option_place (parse, option);
    break;
  case OPTION_TEXTS:
    entry.arg = G_OPTION_ARG_FILENAME_ARRAY;
    entry.arg_data = option_place (parse, option);
    break;
  case OPTION_NUMBER:
    entry.arg = G_OPTION_ARG_FILENAME;
    entry.arg_data = &parse->numbers[i];
    break;
  }
  return entry;
}

static void
parse_init (Parse *parse, const Command *command, gpointer options)
{
  *parse = (Parse){ .command = command, .options = options };
  while (command->options[parse->count].name != NULL)
    parse->count++;
  parse->numbers = g_new0 (char *, parse->count + 1);
  parse->entries = g_new0 (GOptionEntry, parse->count + 3);
  for (guint i = 0; i < parse->count; i++)
    parse->entries[i] = option_entry (parse, i);
  parse->entries[parse->count] =
      (GOptionEntry){ "help", 'h', 0, G_OPTION_ARG_NONE, &parse->is_help, COMMAND_HELP_LINE, NULL };
  parse->entries[parse->count + 1] =
      (GOptionEntry){ G_OPTION_REMAINING, 0,    0,   G_OPTION_ARG_FILENAME_ARRAY,
                      &parse->rest,       NULL, NULL };
}

static void
parse_clear (Parse *parse)
{
  for (guint i = 0; i < parse->count; i++)
    g_free (parse->numbers[i]);
  g_free (parse->numbers);
  g_free (parse->entries);
  g_strfreev (parse->rest);
}

/* "Unknown option --foo", "Missing argument for --seed": the subject is the last word. */
static int
parse_say_error (const Parse *parse, const GError *error)
{
  const char *space = strrchr (error->message, ' ');
  const char *option = space != NULL ? space + 1 : error->message;
  if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
    return command_usage_error (
        parse->command, "unknown option '%s': expected one of those in 'iscsilab %s --help'",
        option, parse->command->name);
  if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE)
      && g_str_has_prefix (error->message, "Missing"))
    return command_usage_error (parse->command, "option '%s': expected a value, got nothing",
                                option);
  return command_usage_error (parse->command, "%s", error->message);
}

static int
parse_numbers (const Parse *parse)
{
  for (guint i = 0; i < parse->count; i++) {
    const CommandOption *option = &parse->command->options[i];
    const char *text = parse->numbers[i];
    if (text != NULL
        && !g_ascii_string_to_unsigned (text, 10, option->least, option->most,
                                        option_place (parse, option), NULL))
      return command_usage_error (parse->command,
                                  "option '--%s': expected a number from %" G_GUINT64_FORMAT
                                  " to %" G_GUINT64_FORMAT ", got '%s'",
                                  option->name, option->least, option->most, text);
  }
  return COMMAND_GO_ON;
}

/* What the help tells below the options. */
static char *
command_description (const Command *command)
{
  const CommandStatus *row = command->statuses != NULL ? command->statuses : command_statuses;
  GString *text = g_string_new (command->details);
  g_string_append (text, text->len > 0 ? "\n\nExit status:" : "Exit status:");
  for (; row->meaning != NULL; row++)
    g_string_append_printf (text, "\n  %-5d %s", row->status, row->meaning);
  return g_string_free (text, FALSE);
}

static int
parse_say_help (const Parse *parse, GOptionContext *context)
{
  g_autofree char *name = g_strconcat ("iscsilab ", parse->command->name, NULL);
  g_set_prgname (name);
  g_autofree char *description = command_description (parse->command);
  g_option_context_set_description (context, description);
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
  fputs (help, stdout);
  return 0;
}

static int
parse_finish (const Parse *parse, GOptionContext *context)
{
  if (parse->is_help)
    return parse_say_help (parse, context);
  if (parse->command->arguments == NULL && parse->rest != NULL)
    return command_usage_error (parse->command, "argument '%s': expected none", parse->rest[0]);
  return parse_numbers (parse);
}

int
command_parse (const Command *command, const char *program, char *const *arguments,
               gpointer options, GStrv *ret_rest)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  Parse parse;

  g_strv_builder_add (builder, program);
  for (; *arguments != NULL; arguments++)
    g_strv_builder_add (builder, *arguments);
  GStrv words = g_strv_builder_end (builder);

  parse_init (&parse, command, options);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, command->summary);
  g_option_context_add_main_entries (context, parse.entries, NULL);
  int status = g_option_context_parse_strv (context, &words, &error)
                   ? parse_finish (&parse, context)
                   : parse_say_error (&parse, error);
  if (status == COMMAND_GO_ON)
    *ret_rest = parse.rest != NULL ? g_steal_pointer (&parse.rest) : g_new0 (char *, 1);
  parse_clear (&parse);
  g_strfreev (words);
  return status;
}

void
command_options_clear (const Command *command, gpointer options)
{
  for (const CommandOption *option = command->options; option->name != NULL; option++) {
    gpointer place = (guint8 *) options + option->offset;
    if (option->kind == OPTION_TEXT)
      g_clear_pointer ((char **) place, g_free);
    else if (option->kind == OPTION_TEXTS)
      g_clear_pointer ((GStrv *) place, g_strfreev);
  }
}
