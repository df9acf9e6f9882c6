/* SPDX-License-Identifier: Apache-2.0 */
/* words-attempt.h - connects and commands that a scenario starts without waiting for them */
#pragma once

#include "harness/script/lab.h"

extern const ScriptClass attempt_class;
extern const ScriptClass command_class;
extern const OptionTable start_command_options;

/* Pushes the object of a connect under way, whose call ends with a LabSession as its result. */
void lab_push_attempt (ScriptCall *call, LabCall *connecting);
gboolean lab_start_command (ScriptCall *call, GError **error); /* self is a LabSession */
void lab_command_free (gpointer command);
