/* SPDX-License-Identifier: Apache-2.0 */
/* words-management.h - for the tables of session and target: words-management.c */
#pragma once

#include "harness/script/lab.h"

gboolean word_abort (ScriptCall *call, GError **error);
gboolean word_abort_task_set (ScriptCall *call, GError **error);
gboolean word_clear_task_set (ScriptCall *call, GError **error);
gboolean word_lun_reset (ScriptCall *call, GError **error);
gboolean word_target_reset (ScriptCall *call, GError **error);
gboolean word_cold_reset (ScriptCall *call, GError **error);
gboolean word_async_message (ScriptCall *call, GError **error);
extern const OptionTable async_options;
