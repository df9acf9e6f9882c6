/* SPDX-License-Identifier: Apache-2.0 */
/* words-host.c - what targets and initiators have in common as machines: pause, resume, the wall clock
 *
 * A paused process is trouble in force, as a fault is that was not lifted: the liveness judge waits for its end.
 */
#include "harness/script/lab.h"

gboolean
lab_host_must_run (Host *host, const char *word, GError **error)
{
  if (!host->is_paused)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "%s: host '%s': expected a process that runs, got one that is paused", word,
               host->name);
  return FALSE;
}

gboolean
lab_host_pause (ScriptCall *call, Host *host, gboolean *is_trouble, GError **error)
{
  if (!host->is_up) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "pause: host '%s': expected one that is up, got one that is down", host->name);
    return FALSE;
  }
  host_pause (host);
  lab_trouble_set (call->lab, is_trouble, TRUE);
  return TRUE;
}

gboolean
lab_host_resume (ScriptCall *call, Host *host, gboolean *is_trouble, GError **error)
{
  host_resume (host);
  lab_trouble_set (call->lab, is_trouble, FALSE);
  return TRUE;
}

gboolean
lab_host_clock_jump (ScriptCall *call, Host *host, GError **error)
{
  const char *text =
      lua_type (call->L, SCRIPT_FIRST) == LUA_TSTRING ? lua_tostring (call->L, SCRIPT_FIRST) : "";
  const gboolean is_back = text[0] == '-';
  gint64 by_ns;
  if (is_back ? !duration_parse (text + 1, &by_ns)
              : !option_read_value (call->L, SCRIPT_FIRST, "clock_jump", OPTION_DURATION, &by_ns,
                                    error)) {
    if (is_back)
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "clock_jump: expected a time, as '1h' or '-30s', got '%s'", text);
    return FALSE;
  }
  host_clock_jump (host, is_back ? -by_ns : by_ns);
  return TRUE;
}
