/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - a programmer's error stops the run and says where it was
 *
 * CHECK (object, MAGIC) at the head of every callback and public function that takes a long-lived object;
 * CHECK_THAT (expression) for what must hold. Both stay on in every build. On failure the message names file, line and
 * expression, then the hook that the running program has set (seed, simulated time, last events) is called, then abort.
 * An error of input or of the environment is never a CHECK: it is a GError.
 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define CHECK_THAT(expression)                                                                     \
  (G_LIKELY (expression) ? (void) 0 : check_failed (__FILE__, __LINE__, #expression))

/* The object is not NULL, and is what its type says: `magic` is its first member named so. */
#define CHECK(object, MAGIC)                                                                       \
  (G_LIKELY ((object) != NULL && (object)->magic == (MAGIC))                                       \
       ? (void) 0                                                                                  \
       : check_failed (__FILE__, __LINE__, #object " is a live " #MAGIC))

/* Called once, before abort, with the message; NULL takes the hook away. One per process: worlds that run side by side
 * in one process each set it before they run. */
typedef void (*CheckHook) (gpointer data, const char *message);

void check_set_hook (CheckHook hook, gpointer data);
_Noreturn void check_failed (const char *file, int line, const char *expression);
