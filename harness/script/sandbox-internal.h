/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-internal.h - what the files of the sandbox share */
#pragma once

#include "harness/script/sandbox.h"
#include "world/check.h"

typedef struct Sandbox {
  guint32 magic; /* SANDBOX_MAGIC */
  SandboxLimits limits;
  gsize memory_used;
  gboolean is_memory_refused; /* the bound, not the machine, said no at least once */
  guint64 instructions;       /* used so far */
  int interval;               /* instructions from one count to the next */
  gboolean is_bound_passed;
  SandboxPrint print;
  gpointer print_data;
  GError *raised; /* the trampoline's last: kept here so that no longjmp can lose it */

  /* What our own words end in. Called directly, not through Lua, so that an error names our caller's line. */
  lua_CFunction stock_format;
  lua_CFunction stock_setmetatable;
  lua_CFunction stock_rawset;
} Sandbox;

#define SANDBOX_MAGIC 0x5A2DB0C5u

Sandbox *sandbox_of (lua_State *L); /* any thread of the state */

/* The words of ours, to be set over the stock ones. Each ends with { NULL, NULL }. */
extern const luaL_Reg sandbox_text_base[];   /* print, tostring */
extern const luaL_Reg sandbox_text_string[]; /* format */
extern const luaL_Reg sandbox_walk_base[];   /* next, pairs */
extern const luaL_Reg sandbox_sort_table[];  /* sort */
