/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/medium.h"

#include "world/banned.h"

void
medium_init (Medium *medium)
{
  *medium = (Medium){ .condition = POWER_ACTIVE, .preventers = g_ptr_array_new () };
}

void
medium_clear (Medium *medium)
{
  g_clear_pointer (&medium->preventers, g_ptr_array_unref);
}

void
medium_reset (Medium *medium)
{
  medium->is_stopped = FALSE;
  medium->condition = POWER_ACTIVE;
  g_ptr_array_set_size (medium->preventers, 0);
}

void
medium_prevent (Medium *medium, gpointer nexus)
{
  if (!g_ptr_array_find (medium->preventers, nexus, NULL))
    g_ptr_array_add (medium->preventers, nexus);
}

void
medium_allow (Medium *medium, gpointer nexus)
{
  g_ptr_array_remove (medium->preventers, nexus);
}

gboolean
medium_is_prevented (const Medium *medium)
{
  return medium->preventers->len > 0;
}

gboolean
medium_is_away (const Medium *medium, Sense *ret_sense)
{
  if (medium->is_missing || medium->is_out)
    *ret_sense = SENSE (SENSE_NOT_READY, SENSE_CODE_MEDIUM_NOT_PRESENT);
  else if (medium->is_stopped)
    *ret_sense = SENSE (SENSE_NOT_READY, SENSE_CODE_INITIALIZING_COMMAND_REQUIRED);
  else
    return FALSE;
  return TRUE;
}

Sense
medium_condition_sense (const Medium *medium)
{
  if (medium->condition == POWER_IDLE)
    return SENSE (SENSE_NO_SENSE, SENSE_CODE_IDLE_BY_COMMAND);
  if (medium->condition == POWER_STANDBY)
    return SENSE (SENSE_NO_SENSE, SENSE_CODE_STANDBY_BY_COMMAND);
  return SENSE (SENSE_NO_SENSE, SENSE_CODE_NONE);
}
