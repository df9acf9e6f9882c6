/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/profile.h"

#include "world/banned.h"

static const InitiatorProfile profiles[] = {
  {
      .name = "windows",
      .connect_timeout_ns = 15 * NS_PER_S, /* TCPConnectTime */
      .login_timeout_ns = 30 * NS_PER_S,   /* WMIRequestTimeout */
      .logout_timeout_ns = 15 * NS_PER_S,  /* TCPDisconnectTime */
      .reconnect_delay_ns = 5 * NS_PER_S,  /* DelayBetweenReconnect */
      .restore_retry_ns = 60 * NS_PER_S,
      .hold_ns = 60 * NS_PER_S,         /* MaxRequestHoldTime */
      .task_timeout_ns = 75 * NS_PER_S, /* Disk TimeOutValue + SrbTimeoutDelta */
      /* windows-semantics C6 has no time of their own for these: SrbTimeoutDelta */
      .abort_timeout_ns = 15 * NS_PER_S,
      .lun_reset_timeout_ns = 15 * NS_PER_S,
      .target_reset_timeout_ns = 15 * NS_PER_S,
      .ping_interval_ns = 0, /* EnableNOPOut = 0 */
      .ping_timeout_ns = 0,
      .max_pending_tasks = 255, /* MaxPendingRequests */
      .max_recv_data_segment_length = 65536,
      .max_burst_length = 262144,
      .first_burst_length = 65536,
      /* windows-semantics E names RetryInterval; it has no count for a disk without MPIO */
      .disk = { .retries = 8,
                .attentions = 5,
                .refusals = 20,
                .retry_delay_ns = NS_PER_S,
                .refusal_delay_ns = 100 * NS_PER_MS,
                .refusal_delay_max_ns = NS_PER_S,
                .refusal_jitter_ppm = 250000 },
  },
  {
      .name = "linux",
      .connect_timeout_ns = 15 * NS_PER_S, /* node.conn[0].timeo.login_timeout */
      .login_timeout_ns = 15 * NS_PER_S,
      .logout_timeout_ns = 15 * NS_PER_S,
      .reconnect_delay_ns = 3 * NS_PER_S,
      .restore_retry_ns = 3 * NS_PER_S,
      .hold_ns = 120 * NS_PER_S,                /* node.session.timeo.replacement_timeout */
      .task_timeout_ns = 30 * NS_PER_S,         /* the disk driver's */
      .abort_timeout_ns = 15 * NS_PER_S,        /* node.session.err_timeo.abort_timeout */
      .lun_reset_timeout_ns = 30 * NS_PER_S,    /* node.session.err_timeo.lu_reset_timeout */
      .target_reset_timeout_ns = 30 * NS_PER_S, /* node.session.err_timeo.tgt_reset_timeout */
      .ping_interval_ns = 5 * NS_PER_S,         /* node.conn[0].timeo.noop_out_interval */
      .ping_timeout_ns = 5 * NS_PER_S,
      .max_pending_tasks = 128, /* node.session.cmds_max */
      .max_recv_data_segment_length = 262144,
      .max_burst_length = 16776192,
      .first_burst_length = 262144,
      /* five tries; a refused command goes back to the queue, and the queue is run again after some milliseconds */
      .disk = { .retries = 5,
                .attentions = 5,
                .refusals = 50,
                .retry_delay_ns = 0,
                .refusal_delay_ns = 3 * NS_PER_MS,
                .refusal_delay_max_ns = NS_PER_S,
                .refusal_jitter_ppm = 250000 },
  },
};

const InitiatorProfile *
initiator_profile_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (strcmp (profiles[i].name, name) == 0)
      return &profiles[i];
  return NULL;
}

void
initiator_profile_keys (const InitiatorProfile *profile, KeyValues *values)
{
  values->number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = profile->max_recv_data_segment_length;
  values->number[KEY_MAX_BURST_LENGTH] = profile->max_burst_length;
  values->number[KEY_FIRST_BURST_LENGTH] = profile->first_burst_length;
  values->number[KEY_INITIAL_R2T] = FALSE;
  values->number[KEY_IMMEDIATE_DATA] = TRUE;
  CHECK_THAT (key_values_set_list (values, KEY_HEADER_DIGEST, "None", NULL)
              && key_values_set_list (values, KEY_DATA_DIGEST, "None", NULL));
}
