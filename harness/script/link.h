/* SPDX-License-Identifier: Apache-2.0 */
/* link.h - a link of the script, and what makes it so on real TCP */
#pragma once

#include "harness/script/lab.h"

typedef enum LinkWay {
  LINK_NONE = 0,
  LINK_TO_TARGET = 1 << 0,
  LINK_TO_INITIATOR = 1 << 1,
  LINK_BOTH = LINK_TO_TARGET | LINK_TO_INITIATOR,
} LinkWay;

typedef struct LinkValues {
  int from;
  int to;
  gint64 latency_ns;
  gint64 jitter_ns;
  guint64 bandwidth;
  const char *partition; /* the three are read into the LabLink */
  const char *hold;
  const char *direction;
  guint64 loss_ppm;
  guint64 corrupt_ppm;
  guint64 segment_bytes;
} LinkValues;

typedef struct LabLink {
  ScriptObject object;
  LabInitiator *initiator;
  LabTarget *target;
  gboolean has_portal; /* only what goes to this portal, and comes from it */
  Address portal;
  LinkValues values;
  LinkWay partition;
  LinkWay hold;
  LinkWay direction;
  gboolean is_trouble;
  gint64 busy_until_ns[2]; /* live, per StreamDirection: all its connections share the bandwidth */
} LabLink;

/* Live: the tap of an initiator's end. What passes it suffers what the newest link that fits it says; without one it is wire. */
void link_tap_stream (Lab *lab, Stream *stream);
/* Whose end has this address; NULL: none of these. */
Host *link_taps_find_host (const Lab *lab, const Address *local);
/* A link of the lab is another now. */
void link_taps_look (Lab *lab);
/* TRUE: a SYN from there to here, or its answer, is lost. */
gboolean link_loses_connect (const Lab *lab, const Host *from, const char *to);
