/* SPDX-License-Identifier: Apache-2.0 */
/* sense.h - sense data (SPC-4 4.5): why a command ended with CHECK CONDITION, in both formats */
#pragma once

#include "protocol/bhs.h"

#define SENSE_KEYS(KEY)                                                                            \
  KEY (NO_SENSE, 0x0, "NO SENSE")                                                                  \
  KEY (RECOVERED_ERROR, 0x1, "RECOVERED ERROR")                                                    \
  KEY (NOT_READY, 0x2, "NOT READY")                                                                \
  KEY (MEDIUM_ERROR, 0x3, "MEDIUM ERROR")                                                          \
  KEY (HARDWARE_ERROR, 0x4, "HARDWARE ERROR")                                                      \
  KEY (ILLEGAL_REQUEST, 0x5, "ILLEGAL REQUEST")                                                    \
  KEY (UNIT_ATTENTION, 0x6, "UNIT ATTENTION")                                                      \
  KEY (DATA_PROTECT, 0x7, "DATA PROTECT")                                                          \
  KEY (BLANK_CHECK, 0x8, "BLANK CHECK")                                                            \
  KEY (COPY_ABORTED, 0xa, "COPY ABORTED")                                                          \
  KEY (ABORTED_COMMAND, 0xb, "ABORTED COMMAND")                                                    \
  KEY (MISCOMPARE, 0xe, "MISCOMPARE")

typedef enum SenseKey {
#define KEY(name, code, text) SENSE_##name = code,
  SENSE_KEYS (KEY)
#undef KEY
} SenseKey;

const char *sense_key_name (guint64 key);

/* asc << 8 | ascq (SPC-4 annex F.2) */
typedef enum SenseCode {
  SENSE_CODE_NONE = 0x0000,
  SENSE_CODE_OPERATION_IN_PROGRESS = 0x0016,
  SENSE_CODE_NOT_READY = 0x0401, /* in process of becoming ready */
  SENSE_CODE_INITIALIZING_COMMAND_REQUIRED = 0x0402,
  SENSE_CODE_FORMAT_IN_PROGRESS = 0x0404,
  SENSE_CODE_SANITIZE_IN_PROGRESS = 0x041b,
  SENSE_CODE_ALUA_TRANSITION = 0x040a,
  SENSE_CODE_ALUA_STANDBY = 0x040b,
  SENSE_CODE_ALUA_UNAVAILABLE = 0x040c,
  SENSE_CODE_WRITE_ERROR = 0x0c00,
  SENSE_CODE_UNEXPECTED_UNSOLICITED_DATA = 0x0c0c,
  SENSE_CODE_INCORRECT_AMOUNT_OF_DATA = 0x0c0d,
  SENSE_CODE_COPY_TARGET_NOT_REACHABLE = 0x0d02,
  SENSE_CODE_UNRECOVERED_READ_ERROR = 0x1100,
  SENSE_CODE_PARAMETER_LIST_LENGTH = 0x1a00,
  SENSE_CODE_MISCOMPARE_DURING_VERIFY = 0x1d00,
  SENSE_CODE_INVALID_OPCODE = 0x2000,
  SENSE_CODE_LBA_OUT_OF_RANGE = 0x2100,
  SENSE_CODE_INVALID_FIELD_IN_CDB = 0x2400,
  SENSE_CODE_LUN_NOT_SUPPORTED = 0x2500,
  SENSE_CODE_INVALID_FIELD_IN_PARAMETERS = 0x2600,
  SENSE_CODE_PARAMETER_NOT_SUPPORTED = 0x2601,
  SENSE_CODE_PARAMETER_VALUE_INVALID = 0x2602,
  SENSE_CODE_INVALID_RELEASE = 0x2604,
  SENSE_CODE_TOO_MANY_TARGET_DESCRIPTORS = 0x2606,
  SENSE_CODE_UNSUPPORTED_TARGET_DESCRIPTOR = 0x2607,
  SENSE_CODE_TOO_MANY_SEGMENT_DESCRIPTORS = 0x2608,
  SENSE_CODE_UNSUPPORTED_SEGMENT_DESCRIPTOR = 0x2609,
  SENSE_CODE_WRITE_PROTECTED = 0x2700,
  SENSE_CODE_SPACE_ALLOCATION_FAILED = 0x2707,
  SENSE_CODE_MEDIUM_MAY_HAVE_CHANGED = 0x2800,
  SENSE_CODE_POWER_ON_RESET = 0x2900,
  SENSE_CODE_POWER_ON = 0x2901,
  SENSE_CODE_BUS_RESET = 0x2903, /* BUS DEVICE RESET FUNCTION OCCURRED */
  SENSE_CODE_NEXUS_LOSS = 0x2907,
  SENSE_CODE_PARAMETERS_CHANGED = 0x2a00,
  SENSE_CODE_MODE_PARAMETERS_CHANGED = 0x2a01,
  SENSE_CODE_RESERVATIONS_PREEMPTED = 0x2a03,
  SENSE_CODE_RESERVATIONS_RELEASED = 0x2a04,
  SENSE_CODE_REGISTRATIONS_PREEMPTED = 0x2a05,
  SENSE_CODE_ALUA_STATE_CHANGED = 0x2a06,
  SENSE_CODE_CAPACITY_CHANGED = 0x2a09,
  SENSE_CODE_TIMESTAMP_CHANGED = 0x2a10,
  SENSE_CODE_COMMAND_SEQUENCE = 0x2c00,
  SENSE_CODE_COMMANDS_CLEARED = 0x2f00, /* by another initiator */
  SENSE_CODE_FORMAT_FAILED = 0x3101,
  SENSE_CODE_SANITIZE_FAILED = 0x3103,
  SENSE_CODE_SAVING_NOT_SUPPORTED = 0x3900,
  SENSE_CODE_MEDIUM_NOT_PRESENT = 0x3a00,
  SENSE_CODE_FAILED_SELF_TEST = 0x3e03,
  SENSE_CODE_INQUIRY_DATA_CHANGED = 0x3f03,
  SENSE_CODE_DEVICE_IDENTIFIER_CHANGED = 0x3f05,
  SENSE_CODE_REPORTED_LUNS_CHANGED = 0x3f0e,
  SENSE_CODE_ECHO_BUFFER_OVERWRITTEN = 0x3f0f,
  SENSE_CODE_INTERNAL_TARGET_FAILURE = 0x4400,
  SENSE_CODE_INSUFFICIENT_RESOURCES = 0x5503,
  SENSE_CODE_INSUFFICIENT_REGISTRATION_RESOURCES = 0x5504,
  SENSE_CODE_MEDIUM_REMOVAL_PREVENTED = 0x5302,
  SENSE_CODE_IDLE_BY_COMMAND = 0x5e03,
  SENSE_CODE_STANDBY_BY_COMMAND = 0x5e04,
} SenseCode;

/* What the three sense-key specific octets say, by the sense key (SPC-4 4.5.2.4). */
typedef enum SenseSpecific {
  SENSE_SPECIFIC_NONE,
  SENSE_SPECIFIC_CDB_FIELD,       /* ILLEGAL REQUEST: where in the CDB */
  SENSE_SPECIFIC_PARAMETER_FIELD, /* ILLEGAL REQUEST: where in the parameter list */
  SENSE_SPECIFIC_PROGRESS,        /* NOT READY, NO SENSE: 65536ths done */
} SenseSpecific;

#define SENSE_NO_BIT 8

typedef struct Sense {
  SenseKey key;
  guint16 code; /* asc << 8 | ascq */
  gboolean has_information;
  guint64 information; /* of a block command: the LBA; of a miscompare: the offset */
  SenseSpecific specific;
  guint16 field; /* the octet, or the progress */
  guint8 bit;    /* most significant bit of the field; SENSE_NO_BIT: not told */
} Sense;

#define SENSE(sense_key, sense_code) ((Sense){ .key = (sense_key), .code = (sense_code) })

#define SENSE_FIXED_LENGTH 18
#define SENSE_MAX          32 /* descriptor format with information and sense-key specific */

/* Current errors. A SCSI Response carries them behind a two-octet length (RFC 7143 11.4.7.2). */
void sense_encode (const Sense *sense, guint8 ret_bytes[SENSE_FIXED_LENGTH]);
guint sense_encode_descriptor (const Sense *sense,
                               guint8 ret_bytes[SENSE_MAX]); /* returns its length */
gboolean sense_decode (const guint8 *bytes, gsize length,
                       Sense *ret_sense); /* fixed and descriptor format */
