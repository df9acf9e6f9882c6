/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/reference.h"

#include "harness/script/words-attempt.h"

static const char *
kind_name (OptionKind kind)
{
  static const char *const names[] = {
    [OPTION_STRING] = "string", [OPTION_BOOLEAN] = "boolean", [OPTION_NUMBER] = "number",
    [OPTION_SIZE] = "size",     [OPTION_DURATION] = "time",   [OPTION_VALUE] = "value",
  };
  return names[kind];
}

static void
print_options (const OptionTable *table, GString *out)
{
  for (guint i = 0; i < table->count; i++) {
    const Option *option = &table->options[i];
    g_string_append_printf (out, "  - `%s` (%s%s): %s\n", option->name, kind_name (option->kind),
                            option->is_required ? ", required" : "", option->line);
  }
}

static void
print_class (const ScriptClass *class, GString *out)
{
  g_string_append_printf (out, "\n## %s\n\n", class->name);
  for (guint i = 0; i < class->count; i++) {
    const ScriptWord *word = &class->words[i];
    g_string_append_printf (out, "- `%s%s%s`%s: %s\n", class->name,
                            word->method != NULL ? ":" : ".", word->name,
                            word->options != NULL ? " `{ ... }`" : "", word->line);
    if (word->options != NULL)
      print_options (word->options, out);
  }
}

void
reference_print_words (GString *out)
{
  static const ScriptClass *const classes[] = {
    &lab_class,         &target_class,  &initiator_class, &session_class, &disk_class,
    &mpio_class,        &job_class,     &fault_class,     &link_class,    &wire_initiator_class,
    &wire_target_class, &attempt_class, &command_class
  };
  g_string_append (
      out,
      "# The script language\n\n"
      "Made by `iscsilab reference words`; a test compares the two.\n\n"
      "A scenario is a Lua 5.4 file that returns `scenario { ... }`. Its function `run` gets one\n"
      "object, `lab`, and makes everything else from it. Words that take time wait in the world's\n"
      "time: simulated, that costs nothing. A size is a number of bytes or a string as '64K', "
      "'64M',\n"
      "'1G'; a time is a number of seconds or a string as '30s', '5ms', '2min'.\n\n"
      "There is no io, os, debug, load, require, random and no clock; `pairs` walks in sorted "
      "order;\n"
      "a global that is not there is an error, and so is making one.\n\n"
      "## scenario\n\n");
  print_options (&scenario_options, out);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    print_class (classes[i], out);
}

static void
print_acts_of (FaultWhen when, GString *out)
{
  for (guint act = 0; act < FAULT_ACT_COUNT; act++)
    if (fault_when_allows (when, act, NULL))
      g_string_append_printf (out, " `%s`", fault_act_name (act));
}

void
reference_print_faults (GString *out)
{
  static const FaultWhen whens[] = {
#define WHEN(name, text, acts, live) FAULT_WHEN_##name,
    FAULT_WHENS (WHEN)
#undef WHEN
  };
  g_string_append (out, "# Faults\n\n"
                        "Made by `iscsilab reference faults`; a test compares the two.\n\n"
                        "A fault is a rule: `lab:fault { on = ..., when = ..., act = ... }`. Its "
                        "other names are in\n"
                        "[the script language](scripting.md).\n\n## Acts\n\n"
                        "| act | layer | what happens | on real TCP |\n|---|---|---|---|\n");
  for (guint act = 0; act < FAULT_ACT_COUNT; act++) {
    const FaultActInfo *info = fault_act_info (act);
    g_string_append_printf (out, "| `%s` | %s | %s | %s |\n", info->name,
                            fault_layer_name (info->layer), info->line,
                            info->not_live != NULL ? info->not_live : "yes");
  }
  g_string_append (out, "\n## Triggers\n\n"
                        "| `when` | acts that it can set off | on real TCP |\n|---|---|---|\n");
  for (guint i = 0; i < G_N_ELEMENTS (whens); i++) {
    g_string_append_printf (out, "| `%s` |", fault_when_name (whens[i]));
    print_acts_of (whens[i], out);
    const char *not_live = fault_when_not_live (whens[i]);
    g_string_append_printf (out, " | %s |\n", not_live != NULL ? not_live : "yes");
  }
  g_string_append (
      out,
      "\nWith `pdu`, every other name in `when` is a field of that PDU by the RFC's spelling\n"
      "(`DataSN = 3`). `nth` counts matches from 1, over all connections in the rule's place;\n"
      "`chance_ppm` draws each match from the seed.\n");
}
