/* SPDX-License-Identifier: Apache-2.0 */
/* words-units.c - the logical units behind a session, and units that change places behind their numbers */
#include "harness/script/lab.h"
#include "initiator/units.h"

static void
set_text (lua_State *L, const char *name, const char *text)
{
  lua_pushstring (L, text);
  lua_setfield (L, -2, name);
}

static void
set_number (lua_State *L, const char *name, guint number)
{
  lua_pushinteger (L, number);
  lua_setfield (L, -2, name);
}

gboolean
session_word_luns (ScriptCall *call, GError **error)
{
  const LabSession *self = call->self;
  const guint count = session_unit_count (self->session);
  lua_createtable (call->L, (int) count, 0);
  for (guint i = 0; i < count; i++) {
    UnitInfo info;
    session_unit (self->session, i, &info);
    lua_createtable (call->L, 0, 6);
    set_number (call->L, "lun", info.lun);
    set_number (call->L, "device_type", info.device_type);
    set_text (call->L, "state", unit_state_name (info.state));
    set_text (call->L, "identity", info.identity);
    set_text (call->L, "vendor", info.vendor);
    set_text (call->L, "product", info.product);
    lua_rawseti (call->L, -2, (lua_Integer) i + 1);
  }
  call->results = 1;
  return TRUE;
}

gboolean
session_word_rescan (ScriptCall *call, GError **error)
{
  const LabSession *self = call->self;
  SessionInfo info;
  session_info (self->session, &info);
  if (self->is_gone || !info.is_connected || !session_scans_units (self->session)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "session:rescan: expected a session that is up and was connected with scan, got "
                 "another");
    return FALSE;
  }
  session_rescan (self->session);
  return TRUE;
}

/* The n-th LUN of a target that is up, from 1. */
static gboolean
read_lun (ScriptCall *call, int index, guint16 *ret_number, GError **error)
{
  const LabTarget *target = call->self;
  guint64 position;
  if (!option_read_value (call->L, index, "target:swap_luns: which LUN", OPTION_NUMBER, &position,
                          error))
    return FALSE;
  if (position < 1 || position > target->luns->len) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "target:swap_luns: which LUN: expected 1 to %u, got %" G_GUINT64_FORMAT,
                 target->luns->len, position);
    return FALSE;
  }
  *ret_number = g_array_index (target->luns, LabLun, (guint) position - 1).number;
  return TRUE;
}

gboolean
target_word_swap_luns (ScriptCall *call, GError **error)
{
  const LabTarget *target = call->self;
  guint16 number, other;
  if (lab_is_foreign (call->lab))
    return lab_skip (call->lab, error, "%s: target:swap_luns is for the embedded target",
                     call->lab->request->target);
  if (!read_lun (call, SCRIPT_FIRST, &number, error)
      || !read_lun (call, SCRIPT_FIRST + 1, &other, error))
    return FALSE;
  if (target->sim == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "target:swap_luns: expected a target that is up, got one that is down");
    return FALSE;
  }
  target_sim_swap_luns (target->sim, number, other, lua_toboolean (call->L, SCRIPT_FIRST + 2));
  return TRUE;
}
