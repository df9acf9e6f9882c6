/* SPDX-License-Identifier: Apache-2.0 */
/* observer-internal.h - the parts of the observer: flow (bytes to PDUs), tasks, state (what a PDU changes) */
#pragma once

#include "protocol/observer.h"

/* ---- observer-flow.c ---- */

ObserverFlow *observer_flow_new (void);
void observer_flow_free (ObserverFlow *flow);
void observer_flow_set_digests (ObserverFlow *flow, gboolean has_header, gboolean has_data);
/* Takes from the front of *rest, a view without a reference of its own. TRUE: *ret_pdu holds one, until the next call. */
gboolean observer_flow_next (ObserverFlow *flow, Slice *rest, ObservedPdu *ret_pdu);

/* ---- observer-tasks.c ---- */

void observed_tasks_init (ObservedTasks *tasks);
void observed_tasks_clear (ObservedTasks *tasks);
ObservedTask *observed_tasks_find (const ObservedTasks *tasks, guint32 itt);
/* Zeroed, in the place of one with the same ITT that is done. NULL: there are too many. */
ObservedTask *observed_tasks_add (ObservedTasks *tasks, guint32 itt);
void observed_tasks_open_burst (ObservedTasks *tasks, ObservedTask *task);
void observed_tasks_close_burst (ObservedTasks *tasks, ObservedTask *task);
typedef gboolean (*ObservedTaskTest) (const ObservedTask *task, gconstpointer data);
void observed_tasks_end (ObservedTasks *tasks, ObservedTask *task);
void observed_tasks_end_all (ObservedTasks *tasks, ObservedTaskTest test, gconstpointer data);
void observed_tasks_sweep (ObservedTasks *tasks); /* those that are done are gone */

/* ---- observer-state.c ---- */

void observer_text_init (ObservedText *text);
void observer_text_clear (ObservedText *text);
/* Before anybody looks at the PDU: its text, its task. */
void observer_prepare (Observer *observer, ObservedPdu *pdu);
/* After: what it changes. */
void observer_apply (Observer *observer, const ObservedPdu *pdu);
