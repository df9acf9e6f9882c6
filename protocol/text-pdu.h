/* SPDX-License-Identifier: Apache-2.0 */
/* text-pdu.h - Text Request and Text Response (RFC 7143 11.10, 11.11) */
#pragma once

#include "protocol/bhs.h"

#define TEXT_REQUEST_FIELDS(FIELD)                                                                 \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, is_continued, "C", 1, 6, 1, FLAG)                                                 \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  REQUEST_NUMBERS (FIELD)

#define TEXT_RESPONSE_FIELDS(FIELD)                                                                \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, is_continued, "C", 1, 6, 1, FLAG)                                                 \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  RESPONSE_NUMBERS (FIELD)

PDU_DECLARE (TextRequest, text_request, TEXT_REQUEST_FIELDS)
PDU_DECLARE (TextResponse, text_response, TEXT_RESPONSE_FIELDS)
