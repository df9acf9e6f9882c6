/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/nexus.h"

#include "protocol/scsi/transport-id.h"

#include "world/banned.h"

void
scsi_nexus_init (ScsiNexus *nexus, Luns *luns, guint16 group_tag)
{
  *nexus = (ScsiNexus){ .magic = SCSI_NEXUS_MAGIC,
                        .luns = luns,
                        .group_tag = group_tag,
                        .port = g_strdup (""),
                        .attentions = g_array_new (FALSE, FALSE, sizeof (UnitAttention)) };
  g_ptr_array_add (luns->nexuses, nexus);
}

void
scsi_nexus_name (ScsiNexus *nexus, const char *initiator_name, guint64 isid)
{
  CHECK (nexus, SCSI_NEXUS_MAGIC);
  char name[PORT_NAME_MAX + 1];
  port_name (name, initiator_name, isid);
  g_free (nexus->port);
  nexus->port = g_strdup (name);
}

/* SPC-2 5.5.1: what RESERVE(6) made ends with its nexus. */
static void
scsi_nexus_release_units (const ScsiNexus *nexus)
{
  for (guint i = 0; i < nexus->luns->count; i++)
    if (nexus->luns->list[i]->reservations.reserver == nexus)
      nexus->luns->list[i]->reservations.reserver = NULL;
}

void
scsi_nexus_clear (ScsiNexus *nexus)
{
  if (nexus->luns != NULL) {
    for (guint i = 0; i < nexus->luns->count; i++)
      lun_forget_nexus (nexus->luns->list[i], nexus);
    scsi_nexus_release_units (nexus);
    g_ptr_array_remove (nexus->luns->nexuses, nexus);
  }
  g_free (nexus->port);
  if (nexus->attentions != NULL)
    g_array_unref (nexus->attentions);
  *nexus = (ScsiNexus){ 0 };
}

void
scsi_nexus_attend (ScsiNexus *nexus, guint16 lun, guint16 code)
{
  CHECK (nexus, SCSI_NEXUS_MAGIC);
  for (guint i = 0; i < nexus->attentions->len; i++) {
    const UnitAttention *known = &g_array_index (nexus->attentions, UnitAttention, i);
    if (known->lun == lun && known->code == code)
      return;
  }
  const UnitAttention attention = { lun, code };
  g_array_append_val (nexus->attentions, attention);
}

void
scsi_nexus_attend_all (ScsiNexus *nexus, guint16 code)
{
  for (guint i = 0; i < nexus->luns->count; i++)
    scsi_nexus_attend (nexus, nexus->luns->list[i]->number, code);
}

void
scsi_nexus_attend_others (const ScsiNexus *nexus, guint16 lun, guint16 code)
{
  for (guint i = 0; i < nexus->luns->nexuses->len; i++)
    if (nexus->luns->nexuses->pdata[i] != nexus)
      scsi_nexus_attend (nexus->luns->nexuses->pdata[i], lun, code);
}

static gboolean
attentions_have_reset (const GArray *attentions, guint16 lun)
{
  for (guint i = 0; i < attentions->len; i++) {
    const UnitAttention *attention = &g_array_index (attentions, UnitAttention, i);
    if (attention->lun == lun && attention->code >> 8 == SENSE_CODE_POWER_ON_RESET >> 8)
      return TRUE;
  }
  return FALSE;
}

void
scsi_nexus_inherit (ScsiNexus *nexus, const GArray *untold)
{
  CHECK (nexus, SCSI_NEXUS_MAGIC);
  g_array_set_size (nexus->attentions, 0);
  g_array_append_vals (nexus->attentions, untold->data, untold->len);
  for (guint i = 0; i < nexus->luns->count; i++) {
    const guint16 lun = nexus->luns->list[i]->number;
    if (!attentions_have_reset (untold, lun))
      scsi_nexus_attend (nexus, lun, SENSE_CODE_NEXUS_LOSS);
  }
}

gboolean
scsi_nexus_take_attention (ScsiNexus *nexus, guint16 lun, guint16 *ret_code)
{
  CHECK (nexus, SCSI_NEXUS_MAGIC);
  for (guint i = 0; i < nexus->attentions->len; i++) {
    const UnitAttention *attention = &g_array_index (nexus->attentions, UnitAttention, i);
    if (attention->lun != lun)
      continue;
    *ret_code = attention->code;
    g_array_remove_index (nexus->attentions, i);
    return TRUE;
  }
  return FALSE;
}
