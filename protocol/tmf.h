/* SPDX-License-Identifier: Apache-2.0 */
/* tmf.h - Task Management Function Request and Response (RFC 7143 11.5, 11.6; RFC 7144 6.3) */
#pragma once

#include "protocol/bhs.h"

/* TMF (NAME, value, "text") */
#define TMFS(TMF)                                                                                  \
  TMF (ABORT_TASK, 1, "ABORT TASK")                                                                \
  TMF (ABORT_TASK_SET, 2, "ABORT TASK SET")                                                        \
  TMF (CLEAR_ACA, 3, "CLEAR ACA")                                                                  \
  TMF (CLEAR_TASK_SET, 4, "CLEAR TASK SET")                                                        \
  TMF (LUN_RESET, 5, "LOGICAL UNIT RESET")                                                         \
  TMF (TARGET_WARM_RESET, 6, "TARGET WARM RESET")                                                  \
  TMF (TARGET_COLD_RESET, 7, "TARGET COLD RESET")                                                  \
  TMF (TASK_REASSIGN, 8, "TASK REASSIGN")                                                          \
  TMF (QUERY_TASK, 9, "QUERY TASK")                                                                \
  TMF (QUERY_TASK_SET, 10, "QUERY TASK SET")                                                       \
  TMF (NEXUS_RESET, 11, "I_T NEXUS RESET")                                                         \
  TMF (QUERY_ASYNC_EVENT, 12, "QUERY ASYNCHRONOUS EVENT")

typedef enum TmfFunction {
#define TMF(name, value, text) TMF_##name = value,
  TMFS (TMF)
#undef TMF
} TmfFunction;

const char *tmf_function_name (guint64 function); /* "unknown function" for others */

/* TMF_ANSWER (NAME, value, "text") */
#define TMF_ANSWERS(TMF_ANSWER)                                                                    \
  TMF_ANSWER (COMPLETE, 0, "function complete")                                                    \
  TMF_ANSWER (NO_TASK, 1, "task does not exist")                                                   \
  TMF_ANSWER (NO_LUN, 2, "LUN does not exist")                                                     \
  TMF_ANSWER (STILL_ALLEGIANT, 3, "task still allegiant")                                          \
  TMF_ANSWER (NO_REASSIGN, 4, "task allegiance reassignment not supported")                        \
  TMF_ANSWER (NOT_SUPPORTED, 5, "function not supported")                                          \
  TMF_ANSWER (NOT_AUTHORIZED, 6, "function authorization failed")                                  \
  TMF_ANSWER (SUCCEEDED, 7, "function succeeded")                                                  \
  TMF_ANSWER (REJECTED, 255, "function rejected")

typedef enum TmfAnswer {
#define TMF_ANSWER(name, value, text) TMF_ANSWER_##name = value,
  TMF_ANSWERS (TMF_ANSWER)
#undef TMF_ANSWER
} TmfAnswer;

const char *tmf_answer_name (guint64 answer); /* "unknown response" for others */

#define TMF_REQUEST_FIELDS(FIELD)                                                                  \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, function, "Function", 1, 0, 7, DEC)                                               \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, referenced_task_tag, "ReferencedTaskTag", 20, 0, 32, HEX)                        \
  REQUEST_NUMBERS (FIELD)                                                                          \
  FIELD (guint32, ref_cmd_sn, "RefCmdSN", 32, 0, 32, DEC)                                          \
  FIELD (guint32, exp_data_sn, "ExpDataSN", 36, 0, 32, DEC)

#define TMF_RESPONSE_FIELDS(FIELD)                                                                 \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, response, "Response", 2, 0, 8, DEC)                                               \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  RESPONSE_NUMBERS (FIELD)

PDU_DECLARE (TmfRequest, tmf_request, TMF_REQUEST_FIELDS)
PDU_DECLARE (TmfResponse, tmf_response, TMF_RESPONSE_FIELDS)
