/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - rows of a report, and what they add up to */
#include "harness/run/record.h"

RunRecord *
run_record_new (const char *path)
{
  RunRecord *record = g_new0 (RunRecord, 1);
  record->path = g_strdup (path);
  record->repeat = record->repeats = 1;
  scenario_result_init (&record->result);
  return record;
}

void
run_record_free (RunRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->path);
  g_free (record->target);
  g_free (record->replay);
  g_free (record->output);
  scenario_result_clear (&record->result);
  g_free (record);
}

char *
run_record_label (const RunRecord *record)
{
  g_autoptr (GString) label = g_string_new (record->path);
  if (record->result.title != NULL)
    g_string_append_printf (label, ": %s", record->result.title);
  if (record->repeats > 1)
    g_string_append_printf (label, ", %u of %u", record->repeat, record->repeats);
  return g_string_free (g_steal_pointer (&label), FALSE);
}

static void
append_word (GString *command, const char *word)
{
  static const char plain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:,+@%=";
  g_autofree char *quoted = word[strspn (word, plain)] == '\0' && word[0] != '\0'
                                ? g_strdup (word)
                                : g_shell_quote (word);
  if (command->len > 0)
    g_string_append_c (command, ' ');
  g_string_append (command, quoted);
}

char *
run_replay_command (const char *program, guint64 seed, const char *target, guint pace,
                    const char *path)
{
  g_autoptr (GString) command = g_string_new (NULL);
  append_word (command, program);
  g_string_append_printf (command, " run --seed %" G_GUINT64_FORMAT, seed);
  if (target != NULL) {
    append_word (command, "--target");
    append_word (command, target);
  } else if (pace > 0) {
    append_word (command, "--live");
    if (pace != LIVE_PACE)
      g_string_append_printf (command, " --pace %u", pace);
  }
  if (path[0] == '-')
    append_word (command, "--");
  append_word (command, path);
  return g_string_free (g_steal_pointer (&command), FALSE);
}

/* Among the judges' statuses (10 and up) and among the others the smaller wins; a judge's wins over any other. */
static int
worse_status (int a, int b)
{
  if (a == 0 || b == 0)
    return a + b;
  if ((a >= 10) != (b >= 10))
    return MAX (a, b);
  return MIN (a, b);
}

void
run_tally_add (RunTally *tally, const ScenarioResult *result)
{
  switch (result->verdict) {
  case VERDICT_PASS:
    tally->passed++;
    break;
  case VERDICT_SKIP:
    tally->skipped++;
    break;
  case VERDICT_FAIL:
    tally->failed++;
    CHECK_THAT (result->failure != FAILURE_NONE);
    tally->status = worse_status (tally->status, failure_exit_status (result->failure));
    break;
  }
}

int
run_tally_exit_status (const RunTally *tally)
{
  if (tally->failed > 0)
    return tally->status;
  return tally->passed > 0 ? 0 : failure_exit_status (FAILURE_ENVIRONMENT);
}

char *
run_tally_text (const RunTally *tally)
{
  return g_strdup_printf ("%u passed, %u failed, %u skipped", tally->passed, tally->failed,
                          tally->skipped);
}
