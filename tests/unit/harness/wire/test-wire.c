/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/wire/wire.h"

#include "protocol/events.h"
#include "protocol/login.h"
#include "protocol/scsi-command.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

typedef struct Pair {
  World *world;
  Wire *initiator;
  Wire *target;
} Pair;

static const char *const nothing[] = { NULL };

static Pair *
pair_new (void)
{
  static const EventFamily *const families[] = { &world_events, &protocol_events, NULL };
  const SimConfig config = { .seed = 3, .events = families };
  Pair *pair = g_new0 (Pair, 1);
  Address address;
  pair->world = sim_world_new (&config);
  Host *host = world_host_new (pair->world, "target", NULL);
  g_assert_true (world_address_new (pair->world, host, &address, NULL));
  pair->target = wire_target_new (host, &address, NULL);
  pair->initiator = wire_initiator_new (world_host_new (pair->world, "initiator", NULL));
  wire_connect (pair->initiator, &address);
  while (world_step (pair->world))
    continue;
  g_assert_true (wire_accept (pair->target));
  g_assert_true (pair->initiator->line->is_connected);
  return pair;
}

static void
pair_free (Pair *pair)
{
  wire_free (pair->initiator);
  wire_free (pair->target);
  world_free (pair->world);
  g_free (pair);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static void
pair_send (Pair *pair, Wire *from, guint8 bhs[BHS_LENGTH], const char *const *given)
{
  const Slice empty = SLICE_EMPTY;
  wire_fill (from, bhs, given);
  wire_send (from, bhs, &empty);
  wire_count (from, bhs, given);
  while (world_step (pair->world))
    continue;
}

static guint64
octets (const WirePdu *pdu, guint byte, guint bits)
{
  return wire_get (pdu->bhs, byte, 0, bits);
}

static void
test_what_is_left_open_follows_the_rules_of_numbering (void)
{
  g_autoptr (Pair) pair = pair_new ();
  for (guint i = 0; i < 3; i++) {
    guint8 bhs[BHS_LENGTH] = { i == 1 ? 0x41 : 0x01 }; /* the second one immediate */
    pair_send (pair, pair->initiator, bhs, nothing);
  }
  const guint32 cmd_sns[] = { 1, 2, 2 };
  for (guint i = 0; i < 3; i++) {
    g_autoptr (WirePdu) pdu = wire_take (pair->target);
    g_assert_cmpuint (octets (pdu, 16, 32), ==, i + 1); /* a tag of its own */
    g_assert_cmpuint (octets (pdu, 24, 32), ==, cmd_sns[i]);
    g_assert_cmphex (pdu->bhs[1], ==, 0x80); /* F */
  }
  g_assert_cmpuint (pair->target->exp_cmd_sn, ==, 3);
}

static void
test_a_status_is_acknowledged_and_a_data_in_without_one_is_not (void)
{
  g_autoptr (Pair) pair = pair_new ();
  guint8 response[BHS_LENGTH] = { 0x21 };
  pair->target->stat_sn = 0xffffffff;
  pair_send (pair, pair->target, response, nothing);
  g_assert_cmphex (wire_get (response, 24, 0, 32), ==, 0xffffffff);
  g_assert_cmphex (pair->initiator->exp_stat_sn, ==, 0);
  guint8 data_in[BHS_LENGTH] = { 0x25 };
  pair_send (pair, pair->target, data_in, nothing);
  g_assert_cmphex (pair->initiator->exp_stat_sn, ==, 0);
  g_assert_cmphex (pair->target->stat_sn, ==, 0);
}

static void
test_what_is_given_stays_and_is_not_counted (void)
{
  static const char *const given[] = { "CmdSN", "ITT", NULL };
  g_autoptr (Pair) pair = pair_new ();
  guint8 bhs[BHS_LENGTH] = { 0x01 };
  wire_set (bhs, 24, 0, 32, 77);
  wire_set (bhs, 16, 0, 32, 9);
  pair_send (pair, pair->initiator, bhs, given);
  g_autoptr (WirePdu) pdu = wire_take (pair->target);
  g_assert_cmpuint (octets (pdu, 24, 32), ==, 77);
  g_assert_cmpuint (octets (pdu, 16, 32), ==, 9);
  g_assert_cmpuint (pair->initiator->cmd_sn, ==, 1);
  g_assert_null (wire_take (pair->target));
}

static void
test_the_login_sets_the_first_cmdsn_of_both_ends (void)
{
  static const char *const given[] = { "CmdSN", NULL };
  g_autoptr (Pair) pair = pair_new ();
  guint8 bhs[BHS_LENGTH] = { 0x03 };
  wire_set (bhs, 24, 0, 32, 0xfffffff0);
  pair_send (pair, pair->initiator, bhs, given);
  g_assert_cmphex (bhs[0], ==, 0x43); /* R-LOGIN-041 */
  g_assert_cmphex (pair->initiator->cmd_sn, ==, 0xfffffff0);
  g_assert_cmphex (pair->target->exp_cmd_sn, ==, 0xfffffff0);
  g_assert_cmphex (pair->target->max_cmd_sn, ==, 0x0f);
}

static void
test_an_end_is_told_and_what_came_before_it_is_kept (void)
{
  g_autoptr (Pair) pair = pair_new ();
  guint8 bhs[BHS_LENGTH] = { 0x00 };
  pair_send (pair, pair->initiator, bhs, nothing);
  wire_close (pair->initiator);
  while (world_step (pair->world))
    continue;
  g_assert_true (pair->target->line->has_ended);
  g_assert_cmpint (pair->target->line->end, ==, STREAM_END_FIN);
  g_autoptr (WirePdu) pdu = wire_take (pair->target);
  g_assert_nonnull (pdu);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/wire/" #name, test_##name)
  TEST (what_is_left_open_follows_the_rules_of_numbering);
  TEST (a_status_is_acknowledged_and_a_data_in_without_one_is_not);
  TEST (what_is_given_stays_and_is_not_counted);
  TEST (the_login_sets_the_first_cmdsn_of_both_ends);
  TEST (an_end_is_told_and_what_came_before_it_is_kept);
#undef TEST
  return g_test_run ();
}
