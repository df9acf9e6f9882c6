/* SPDX-License-Identifier: Apache-2.0 */
/* profile.h - every timer and policy default of an initiator, as data: one row per profile */
#pragma once

#include "initiator/disk-policy.h"
#include "protocol/negotiation.h"

typedef struct InitiatorProfile {
  const char *name;
  gint64 connect_timeout_ns;  /* until TCP must be connected */
  gint64 login_timeout_ns;    /* from TCP's answer to full feature phase */
  gint64 logout_timeout_ns;   /* until the Logout Response */
  gint64 reconnect_delay_ns;  /* between two attempts after a connection was lost */
  gint64 reconnect_jitter_ns; /* up to so much more, drawn; 0: the delay is fixed */
  gint64 restore_retry_ns;    /* between later attempts to restore a registered session at start */
  gint64 hold_ns;          /* how long tasks wait for the session to come back before they fail */
  gint64 task_timeout_ns;  /* until a task's status; then it is aborted: escalation.c */
  gint64 abort_timeout_ns; /* until the answer to ABORT TASK, else the unit is reset */
  gint64 lun_reset_timeout_ns;    /* until the answer to that, else the target is reset */
  gint64 target_reset_timeout_ns; /* until the answer to that, else the session logs in anew */
  gint64 ping_interval_ns;        /* of NOP-Out on an idle connection; 0: none */
  gint64 ping_timeout_ns;         /* of silence behind it, until the connection is taken for dead */
  guint32 max_pending_tasks;      /* sent and without status, per session */
  guint32 max_recv_data_segment_length;
  guint32 max_burst_length;
  guint32 first_burst_length;
  DiskPolicy disk; /* of a disk driver above it */
} InitiatorProfile;

/* "windows": the Microsoft initiator's documented defaults. "linux": open-iscsi's. NULL: unknown. */
const InitiatorProfile *initiator_profile_find (const char *name);

/* What a login offers under this profile, RFC defaults where it says nothing. `values` must be initialised. */
void initiator_profile_keys (const InitiatorProfile *profile, KeyValues *values);
