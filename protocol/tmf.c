/* SPDX-License-Identifier: Apache-2.0 */
/* tmf.c - Task Management Function Request and Response (RFC 7143 11.5, 11.6) */
#include "protocol/tmf.h"

#include "world/banned.h"

const char *
tmf_function_name (guint64 function)
{
  static const char *const names[] = {
#define TMF(name, value, text) [value] = text,
    TMFS (TMF)
#undef TMF
  };
  return function < G_N_ELEMENTS (names) && names[function] != NULL ? names[function]
                                                                    : "unknown function";
}

const char *
tmf_answer_name (guint64 answer)
{
  static const struct {
    guint64 value;
    const char *name;
  } names[] = {
#define TMF_ANSWER(name, value, text) { value, text },
    TMF_ANSWERS (TMF_ANSWER)
#undef TMF_ANSWER
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].value == answer)
      return names[i].name;
  return "unknown response";
}

static gboolean
tmf_names_a_task (guint8 function)
{
  return function == TMF_ABORT_TASK || function == TMF_TASK_REASSIGN || function == TMF_QUERY_TASK;
}

static gboolean
tmf_request_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  TmfRequest request;
  tmf_request_decode (&request, bhs);
  if (!pdu_require_tag (bhs, error) || !pdu_require_no_data (bhs, error))
    return FALSE;
  /* RFC 7143 11.5.4, R-TMF: the reserved value but for the functions that name one task. */
  if (!tmf_names_a_task (request.function) && request.referenced_task_tag != TAG_NONE)
    return pdu_refuse (bhs, error, "expected ReferencedTaskTag 0x%x with %s, got 0x%x", TAG_NONE,
                       tmf_function_name (request.function), request.referenced_task_tag);
  return TRUE;
}

static gboolean
tmf_response_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  return pdu_require_tag (bhs, error) && pdu_require_no_data (bhs, error);
}

PDU_DEFINE (TmfRequest, tmf_request, TMF_REQUEST_FIELDS, OPCODE_TMF_REQUEST, TRUE)
PDU_DEFINE (TmfResponse, tmf_response, TMF_RESPONSE_FIELDS, OPCODE_TMF_RESPONSE, FALSE)
