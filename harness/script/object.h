/* SPDX-License-Identifier: Apache-2.0 */
/* object.h - the objects that a scenario handles: lab, target, initiator, session, disk, job, fault
 *
 * A class is a table of properties and methods, each with one line for the manual. Objects belong to their Lab and live as long
 * as it; the script holds a userdata that refers to one, always the same for the same object, with its creation number.
 *
 * A method that takes simulated time starts what it does, and waits for it: script_wait. It is then called a second time, when
 * that is over.
 */
#pragma once

#include "harness/script/options.h"

typedef struct Lab Lab;
typedef struct LabCall LabCall;
typedef struct ScriptClass ScriptClass;

/* The first member of every object. */
typedef struct ScriptObject {
  const ScriptClass *class;
  Lab *lab;
  int reference; /* to the userdata, in the state's registry; LUA_NOREF: the script has not seen it */
  guint64 creation;
} ScriptObject;

/* One call of a method. */
typedef struct ScriptCall {
  lua_State *L;
  Lab *lab;
  gpointer self;
  int results;     /* how many values on top are the results; starts at 0 */
  LabCall *waited; /* second time: what it waited for, over now; first time NULL */
} ScriptCall;

#define SCRIPT_FIRST 2 /* the index of the first argument behind self */

typedef gboolean (*ScriptMethod) (ScriptCall *call, GError **error);
typedef void (*ScriptGet) (gpointer self, lua_State *L); /* pushes one value */

typedef struct ScriptWord {
  const char *name;
  ScriptMethod method; /* one of the two */
  ScriptGet get;
  const char *line;           /* for the manual */
  const OptionTable *options; /* of a method that takes a table; else NULL */
} ScriptWord;

struct ScriptClass {
  const char *name;
  const ScriptWord *words;
  guint count;
};

void script_object_init (ScriptObject *object, const ScriptClass *class, Lab *lab);
void script_push_object (lua_State *L, ScriptObject *object); /* NULL pushes nil */

/* The object of this class at `index`; the error says what was expected. */
gpointer script_to_object (lua_State *L, int index, const ScriptClass *class, const char *what,
                           GError **error);

/* The object at `index` whatever its class; NULL if there is none. */
ScriptObject *script_any_object (lua_State *L, int index);

/* Ends the present call of the method: it is called again when `lab_call` is over. */
gboolean script_wait (ScriptCall *call, LabCall *lab_call);
