/* SPDX-License-Identifier: Apache-2.0 */
/* lab.h - one run of one scenario: its world, its machines, its judges
 *
 * The Lab owns everything that a scenario makes. The script runs as one coroutine; when it waits, the driver (execute.c) lets
 * the world go on, one event at a time, until what it waits for is over, a judge has found something, or the time is up. The
 * first failure stands; from then on every word raises, so that the script unwinds.
 */
#pragma once

#include "harness/check/once.h"
#include "harness/check/oracle.h"
#include "harness/check/referee.h"
#include "harness/peers/peer.h"
#include "harness/peers/remote.h"
#include "harness/run/scenario.h"
#include "harness/script/object.h"
#include "initiator/mpio/mpio.h"
#include "target-sim/faults/faults.h"
#include "target-sim/target.h"
#include "world/world.h"

#define LAB_LIVENESS_NS (45 * NS_PER_S)
#define LAB_LIVE_TIME_S 50 /* real ones, below the watchdog's: a live scenario ends within 10 s */

/* Something that the script may wait for. Belongs to the Lab; what calls back into it must not outlive the Lab's engines. */
struct LabCall {
  Lab *lab;
  char *what; /* for the message: "disk:write" */
  gboolean is_done;
  GError *error;   /* how it ended; NULL: well */
  gpointer result; /* the word's own */
  gint64 started_ns;
  gint64 until_ns;       /* over at this time in any case: a sleep, a within; G_MAXINT64: none */
  gint64 liveness_ns;    /* must be over so long after the last fault; 0: whenever */
  gboolean is_observing; /* over as soon as anything observable happened */
  guint64 observed;
};

typedef struct LabLun {
  guint64 size_bytes;
  guint32 block_size;
  guint16 number;     /* as the target knows it */
  Store *store;       /* NULL with a foreign target */
  Store *slow;        /* in front of it; NULL: none */
  Oracle *oracle;     /* NULL: nobody judges */
  UnitMemory *memory; /* NULL: none */
  gboolean is_read_only;
  gboolean is_removable;
  gboolean is_empty;
  gboolean is_thin;
} LabLun;

typedef struct LabTarget {
  ScriptObject object;
  Host *
      host; /* shared by targets that stand beside each other; a foreign target's has its clock and nothing else */
  char *name;
  GArray *portals; /* of Address */
  GArray *groups;  /* of guint16: the portal group tag of each */
  GArray *tsihs;   /* of guint16: those of its first sessions after each start */
  GArray *luns;    /* of LabLun */
  KeyValues keys;
  guint queue_depth;
  gboolean has_power_on_attention;
  gboolean has_default_luns; /* the script asked for none */
  gboolean is_paused;
  guint32 first_stat_sn;
  TargetSim *sim; /* NULL while it is down, and with a foreign target */
  Peer *peer;     /* NULL: embedded */
} LabTarget;

typedef struct LabInitiator {
  ScriptObject object;
  Host *host;
  char *name;
  const InitiatorProfile *profile;
  gboolean is_multipath_check_off;
  gboolean is_paused;
  gboolean has_first_cmd_sn;
  guint32 first_cmd_sn;
  Initiator *initiator;   /* NULL while it is down */
  GPtrArray *sessions;    /* of LabSession: every session that the script has seen */
  GPtrArray *disks;       /* of LabMpio, borrowed from lab->others */
  KeyValues keys;         /* what each login offers */
  InitiatorProfile tuned; /* what `profile` points to: the named one with what the script changed */
  GPtrArray *resting;     /* of Command: between two tries */
  Random retry_random;
} LabInitiator;

typedef struct LabSession {
  ScriptObject object;
  LabInitiator *initiator;
  Session *session; /* a reference */
  gboolean is_gone; /* its initiator went down, or it was disconnected */
} LabSession;

typedef struct LabFault {
  ScriptObject object;
  guint rule;
} LabFault;

typedef struct LabCapture LabCapture;

struct Lab {
  ScriptObject object;
  const ScenarioRequest *request;
  const PeerKind *peer_kind; /* of a foreign target of ours; NULL: none */
  Remote *remote;            /* a foreign target that is not; NULL: none */
  ScenarioResult *result;
  World *world;
  FaultPlan *plan;
  Once *once;
  Referee *referee;
  LabCapture *capture;      /* NULL: none is asked for */
  GPtrArray *excused_hosts; /* of Host */
  GArray *excused_rules;    /* of ScenarioFigure: how often each was broken */
  Random random;            /* lab:draw; split from the seed by the scenario's title */
  guint64 last_object;
  guint64 last_task;
  gint64 liveness_ns;
  guint
      troubles; /* in force, besides the plan's faults: links that are closed, hosts that are paused */
  gint64 trouble_ended_ns;
  char *live_directory; /* of the live world's disks */
  GPtrArray *targets;
  GPtrArray *initiators;
  GPtrArray *jobs;      /* of LabJob */
  GPtrArray *deeds;     /* of LabDeed: what faults do to targets */
  GPtrArray *commands;  /* of LabCommand */
  GPtrArray *wires;     /* of LabWire */
  GPtrArray *others;    /* of ScriptObject: disks, faults and links */
  GPtrArray *links;     /* of LabLink, borrowed from others, in the order of their making */
  GPtrArray *link_taps; /* of LinkTap, each its stream's */
  GPtrArray *calls;
  LabCall *waiting;
  gboolean is_over;    /* failed or skipped */
  gboolean is_serving; /* lab_new_serving: the initiators are not ours */
};

Lab *lab_new (const ScenarioRequest *request, ScenarioResult *result, GError **error);
/* For a script beside a target that serves foreign initiators: no judges, and a capture only by lab_capture_begin. */
Lab *lab_new_serving (World *world /* transfer full */, const ScenarioRequest *request,
                      ScenarioResult *result);
void lab_free (Lab *lab);
/* What a bound on time may be passed by: 0 in simulated time, where there is nobody who could be late. */
gint64 lab_slack_ns (const Lab *lab);
/* Against a peer, whose timers are not ours to shorten, a scenario may take longer than a run has. */
gboolean lab_real_time_is_over (const Lab *lab);
gboolean lab_skip_for_time (Lab *lab, GError **error);

/* ---- verdicts ---- */
gboolean lab_is_over (const Lab *lab);
void lab_fail (Lab *lab, FailureKind kind, const char *property, const char *expected,
               const char *actual);
/* The scenario asks for what this way of running cannot do: fills *error to unwind; returns FALSE. */
gboolean lab_skip (Lab *lab, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean lab_is_foreign (const Lab *lab); /* against a foreign target */
guint16 lab_first_lun (const Lab *lab);   /* as its targets number them */

/* Somebody wants this process to end; the run has failed then. */
gboolean lab_is_stopped (Lab *lab);

/* ---- waiting ---- */
LabCall *lab_call_new (Lab *lab, const char *what);
void lab_call_done (LabCall *call, const GError *error); /* once; a copy of the error is kept */
void lab_wait_for (Lab *lab, LabCall *call);
gboolean lab_wait_is_over (Lab *lab);
/* The time at which the wait must be looked at again. */
gint64 lab_wait_deadline (const Lab *lab);
/* TRUE: judged and failed, the call took too long. */
gboolean lab_wait_has_failed (Lab *lab);
/* When everything must be back: so long after the last fault, or after `since`. G_MAXINT64 while a fault is in force. */
gint64 lab_liveness_deadline (const Lab *lab, gint64 since_ns);

/* Trouble that is not of the fault plan begins or ends; *is_in_force is its own. Idempotent. */
void lab_trouble_set (Lab *lab, gboolean *is_in_force, gboolean is_wanted);

/* ---- the judges at the end ---- */
void lab_judge_end (Lab *lab);   /* drives the world until all is well, or fails */
void lab_fill_result (Lab *lab); /* fingerprint, faults, events */

/* ---- wiring ---- */
Host *lab_host_new (Lab *lab, const char *name, GError **error);

/* ---- the referee: lab-referee.c ---- */
void lab_judge_wire_begin (Lab *lab);
void lab_judge_wire_of (Lab *lab, Host *host, Stream *stream);
void lab_judge_wire_end (Lab *lab);
void lab_judge_wire_fill (Lab *lab);
void lab_judge_wire_free (Lab *lab);
/* What this host sends from now on is not judged: an actor that breaks rules on purpose. Its peers are. */
void lab_excuse_host (Lab *lab, Host *host);
gboolean lab_excuse (ScriptCall *call, GError **error);

/* ---- the capture: lab-capture.c ---- */
/* Nothing unless the request asks for one. FALSE: its file cannot be made. Before the first stream. */
gboolean lab_capture_begin (Lab *lab, GError **error);
void lab_capture_stream (Lab *lab, Host *host, Stream *stream);
void lab_capture_fault (Lab *lab); /* the newest of the plan has fired, this moment */
/* What happens later is not in it. FALSE: it could not be written. Idempotent. */
gboolean lab_capture_end (Lab *lab, GError **error);
void lab_capture_free (Lab *lab);

/* ---- words of machines: words-host.c ---- */
gboolean lab_host_must_run (Host *host, const char *word, GError **error);
gboolean lab_host_pause (ScriptCall *call, Host *host, gboolean *is_trouble, GError **error);
gboolean lab_host_resume (ScriptCall *call, Host *host, gboolean *is_trouble, GError **error);
gboolean lab_host_clock_jump (ScriptCall *call, Host *host, GError **error);

/* ---- classes: one file each ---- */
extern const ScriptClass lab_class;       /* words-lab.c */
extern const ScriptClass serving_class;   /* the lab of a script beside a server */
extern const ScriptClass target_class;    /* words-target.c */
extern const ScriptClass initiator_class; /* words-initiator.c */
extern const ScriptClass session_class;   /* words-session.c */
extern const ScriptClass disk_class;      /* words-disk.c */
extern const ScriptClass job_class;
extern const ScriptClass mpio_class;           /* words-mpio.c */
extern const ScriptClass fault_class;          /* words-fault.c */
extern const ScriptClass link_class;           /* words-link.c */
extern const ScriptClass wire_initiator_class; /* words-wire.c */
extern const ScriptClass wire_target_class;

gboolean lab_add_target (ScriptCall *call, GError **error);
gboolean target_word_redirect (ScriptCall *call, GError **error); /* words-discovery.c */
gboolean target_word_redirect_off (ScriptCall *call, GError **error);
gboolean target_word_swap_luns (ScriptCall *call, GError **error); /* words-units.c */
gboolean session_word_luns (ScriptCall *call, GError **error);
gboolean session_word_rescan (ScriptCall *call, GError **error);
gboolean initiator_word_discover (ScriptCall *call, GError **error);
extern const OptionTable redirect_options;
extern const OptionTable discover_options;

gboolean lab_add_initiator (ScriptCall *call, GError **error);
gboolean lab_add_fault (ScriptCall *call, GError **error);
gboolean lab_add_wire_initiator (ScriptCall *call, GError **error);
gboolean lab_add_wire_target (ScriptCall *call, GError **error);
gboolean lab_add_mpio (ScriptCall *call, GError **error);
gboolean lab_add_link (ScriptCall *call, GError **error);
extern const OptionTable scenario_options; /* execute.c */
extern const OptionTable served_options;   /* served.c */
extern const OptionTable target_options;
extern const OptionTable initiator_options;
extern const OptionTable fault_options;
extern const OptionTable wire_initiator_options;
extern const OptionTable wire_target_options;
extern const OptionTable mpio_options;
extern const OptionTable link_options;

/* A target on a host that is there, at real addresses: port 0 becomes the one that it got. Its rules strike what it accepts.
 * `luns`: contents transfer full, also if it fails. */
LabTarget *lab_serve_target (Lab *lab, Host *host, const char *name, const GArray *addresses,
                             const GArray *luns, GError **error);
void lab_target_free (gpointer target);
void lab_initiator_free (gpointer initiator);
void lab_job_free (gpointer job);
void lab_wire_free (gpointer wire);
void lab_mpio_drop (gpointer mpio); /* its initiator has gone: what waits ends */
LabTarget *lab_find_target (Lab *lab, const char *name);
LabSession *lab_session_of (LabInitiator *initiator,
                            Session *session); /* the same object for the same session */
gboolean lab_open_disk (ScriptCall *call, LabSession *session, LabTarget *target, guint index,
                        GError **error);
