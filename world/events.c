/* SPDX-License-Identifier: Apache-2.0 */
#include "world/stream.h"
#include "world/world-events.h"
#include "world/world.h"

#define AT(id) [(id) -EVENTS_WORLD]

static const EventType types[] = {
  AT (EVENT_HOST_UP) = { "host-up", EVENT_OBSERVABLE, { { "name", EVENT_TEXT, NULL } } },
  AT (EVENT_HOST_DOWN) = { "host-down", EVENT_OBSERVABLE, { { "how", EVENT_TEXT, NULL } } },
  AT (EVENT_STREAM_CONNECT) = { "connect",
                                EVENT_PLAIN,
                                { { "stream", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
  AT (EVENT_STREAM_CONNECTED) = { "connected", EVENT_PLAIN, { { "stream", EVENT_NUMBER, NULL } } },
  AT (EVENT_STREAM_ACCEPTED) = { "accepted",
                                 EVENT_PLAIN,
                                 { { "stream", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
  AT (EVENT_STREAM_ENDED) = { "ended",
                              EVENT_PLAIN,
                              { { "stream", EVENT_NUMBER, NULL },
                                { "how", EVENT_NAME, stream_end_name } } },
  AT (EVENT_STREAM_RESET) = { "reset", EVENT_PLAIN, { { "stream", EVENT_NUMBER, NULL } } },
  AT (EVENT_DISK) = { "disk",
                      EVENT_PLAIN,
                      { { "call", EVENT_NUMBER, NULL },
                        { "offset", EVENT_SIGNED, NULL },
                        { "length", EVENT_NUMBER, NULL },
                        { "", EVENT_TEXT, NULL } } },
  AT (EVENT_BOUND) = { "bound-passed", EVENT_OBSERVABLE, { { "", EVENT_TEXT, NULL } } },
  AT (EVENT_HOST_PAUSED) = { "host-paused",
                             EVENT_OBSERVABLE | EVENT_FAULT,
                             { { "name", EVENT_TEXT, NULL } } },
  AT (EVENT_HOST_RESUMED) = { "host-resumed", EVENT_OBSERVABLE, { { "name", EVENT_TEXT, NULL } } },
  AT (EVENT_CLOCK_JUMP) = { "clock-jump",
                            EVENT_OBSERVABLE | EVENT_FAULT,
                            { { "by_ns", EVENT_SIGNED, NULL } } },
  AT (EVENT_LINK) = { "link", EVENT_OBSERVABLE | EVENT_FAULT, { { "", EVENT_TEXT, NULL } } },
  AT (EVENT_LINK_LOST) = { "segment-lost",
                           EVENT_FAULT,
                           { { "stream", EVENT_NUMBER, NULL },
                             { "again-after", EVENT_NS, NULL } } },
  AT (EVENT_LINK_CORRUPTED) = { "segment-corrupted",
                                EVENT_FAULT,
                                { { "stream", EVENT_NUMBER, NULL },
                                  { "offset", EVENT_NUMBER, NULL },
                                  { "length", EVENT_NUMBER, NULL } } },
};

const EventFamily world_events = { EVENTS_WORLD, G_N_ELEMENTS (types), types };
