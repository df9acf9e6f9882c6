/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

/* A family that is not named here has no test of its counterexamples. */
static void
every_family_has_its_test (void)
{
  static const char *const tested[] = { "format", "numbers", "login",    "keys",
                                        "data",   "status",  "requests", NULL };
  g_assert_cmpuint (referee_rule_count (), >=, 60);
  for (guint i = 0; i < referee_rule_count (); i++)
    g_assert_true (g_strv_contains (tested, referee_rule_family (i)));
}

static void
each_rule_has_an_id_of_its_own_and_requirements (void)
{
  for (guint i = 0; i < referee_rule_count (); i++) {
    g_auto (GStrv) ids = g_strsplit (referee_rule_requirements (i), " ", -1);
    g_assert_cmpuint (g_strv_length (ids), >=, 1);
    for (guint k = 0; ids[k] != NULL; k++)
      g_assert_true (g_regex_match_simple ("^R-[A-Z0-9]+-[0-9]{3}$", ids[k], 0, 0));
    for (guint k = 0; k < i; k++)
      g_assert_cmpstr (referee_rule_id (k), !=, referee_rule_id (i));
  }
}

static guint64
count_of (const RefereeRun *run, const char *rule)
{
  for (guint i = 0; i < referee_rule_count (); i++)
    if (g_str_equal (referee_rule_id (i), rule))
      return referee_evaluated (run->referee, i);
  g_error ("no rule '%s'", rule);
}

static void
a_rule_counts_the_pdus_that_it_was_asked_of (void)
{
  RefereeRun run;
  run_begin (&run);
  run_steps (&run, LOGIN "RD DS+8192 NO@24=00000002@28=00000003");
  g_assert_cmpuint (count_of (&run, "cmd-sn-order"), ==, 1);
  g_assert_cmpuint (count_of (&run, "cmd-sn-immediate"), ==, 1);
  g_assert_cmpuint (count_of (&run, "data-in-data-sn"), ==, 1);
  g_assert_cmpuint (count_of (&run, "r2t-sn"), ==, 0);
  run_end (&run);
}

static void
pdus_are_found_wherever_the_stream_is_cut (void)
{
  for (guint cut = 1; cut < 160; cut++) {
    RefereeRun run;
    WireStep steps[2];
    g_autoptr (GByteArray) all = g_byte_array_new ();
    run_begin (&run);
    run_steps (&run, LOGIN);
    const char *at = wire_step ("NO+61 RD@16=00000011@24=00000009", FALSE, &steps[0]);
    wire_step (at + 1, FALSE, &steps[1]);
    for (guint i = 0; i < 2; i++) {
      g_byte_array_append (all, steps[i].octets->data, steps[i].octets->len);
      g_byte_array_unref (steps[i].octets);
    }
    const guint first = MIN (cut, all->len);
    Slice head = slice_copy (all->data, first);
    Slice tail = slice_copy (all->data + first, all->len - first);
    referee_end_take (run.end, OBSERVER_INITIATOR, &head);
    referee_end_take (run.end, OBSERVER_INITIATOR, &tail);
    slice_clear (&head);
    slice_clear (&tail);
    g_assert_cmpuint (run.fired->len, ==, 1);
    g_assert_true (run_has_fired (&run, "cmd-sn-order"));
    run_end (&run);
  }
}

/* The far side is read in silence, and what it did wrong excuses the near side from rules that trust it. */
static void
a_side_that_is_not_judged_excuses_the_other (void)
{
  RefereeRun run;
  run_begin (&run);
  referee_end_free (run.end);
  run.end = referee_end_new (run.referee, "target", 1u << OBSERVER_TARGET);
  run_steps (&run, LOGIN "RD RD@20=00000000 SR@16=00000077");
  g_assert_cmpstr (run.texts->str, ==, "");
  run_steps (&run, "SR@16=00000077@24=00000009");
  g_assert_true (run_has_fired (&run, "stat-sn-next"));
  run_end (&run);
}

static void
the_report_says_what_where_and_whose (void)
{
  RefereeRun run;
  run_begin (&run);
  run_steps (&run, LOGIN "RD@24=00000005");
  g_assert_cmpstr (
      run.texts->str, ==,
      "cmd-sn-order: expected CmdSN 1, got CmdSN 5: SCSI Command I=0 TotalAHSLength=0 "
      "DataSegmentLength=0 F=1 R=1 W=0 ATTR=1 LUN=0x1000000000000 ITT=0x10 "
      "ExpectedDataTransferLength=8192 CmdSN=5 ExpStatSN=2 CDB=0x2800000000000000 "
      "(READ(10)) CDB2=0x1000000000000000 [01c10000 00000000 00010000 00000000 00000010 00002000 "
      "00000005 00000002 28000000 00000000 10000000 00000000]\n");
  run_end (&run);
}

/* Two connections of one session share its numbers: neither is judged as if it had them alone. */
static void
connections_of_one_session_know_each_other (void)
{
  RefereeRun run;
  run_begin (&run);
  RefereeEnd *first = run.end;
  run_steps (&run, SAME ("InitialR2T=No|FirstBurstLength=4096|"));
  RefereeEnd *second = referee_end_new (run.referee, "here", 3);
  run.end = second;
  run_steps (&run, "LQ@14=0001@20=0001:" NAMES " LR:TargetPortalGroupTag=1|");
  run_steps (&run, "WU@24=00000002 UF+4096"); /* InitialR2T=No holds here too */
  run.end = first;
  run_steps (&run, "RD@16=00000012@24=00000003 RD@16=00000013@24=00000005");
  g_assert_cmpstr (run.texts->str, ==, "");
  run.end = second;
  run_steps (&run, "UF+4096");
  g_assert_true (run_has_fired (&run, "data-out-asked"));
  referee_end_free (first);
  run_end (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/referee/" #name, name)
  ADD (every_family_has_its_test);
  ADD (each_rule_has_an_id_of_its_own_and_requirements);
  ADD (a_rule_counts_the_pdus_that_it_was_asked_of);
  ADD (pdus_are_found_wherever_the_stream_is_cut);
  ADD (a_side_that_is_not_judged_excuses_the_other);
  ADD (the_report_says_what_where_and_whose);
  ADD (connections_of_one_session_know_each_other);
#undef ADD
  return g_test_run ();
}
