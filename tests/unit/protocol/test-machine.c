/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/events.h"
#include "protocol/machine.h"
#include "tests/unit/protocol/last-event.h"
#include "world/sim/sim.h"

typedef struct Door {
  World *world;
  Host *host;
  guint8 state;
  guint8 state_in_action;
  guint actions;
} Door;

enum { CLOSED, OPEN };
enum { PUSH, PULL };

static void
door_opened (gpointer self)
{
  Door *door = self;
  door->actions++;
  door->state_in_action = door->state;
}

static const char *const door_states[] = { "CLOSED", "OPEN" };
static const char *const door_events[] = { "PUSH", "PULL" };
static const MachineRow door_rows[] = {
  { CLOSED, PUSH, OPEN, "T1", door_opened },
  { OPEN, PULL, CLOSED, "", NULL },
};
static const Machine door_machine = {
  .name = "door",
  .states = door_states,
  .state_count = G_N_ELEMENTS (door_states),
  .events = door_events,
  .event_count = G_N_ELEMENTS (door_events),
  .rows = door_rows,
  .row_count = G_N_ELEMENTS (door_rows),
};

static const EventFamily *const families[] = { &world_events, &protocol_events, NULL };

static void
door_init (Door *door)
{
  const SimConfig config = { .seed = 1, .events = families };
  *door = (Door){ .state = CLOSED };
  door->world = sim_world_new (&config);
  door->host = world_host_new (door->world, "a", NULL);
}

static void
door_move (Door *door, guint8 event)
{
  machine_move (&door_machine, door->host, 7, &door->state, event, door);
}

static void
test_a_row_is_found_by_state_and_event (void)
{
  g_assert_true (machine_find (&door_machine, CLOSED, PUSH) == &door_rows[0]);
  g_assert_true (machine_find (&door_machine, OPEN, PULL) == &door_rows[1]);
  g_assert_null (machine_find (&door_machine, OPEN, PUSH));
  g_assert_true (machine_allows (&door_machine, CLOSED, PUSH));
  g_assert_false (machine_allows (&door_machine, CLOSED, PULL));
}

static void
test_the_action_comes_after_the_move (void)
{
  Door door;
  door_init (&door);
  door_move (&door, PUSH);
  g_assert_cmpuint (door.state, ==, OPEN);
  g_assert_cmpuint (door.actions, ==, 1);
  g_assert_cmpuint (door.state_in_action, ==, OPEN);
  world_free (door.world);
}

static void
test_a_move_is_logged_with_the_rfc_s_name (void)
{
  Door door;
  door_init (&door);
  door_move (&door, PUSH);
  g_autofree char *line = last_event (door.world->log);
  g_assert_nonnull (strstr (line, "object=7"));
  g_assert_true (g_str_has_suffix (line, "door: CLOSED -> OPEN on PUSH (T1)"));
  world_free (door.world);
}

static void
test_a_move_without_a_name_is_logged_without_one (void)
{
  Door door;
  door_init (&door);
  door_move (&door, PUSH);
  door_move (&door, PULL);
  g_autofree char *line = last_event (door.world->log);
  g_assert_true (g_str_has_suffix (line, "door: OPEN -> CLOSED on PULL"));
  world_free (door.world);
}

static void
test_a_move_is_observable (void)
{
  Door door;
  door_init (&door);
  const guint64 before = event_log_observable (door.world->log);
  door_move (&door, PUSH);
  g_assert_cmpuint (event_log_observable (door.world->log), ==, before + 1);
  world_free (door.world);
}

static void
test_a_move_that_no_row_has_stops_the_run (void)
{
  if (g_test_subprocess ()) {
    Door door;
    door_init (&door);
    door_move (&door, PULL);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*machine 'door' has a row for PULL in state CLOSED*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/a row is found by state and event",
                   test_a_row_is_found_by_state_and_event);
  g_test_add_func ("/machine/the action comes after the move",
                   test_the_action_comes_after_the_move);
  g_test_add_func ("/machine/a move is logged with the RFC's name",
                   test_a_move_is_logged_with_the_rfc_s_name);
  g_test_add_func ("/machine/a move without a name is logged without one",
                   test_a_move_without_a_name_is_logged_without_one);
  g_test_add_func ("/machine/a move is observable", test_a_move_is_observable);
  g_test_add_func ("/machine/a move that no row has stops the run",
                   test_a_move_that_no_row_has_stops_the_run);
  return g_test_run ();
}
