/* SPDX-License-Identifier: Apache-2.0 */
/* A store that takes its time: when requests end, in which order, and what cancelling means. */
#include "target-sim/scsi/store-slow.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define STORE_BYTES 65536

typedef struct Slow {
  World *world;
  Host *host;
  Store *ram;
  Store *store;
  GString *story;
} Slow;

typedef struct Asked {
  StoreRequest request; /* first */
  Slow *slow;
  char name;
  gint64 ended_ns;
} Asked;

static void
slow_init (Slow *slow, StoreSlowConfig config)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  slow->world = sim_world_new (&(SimConfig){ .seed = 1, .events = families });
  slow->host = world_host_new (slow->world, "target", NULL);
  slow->ram = store_ram_new (STORE_BYTES);
  config.name = "store.0";
  slow->store = store_slow_new (slow->host, slow->ram, &config);
  slow->story = g_string_new (NULL);
}

static void
slow_clear (Slow *slow)
{
  store_free (slow->store);
  store_free (slow->ram);
  world_free (slow->world);
  g_string_free (slow->story, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Slow, slow_clear)

static void
asked_done (StoreRequest *request, StoreResult result)
{
  Asked *asked = (Asked *) request;
  g_assert_cmpint (result, ==, STORE_OK);
  asked->ended_ns = host_now_ns (asked->slow->host);
  g_string_append_c (asked->slow->story, asked->name);
}

static void
ask_read (Asked *asked, Slow *slow, char name, guint64 length)
{
  *asked = (Asked){ { .length_bytes = length, .done = asked_done }, slow, name, -1 };
  store_read (slow->store, &asked->request);
}

static void
ask_write (Asked *asked, Slow *slow, char name, guint8 value)
{
  guint8 bytes[512];
  memset (bytes, value, sizeof bytes);
  *asked = (Asked){ { .done = asked_done }, slow, name, -1 };
  payload_append (&asked->request.bytes, slice_copy (bytes, sizeof bytes));
  store_write (slow->store, &asked->request);
}

static void
run_all (Slow *slow)
{
  while (world_step (slow->world))
    ;
}

static void
test_each_request_ends_after_its_latency (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = 3 * NS_PER_MS });
  Asked read, flush = { { .done = asked_done }, &slow, 'f', -1 };
  g_assert_cmpuint (store_size (slow.store), ==, STORE_BYTES);
  ask_read (&read, &slow, 'r', 4096);
  store_flush (slow.store, &flush.request);
  g_assert_cmpstr (slow.story->str, ==, "");
  run_all (&slow);
  g_assert_cmpstr (slow.story->str, ==, "rf");
  g_assert_cmpint (read.ended_ns, ==, 3 * NS_PER_MS);
  g_assert_cmpint (flush.ended_ns, ==, 3 * NS_PER_MS);
  g_assert_cmpuint (read.request.bytes.length, ==, 4096);
  payload_clear (&read.request.bytes);
}

static void
test_jitter_lets_a_later_request_end_first (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = NS_PER_MS, .jitter_ns = 10 * NS_PER_MS });
  Asked asked[16];
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    ask_read (&asked[i], &slow, (char) ('a' + i), 512);
  run_all (&slow);
  g_assert_cmpuint (slow.story->len, ==, G_N_ELEMENTS (asked));
  g_assert_cmpstr (slow.story->str, !=, "abcdefghijklmnop");
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
    g_assert_cmpint (asked[i].ended_ns, >=, NS_PER_MS);
    g_assert_cmpint (asked[i].ended_ns, <=, 11 * NS_PER_MS);
    payload_clear (&asked[i].request.bytes);
  }
}

static void
test_bytes_pass_one_after_another (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .bandwidth = 1000000 });
  Asked first, second;
  ask_read (&first, &slow, 'a', 4000);
  ask_read (&second, &slow, 'b', 1000);
  run_all (&slow);
  g_assert_cmpint (first.ended_ns, ==, 4 * NS_PER_MS);
  g_assert_cmpint (second.ended_ns, ==, 5 * NS_PER_MS);
  payload_clear (&first.request.bytes);
  payload_clear (&second.request.bytes);
}

static guint8
first_byte (Slow *slow)
{
  guint8 byte;
  Asked read = { { .length_bytes = 512, .done = asked_done }, slow, '?', -1 };
  store_read (slow->ram, &read.request);
  payload_copy_out (&read.request.bytes, 0, &byte, 1);
  payload_clear (&read.request.bytes);
  return byte;
}

static void
test_a_write_takes_effect_when_it_ends (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = NS_PER_MS });
  Asked write;
  ask_write (&write, &slow, 'w', 7);
  g_assert_cmpuint (first_byte (&slow), ==, 0);
  run_all (&slow);
  g_assert_cmpuint (first_byte (&slow), ==, 7);
  payload_clear (&write.request.bytes);
}

static void
test_a_write_that_is_cancelled_has_not_happened (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = NS_PER_MS });
  Asked write;
  ask_write (&write, &slow, 'w', 7);
  store_cancel (slow.store, &write.request);
  payload_clear (&write.request.bytes);
  run_all (&slow);
  g_assert_cmpstr (slow.story->str, ==, "");
  g_assert_cmpuint (first_byte (&slow), ==, 0);
  store_cancel (slow.store, &write.request); /* harmless after that */
}

static void
test_unmapping_takes_its_time (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = NS_PER_MS });
  guint64 length = 0;
  Asked write;
  ask_write (&write, &slow, 'w', 7);
  run_all (&slow);
  payload_clear (&write.request.bytes);
  g_assert_true (store_is_mapped (slow.store, 0, &length));
  g_assert_cmpuint (store_unmap_bytes (slow.store), ==, store_unmap_bytes (slow.ram));
  Asked unmap = { { .length_bytes = STORE_BYTES, .done = asked_done }, &slow, 'u', -1 };
  store_unmap (slow.store, &unmap.request);
  g_assert_true (store_is_mapped (slow.store, 0, &length));
  run_all (&slow);
  g_assert_cmpstr (slow.story->str, ==, "wu");
  g_assert_cmpint (unmap.ended_ns, ==, 2 * NS_PER_MS);
  g_assert_false (store_is_mapped (slow.store, 0, &length));
  g_assert_cmpuint (length, ==, STORE_BYTES);
}

static void
test_what_a_power_cut_left_is_cancelled_by_its_requester (void)
{
  g_auto (Slow) slow;
  slow_init (&slow, (StoreSlowConfig){ .latency_ns = NS_PER_MS });
  Asked write;
  ask_write (&write, &slow, 'w', 7);
  host_power_cut (slow.host, DISK_CUT_LOSE);
  store_cancel (slow.store, &write.request);
  payload_clear (&write.request.bytes);
  g_assert_true (host_start (slow.host, NULL));
  ask_write (&write, &slow, 'x', 9);
  run_all (&slow);
  g_assert_cmpstr (slow.story->str, ==, "x");
  g_assert_cmpuint (first_byte (&slow), ==, 9);
  payload_clear (&write.request.bytes);
}

#define TEST(function) g_test_add_func ("/target-sim/scsi/store-slow/" #function, test_##function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (each_request_ends_after_its_latency);
  TEST (jitter_lets_a_later_request_end_first);
  TEST (bytes_pass_one_after_another);
  TEST (a_write_takes_effect_when_it_ends);
  TEST (a_write_that_is_cancelled_has_not_happened);
  TEST (unmapping_takes_its_time);
  TEST (what_a_power_cut_left_is_cancelled_by_its_requester);
  return g_test_run ();
}
