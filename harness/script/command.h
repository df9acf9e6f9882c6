/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - one SCSI command of a scenario, on its session or its multipath disk
 *
 * It is what a disk driver makes of a task: the profile's DiskPolicy says which ends are final, and after which delay the
 * command is sent again. Each submission is counted by the exactly-once judge. Lives inside its owner, who keeps it until
 * `done`; that also comes if its initiator goes down while it rests between two tries.
 */
#pragma once

#include "harness/script/lab.h"

typedef struct Command Command;
typedef void (*CommandDone) (Command *command);

/* Where a command is submitted: one row per kind of place. */
typedef struct CommandWay {
  void (*submit) (gpointer where, Command *command);
  gboolean (*is_gone) (gpointer where); /* takes nothing any more */
  LabInitiator *(*initiator) (gpointer where);
} CommandWay;

struct Command {
  Task task; /* the caller fills in lun, cdb, direction, expected_length, data_out, timeout_ns */
  MpioIo io; /* of a multipath disk */
  Lab *lab;
  const CommandWay *way;
  gpointer where;
  CommandDone done;
  guint64 number; /* of this submission, for the judge */
  DiskTries tries;
  Timer timer; /* armed while it rests */
};

extern const CommandWay session_way; /* where: LabSession */

void command_init (Command *command, LabSession *session, CommandDone done);
void command_init_on (Command *command, Lab *lab, const CommandWay *way, gpointer where,
                      CommandDone done);
void command_submit (Command *command);
void command_clear (Command *command); /* not while it is under way */
/* The initiator goes: what rests ends as it ended last. */
void command_drop_resting (LabInitiator *initiator);

gboolean command_is_good (const Command *command);
/* What came instead of GOOD: "CHECK CONDITION, ILLEGAL REQUEST, 24/00", "lost". */
char *command_text (const Command *command);
