/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - what a unit has counted since its target began: for LOG SENSE */
#pragma once

#include <glib.h>

typedef enum LogKind { LOG_WRITES, LOG_READS, LOG_VERIFIES, LOG_KIND_COUNT } LogKind;

typedef struct LogCounter {
  guint64 bytes;              /* of commands that ended well */
  guint64 uncorrected_errors; /* MEDIUM ERROR */
} LogCounter;

#define LOG_SELF_TESTS 20 /* that SPC-4 7.3.21 has room for */

typedef struct LogSelfTest {
  guint8 code; /* SELF-TEST CODE of SEND DIAGNOSTIC */
  gboolean has_failed;
  guint64 failed_lba;
  guint16 hours; /* since the target's machine began */
} LogSelfTest;

typedef struct UnitLog {
  LogCounter counters[LOG_KIND_COUNT];
  LogSelfTest self_tests[LOG_SELF_TESTS]; /* the latest first */
  guint self_test_count;
} UnitLog;
