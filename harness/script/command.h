/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - one SCSI command of a scenario, on its session or its multipath disk
 *
 * It is what a disk driver makes of a task: a UNIT ATTENTION is taken note of, and the command is sent again. Each submission
 * is counted by the exactly-once judge. Lives inside its owner, who keeps it until `done`.
 */
#pragma once

#include "harness/script/lab.h"

#define COMMAND_ATTENTIONS 5 /* so often it is sent again */

typedef struct Command Command;
typedef void (*CommandDone) (Command *command);

/* Where a command is submitted: one row per kind of place. */
typedef struct CommandWay {
  void (*submit) (gpointer where, Command *command);
  gboolean (*is_gone) (gpointer where); /* takes nothing any more */
  Host *(*host) (gpointer where);       /* whose process it is of */
} CommandWay;

struct Command {
  Task task; /* the caller fills in lun, cdb, direction, expected_length, data_out */
  MpioIo io; /* of a multipath disk */
  Lab *lab;
  const CommandWay *way;
  gpointer where;
  CommandDone done;
  guint64 number; /* of this submission, for the judge */
  guint attentions;
};

extern const CommandWay session_way; /* where: LabSession */

void command_init (Command *command, LabSession *session, CommandDone done);
void command_init_on (Command *command, Lab *lab, const CommandWay *way, gpointer where,
                      CommandDone done);
void command_submit (Command *command);
void command_clear (Command *command); /* not while it is under way */

gboolean command_is_good (const Command *command);
/* What came instead of GOOD: "CHECK CONDITION, ILLEGAL REQUEST, 24/00", "lost". */
char *command_text (const Command *command);
