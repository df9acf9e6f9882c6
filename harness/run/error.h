/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - what can fail in running scenarios for reasons outside the program */
#pragma once

#include <glib.h>

#define RUN_ERROR (run_error_quark ())
GQuark run_error_quark (void);

typedef enum RunError {
  RUN_ERROR_USAGE,       /* what was asked for cannot be: exit status 2 */
  RUN_ERROR_ENVIRONMENT, /* no process, no file, no memory to share: exit status 3 */
  RUN_ERROR_RESULT,      /* a result that cannot be read */
} RunError;
