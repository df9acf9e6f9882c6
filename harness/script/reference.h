/* SPDX-License-Identifier: Apache-2.0 */
/* reference.h - the manual of the script language and of the faults, from their tables */
#pragma once

#include "harness/report/page.h"

void reference_print_words (Page *page);  /* docs/scripting.md, iscsilab-scenario(7) */
void reference_print_faults (Page *page); /* docs/faults.md, iscsilab-faults(7) */
