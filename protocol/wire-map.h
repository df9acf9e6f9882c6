/* SPDX-License-Identifier: Apache-2.0 */
/* wire-map.h - where the fields of a PDU are, for those who watch
 *
 * Written from the figures of RFC 7143 11.3 to 11.19, apart from the families' own tables (scsi-command.h, data.h, ...), and
 * read by functions of its own: the engines speak by the one, the observer and the referee listen by the other, so that a
 * mistake in the one does not hide behind itself. tests/unit/protocol/test-wire-map.c holds both side by side.
 */
#pragma once

#include <glib.h>

#define SEEN_BHS 48

/* 11.2.1.2 */
enum {
  SEEN_NOP_OUT = 0x00,
  SEEN_SCSI_COMMAND = 0x01,
  SEEN_TMF_REQUEST = 0x02,
  SEEN_LOGIN_REQUEST = 0x03,
  SEEN_TEXT_REQUEST = 0x04,
  SEEN_DATA_OUT = 0x05,
  SEEN_LOGOUT_REQUEST = 0x06,
  SEEN_SNACK = 0x10,
  SEEN_NOP_IN = 0x20,
  SEEN_SCSI_RESPONSE = 0x21,
  SEEN_TMF_RESPONSE = 0x22,
  SEEN_LOGIN_RESPONSE = 0x23,
  SEEN_TEXT_RESPONSE = 0x24,
  SEEN_DATA_IN = 0x25,
  SEEN_LOGOUT_RESPONSE = 0x26,
  SEEN_R2T = 0x31,
  SEEN_ASYNC = 0x32,
  SEEN_REJECT = 0x3f,
};

#define SEEN_NO_TAG 0xffffffffu

G_ALWAYS_INLINE static inline guint8
seen_8 (const guint8 *bhs, guint byte)
{
  return bhs[byte];
}

G_ALWAYS_INLINE static inline guint16
seen_16 (const guint8 *bhs, guint byte)
{
  return (guint16) (bhs[byte] << 8 | bhs[byte + 1]);
}

G_ALWAYS_INLINE static inline guint32
seen_24 (const guint8 *bhs, guint byte)
{
  return (guint32) bhs[byte] << 16 | (guint32) bhs[byte + 1] << 8 | bhs[byte + 2];
}

G_ALWAYS_INLINE static inline guint32
seen_32 (const guint8 *bhs, guint byte)
{
  return (guint32) bhs[byte] << 24 | seen_24 (bhs, byte + 1);
}

G_ALWAYS_INLINE static inline guint64
seen_64 (const guint8 *bhs, guint byte)
{
  return (guint64) seen_32 (bhs, byte) << 32 | seen_32 (bhs, byte + 4);
}

G_ALWAYS_INLINE static inline gboolean
seen_bit (const guint8 *bhs, guint byte, guint bit)
{
  return bhs[byte] >> bit & 1;
}

/* SEEN (name, type, expression): one row per field that somebody watches. */
#define SEEN_FIELDS(SEEN)                                                                          \
  SEEN (opcode, guint8, seen_8 (bhs, 0) & 0x3f)                                                    \
  SEEN (is_immediate, gboolean, seen_bit (bhs, 0, 6))                                              \
  SEEN (is_final, gboolean, seen_bit (bhs, 1, 7)) /* F; T of a login */                            \
  SEEN (ahs_words, guint8, seen_8 (bhs, 4))                                                        \
  SEEN (data_length, guint32, seen_24 (bhs, 5))                                                    \
  SEEN (lun, guint64, seen_64 (bhs, 8))                                                            \
  SEEN (itt, guint32, seen_32 (bhs, 16))                                                           \
  SEEN (ttt, guint32, seen_32 (bhs, 20))                                                           \
  SEEN (cmd_sn, guint32, seen_32 (bhs, 24))                                                        \
  SEEN (exp_stat_sn, guint32, seen_32 (bhs, 28))                                                   \
  SEEN (stat_sn, guint32, seen_32 (bhs, 24))                                                       \
  SEEN (exp_cmd_sn, guint32, seen_32 (bhs, 28))                                                    \
  SEEN (max_cmd_sn, guint32, seen_32 (bhs, 32))                                                    \
  SEEN (data_sn, guint32, seen_32 (bhs, 36)) /* and R2TSN, ExpDataSN */                            \
  SEEN (buffer_offset, guint32, seen_32 (bhs, 40))                                                 \
  SEEN (desired_length, guint32, seen_32 (bhs, 44))                                                \
  SEEN (residual, guint32, seen_32 (bhs, 44))                                                      \
  SEEN (reads, gboolean, seen_bit (bhs, 1, 6))                                                     \
  SEEN (writes, gboolean, seen_bit (bhs, 1, 5))                                                    \
  SEEN (attributes, guint8, seen_8 (bhs, 1) & 7)                                                   \
  SEEN (priority, guint8, seen_8 (bhs, 2) >> 4)                                                    \
  SEEN (expected_length, guint32, seen_32 (bhs, 20))                                               \
  SEEN (bidi_overflow, gboolean, seen_bit (bhs, 1, 4))                                             \
  SEEN (bidi_underflow, gboolean, seen_bit (bhs, 1, 3))                                            \
  SEEN (overflow, gboolean, seen_bit (bhs, 1, 2))                                                  \
  SEEN (underflow, gboolean, seen_bit (bhs, 1, 1))                                                 \
  SEEN (has_status, gboolean, seen_bit (bhs, 1, 0))                                                \
  SEEN (acknowledge, gboolean, seen_bit (bhs, 1, 6))                                               \
  SEEN (response, guint8, seen_8 (bhs, 2)) /* and Reject's reason */                               \
  SEEN (status, guint8, seen_8 (bhs, 3))                                                           \
  SEEN (status_qualifier, guint16, seen_16 (bhs, 8))                                               \
  SEEN (snack_tag, guint32, seen_32 (bhs, 20))                                                     \
  SEEN (bidi_residual, guint32, seen_32 (bhs, 40))                                                 \
  SEEN (function, guint8, seen_8 (bhs, 1) & 0x7f) /* and a logout's reason */                      \
  SEEN (referenced_tag, guint32, seen_32 (bhs, 20))                                                \
  SEEN (ref_cmd_sn, guint32, seen_32 (bhs, 32))                                                    \
  SEEN (is_continued, gboolean, seen_bit (bhs, 1, 6))                                              \
  SEEN (csg, guint8, seen_8 (bhs, 1) >> 2 & 3)                                                     \
  SEEN (nsg, guint8, seen_8 (bhs, 1) & 3)                                                          \
  SEEN (version_max, guint8, seen_8 (bhs, 2))                                                      \
  SEEN (version_min, guint8, seen_8 (bhs, 3)) /* Version-active of a response */                   \
  SEEN (isid, guint64, seen_64 (bhs, 8) >> 16)                                                     \
  SEEN (tsih, guint16, seen_16 (bhs, 14))                                                          \
  SEEN (cid, guint16, seen_16 (bhs, 20))                                                           \
  SEEN (login_status, guint16, seen_16 (bhs, 36))                                                  \
  SEEN (async_event, guint8, seen_8 (bhs, 36))                                                     \
  SEEN (snack_type, guint8, seen_8 (bhs, 1) & 15)                                                  \
  SEEN (begin_run, guint32, seen_32 (bhs, 40))                                                     \
  SEEN (run_length, guint32, seen_32 (bhs, 44))

/* seen_itt (bhs), seen_stat_sn (bhs), ... */
#define SEEN(name, type, expression)                                                               \
  G_ALWAYS_INLINE static inline type seen_##name (const guint8 *bhs)                               \
  {                                                                                                \
    return (type) (expression);                                                                    \
  }
SEEN_FIELDS (SEEN)
#undef SEEN
