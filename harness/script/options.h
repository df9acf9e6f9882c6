/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the table of named arguments that a word takes: lab:target { name = "...", portals = 2 }
 *
 * Each word declares its options once, as rows of a table; from the rows come the check, the message and the manual's entry.
 * An unknown name, a missing required one, a value of the wrong kind or out of range is an error that says what was expected.
 */
#pragma once

#include "harness/script/sandbox.h"

#define SCRIPT_ERROR (script_error_quark ())
GQuark script_error_quark (void);

typedef enum ScriptError {
  SCRIPT_ERROR_USAGE,  /* the script uses a word wrongly */
  SCRIPT_ERROR_FAILED, /* the operation failed */
  SCRIPT_ERROR_ENDED,  /* the run is over: the script is being unwound */
} ScriptError;

/* Kinds, the C type behind each, and how a script writes it. */
typedef enum OptionKind {
  OPTION_STRING,   /* const char *, the script's, valid during the call */
  OPTION_BOOLEAN,  /* gboolean */
  OPTION_NUMBER,   /* guint64; an integer from 0 up */
  OPTION_SIZE,     /* guint64, bytes: 4096 or "64K", "64M", "1G" */
  OPTION_DURATION, /* gint64, nanoseconds: "30s", "5ms", "2min" or seconds as an integer */
  OPTION_VALUE, /* int: the value's index on the stack, 0 if absent; the word looks at it itself */
} OptionKind;

typedef struct Option {
  const char *name;
  OptionKind kind;
  gsize offset; /* in the struct that options_read fills */
  gboolean is_required;
  const char *line; /* for the manual */
} Option;

typedef struct OptionTable {
  const char *word; /* "lab:target" */
  const Option *options;
  guint count;
} OptionTable;

#define OPTION_TABLE(word, options)                                                                \
  {                                                                                                \
    word, options, G_N_ELEMENTS (options)                                                          \
  }

/* Reads the table at `index` into *ret_values, whose absent members keep what they hold. Absent or nil at `index`: no option.
 * OPTION_VALUE values are left on the stack, so that the caller can look at them. */
gboolean options_read (lua_State *L, int index, const OptionTable *table, gpointer ret_values,
                       GError **error);

/* One value by its kind. `what` is for the message: "lab:sleep". */
gboolean option_read_value (lua_State *L, int index, const char *what, OptionKind kind,
                            gpointer ret_value, GError **error);

gboolean size_parse (const char *text, guint64 *ret_bytes);
gboolean duration_parse (const char *text, gint64 *ret_ns);
char *duration_text (gint64 ns); /* "30s", "1.500s", "20ms" */
