/* SPDX-License-Identifier: Apache-2.0 */
/* life.h - what the fault plan asks the lab to do to a target */
#pragma once

#include "harness/script/lab.h"

/* A FaultLife: `lab` is the Lab. */
void lab_on_life (gpointer lab, Host *host, const FaultRule *rule);
void lab_deed_free (gpointer deed);

/* ---- words-target.c ---- */
gboolean lab_target_is_up (const LabTarget *target);
void lab_target_stop (LabTarget *target, gboolean is_power_cut, DiskCut unsynced);
gboolean lab_target_start (LabTarget *target, GError **error);
gboolean lab_target_lose_data (LabTarget *target,
                               GError **error); /* while it is down: its LUNs are blank */
