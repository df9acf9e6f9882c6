/* SPDX-License-Identifier: Apache-2.0 */
#include "world/check.h"

#include <stdio.h>
#include <stdlib.h>

/* The one piece of state of the process in world/: who is told before an abort. */
static CheckHook check_hook;
static gpointer check_hook_data;

void
check_set_hook (CheckHook hook, gpointer data)
{
  check_hook = hook;
  check_hook_data = data;
}

void
check_failed (const char *file, int line, const char *expression)
{
  char message[512];
  g_snprintf (message, sizeof message, "%s:%d: check failed: expected %s", file, line, expression);
  fprintf (stderr, "%s\n", message);

  const CheckHook hook = check_hook;
  check_hook = NULL; /* a check that fails inside the hook must not come back here */
  if (hook != NULL)
    hook (check_hook_data, message);
  abort ();
}
