/* SPDX-License-Identifier: Apache-2.0 */
/* result-json.h - a scenario's result as JSON: one line on the pipe from its process, and the same members in --json */
#pragma once

#include "harness/run/scenario.h"

#include <json-glib/json-glib.h>

/* Every member is always there; what is not known is null. Text that is not UTF-8 is made so. A fingerprint is text, 16 hex
 * digits: readers of JSON keep 53 bits of a number. */
JsonObject *scenario_result_to_json (const ScenarioResult *result); /* transfer full */

/* Fills *ret_result, an empty result of scenario_result_init. An unknown member is ignored, a missing one or one of another
 * type is an error, after which *ret_result is still to be cleared. */
gboolean scenario_result_from_json (JsonObject *object, ScenarioResult *ret_result, GError **error);

/* One line, newline included; and back. length may be -1. */
char *scenario_result_to_line (const ScenarioResult *result); /* transfer full */
gboolean scenario_result_from_line (const char *line, gssize length, ScenarioResult *ret_result,
                                    GError **error);

const char *verdict_name (Verdict verdict); /* "pass", "fail", "skip" */

/* For those that build further JSON: a text that may be NULL and may be anything but UTF-8. */
void json_object_set_text (JsonObject *object, const char *name, const char *text);
