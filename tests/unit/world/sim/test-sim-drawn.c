/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn troubles of every kind, at once: whatever happens to the network and the machines, an end hears a prefix of what the
 * other one sent, in order, and hears at most one end of it; the same seed is the same run; and nothing is left when all is
 * healed and both ends have closed.
 */
#include "tests/unit/world/sim/sim-fixture.h"

#define RUNS  300
#define STEPS 60

typedef struct Drawn {
  Net net;
  Random random;
  guint sent[2]; /* bytes: by the client, by the server */
  gboolean has_closed[2];
} Drawn;

static guint8
byte_at (guint direction, guint offset)
{
  return (guint8) (offset * 13 + offset / 251 + direction * 101);
}

static End *
drawn_end (Drawn *drawn, guint direction)
{
  return direction == 0 ? &drawn->net.client : &drawn->net.server;
}

static Host *
drawn_host (Drawn *drawn, guint direction)
{
  return direction == 0 ? drawn->net.client_host : drawn->net.server_host;
}

static void
drawn_send (Drawn *drawn, guint direction)
{
  End *end = drawn_end (drawn, direction);
  if (end->stream == NULL || drawn->has_closed[direction] || !drawn_host (drawn, direction)->is_up)
    return;
  Buffer *buffer = buffer_new (1 + (gsize) random_below (&drawn->random, 3000));
  for (gsize i = 0; i < buffer->size; i++)
    buffer->bytes[i] = byte_at (direction, drawn->sent[direction] + (guint) i);
  drawn->sent[direction] += (guint) buffer->size;
  stream_send (end->stream, slice_whole (buffer));
}

static void
drawn_link (Drawn *drawn, guint direction, gboolean is_well)
{
  Random *random = &drawn->random;
  const SimPlace from = { drawn_host (drawn, direction), NULL };
  const SimPlace to = { drawn_host (drawn, 1 - direction), NULL };
  const SimLinkConditions conditions = {
    .passage = (SimPassage) random_below (random, 3),
    .latency_ns = (gint64) random_below (random, 20 * NS_PER_MS),
    .jitter_ns = (gint64) random_below (random, 5 * NS_PER_MS),
    .bandwidth = random_below (random, 3) == 0 ? 100000 : 0,
    .loss_ppm = random_below (random, 3) == 0 ? 200000 : 0,
    .segment_bytes = (gsize) random_below (random, 700),
  };
  sim_link_set (drawn->net.world, &from, &to, is_well ? NULL : &conditions);
}

static void
drawn_close (Drawn *drawn, guint direction)
{
  End *end = drawn_end (drawn, direction);
  drawn->has_closed[direction] = TRUE;
  if (end->stream == NULL)
    return;
  switch (random_below (&drawn->random, 3)) {
  case 0:
    stream_shutdown (end->stream);
    break;
  case 1:
    stream_reset (end->stream);
    break;
  case 2:
    end_free_stream (end);
    break;
  }
}

static void
drawn_machine (Drawn *drawn, guint direction)
{
  Host *host = drawn_host (drawn, direction);
  switch (random_below (&drawn->random, 8)) {
  case 0:
    host_power_cut (host, DISK_CUT_LOSE);
    break;
  case 1:
    host_kill (host);
    break;
  default:
    if (host->is_paused)
      host_resume (host);
    else
      host_pause (host);
    break;
  }
}

static void
drawn_do (Drawn *drawn)
{
  const guint direction = (guint) random_below (&drawn->random, 2);
  End *end = drawn_end (drawn, direction);
  const guint64 what = random_below (&drawn->random, 100);
  if (what < 50)
    drawn_send (drawn, direction);
  else if (what < 70)
    drawn_link (drawn, direction, FALSE);
  else if (what < 80)
    drawn_link (drawn, direction, TRUE);
  else if (what < 90 && end->stream != NULL)
    stream_set_reading (end->stream, random_below (&drawn->random, 2) == 0);
  else if (what < 96)
    drawn_machine (drawn, direction);
  else if (what == 99)
    drawn_close (drawn, direction);
  net_run_for (&drawn->net, (gint64) random_below (&drawn->random, NS_PER_S));
}

static void
assert_prefix (Drawn *drawn, guint direction)
{
  const End *reader = drawn_end (drawn, 1 - direction);
  g_assert_cmpuint (reader->bytes->len, <=, drawn->sent[direction]);
  for (guint i = 0; i < reader->bytes->len; i++)
    g_assert_cmpuint (reader->bytes->data[i], ==, byte_at (direction, i));
}

static guint
count_words (const char *text, const char *word)
{
  guint count = 0;
  for (const char *at = text; (at = strstr (at, word)) != NULL; at += strlen (word))
    count++;
  return count;
}

static void
assert_one_end (const End *end)
{
  const guint fatal =
      count_words (end->heard->str, "rst") + count_words (end->heard->str, "timeout");
  g_assert_cmpuint (fatal, <=, 1);
  g_assert_cmpuint (count_words (end->heard->str, "fin"), <=, 1);
}

/* Everything passes and runs again; then both sides let go, and the world must come to rest. */
static void
drawn_settle (Drawn *drawn)
{
  for (guint direction = 0; direction < 2; direction++) {
    drawn_link (drawn, direction, TRUE);
    host_resume (drawn_host (drawn, direction));
    if (drawn_end (drawn, direction)->stream != NULL)
      stream_set_reading (drawn_end (drawn, direction)->stream, TRUE);
  }
  net_run (&drawn->net);
  for (guint direction = 0; direction < 2; direction++) {
    assert_prefix (drawn, direction);
    assert_one_end (drawn_end (drawn, direction));
  }
}

/* No end, no machine that went down: then every byte is there. */
static void
assert_complete_if_unharmed (Drawn *drawn)
{
  const Net *net = &drawn->net;
  const gboolean is_harmed = !net->client_host->is_up || !net->server_host->is_up
                             || drawn->has_closed[0] || drawn->has_closed[1]
                             || strstr (net->client.heard->str, "timeout") != NULL
                             || strstr (net->server.heard->str, "timeout") != NULL;
  if (is_harmed)
    return;
  g_assert_cmpuint (net->server.bytes->len, ==, drawn->sent[0]);
  g_assert_cmpuint (net->client.bytes->len, ==, drawn->sent[1]);
}

static guint64
drawn_run (guint64 seed, gboolean *ret_is_complete)
{
  Drawn drawn = { 0 };
  random_init (&drawn.random, seed, "test.drawn");
  net_init_with (&drawn.net, (SimConfig){ .seed = seed,
                                          .window_bytes = seed % 2 == 0 ? 4000 : 0,
                                          .user_timeout_ns = seed % 3 == 0 ? 20 * NS_PER_S : 0 });
  net_establish (&drawn.net);
  for (guint i = 0; i < STEPS; i++)
    drawn_do (&drawn);
  drawn_settle (&drawn);
  assert_complete_if_unharmed (&drawn);
  *ret_is_complete = drawn.net.server.bytes->len == drawn.sent[0] && drawn.sent[0] > 0;
  const guint64 fingerprint = event_log_fingerprint (drawn.net.world->log)
                              ^ (guint64) drawn.net.client.heard_ns
                              ^ (guint64) drawn.net.server.heard_ns << 1;
  end_free_stream (&drawn.net.client);
  end_free_stream (&drawn.net.server);
  net_run (&drawn.net);
  net_clear (&drawn.net);
  return fingerprint;
}

static void
test_whatever_happens_an_end_hears_a_prefix_of_what_was_sent (void)
{
  guint complete = 0;
  for (guint64 seed = 1; seed <= RUNS; seed++) {
    gboolean is_complete;
    drawn_run (seed, &is_complete);
    complete += is_complete;
  }
  g_test_message ("%u of %u runs brought every byte", complete, RUNS);
  g_assert_cmpuint (complete, >, RUNS / 20); /* the draws are neither all fatal */
  g_assert_cmpuint (complete, <, RUNS);      /* nor all harmless */
}

static void
test_the_same_draws_are_the_same_run (void)
{
  for (guint64 seed = 1; seed <= 20; seed++) {
    gboolean is_complete;
    g_assert_cmpuint (drawn_run (seed, &is_complete), ==, drawn_run (seed, &is_complete));
  }
}

#define TEST(function) g_test_add_func ("/world/sim/drawn/" #function, test_##function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (whatever_happens_an_end_hears_a_prefix_of_what_was_sent);
  TEST (the_same_draws_are_the_same_run);
  return g_test_run ();
}
