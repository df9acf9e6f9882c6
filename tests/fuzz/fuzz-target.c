/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes go to a target over a connection of a simulated world, as a peer that means no good would send them. Whatever they are, the
 * target then still serves the next initiator: it logs in, and a read is GOOD.
 *
 * Input: the mode (1 byte), how long a piece of the stream is (1 byte), the stream. As PDUs: each header of the stream is sent with
 * its data segment cut to what there is and, by the mode, with the numbers and tags that the target expects, so that a
 * changed octet is what the target stumbles over and not the number that changed with it. */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/target-sim/wire.h"

#define IS_LOGGED_IN  0x01 /* the stream begins in full feature phase */
#define IS_PDUS       0x02 /* the stream is taken apart into PDUs, see above */
#define HAS_NUMBERS   0x04 /* CmdSN is the next one */
#define HAS_TAGS      0x08 /* a Data-Out answers the newest R2T */
#define SEGMENT_MAX   1024 /* of one PDU, so that an input stays small */
#define QUIET_NS      (200 * NS_PER_MS)
#define QUEUE_DEPTH   8
#define SESSION_LIMIT 4

typedef struct Attack {
  Lab lab;
  Wire wire;
  guint8 mode;
  guint32 cmd_sn;
  R2t r2t; /* the newest one */
} Attack;

static void
attack_read_answers (Attack *attack)
{
  WirePdu *pdu;
  while ((pdu = g_queue_pop_head (&attack->wire.pdus)) != NULL) {
    g_autoptr (GError) error = NULL;
    pdu_validate (pdu->bhs, &error); /* what a target sends is well formed, whatever it heard */
    g_assert_no_error (error);
    attack->cmd_sn = (guint32) wire_get (pdu->bhs, 28, 0, 32);
    if (bhs_opcode (pdu->bhs) == OPCODE_R2T)
      r2t_decode (&attack->r2t, pdu->bhs);
    wire_pdu_free (pdu);
  }
}

static gboolean
is_ordered (const guint8 bhs[BHS_LENGTH])
{
  const guint8 opcode = bhs_opcode (bhs);
  return opcode != OPCODE_DATA_OUT && opcode != OPCODE_SNACK_REQUEST && (bhs[0] & 0x40) == 0;
}

static void
attack_correct (Attack *attack, guint8 bhs[BHS_LENGTH])
{
  if ((attack->mode & HAS_NUMBERS) != 0 && is_ordered (bhs))
    wire_set (bhs, 24, 0, 32, attack->cmd_sn++);
  if ((attack->mode & HAS_TAGS) != 0 && bhs_opcode (bhs) == OPCODE_DATA_OUT) {
    wire_set (bhs, 16, 0, 32, attack->r2t.initiator_task_tag);
    wire_set (bhs, 20, 0, 32, attack->r2t.target_transfer_tag);
  }
}

static void
attack_send_pdu (Attack *attack, FuzzInput *input)
{
  guint8 bhs[BHS_LENGTH];
  gsize length;
  fuzz_fill (input, bhs, sizeof bhs);
  bhs[4] = 0; /* no AHS: the segment is where the length says */
  const guint8 *data = fuzz_take (input, bhs_data_segment_length (bhs) % SEGMENT_MAX, &length);
  attack_correct (attack, bhs);
  wire_send (&attack->wire, bhs, data, length);
  gsize padding;
  fuzz_take (input, -length & 3, &padding);
}

static void
attack_run (Attack *attack, FuzzInput *input)
{
  const gsize piece = 1 + fuzz_byte (input) * 4;
  while (input->length > 0 && !attack->wire.has_ended) {
    gsize length;
    if ((attack->mode & IS_PDUS) != 0) {
      attack_send_pdu (attack, input);
    } else {
      const guint8 *bytes = fuzz_take (input, piece, &length);
      stream_send (attack->wire.stream, slice_copy (bytes, length));
    }
    lab_run_ns (&attack->lab, NS_PER_MS);
    attack_read_answers (attack);
  }
  lab_run_ns (&attack->lab, QUIET_NS);
  attack_read_answers (attack);
}

static void
check_service (Lab *lab)
{
  Wire wire;
  wire_open (&wire, lab);
  wire.isid = UINT64_C (0x8000000000ff);
  wire_login (&wire);
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_16, 0, 1);
  wire_send_command (&wire, &command, NULL, 0);
  WirePdu *pdu = wire_expect (&wire, OPCODE_DATA_IN);
  DataIn data_in;
  data_in_decode (&data_in, pdu->bhs);
  g_assert_true (data_in.has_status && data_in.status == SCSI_GOOD);
  wire_pdu_free (pdu);
  wire_close (&wire);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  Attack attack = { .mode = fuzz_byte (&input) };
  lab_init (&attack.lab);
  attack.lab.config.queue_depth = QUEUE_DEPTH;
  attack.lab.config.session_limit = SESSION_LIMIT;
  lab_start (&attack.lab);
  wire_open (&attack.wire, &attack.lab);
  if ((attack.mode & IS_LOGGED_IN) != 0)
    wire_login (&attack.wire);
  attack.cmd_sn = attack.wire.cmd_sn;
  attack_run (&attack, &input);
  wire_close (&attack.wire);
  /* Beyond every timeout of the target: what the attack left behind is gone, sessions included. */
  lab_run_ns (&attack.lab, NS_PER_S * 3600 * 3);
  check_service (&attack.lab);
  lab_clear (&attack.lab);
  return 0;
}
