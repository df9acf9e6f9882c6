/* SPDX-License-Identifier: Apache-2.0 */
/* target.h - an iSCSI target to link into another program
 *
 * A TargetSim is one iSCSI target node on one Host: it listens on its portals, takes logins without authentication, and serves
 * its logical units until it is freed. It has no thread, clock or socket of its own: everything happens in callbacks of the
 * host, simulated or live. Several may share a host, and a store outlives the target that serves it:
 *
 *   World *world = live_world_new (&live, &error);              world/live/live.h; or sim_world_new, world/sim/sim.h
 *   Host *host = world_host_new (world, "target", &error);
 *   Store *store = store_ram_new (64 << 20);
 *   TargetConfig config;
 *   target_config_init (&config);
 *   config.name = "iqn.2026-01.com.example:disk";
 *   config.portals = portals, config.portal_count = 1;
 *   config.luns = luns, config.lun_count = 1;
 *   TargetSim *target = target_sim_new (host, &config, &error);
 *   while (world_step (world)) ;
 *   target_sim_free (target), store_free (store), world_free (world);
 *
 * Whole programs: docs/examples/embedded-target.c on a real port, docs/examples/embedded-simulated.c in simulated time with a
 * fault (target-sim/faults/faults.h). A world and all in it belong to one thread; a process may have many, each on its own.
 * Times are nanoseconds, sizes bytes.
 *
 * A function that can fail for reasons outside the program returns FALSE or NULL and sets its GError, with a sentence that names
 * the value; ret_x is then as it was. A call that no state allows (CHECK in world/check.h) ends the process with a message:
 * check_set_hook sees it first.
 *
 * What it speaks: error recovery level 0, one connection per session, digests as asked for, AuthMethod None, normal and discovery
 * sessions, task management but for CLEAR ACA and TASK REASSIGN, reservations of both kinds.
 *
 * Everything that a peer can make grow has a limit, and going past it has an answer:
 *
 *   time in login                TARGET_LOGIN_TIMEOUT_NS        the connection is closed
 *   connections not logged in    config.login_limit per portal  a further one is reset as it is accepted
 *   text of one login request    TEXT_SEQUENCE_MAX              Login Response 0200h, closed
 *   text of one text request     TEXT_SEQUENCE_MAX              Reject 0Ah, the exchange is forgotten
 *   text exchanges               1 per connection               a new one resets the old one
 *   sessions                     config.session_limit           Login Response 0302h, closed
 *   commands                     config.queue_depth             MaxCmdSN; what is beyond it is ignored (RFC 7143 4.2.2.1)
 *   immediate commands           TARGET_IMMEDIATE_LIMIT         Reject 06h
 *   task management that waits   TARGET_MANAGEMENT_MAX          Reject 06h; after TARGET_MANAGEMENT_TIMEOUT_NS it is reset
 *   registrations of a unit      REGISTRATION_MAX               CHECK CONDITION, insufficient registration resources
 *   a PDU's data segment         MaxRecvDataSegmentLength       closed
 *   data of one command          16 MiB                         CHECK CONDITION, invalid field in CDB
 *   Data-Out that nobody asked   what R2T and burst lengths say Reject 04h, and the task fails
 *   answers the peer won't read  STREAM_HIGH_WATER              its requests are not read either
 */
#pragma once

#include "protocol/keys.h"
#include "protocol/machine.h"
#include "protocol/scsi/scsi.h"
#include "target-sim/events.h"
#include "target-sim/scsi/memory.h"
#include "target-sim/scsi/store.h"

#define TARGET_LOGIN_TIMEOUT_NS (15 * NS_PER_S)
#define TARGET_IMMEDIATE_LIMIT  32
#define TARGET_QUEUE_DEPTH_MAX  65536

typedef struct TargetSim TargetSim;

/* A network entity: nodes made with the same one may listen at the same addresses, each with its own portal group tags, and a
 * discovery session at any of these addresses is told of all of them. A node that is given none is an entity of its own. */
typedef struct TargetEntity TargetEntity;

TargetEntity *target_entity_new (Host *host);
TargetEntity *target_entity_ref (TargetEntity *entity);
/* Each of its nodes holds a reference, too. NULL is fine. */
void target_entity_unref (TargetEntity *entity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TargetEntity, target_entity_unref)

/* Logins end with status 0101h, or 0102h, and these addresses (RFC 7143 11.13.5). */
typedef struct TargetRedirect {
  /* NULL-terminated values of TargetAddress, in order of preference, written as they are: "10.0.0.2:3260", "[fd00::2]", a
   * name. RFC 7143 wants at least one, and no portal group tag; an empty list is for trying out what an initiator makes of
   * it. */
  const char *const *addresses;
  gboolean is_permanent;
  /* In answer to the last Login Request instead of the first: R-REDIR-002 allows both. */
  gboolean is_told_late;
} TargetRedirect;

typedef struct TargetLunConfig {
  guint16 number;     /* 0 .. 16383 */
  guint32 block_size; /* a power of two, 512 .. 65536 */
  Store *store; /* borrowed: lives until target_sim_free. What is not a whole block is not used */
  /* Borrowed likewise: where its persistent reservations outlast a loss of power (APTPL). NULL: they do not. */
  UnitMemory *memory;
  gboolean is_read_only; /* write protected: DATA PROTECT 27/00 */
  gboolean is_removable; /* its medium can be taken out */
  gboolean is_empty; /* removable, and without a medium: NOT READY 3A/00. The store is not used */
  gboolean is_thin;  /* takes UNMAP and tells what is mapped: for a store that can */
} TargetLunConfig;

typedef struct TargetPortalConfig {
  Address address;
  /* TargetPortalGroupTag; sessions are distinct per group (RFC 7143 4.4.3, R-ISID-003). */
  guint16 group_tag;
} TargetPortalConfig;

typedef struct TargetConfig {
  const char *name;               /* iSCSI name, as people type it: protocol/name.h */
  const char *alias;              /* NULL: none */
  TargetEntity *entity;           /* of the same host; NULL: its own */
  const TargetRedirect *redirect; /* of every portal, from the start; NULL: none */
  const TargetPortalConfig *portals;
  guint portal_count; /* 1 or more */
  const TargetLunConfig *luns;
  guint lun_count;

  /* What is negotiated for. NULL: target_wanted_init. Where the target can do one thing only, that overrules: MaxConnections 1,
   * ErrorRecoveryLevel 0, both orders Yes. HeaderDigest and DataDigest are lists (key_values_set_list): what is not in the list
   * is not agreed to; default "CRC32C,None". */
  const KeyValues *wanted;

  guint queue_depth; /* commands at once per session; 1 .. TARGET_QUEUE_DEPTH_MAX; default 128 */
  /* A new nexus is told 29/00 first, one that comes back 29/07; default TRUE, as SAM wants it. */
  gboolean power_on_unit_attention;
  guint session_limit;   /* default 256 */
  guint login_limit;     /* connections not yet logged in, per portal; default 64 */
  guint32 first_stat_sn; /* of each connection; default 0 */
  guint16 first_tsih;    /* of the first session, then counting; default 1; never 0 */
  const guint16 *
      tsihs; /* NULL, or those of the first normal sessions in turn, where they are free; never 0 */
  guint tsih_count;
} TargetConfig;

/* Defaults; name, portals and luns are for the caller. */
void target_config_init (TargetConfig *config);
/* What is negotiated for by default; key_values_clear frees it. */
void target_wanted_init (KeyValues *wanted);

/* Copies what config points to, but the stores. NULL: a bad value, or a portal's address is in use. */
TargetSim *target_sim_new (Host *host, const TargetConfig *config, GError **error);

/* Closes every connection at once and forgets all sessions. Also right after its host went down. Not from inside one of the
 * target's own callbacks. NULL is fine. */
void target_sim_free (TargetSim *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TargetSim, target_sim_free)

/* Of config.portals[index], with the real port where 0 was asked. Borrowed. */
const Address *target_sim_portal_address (const TargetSim *target, guint index);

TargetEntity *target_sim_entity (const TargetSim *target); /* borrowed */

/* From now on, logins that come in at this portal are sent elsewhere; NULL: are taken again. Sessions stay as they are. */
void target_sim_redirect (TargetSim *target, guint portal_index, const TargetRedirect *redirect);

/* The units behind two numbers change places, as if an administrator had mapped them anew. `tells`: each session has a UNIT
 * ATTENTION 3F/0E waiting at both. Both must be there; a command that is running ends at the unit that it began at. */
void target_sim_swap_luns (TargetSim *target, guint16 number, guint16 other, gboolean tells);

/* All that a host may log on which nothing but targets and fault plans run, NULL-terminated: for SimConfig and LiveConfig. */
const EventFamily *const *target_sim_event_families (void);

/* Its state machines, NULL-terminated: for coverage of states. */
const Machine *const *target_sim_machines (void);

typedef struct TargetCounters {
  guint64 logins;          /* of normal sessions that reached full feature phase */
  guint64 discoveries;     /* likewise; a session that named no target is the first node's there */
  guint64 logins_refused;  /* with a Login Response */
  guint64 connections_now; /* objects, of whatever state */
  guint64 sessions_now;    /* normal; logged in, or failed and not yet timed out */
  guint64 reinstatements;  /* of sessions and connections */
  guint64 commands;        /* SCSI commands that were answered */
  guint64 writes_done;     /* of them: with data-out and status GOOD */
  guint64 reads_done;      /* with data-in and status GOOD */
  guint64 rejects;         /* Reject PDUs sent */
} TargetCounters;

/* An Asynchronous Message (RFC 7143 11.9). What an event has no use for is not looked at. */
typedef struct TargetAsync {
  guint8 event;        /* AsyncEvent; codes that nobody knows go out as they are */
  guint8 vendor_code;  /* with an event from 248 on */
  guint16 tsih;        /* of the session; 0: all */
  guint16 lun;         /* SCSI event, task termination: the unit's number */
  Sense sense;         /* SCSI event */
  guint16 time_s;      /* logout, negotiation request: until when it wants to be answered */
  guint16 time2wait_s; /* drops */
  guint16 time2retain_s;
} TargetAsync;

/* Sends it to every session that has a connection, and does what it says: a drop comes at once; a logout that was requested and
 * does not come in time is a drop then. Task termination is sent whether or not FastAbort was agreed on: R-ASYNC-012 is for the
 * caller to break. Returns how many sessions it went to. Not from inside one of the target's own callbacks. */
guint target_sim_async (TargetSim *target, const TargetAsync *message);

const TargetCounters *target_sim_counters (const TargetSim *target);
