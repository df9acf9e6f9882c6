/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - what a subcommand is: a row of main's table, and tables of options, exit statuses and examples
 *
 * One file per subcommand. From the rows come the dispatch, the help, the parser and the page of the manual; an option is
 * declared once, with the place in the command's own struct of options to which its value goes.
 */
#pragma once

#include <glib.h>

#define ISCSILAB_VERSION "0.1.0"

typedef enum OptionKind {
  OPTION_FLAG,   /* gboolean */
  OPTION_TEXT,   /* char *, owned by the struct: free it with command_options_clear */
  OPTION_TEXTS,  /* GStrv, likewise; NULL if it was not given: each time adds one */
  OPTION_NUMBER, /* guint64, from least to most */
} OptionKind;

typedef struct CommandOption {
  const char *name; /* without dashes; NULL ends the table */
  OptionKind kind;
  gsize offset;         /* in the command's struct of options */
  const char *argument; /* what it is called in the help; NULL for a flag */
  const char *help;
  guint64 least;
  guint64 most;
} CommandOption;

typedef struct CommandStatus {
  int status;
  const char *meaning; /* NULL ends the table */
} CommandStatus;

typedef struct CommandExample {
  const char *
      line; /* as it is typed, in a folder that has `scenarios`; NULL ends the table. A test runs it. */
  const char *meaning;
} CommandExample;

typedef struct Command Command;

struct Command {
  const char *name;
  const char *arguments; /* "[PATH...]"; NULL: none are taken */
  const char *summary;   /* one line, for the list of commands */
  const char *details;   /* under the options in its own help; NULL: none */
  const char *
      manual; /* what its page of the manual tells beside that, for page_paragraphs; NULL: nothing */
  const CommandOption *options;
  const CommandStatus *statuses;  /* NULL: command_statuses */
  const CommandExample *examples; /* NULL: none */
  /* program: as it was invoked. arguments: after the command's name, NULL-terminated. Returns the exit status. */
  int (*run) (const Command *command, const char *program, char *const *arguments);
  gboolean is_hidden; /* not in the list */
};

#define COMMAND_GO_ON     (-1)
#define EXIT_USAGE        2
#define COMMAND_HELP_LINE "show this help"

/* Reads `arguments` into `options` (the command's struct, with its defaults in place) and the rest, transfer full, into
 * *ret_rest. Returns COMMAND_GO_ON, or the status with which the command is over: its help was asked for and is printed, or
 * an error was said. */
int command_parse (const Command *command, const char *program, char *const *arguments,
                   gpointer options, GStrv *ret_rest);
void command_options_clear (const Command *command, gpointer options);

/* "iscsilab run: MESSAGE" on stderr; returns EXIT_USAGE. */
int command_usage_error (const Command *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The same for what the environment denies; returns 3. */
int command_environment_error (const Command *command, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

extern const CommandStatus command_statuses[]; /* of most commands: done, usage, environment */
/* main.c: every command, hidden ones too; NULL-terminated. */
extern const Command *const command_table[];

/* The pages of the manual: of the program itself, of each command that is not hidden, of the script language and the faults. They
 * are named as man's files are: "iscsilab-run.1". */
char **manual_names (void);                             /* transfer full; manual.c */
gboolean manual_print (const char *name, GString *out); /* scdoc; FALSE: there is no such page */

extern const Command command_run;         /* run.c */
extern const Command command_run_one;     /* run-one.c */
extern const Command command_replay;      /* replay.c */
extern const Command command_reference;   /* reference.c */
extern const Command command_conformance; /* conformance.c */
extern const Command command_bench;       /* bench.c */
extern const Command command_target;      /* target.c */
extern const Command command_check;       /* check.c */
