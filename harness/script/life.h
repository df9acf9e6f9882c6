/* SPDX-License-Identifier: Apache-2.0 */
/* life.h - what the fault plan asks the lab to do to a target */
#pragma once

#include "harness/script/lab.h"

/* A FaultLife: `lab` is the Lab. */
void lab_on_life (gpointer lab, Host *host, const FaultRule *rule);
void lab_deed_free (gpointer deed);

/* ---- words-target.c ---- */
gboolean lab_target_start (LabTarget *target, GError **error);
void lab_target_lose_data (LabTarget *target); /* while it is down: its LUNs are blank */
