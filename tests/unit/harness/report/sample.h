/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h - one record of each verdict, for the tests of the reports */
#pragma once

#include "harness/report/report.h"

static inline RunRecord *
sample_new (const char *path, const char *title, Verdict verdict)
{
  RunRecord *record = run_record_new (path);
  record->seed = 7;
  record->wall_ns = 12345678;
  record->replay = run_replay_command ("iscsilab", 7, NULL, FALSE, path);
  record->result.title = g_strdup (title);
  record->result.verdict = verdict;
  record->result.fingerprint = 0xabc;
  record->result.simulated_ns = 2039999999;
  return record;
}

static inline RunRecord *
sample_pass (void)
{
  return sample_new ("s/a.lua", "it works", VERDICT_PASS);
}

static inline RunRecord *
sample_skip (void)
{
  RunRecord *record = sample_new ("s/c.lua", "it is tried", VERDICT_SKIP);
  record->result.skip_reason = g_strdup ("needs # <root>");
  return record;
}

static inline RunRecord *
sample_failure (void)
{
  RunRecord *record = sample_new ("t/b.lua", "it \"breaks\" & <burns>", VERDICT_FAIL);
  record->result.failure = FAILURE_LIVENESS;
  record->result.property = g_strdup ("the session is back");
  record->result.expected = g_strdup ("within 30 s");
  record->result.actual = g_strdup ("never\nreally");
  record->result.where = g_strdup ("t/b.lua:12");
  record->output = g_strdup ("a word\n");
  g_ptr_array_add (record->result.faults, g_strdup ("1: rst"));
  g_ptr_array_add (record->result.events, g_strdup ("event one"));
  g_ptr_array_add (record->result.events, g_strdup ("event two"));
  g_ptr_array_add (record->result.files, g_strdup ("t-b.lua.events"));
  return record;
}
