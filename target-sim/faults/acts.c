/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/faults/acts.h"

#include "world/check.h"

#include "world/banned.h"

G_DEFINE_QUARK (iscsilab_fault_error, fault_error)

static const FaultActInfo acts[] = {
#define ACT(name, text, layer, live, line) { text, FAULT_LAYER_##layer, live, line },
  FAULT_ACTS (ACT)
#undef ACT
};

static const struct {
  const char *name;
  guint64 acts;
  const char *not_live;
} whens[] = {
#define WHEN(name, text, acts, live) { text, acts, live },
  FAULT_WHENS (WHEN)
#undef WHEN
};

const FaultActInfo *
fault_act_info (FaultAct act)
{
  CHECK_THAT (act < G_N_ELEMENTS (acts));
  return &acts[act];
}

const char *
fault_act_name (guint64 act)
{
  return act < G_N_ELEMENTS (acts) ? acts[act].name : "?";
}

const char *
fault_layer_name (guint64 layer)
{
  static const char *const names[] = {
#define LAYER(name, text) text,
    FAULT_LAYERS (LAYER)
#undef LAYER
  };
  return layer < G_N_ELEMENTS (names) ? names[layer] : "?";
}

const char *
fault_when_name (guint64 when)
{
  return when < G_N_ELEMENTS (whens) ? whens[when].name : "?";
}

const char *
fault_when_not_live (FaultWhen when)
{
  CHECK_THAT (when < G_N_ELEMENTS (whens));
  return whens[when].not_live;
}

/* "rst, fin, drop": the names of those in the mask. */
static char *
act_names (guint64 mask)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (mask & UINT64_C (1) << i)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", acts[i].name);
  return g_string_free (names, FALSE);
}

gboolean
fault_act_find (const char *name, FaultAct *ret_act, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (strcmp (acts[i].name, name) == 0) {
      *ret_act = (FaultAct) i;
      return TRUE;
    }
  g_autofree char *names = act_names (G_MAXUINT64);
  g_set_error (error, FAULT_ERROR, FAULT_ERROR_UNKNOWN, "act: expected one of %s, got '%s'", names,
               name);
  return FALSE;
}

gboolean
fault_when_allows (FaultWhen when, FaultAct act, GError **error)
{
  CHECK_THAT (when < G_N_ELEMENTS (whens));
  if (whens[when].acts & UINT64_C (1) << act)
    return TRUE;
  g_autofree char *names = act_names (whens[when].acts);
  g_set_error (error, FAULT_ERROR, FAULT_ERROR_RULE,
               "act: expected one of %s with a '%s' trigger, got '%s'", names, whens[when].name,
               fault_act_name (act));
  return FALSE;
}
