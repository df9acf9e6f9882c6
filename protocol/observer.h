/* SPDX-License-Identifier: Apache-2.0 */
/* observer.h - one connection followed from outside, at one place on its way
 *
 * Give an Observer the bytes of both directions as they pass, cut anywhere; it hands out whole PDUs, each beside what stood
 * before it: the stage of the login, the keys that were agreed, the numbers, the tasks that are pending. It changes nothing,
 * trusts nothing, and never fails: where bytes stop being PDUs, that direction is lost and says so.
 *
 * It knows neither the engines nor their codec: it reads by wire-map.h and works out the keys by itself. Memory is bounded:
 * OBSERVER_TASKS_MAX tasks, OBSERVER_TEXT_MAX bytes of text in each direction; no allocation per PDU once the most tasks at a
 * time that there were have been seen.
 */
#pragma once

#include "protocol/observer-keys.h"
#include "protocol/wire-map.h"
#include "world/buffer.h"

#define OBSERVER_TASKS_MAX 65536
#define OBSERVER_TEXT_MAX  65536
#define OBSERVER_PINGS_MAX 8
#define OBSERVER_R2T_MAX   16    /* of one task at a time; more are not told apart */
#define OBSERVER_KEPT_MAX  65536 /* bytes of a data segment that are handed out */

typedef enum ObserverPhase {
  OBSERVER_LOGIN,
  OBSERVER_FULL_FEATURE,
  OBSERVER_OVER, /* a login was refused, or a logout answered: nothing may come after it */
} ObserverPhase;

typedef struct ObservedR2t {
  guint32 ttt;
  guint32 offset;
  guint32 length;
} ObservedR2t;

/* From its request to its answer: a SCSI command, a task management function, a text or logout request, a ping. */
typedef struct ObservedTask {
  guint32 itt;
  guint8 opcode;   /* SEEN_SCSI_COMMAND, ... */
  guint8 function; /* of a TMF or logout */
  guint8 reads;
  guint8 writes;
  guint8 immediate;
  guint8 is_done;        /* answered; still there for those who cannot have read the answer */
  guint8 is_unsolicited; /* its unsolicited Data-Out have not ended */
  guint8 is_in_open;     /* a sequence of Data-In has begun and had no F */
  guint8 is_text_final;  /* F of the last Text Request */
  guint32 cmd_sn;
  guint64 lun;
  guint32 referenced; /* of a TMF */
  guint32 read_expected;
  guint32 write_expected;

  guint32 data_sn;     /* next number of Data-In and R2T */
  guint32 data_ins;    /* Data-In PDUs */
  guint32 in_bytes;    /* of all Data-In */
  guint32 in_offset;   /* end of the last Data-In */
  guint32 in_sequence; /* bytes in the open sequence */

  guint32 out_bytes;                  /* of immediate data and all Data-Out */
  guint32 out_data_sn;                /* next in the open sequence */
  guint32 out_sequence;               /* bytes in the open sequence, immediate data included */
  guint32 r2t_end;                    /* where the next R2T begins, if in order */
  guint32 r2t_count;                  /* outstanding */
  ObservedR2t r2ts[OBSERVER_R2T_MAX]; /* the oldest first */

  guint32 ping_length;
  guint32 text_ttt; /* of the last Text Response: to be copied */
  guint64 text_lun;
  guint32 text_responses;

  struct ObservedTask *next;       /* in its bucket, or in the spare list */
  struct ObservedTask *burst_next; /* open unsolicited bursts, in the order of commands */
  struct ObservedTask *done_next;
} ObservedTask;

typedef struct ObservedTasks {
  ObservedTask **buckets;
  guint bucket_count; /* a power of two */
  guint count;
  guint made;
  ObservedTask *spare;
  GPtrArray *blocks; /* of arrays of ObservedTask */
  ObservedTask *first_burst;
  ObservedTask *last_burst;
  ObservedTask *first_done;
} ObservedTasks;

typedef struct ObservedPair {
  const char *key;
  const char *value; /* NULL: there was no '=' */
} ObservedPair;

typedef struct ObservedText {
  GString *bytes;
  GArray *pairs;         /* of ObservedPair, into bytes; of a whole text only */
  gboolean is_continued; /* the last PDU had C */
  gboolean
      is_beyond; /* longer than OBSERVER_TEXT_MAX: not kept, so nothing is known of its pairs */
  gboolean is_terminated; /* the whole text ends in a NUL, or is empty */
} ObservedText;

typedef struct ObservedLogin {
  guint requests;
  guint responses;
  guint32 itt;
  guint64 isid;
  guint16 tsih;         /* of the first request */
  guint16 session_tsih; /* of the final response */
  guint16 cid;
  guint32 cmd_sn;
  guint8 stage;
  guint8 version_max;
  guint8 version_min;
  guint8 target_version_max;
  guint8 target_version_active;
  gboolean is_outstanding; /* a request has no response yet */
  gboolean wants_transit;  /* of the last request */
  guint8 wants_stage;
  gboolean is_discovery;
  gboolean has_initiator_name;
  gboolean has_target_name;
  gboolean has_group_tag;
  gboolean has_text_response; /* one that could carry keys */
} ObservedLogin;

typedef struct ObservedPing {
  guint32 ttt;
  guint64 lun;
} ObservedPing;

typedef struct ObserverFlow ObserverFlow;

typedef struct ObservedPdu {
  ObserverSide from;
  guint8 opcode;
  const guint8 *bhs;
  guint ahs_length;
  guint32 length;      /* DataSegmentLength */
  const Payload *data; /* the data segment, if it is not longer than OBSERVER_KEPT_MAX */
  gboolean is_kept;
  gboolean is_padding_zero;
  gboolean has_header_digest;
  gboolean has_data_digest;
  gboolean is_header_digest_good;
  gboolean is_data_digest_good;
  ObservedTask *task;       /* the pending or fresh task that its ITT names; NULL */
  const ObservedText *text; /* of a login or text PDU without C: all of it; NULL */
} ObservedPdu;

typedef struct Observer Observer;

/* A whole PDU has passed; the observer still stands before it. */
typedef void (*ObserverSaw) (gpointer data, const Observer *observer, const ObservedPdu *pdu);

struct Observer {
  guint32 magic; /* OBSERVER_MAGIC */
  ObserverSaw saw;
  gpointer data;
  ObserverFlow *flows[2]; /* by ObserverSide */
  gboolean is_lost;       /* one direction is no longer PDUs, or a bound was passed */
  gboolean
      is_joined; /* the session had connections before, or has others: its numbers are not ours */
  guint8 phase;  /* ObserverPhase */
  gboolean is_over_fresh; /* the phase ended within the target's present piece of stream */

  ObservedLogin login;
  ObservedKeys keys;
  ObservedText texts[2];
  ObservedTasks tasks;

  guint32
      next_cmd_sn; /* of the initiator's next numbered request; from the first Login Request on */
  guint32 exp_cmd_sn; /* the last that the target told; from the first Login Response on */
  guint32 max_cmd_sn;
  gboolean has_window;
  guint32 next_stat_sn; /* of the target's next response */
  gboolean has_stat_sn;
  guint32 exp_stat_sn; /* the last that the initiator told */
  gboolean has_exp_stat_sn;

  gboolean is_logging_out; /* a Logout Request that ends this connection has passed */
  guint text_tasks;        /* Text Requests without their final response */
  guint
      rejects; /* so often the target refused a PDU: then CmdSN has holes to be filled (R-REJ-022) */
  guint ping_count; /* NOP-In that ask for an answer */
  guint
      untold_pings; /* more of them, that found no room below: any answer may be to one of these */
  ObservedPing pings[OBSERVER_PINGS_MAX];
};

#define OBSERVER_MAGIC 0x0B5E21E1u

Observer *observer_new (ObserverSaw saw, gpointer data);
void observer_free (Observer *observer); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Observer, observer_free)

/* Bytes that `from` sent have passed. */
void observer_take (Observer *observer, ObserverSide from, const Slice *slice);

/* A piece of stream may hold several PDUs, of which the engine that got them has perhaps read only the first when it answers.
 * So a task that was answered stays to be found, as is_done, until the target's next piece of stream. */
/* The session has other connections: what they agreed on for it counts here too, and its numbers are not this one's alone. */
void observer_share (Observer *observer);
void observer_inherit (Observer *observer, const guint32 values[OBSERVED_KEY_COUNT]);

ObservedTask *observer_find_task (const Observer *observer, guint32 itt);

/* The most bytes that `from` may put into one data segment now: R-LOGIN-003, R-KEY-029. */
guint32 observer_max_segment (const Observer *observer, ObserverSide from);
