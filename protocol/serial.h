/* SPDX-License-Identifier: Apache-2.0 */
/* serial.h - serial number arithmetic, 32 bits (RFC 1982; RFC 7143 4.2.2.1: CmdSN, StatSN, DataSN) */
#pragma once

#include <glib.h>

/* Undefined by the RFC at a distance of exactly 2^31: then neither is less. */
static inline gboolean
serial_less (guint32 a, guint32 b)
{
  const guint32 distance = b - a;
  return distance != 0 && distance < 0x80000000u;
}

static inline gboolean
serial_less_or_equal (guint32 a, guint32 b)
{
  return a == b || serial_less (a, b);
}

/* low <= value <= high, in serial order */
static inline gboolean
serial_between (guint32 low, guint32 value, guint32 high)
{
  return serial_less_or_equal (low, value) && serial_less_or_equal (value, high);
}
