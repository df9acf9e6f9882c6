/* SPDX-License-Identifier: Apache-2.0 */
/* option-keys.h - the option `keys` of both engines' words: what it negotiates for, by the names of the RFC's keys */
#pragma once

#include "harness/script/options.h"
#include "protocol/keys.h"

/* Writes what the table at `index` names into `values`; 0: none. `word` is for the message: "lab:target". A key or a value that
 * neither engine can do is an error, as it would be no part of any login. */
gboolean option_read_keys (lua_State *L, int index, const char *word, KeyValues *values,
                           GError **error);
