/* SPDX-License-Identifier: Apache-2.0 */
/* words-link.c - lab:link { from = host, to = target, latency = "5ms" } and the object that it gives
 *
 * A link of the script is two of the simulated world's, one each way; on real TCP it is a tap (link-tap.c). What passes nothing, or something else than was sent, is trouble
 * in force, as a fault is that was not lifted: the liveness judge waits for its end.
 */
#include "harness/script/link.h"

#include "world/sim/sim.h"

#define JITTER_UNSAID (-2)
#define PPM_MOST      1000000
#define LOSS_MOST     500000 /* more is no network, but a partition */

#define AT(member) G_STRUCT_OFFSET (LinkValues, member)

#define CONDITIONS                                                                                 \
  { "latency", OPTION_DURATION, AT (latency_ns), FALSE, "one way, of each segment" },              \
      { "jitter", OPTION_DURATION, AT (jitter_ns), FALSE,                                          \
        "drawn for each segment: up to so much more" },                                            \
      { "bandwidth", OPTION_SIZE, AT (bandwidth), FALSE,                                           \
        "bytes per second of all its connections together; 0: unlimited" },                        \
      { "loss_ppm", OPTION_NUMBER, AT (loss_ppm), FALSE,                                           \
        "so many of a million segments are lost, and sent again by TCP; at most 500000" },         \
      { "corrupt_ppm", OPTION_NUMBER, AT (corrupt_ppm), FALSE,                                     \
        "in so many of a million segments one byte is changed, and TCP does not see it" },         \
      { "segment", OPTION_SIZE, AT (segment_bytes), FALSE,                                         \
        "bytes travel in pieces of at most so many, cut where drawn" },                            \
      { "direction", OPTION_STRING, AT (direction), FALSE,                                         \
        "of all above: 'both' (default), 'to_target' or 'to_initiator'" },                         \
      { "partition", OPTION_STRING, AT (partition), FALSE,                                         \
        "where nothing passes: 'to_target', 'to_initiator', 'both' or 'none'; TCP sends again" },  \
  {                                                                                                \
    "hold", OPTION_STRING, AT (hold), FALSE,                                                       \
        "where everything is kept until it is released: the same names"                            \
  }

static const Option link_rows[] = {
  { "from", OPTION_VALUE, AT (from), TRUE, "one end: an initiator, a target, or one portal" },
  { "to", OPTION_VALUE, AT (to), TRUE, "the other end" },
  CONDITIONS,
};
const OptionTable link_options = OPTION_TABLE ("lab:link", link_rows);

static const Option set_rows[] = { CONDITIONS };
static const OptionTable set_options = OPTION_TABLE ("link:set", set_rows);

/* ---- the two ends ---- */

/* The target of this scenario that has the portal. */
static LabTarget *
portal_find (Lab *lab, const Address *portal)
{
  for (guint i = 0; i < lab->targets->len; i++) {
    LabTarget *target = lab->targets->pdata[i];
    for (guint k = 0; k < target->portals->len; k++)
      if (address_equal (&g_array_index (target->portals, Address, k), portal))
        return target;
  }
  return NULL;
}

static gboolean
link_read_portal (LabLink *link, lua_State *L, int index, GError **error)
{
  if (!address_parse (lua_tostring (L, index), 3260, &link->portal, error))
    return FALSE;
  link->has_portal = TRUE;
  link->target = portal_find (link->object.lab, &link->portal);
  if (link->target == NULL)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:link: expected a portal of a target of this scenario, got '%s'",
                 lua_tostring (L, index));
  return link->target != NULL;
}

static gboolean
link_read_end (LabLink *link, lua_State *L, int index, GError **error)
{
  ScriptObject *object = script_any_object (L, index);
  if (object != NULL && object->class == &initiator_class) {
    link->initiator = (LabInitiator *) object;
    return TRUE;
  }
  if (object != NULL && object->class == &target_class) {
    link->target = (LabTarget *) object;
    return TRUE;
  }
  if (lua_type (L, index) == LUA_TSTRING)
    return link_read_portal (link, L, index, error);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "lab:link: expected an initiator, a target or a portal as 'address:port', got %s",
               object != NULL ? object->class->name : luaL_typename (L, index));
  return FALSE;
}

static gboolean
link_read_ends (LabLink *link, lua_State *L, const LinkValues *values, GError **error)
{
  if (!link_read_end (link, L, values->from, error) || !link_read_end (link, L, values->to, error))
    return FALSE;
  if (link->initiator != NULL && link->target != NULL)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "lab:link: expected an initiator at one end and a target at the other, got two %s",
               link->initiator != NULL ? "initiators" : "targets");
  return FALSE;
}

/* ---- what it is like ---- */

/* NULL: as it is. */
static gboolean
way_read (const char *name, const char *option, gboolean is_none_allowed, LinkWay *ret_way,
          GError **error)
{
  static const struct {
    const char *name;
    LinkWay way;
  } ways[] = { { "to_target", LINK_TO_TARGET },
               { "to_initiator", LINK_TO_INITIATOR },
               { "both", LINK_BOTH },
               { "none", LINK_NONE } };
  if (name == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ways) - (is_none_allowed ? 0 : 1); i++)
    if (strcmp (ways[i].name, name) == 0) {
      *ret_way = ways[i].way;
      return TRUE;
    }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "lab:link: '%s': expected 'to_target', 'to_initiator'%s, got '%s'", option,
               is_none_allowed ? ", 'both' or 'none'" : " or 'both'", name);
  return FALSE;
}

static gboolean
link_check (const LinkValues *values, GError **error)
{
  if (values->loss_ppm <= LOSS_MOST && values->corrupt_ppm <= PPM_MOST)
    return TRUE;
  g_set_error (
      error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
      "lab:link: expected a 'loss_ppm' of at most %u and a 'corrupt_ppm' of at most %u, got "
      "%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
      LOSS_MOST, PPM_MOST, values->loss_ppm, values->corrupt_ppm);
  return FALSE;
}

/* What was not named stays as it was. */
static gboolean
link_read (LabLink *link, const LinkValues *values, GError **error)
{
  LinkWay partition = link->partition, hold = link->hold, direction = link->direction;
  if (!link_check (values, error)
      || !way_read (values->partition, "partition", TRUE, &partition, error)
      || !way_read (values->hold, "hold", TRUE, &hold, error)
      || !way_read (values->direction, "direction", FALSE, &direction, error))
    return FALSE;
  link->partition = partition;
  link->hold = hold;
  link->direction = direction;
  link->values = *values;
  link->values.partition = link->values.hold = link->values.direction = NULL; /* the script's */
  return TRUE;
}

static SimLinkConditions
link_conditions (const LabLink *link, LinkWay way)
{
  const LinkValues *values = &link->values;
  SimLinkConditions is = { 0 };
  if ((link->direction & way) != 0) {
    is.latency_ns = values->latency_ns;
    is.jitter_ns = values->jitter_ns == 0 ? -1 : MAX (values->jitter_ns, 0);
    is.bandwidth = values->bandwidth;
    is.loss_ppm = (guint32) values->loss_ppm;
    is.corrupt_ppm = (guint32) values->corrupt_ppm;
    is.segment_bytes = values->segment_bytes;
  }
  if ((link->hold & way) != 0)
    is.passage = SIM_HELD;
  if ((link->partition & way) != 0)
    is.passage = SIM_PARTITIONED;
  return is;
}

static void
link_apply_simulated (LabLink *link)
{
  Lab *lab = link->object.lab;
  const SimPlace near = { link->initiator->host, NULL };
  const SimPlace far = { link->target->host, link->has_portal ? &link->portal : NULL };
  const SimLinkConditions there = link_conditions (link, LINK_TO_TARGET);
  const SimLinkConditions back = link_conditions (link, LINK_TO_INITIATOR);
  sim_link_set (lab->world, &near, &far, &there);
  sim_link_set (lab->world, &far, &near, &back);
}

static void
link_apply (LabLink *link)
{
  Lab *lab = link->object.lab;
  if (lab->request->is_live)
    link_taps_look (lab);
  else
    link_apply_simulated (link);
  lab_trouble_set (lab, &link->is_trouble,
                   link->partition != LINK_NONE || link->hold != LINK_NONE
                       || link->values.corrupt_ppm > 0);
}

gboolean
lab_add_link (ScriptCall *call, GError **error)
{
  Lab *lab = call->lab;
  LinkValues values = { .jitter_ns = JITTER_UNSAID, .direction = "both" };
  if (!options_read (call->L, SCRIPT_FIRST, &link_options, &values, error))
    return FALSE;
  if (lab_is_foreign (lab))
    return lab_skip (lab, error, "lab:link: the tap at the initiator's end is the faults'");
  LabLink *link = g_new0 (LabLink, 1);
  script_object_init (&link->object, &link_class, lab);
  g_ptr_array_add (lab->others, link);
  if (!link_read_ends (link, call->L, &values, error) || !link_read (link, &values, error))
    return FALSE;
  g_ptr_array_add (lab->links, link);
  link_apply (link);
  script_push_object (call->L, &link->object);
  call->results = 1;
  return TRUE;
}

/* ---- words ---- */

static gboolean
word_set (ScriptCall *call, GError **error)
{
  LabLink *link = call->self;
  LinkValues values = link->values;
  if (!options_read (call->L, SCRIPT_FIRST, &set_options, &values, error)
      || !link_read (link, &values, error))
    return FALSE;
  link_apply (link);
  return TRUE;
}

static gboolean
word_heal (ScriptCall *call, GError **error)
{
  LabLink *link = call->self;
  link->partition = link->hold = LINK_NONE;
  link_apply (link);
  return TRUE;
}

static const ScriptWord words[] = {
  { "set", word_set, NULL, "from now on; what is not named stays as it is", &set_options },
  { "heal", word_heal, NULL, "no partition and no hold any more; the rest stays", NULL },
};

const ScriptClass link_class = { "link", words, G_N_ELEMENTS (words) };
