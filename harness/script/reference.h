/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - the manual of the script language and of the faults, from their tables */
#pragma once

#include <glib.h>

void reference_print_words (GString *out);  /* docs/scripting.md */
void reference_print_faults (GString *out); /* docs/faults.md */
