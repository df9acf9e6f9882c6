/* SPDX-License-Identifier: Apache-2.0 */
/* served.h - a script beside a target that serves initiators of whatever kind, in real time
 *
 * The file returns target_script { run = function (lab, target) ... end }. It is the sandbox and the language of scenarios, less
 * the words that make machines: the initiators are not ours. A rule of lab:fault that strikes at a target can be pasted from a
 * scenario. Once `run` has returned, its rules go on.
 */
#pragma once

#include "harness/script/lab.h"

typedef struct ServedScript ServedScript;

/* `target` from lab_serve_target, up. Runs the script until it first waits. NULL: SCRIPT_ERROR_USAGE, "file:line: ..." */
ServedScript *served_script_new (LabTarget *target, const char *file, SandboxPrint print,
                                 gpointer print_data, GError **error);

/* Before each step of the world: goes on if what the script waits for is over, and has the world wake up for what is not. */
gboolean served_script_go_on (ServedScript *script, GError **error);

void served_script_free (ServedScript *script); /* before its lab; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServedScript, served_script_free)
