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
begin_description (Page *page, const char *name)
{
  if (page->markup == PAGE_SCDOC) {
    page_heading (page, "description");
    return;
  }
  g_autofree char *text =
      g_strdup_printf ("Made by `iscsilab reference %s`; a test compares the two.", name);
  page_paragraphs (page, text);
}

static void
print_options (Page *page, const OptionTable *table)
{
  for (guint i = 0; i < table->count; i++) {
    const Option *option = &table->options[i];
    g_autofree char *text =
        g_strdup_printf ("`%s` (%s%s): %s", option->name, kind_name (option->kind),
                         option->is_required ? ", required" : "", option->line);
    page_item (page, 1, text);
  }
}

static void
print_class (Page *page, const ScriptClass *class)
{
  page_heading (page, class->name);
  for (guint i = 0; i < class->count; i++) {
    const ScriptWord *word = &class->words[i];
    g_autofree char *text =
        g_strdup_printf ("`%s%s%s`%s: %s", class->name, word->method != NULL ? ":" : ".",
                         word->name, word->options != NULL ? " `{ ... }`" : "", word->line);
    page_item (page, 0, text);
    if (word->options != NULL)
      print_options (page, word->options);
  }
}

void
reference_print_words (Page *page)
{
  static const ScriptClass *const classes[] = {
    &lab_class,         &target_class,  &initiator_class, &session_class, &disk_class,
    &mpio_class,        &job_class,     &fault_class,     &link_class,    &wire_initiator_class,
    &wire_target_class, &attempt_class, &command_class
  };
  page_begin (page, "iscsilab-scenario", 7, "the language of iscsilab's scenarios",
              "The script language");
  begin_description (page, "words");
  page_paragraphs (
      page,
      "A scenario is a Lua 5.4 file that returns `scenario { ... }`. Its function `run` gets one\n"
      "object, `lab`, and makes everything else from it. Words that take time wait in the world's\n"
      "time: simulated, that costs nothing. A size is a number of bytes or a string as '64K', "
      "'64M',\n"
      "'1G'; a time is a number of seconds or a string as '30s', '5ms', '2min'.\n\n"
      "There is no io, os, debug, load, require, random and no clock; `pairs` walks in sorted "
      "order;\n"
      "a global that is not there is an error, and so is making one.");
  page_literal (
      page, "lua",
      "return scenario {\n"
      "  title = \"a WRITE that a reset cut in two is done again, once\",\n"
      "  run = function(lab)\n"
      "    local target = lab:target { luns = { \"1M\" } }\n"
      "    local session = lab:initiator {}:connect_target { node_address = target.name }\n"
      "    lab:fault { on = target, when = { pdu = \"SCSI Response\" }, act = \"rst\" }\n"
      "    session:disk(1):write { length = \"256K\" }\n"
      "    lab:equal(session.logins, 2, \"the session logged in again\")\n"
      "  end,\n"
      "}\n");
  page_heading (page, "scenario");
  print_options (page, &scenario_options);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    print_class (page, classes[i]);
  page_heading (page, "target_script");
  page_paragraphs (
      page,
      "`iscsilab target --script FILE` takes a file that returns `target_script { ... }`. Its\n"
      "function `run` gets a `lab` that has only the words that follow, and the `target` "
      "that\n"
      "serves. The time is the real one, the initiators are foreign. A rule that strikes at "
      "a\n"
      "target can be pasted from a scenario; what only an initiator's machine could do is "
      "an\n"
      "error. Once `run` has returned its rules go on.");
  print_options (page, &served_options);
  print_class (page, &serving_class);
  page_literal (page, "lua",
                "return target_script {\n"
                "  run = function(lab, target)\n"
                "    lab:fault { on = target, when = { pdu = \"SCSI Command\", nth = 100 }, act = "
                "\"rst\" }\n"
                "    lab:fault { on = target, when = { scsi = \"READ(10)\", chance_ppm = 1000 },\n"
                "                act = \"late\", delay = \"2s\", times = 0, optional = true }\n"
                "  end,\n"
                "}\n");
  page_heading (page, "see also");
  page_paragraphs (page, page->markup == PAGE_MARKDOWN
                             ? "[Faults](faults.md), [a first scenario](guides/first-scenario.md)"
                             : "iscsilab(1), iscsilab-run(1), iscsilab-faults(7)");
}

static char *
acts_of (FaultWhen when)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint act = 0; act < FAULT_ACT_COUNT; act++)
    if (fault_when_allows (when, act, NULL))
      g_string_append_printf (text, "%s`%s`", text->len > 0 ? " " : "", fault_act_name (act));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_acts (Page *page)
{
  page_heading (page, "acts");
  page_row (page, (const char *const[]){ "act", "layer", "what happens", "on real TCP", NULL }, 2);
  for (guint act = 0; act < FAULT_ACT_COUNT; act++) {
    const FaultActInfo *info = fault_act_info (act);
    g_autofree char *name = g_strdup_printf ("`%s`", info->name);
    const char *const cells[] = { name, fault_layer_name (info->layer), info->line,
                                  info->not_live != NULL ? info->not_live : "yes", NULL };
    page_row (page, cells, 2);
  }
}

static void
print_triggers (Page *page)
{
  static const FaultWhen whens[] = {
#define WHEN(name, text, acts, live) FAULT_WHEN_##name,
    FAULT_WHENS (WHEN)
#undef WHEN
  };
  page_heading (page, "triggers");
  page_row (page,
            (const char *const[]){ "`when`", "acts that it can set off", "on real TCP", NULL }, 1);
  for (guint i = 0; i < G_N_ELEMENTS (whens); i++) {
    g_autofree char *name = g_strdup_printf ("`%s`", fault_when_name (whens[i]));
    g_autofree char *acts = acts_of (whens[i]);
    const char *not_live = fault_when_not_live (whens[i]);
    page_row (page, (const char *const[]){ name, acts, not_live != NULL ? not_live : "yes", NULL },
              1);
  }
  page_paragraphs (
      page, "With `pdu`, every other name in `when` is a field of that PDU by the RFC's spelling\n"
            "(`DataSN = 3`). `nth` counts matches from 1, over all connections in the rule's "
            "place;\n"
            "`chance_ppm` draws each match from the seed.");
}

void
reference_print_faults (Page *page)
{
  page_begin (page, "iscsilab-faults", 7, "what iscsilab can make go wrong, and when", "Faults");
  begin_description (page, "faults");
  page_paragraphs (page,
                   "A fault is a rule: `lab:fault { on = ..., when = ..., act = ... }`. Its other\n"
                   "options are listed with `lab:fault` in the manual of the script language.");
  print_acts (page);
  print_triggers (page);
  page_heading (page, "see also");
  page_paragraphs (page, page->markup == PAGE_MARKDOWN
                             ? "[The script language](scripting.md)"
                             : "iscsilab(1), iscsilab-target(1), iscsilab-scenario(7)");
}
