/* SPDX-License-Identifier: Apache-2.0 */
/* referee-cases.h - counterexamples for the referee's rules, as short texts over literal PDUs
 *
 * A case names a rule, what passes before, the step that breaks the rule, and a neighbour of that step that does not. A step is
 * the name of a PDU below, its octets written from the figures of RFC 7143 11, and then in this order, all optional:
 *
 *   @24=00000002   these octets instead, at that place
 *   :Key=value|    a data segment of text, '|' for NUL      +8192  ... of so many zeros      =RD  ... of that PDU's header
 *   #0012f0        ... of these octets
 *   !              another octet in the header digest       &      ... in the data digest    ~  ... in the padding
 *   <              sent by the other side
 *
 * DataSegmentLength, padding and (after "digests") digests are made here, by functions of this file.
 */
#pragma once

#include "harness/check/referee.h"

typedef struct RefereeCase {
  const char *rule;
  const char *before;
  const char *breaks;
  const char *keeps;
} RefereeCase;

static const struct {
  const char *name;
  const char *octets;
} wire_pdus[] = {
  /* Login Request: I, T, CSG 1, NSG 3, ISID 400001370001, CmdSN 1. Response: TSIH 1, StatSN 1, ExpCmdSN 1, MaxCmdSN 32. */
  { "LQ", "43870000 00000000 40000137 00010000 00000000 00000000 00000001 00000000"
          "00000000 00000000 00000000 00000000" },
  { "LR", "23870000 00000000 40000137 00010001 00000000 00000000 00000001 00000001"
          "00000020 00000000 00000000 00000000" },
  /* READ and WRITE of 8192 bytes: ITT 10, CmdSN 1, ExpStatSN 2. WU: F=0. */
  { "RD", "01c10000 00000000 00010000 00000000 00000010 00002000 00000001 00000002"
          "28000000 00000000 10000000 00000000" },
  { "WR", "01a10000 00000000 00010000 00000000 00000010 00002000 00000001 00000002"
          "2a000000 00000000 10000000 00000000" },
  { "WU", "01210000 00000000 00010000 00000000 00000010 00002000 00000001 00000002"
          "2a000000 00000000 10000000 00000000" },
  /* Data-In with F and S, with F only, with neither; DataSN 0, offset 0. */
  { "DS", "25810000 00000000 00000000 00000000 00000010 ffffffff 00000002 00000002"
          "00000020 00000000 00000000 00000000" },
  { "DF", "25800000 00000000 00000000 00000000 00000010 ffffffff 00000000 00000002"
          "00000020 00000000 00000000 00000000" },
  { "DI", "25000000 00000000 00000000 00000000 00000010 ffffffff 00000000 00000002"
          "00000020 00000000 00000000 00000000" },
  { "SR", "21800000 00000000 00000000 00000000 00000010 00000000 00000002 00000002"
          "00000020 00000000 00000000 00000000" },
  /* R2T: TTT 1, R2TSN 0, 8192 bytes at 0. Data-Out for it with F and without; UF, UO: unsolicited. */
  { "RT", "31800000 00000000 00010000 00000000 00000010 00000001 00000002 00000002"
          "00000020 00000000 00000000 00002000" },
  { "OF", "05800000 00000000 00010000 00000000 00000010 00000001 00000000 00000002"
          "00000000 00000000 00000000 00000000" },
  { "OO", "05000000 00000000 00010000 00000000 00000010 00000001 00000000 00000002"
          "00000000 00000000 00000000 00000000" },
  { "UF", "05800000 00000000 00000000 00000000 00000010 ffffffff 00000000 00000002"
          "00000000 00000000 00000000 00000000" },
  { "UO", "05000000 00000000 00000000 00000000 00000010 ffffffff 00000000 00000002"
          "00000000 00000000 00000000 00000000" },
  /* ABORT TASK of RD or WR, immediate: ITT 20. */
  { "TM", "42810000 00000000 00010000 00000000 00000020 00000010 00000002 00000002"
          "00000001 00000000 00000000 00000000" },
  { "TP", "22800000 00000000 00000000 00000000 00000020 00000000 00000002 00000002"
          "00000020 00000000 00000000 00000000" },
  { "TQ", "04800000 00000000 00000000 00000000 00000030 ffffffff 00000001 00000002"
          "00000000 00000000 00000000 00000000" },
  { "TS", "24800000 00000000 00000000 00000000 00000030 ffffffff 00000002 00000002"
          "00000020 00000000 00000000 00000000" },
  { "LO", "46800000 00000000 00000000 00000000 00000040 00000000 00000001 00000002"
          "00000000 00000000 00000000 00000000" },
  { "LP", "26800000 00000000 00000000 00000000 00000040 00000000 00000002 00000001"
          "00000020 00000000 00020014 00000000" },
  /* A ping and its answer; the target's ping (TTT 7) and its answer; a NOP-In that wants nothing. */
  { "NO", "40800000 00000000 00000000 00000000 00000050 ffffffff 00000001 00000002"
          "00000000 00000000 00000000 00000000" },
  { "NI", "20800000 00000000 00000000 00000000 00000050 ffffffff 00000002 00000001"
          "00000020 00000000 00000000 00000000" },
  { "NT", "20800000 00000000 00010000 00000000 ffffffff 00000007 00000002 00000001"
          "00000020 00000000 00000000 00000000" },
  { "NA", "40800000 00000000 00010000 00000000 ffffffff 00000007 00000001 00000002"
          "00000000 00000000 00000000 00000000" },
  { "NW", "20800000 00000000 00000000 00000000 ffffffff ffffffff 00000002 00000001"
          "00000020 00000000 00000000 00000000" },
  /* SNACK for the Data-In of ITT 10; Reject: protocol error; Asynchronous Message: a negotiation is wanted. */
  { "SN", "10800000 00000000 00000000 00000000 00000010 ffffffff 00000000 00000002"
          "00000000 00000000 00000000 00000001" },
  { "RJ", "3f800400 00000000 00000000 00000000 ffffffff 00000000 00000002 00000001"
          "00000020 00000000 00000000 00000000" },
  { "AS", "32800000 00000000 00000000 00000000 ffffffff 00000000 00000002 00000001"
          "00000020 04000000 00000003 00000000" },
};

#define NAMES               "InitiatorName=iqn.2001-04.com.example:i|TargetName=iqn.2001-04.com.example:t|"
#define LOGIN_KEYS(ask, is) "LQ:" NAMES ask " LR:TargetPortalGroupTag=1|" is " "
#define LOGIN               LOGIN_KEYS ("", "")
#define SAME(keys)          LOGIN_KEYS (keys, keys)
#define UNSOLICITED         SAME ("InitialR2T=No|FirstBurstLength=4096|")
#define LEVEL1              SAME ("ErrorRecoveryLevel=1|")

/* ---- from text to octets ---- */

static const char *
wire_octets (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (wire_pdus); i++)
    if (strncmp (wire_pdus[i].name, name, 2) == 0)
      return wire_pdus[i].octets;
  g_error ("no PDU '%.2s'", name);
}

/* Up to the first character that is neither a digit nor, if it may be, a blank. */
static guint
wire_hex (const char *text, const char *blank, const char **ret_rest, guint8 *ret_octets,
          guint limit)
{
  guint count = 0;
  for (; g_ascii_isxdigit (*text) || (*text == ' ' && *blank == ' '); text += 2) {
    text += *text == ' ';
    g_assert_cmpuint (count, <, limit);
    ret_octets[count++] =
        (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
  }
  *ret_rest = text;
  return count;
}

/* Bit by bit, as 13.1 has it: the polynomial 0x11edc6f41, reflected. */
static void
wire_add_crc (GByteArray *out, gsize from, guint8 damage)
{
  guint32 crc = 0xffffffffu;
  for (gsize i = from; i < out->len; i++) {
    crc ^= out->data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
  }
  crc = ~crc;
  const guint8 octets[4] = { (guint8) (crc ^ damage), (guint8) (crc >> 8), (guint8) (crc >> 16),
                             (guint8) (crc >> 24) };
  g_byte_array_append (out, octets, 4);
}

static const char *
wire_data (const char *at, GByteArray *data)
{
  const char *rest;
  if (*at == ':') {
    for (at++; *at != ' ' && *at != '\0' && strchr ("!&~<", *at) == NULL; at++) {
      const guint8 octet = *at == '|' ? 0 : (guint8) *at;
      g_byte_array_append (data, &octet, 1);
    }
  } else if (*at == '+') {
    char *end;
    g_byte_array_set_size (data, (guint) g_ascii_strtoull (at + 1, &end, 10));
    memset (data->data, 0, data->len);
    at = end;
  } else if (*at == '=') {
    g_byte_array_set_size (data, 48);
    wire_hex (wire_octets (at + 1), " ", &rest, data->data, 48);
    at += 3;
  } else if (*at == '#') {
    g_byte_array_set_size (data, 64);
    g_byte_array_set_size (data, wire_hex (at + 1, "", &rest, data->data, 64));
    at = rest;
  }
  return at;
}

static const char *
wire_patches (const char *at, guint8 bhs[48])
{
  while (*at == '@') {
    char *equals;
    const guint64 byte = g_ascii_strtoull (at + 1, &equals, 10);
    g_assert_cmpint (*equals, ==, '=');
    g_assert_cmpuint (byte, <, 48);
    guint8 octets[48];
    const guint count = wire_hex (equals + 1, "", &at, octets, 48 - (guint) byte);
    memcpy (bhs + byte, octets, count);
  }
  return at;
}

typedef struct WireStep {
  GByteArray *octets;
  gboolean is_from_target;
} WireStep;

/* One step; returns what is behind it. */
static const char *
wire_step (const char *at, gboolean has_digests, WireStep *ret_step)
{
  static const guint8 zeros[4] = { 0 };
  guint8 bhs[48];
  g_autoptr (GByteArray) data = g_byte_array_new ();
  const char *rest;
  g_assert_cmpuint (wire_hex (wire_octets (at), " ", &rest, bhs, 48), ==, 48);
  at = wire_patches (at + 2, bhs);
  at = wire_data (at, data);
  if (data->len > 0) {
    bhs[5] = (guint8) (data->len >> 16);
    bhs[6] = (guint8) (data->len >> 8);
    bhs[7] = (guint8) data->len;
  }
  const gsize flag_count = strspn (at, "!&~<");
  g_autofree char *marks = g_strndup (at, flag_count);
  ret_step->octets = g_byte_array_new ();
  ret_step->is_from_target = ((bhs[0] & 0x3f) >= 0x20) != (strchr (marks, '<') != NULL);
  g_byte_array_append (ret_step->octets, bhs, 48);
  if (has_digests)
    wire_add_crc (ret_step->octets, 0, strchr (marks, '!') != NULL);
  const gsize begin = ret_step->octets->len;
  for (guint i = 0; i < bhs[4] * 4u; i++)
    g_byte_array_append (ret_step->octets, zeros, 1);
  g_byte_array_append (ret_step->octets, data->data, data->len);
  g_byte_array_append (ret_step->octets, zeros, -data->len & 3);
  if (strchr (marks, '~') != NULL)
    ret_step->octets->data[ret_step->octets->len - 1] = 1;
  if (has_digests && data->len > 0)
    wire_add_crc (ret_step->octets, begin, strchr (marks, '&') != NULL);
  return at + flag_count;
}

/* ---- running ---- */

typedef struct RefereeRun {
  Referee *referee;
  RefereeEnd *end;
  gboolean has_digests;
  GPtrArray *fired; /* of char *: rules */
  GString *texts;
} RefereeRun;

static void
run_on_violation (gpointer data, const RefereeViolation *violation)
{
  RefereeRun *run = data;
  g_ptr_array_add (run->fired, g_strdup (violation->rule));
  g_string_append_printf (run->texts, "%s: expected %s, got %s: %s\n", violation->rule,
                          violation->expected, violation->actual, violation->pdu);
}

static void
run_begin (RefereeRun *run)
{
  *run = (RefereeRun){ .fired = g_ptr_array_new_with_free_func (g_free),
                       .texts = g_string_new (NULL) };
  run->referee = referee_new (run_on_violation, run);
  run->end = referee_end_new (run->referee, "here", 3);
}

static void
run_end (RefereeRun *run)
{
  referee_end_free (run->end);
  referee_free (run->referee);
  g_ptr_array_unref (run->fired);
  g_string_free (run->texts, TRUE);
}

static void
run_steps (RefereeRun *run, const char *steps)
{
  while (*(steps += strspn (steps, " ")) != '\0') {
    if (g_str_has_prefix (steps, "digests")) {
      run->has_digests = TRUE;
      steps += strlen ("digests");
      continue;
    }
    WireStep step;
    steps = wire_step (steps, run->has_digests, &step);
    g_assert_true (*steps == ' ' || *steps == '\0');
    Slice slice = slice_copy (step.octets->data, step.octets->len);
    referee_end_take (run->end, step.is_from_target ? OBSERVER_TARGET : OBSERVER_INITIATOR, &slice);
    slice_clear (&slice);
    g_byte_array_unref (step.octets);
  }
}

static inline gboolean
run_has_fired (const RefereeRun *run, const char *rule)
{
  return g_ptr_array_find_with_equal_func (run->fired, rule, g_str_equal, NULL);
}

static inline void
assert_keeps (const RefereeCase *c)
{
  RefereeRun run;
  run_begin (&run);
  run_steps (&run, c->before);
  run_steps (&run, c->keeps);
  if (run.fired->len > 0)
    g_error ("'%s' then '%s' (for %s) breaks no rule, but: %s", c->before, c->keeps, c->rule,
             run.texts->str);
  run_end (&run);
}

static inline void
assert_breaks (const RefereeCase *c)
{
  RefereeRun run;
  run_begin (&run);
  run_steps (&run, c->before);
  g_assert_cmpuint (run.fired->len, ==, 0);
  run_steps (&run, c->breaks);
  if (!run_has_fired (&run, c->rule))
    g_error ("'%s' then '%s' breaks %s, but: %s", c->before, c->breaks, c->rule,
             run.texts->len > 0 ? run.texts->str : "nothing fired");
  run_end (&run);
}

static inline gboolean
cases_have (const RefereeCase *cases, guint count, const char *rule)
{
  for (guint i = 0; i < count; i++)
    if (g_str_equal (cases[i].rule, rule))
      return TRUE;
  return FALSE;
}

/* The whole of a family: each case breaks its rule and has a neighbour that does not, and each rule has a case. */
static inline void
assert_family (const char *family, const RefereeCase *cases, guint count)
{
  guint rules = 0;
  for (guint i = 0; i < count; i++) {
    assert_keeps (&cases[i]);
    assert_breaks (&cases[i]);
  }
  for (guint i = 0; i < referee_rule_count (); i++) {
    if (!g_str_equal (referee_rule_family (i), family))
      continue;
    rules++;
    if (!cases_have (cases, count, referee_rule_id (i)))
      g_error ("the rule '%s' has no counterexample", referee_rule_id (i));
  }
  g_assert_cmpuint (rules, >, 0);
  g_test_message ("%s: %u rules, %u fire on their counterexamples", family, rules, rules);
}
