/* SPDX-License-Identifier: Apache-2.0 */
/* bhs.h - the basic header segment: opcodes, and the fields of a PDU as a table (RFC 7143 11.2)
 *
 * Each PDU family declares its fields once, as an X-macro FIELDS (FIELD) with rows
 *
 *   FIELD (C type, c_name, "RFC name", byte, shift, bits, FORMAT)
 *
 * where the value is the big-endian number of (shift + bits) bits, rounded up to octets, that begins at `byte`, without its
 * lowest `shift` bits. From the rows come the struct, encode, decode, and the table by which print, fault rules and scripts
 * find a field by its RFC name. All offsets are constants within the 48 octets.
 */
#pragma once

#include "world/stream.h"

#define BHS_LENGTH 48

#define PROTOCOL_ERROR (protocol_error_quark ())
GQuark protocol_error_quark (void);

typedef enum ProtocolError {
  PROTOCOL_ERROR_FORMAT,      /* a field has a value that the format forbids */
  PROTOCOL_ERROR_TOO_LONG,    /* a segment above its limit */
  PROTOCOL_ERROR_UNKNOWN,     /* an opcode that is not ours to know */
  PROTOCOL_ERROR_TEXT,        /* a text segment that cannot be read */
  PROTOCOL_ERROR_NEGOTIATION, /* a key or value that may not be here */
  PROTOCOL_ERROR_DIGEST,      /* a header digest that is not the header's */
  PROTOCOL_ERROR_NAME,        /* what is no iSCSI name */
} ProtocolError;

/* OPCODE (NAME, value, "RFC name") */
#define OPCODES(OPCODE)                                                                            \
  OPCODE (NOP_OUT, 0x00, "NOP-Out")                                                                \
  OPCODE (SCSI_COMMAND, 0x01, "SCSI Command")                                                      \
  OPCODE (TMF_REQUEST, 0x02, "Task Management Function Request")                                   \
  OPCODE (LOGIN_REQUEST, 0x03, "Login Request")                                                    \
  OPCODE (TEXT_REQUEST, 0x04, "Text Request")                                                      \
  OPCODE (DATA_OUT, 0x05, "Data-Out")                                                              \
  OPCODE (LOGOUT_REQUEST, 0x06, "Logout Request")                                                  \
  OPCODE (SNACK_REQUEST, 0x10, "SNACK Request")                                                    \
  OPCODE (NOP_IN, 0x20, "NOP-In")                                                                  \
  OPCODE (SCSI_RESPONSE, 0x21, "SCSI Response")                                                    \
  OPCODE (TMF_RESPONSE, 0x22, "Task Management Function Response")                                 \
  OPCODE (LOGIN_RESPONSE, 0x23, "Login Response")                                                  \
  OPCODE (TEXT_RESPONSE, 0x24, "Text Response")                                                    \
  OPCODE (DATA_IN, 0x25, "Data-In")                                                                \
  OPCODE (LOGOUT_RESPONSE, 0x26, "Logout Response")                                                \
  OPCODE (R2T, 0x31, "R2T")                                                                        \
  OPCODE (ASYNC_MESSAGE, 0x32, "Async Message")                                                    \
  OPCODE (REJECT, 0x3f, "Reject")

typedef enum Opcode {
#define OPCODE(name, value, text) OPCODE_##name = value,
  OPCODES (OPCODE)
#undef OPCODE
} Opcode;

#define TAG_NONE 0xffffffffu /* the reserved value of ITT, TTT and Referenced Task Tag */

const char *opcode_name (guint64 opcode); /* "reserved" for what no table knows */

static inline guint8
bhs_opcode (const guint8 bhs[BHS_LENGTH])
{
  return bhs[0] & 0x3f;
}

/* Big-endian numbers of 1 to 8 octets. With constant arguments each of these is a load or store of
 * whole words and a byte swap: hence inlined always, where the compiler by itself would call one copy for all fields. */
G_ALWAYS_INLINE static inline guint64
wire_load (const guint8 *bytes, guint octets)
{
  guint16 high, pair;
  guint32 word;
  guint64 wide;
  switch (octets) {
  case 1:
    return bytes[0];
  case 2:
    memcpy (&pair, bytes, sizeof pair);
    return GUINT16_FROM_BE (pair);
  case 4:
    memcpy (&word, bytes, sizeof word);
    return GUINT32_FROM_BE (word);
  case 6:
    memcpy (&high, bytes, sizeof high);
    memcpy (&word, bytes + 2, sizeof word);
    return (guint64) GUINT16_FROM_BE (high) << 32 | GUINT32_FROM_BE (word);
  case 8:
    memcpy (&wide, bytes, sizeof wide);
    return GUINT64_FROM_BE (wide);
  }
  guint64 value = 0;
  for (guint i = 0; i < octets; i++)
    value = value << 8 | bytes[i];
  return value;
}

G_ALWAYS_INLINE static inline void
wire_store (guint8 *bytes, guint octets, guint64 value)
{
  const guint16 high = GUINT16_TO_BE ((guint16) (value >> 32));
  const guint16 pair = GUINT16_TO_BE ((guint16) value);
  const guint32 word = GUINT32_TO_BE ((guint32) value);
  const guint64 wide = GUINT64_TO_BE (value);
  switch (octets) {
  case 2:
    memcpy (bytes, &pair, sizeof pair);
    return;
  case 4:
    memcpy (bytes, &word, sizeof word);
    return;
  case 6:
    memcpy (bytes, &high, sizeof high);
    memcpy (bytes + 2, &word, sizeof word);
    return;
  case 8:
    memcpy (bytes, &wide, sizeof wide);
    return;
  }
  for (guint i = 0; i < octets; i++)
    bytes[i] = (guint8) (value >> (8 * (octets - 1 - i)));
}

G_ALWAYS_INLINE static inline guint64
wire_mask (guint bits)
{
  return bits >= 64 ? G_MAXUINT64 : (UINT64_C (1) << bits) - 1;
}

/* A field of at most 64 bits, shift included; see the rows above for its arguments. */
G_ALWAYS_INLINE static inline guint64
wire_get (const guint8 *bytes, guint byte, guint shift, guint bits)
{
  return wire_load (bytes + byte, (shift + bits + 7) / 8) >> shift & wire_mask (bits);
}

/* The bits must be zero before: encoders start from a zeroed header. */
G_ALWAYS_INLINE static inline void
wire_or (guint8 *bytes, guint byte, guint shift, guint bits, guint64 value)
{
  const guint octets = (shift + bits + 7) / 8;
  value = (value & wire_mask (bits)) << shift;
  /* A field that fills its octets shares them with no other. */
  if (shift + bits < octets * 8)
    value |= wire_load (bytes + byte, octets);
  wire_store (bytes + byte, octets, value);
}

/* Overwrite: for those who change a header (faults, raw scripts). */
void wire_set (guint8 *bytes, guint byte, guint shift, guint bits, guint64 value);

static inline guint32
bhs_data_segment_length (const guint8 bhs[BHS_LENGTH])
{
  return (guint32) wire_get (bhs, 5, 0, 24);
}

static inline guint
bhs_ahs_length (const guint8 bhs[BHS_LENGTH])
{
  return bhs[4] * 4u;
}

static inline guint32
bhs_initiator_task_tag (const guint8 bhs[BHS_LENGTH])
{
  return (guint32) wire_get (bhs, 16, 0, 32);
}

/* ---- the table of a family ---- */

typedef enum PduFormat { PDU_DEC, PDU_HEX, PDU_FLAG } PduFormat;

typedef struct PduField {
  const char *name; /* the RFC's */
  guint8 byte;
  guint8 shift;
  guint8 bits;
  PduFormat format;
} PduField;

typedef struct PduType {
  Opcode opcode;
  gboolean is_from_initiator;
  const PduField *fields;
  guint field_count;
  /* What the RFC says of this header by itself, without any state. */
  gboolean (*validate) (const guint8 bhs[BHS_LENGTH], GError **error);
} PduType;

const PduType *pdu_type (guint8 opcode); /* NULL: none of ours */
const PduField *pdu_field (const PduType *type,
                           const char *name); /* RFC spelling; NULL if it has none such */
/* "Data-Out F=1 ITT=0x1 ... DataSN=3": every field, in the table's order, codes with their names; without a table, the octets. */
void pdu_print (const guint8 bhs[BHS_LENGTH], GString *out);
/* The same, with what its additional header segments say. */
void pdu_print_ahs (const guint8 bhs[BHS_LENGTH], const guint8 *ahs, guint length, GString *out);

/* PROTOCOL_ERROR_UNKNOWN: an opcode without a table; PROTOCOL_ERROR_FORMAT: RFC 7143 7.7. Reserved bits are not looked at
 * (R-PDU-003), nor the bits that a format fixes at one value: nothing hangs on them (R-PDU-032). */
gboolean pdu_validate (const guint8 bhs[BHS_LENGTH], GError **error);

/* For a family's validate: sets PROTOCOL_ERROR_FORMAT, "'Data-In': " and the text. Always FALSE. */
gboolean pdu_refuse (const guint8 bhs[BHS_LENGTH], GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* What several families share: a task's tag (R-PDU-013), no data segment, and data that ends within 32 bits of offset. */
gboolean pdu_require_tag (const guint8 bhs[BHS_LENGTH], GError **error);
gboolean pdu_require_no_data (const guint8 bhs[BHS_LENGTH], GError **error);
gboolean pdu_require_range (const guint8 bhs[BHS_LENGTH], guint32 offset, guint32 length,
                            GError **error);

#define FIELD_MEMBER(type, c_name, name, byte, shift, bits, format) type c_name;
#define FIELD_ENCODE(type, c_name, name, byte, shift, bits, format)                                \
  wire_or (bhs, byte, shift, bits, (guint64) self->c_name);
#define FIELD_DECODE(type, c_name, name, byte, shift, bits, format)                                \
  self->c_name = (type) wire_get (bhs, byte, shift, bits);
#define FIELD_ROW(type, c_name, name, byte, shift, bits, format)                                   \
  { name, byte, shift, bits, PDU_##format },

/* In a family's header: the struct and its functions. */
#define PDU_DECLARE(Type, noun, FIELDS)                                                            \
  typedef struct Type {                                                                            \
    FIELDS (FIELD_MEMBER)                                                                          \
  } Type;                                                                                          \
  void noun##_encode (const Type *self, guint8 bhs[BHS_LENGTH]);                                   \
  void noun##_decode (Type *self, const guint8 bhs[BHS_LENGTH]);                                   \
  extern const PduType noun##_type;

/* In a family's source, after a static noun_validate. */
#define PDU_DEFINE(Type, noun, FIELDS, OPCODE_VALUE, FROM_INITIATOR)                               \
  void noun##_encode (const Type *self, guint8 bhs[BHS_LENGTH])                                    \
  {                                                                                                \
    memset (bhs, 0, BHS_LENGTH);                                                                   \
    bhs[0] = OPCODE_VALUE;                                                                         \
    FIELDS (FIELD_ENCODE)                                                                          \
  }                                                                                                \
  void noun##_decode (Type *self, const guint8 bhs[BHS_LENGTH])                                    \
  {                                                                                                \
    FIELDS (FIELD_DECODE)                                                                          \
  }                                                                                                \
  static const PduField noun##_fields[] = { FIELDS (FIELD_ROW) };                                  \
  const PduType noun##_type = { OPCODE_VALUE, FROM_INITIATOR, noun##_fields,                       \
                                G_N_ELEMENTS (noun##_fields), noun##_validate };

/* Fields of every header. TotalAHSLength counts words; DataSegmentLength counts bytes without padding, and is set by pdu_send
 * from the payload. */
#define BHS_FIELDS(FIELD)                                                                          \
  FIELD (guint8, total_ahs_length, "TotalAHSLength", 4, 0, 8, DEC)                                 \
  FIELD (guint32, data_segment_length, "DataSegmentLength", 5, 0, 24, DEC)

#define REQUEST_FIELDS(FIELD)                                                                      \
  FIELD (guint8, immediate, "I", 0, 6, 1, FLAG)                                                    \
  BHS_FIELDS (FIELD)

/* Where requests and responses keep their numbers. */
#define REQUEST_NUMBERS(FIELD)                                                                     \
  FIELD (guint32, cmd_sn, "CmdSN", 24, 0, 32, DEC)                                                 \
  FIELD (guint32, exp_stat_sn, "ExpStatSN", 28, 0, 32, DEC)

#define RESPONSE_NUMBERS(FIELD)                                                                    \
  FIELD (guint32, stat_sn, "StatSN", 24, 0, 32, DEC)                                               \
  FIELD (guint32, exp_cmd_sn, "ExpCmdSN", 28, 0, 32, DEC)                                          \
  FIELD (guint32, max_cmd_sn, "MaxCmdSN", 32, 0, 32, DEC)
