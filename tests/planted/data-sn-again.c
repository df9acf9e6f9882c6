/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: data_out_encode */
/* An initiator that gives two Data-Out of one burst the same DataSN. Its own target would ask for the data again, or end the
 * task; the referee must name the PDU. */
#include "protocol/data.h"

void __real_data_out_encode (const DataOut *self, guint8 bhs[BHS_LENGTH]);
void __wrap_data_out_encode (const DataOut *self, guint8 bhs[BHS_LENGTH]);

void
__wrap_data_out_encode (const DataOut *self, guint8 bhs[BHS_LENGTH])
{
  DataOut again = *self;
  if (again.data_sn == 3)
    again.data_sn = 2;
  __real_data_out_encode (&again, bhs);
}
