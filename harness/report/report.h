/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - a run for people, for a TAP harness, for a CI (JUnit) and for programs (JSON)
 *
 * Each writer turns records into text and does nothing else: no file, no terminal. What needs all records takes the array,
 * in the order of the run; what is printed as the run goes on takes one record.
 */
#pragma once

#include "harness/run/record.h"

/* ---- for people ---- */

/* One line, "ok path: title (simulated 2.03 s)", and for a failure everything that is known of it, beneath. */
void report_text (GString *out, const RunRecord *record, gboolean is_coloured);
/* What a failure's lines say, without the first; also the text of a JUnit failure. Each line begins with `indent`. */
void report_text_failure (GString *out, const RunRecord *record, const char *indent);
/* "%016x  path" */
void report_fingerprint (GString *out, const RunRecord *record);
char *report_duration (gint64 ns); /* "2.03 s": two decimals, cut; transfer full */

/* ---- TAP 13 ---- */

void report_tap_begin (GString *out, guint count);
void report_tap (GString *out, const RunRecord *record, guint number);

/* ---- whole files ---- */

char *report_junit (const GPtrArray *records); /* XML; transfer full */

#define REPORT_JSON_SCHEMA 1

/* An array of objects, one for each record: "schema", what the run knows, and every member of result-json.h. Transfer full. */
char *report_json (const GPtrArray *records);
