/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.c - the result of a scenario as a value, and the names of what can go wrong
 *
 * A result is filled by the process that runs the scenario, crosses a pipe as JSON (result-json.c), and is read by every
 * report. Here it is made and freed; nothing here runs anything.
 */
#include "harness/run/scenario.h"
#include "harness/run/error.h"

G_DEFINE_QUARK (iscsilab_run_error, run_error)

static const struct {
  int status;
  const char *text;
} failures[] = {
#define FAILURE(name, status, text) [FAILURE_##name] = { status, text },
  FAILURES (FAILURE)
#undef FAILURE
};

int
failure_exit_status (FailureKind kind)
{
  CHECK_THAT (kind < G_N_ELEMENTS (failures));
  return failures[kind].status;
}

const char *
failure_name (FailureKind kind)
{
  CHECK_THAT (kind < G_N_ELEMENTS (failures));
  return failures[kind].text;
}

static void
figure_clear (gpointer figure)
{
  g_free (((ScenarioFigure *) figure)->name);
}

GArray *
figures_new (void)
{
  GArray *figures = g_array_new (FALSE, FALSE, sizeof (ScenarioFigure));
  g_array_set_clear_func (figures, figure_clear);
  return figures;
}

void
scenario_result_init (ScenarioResult *result)
{
  *result = (ScenarioResult){
    .covers = g_ptr_array_new_with_free_func (g_free),
    .faults = g_ptr_array_new_with_free_func (g_free),
    .kinds = g_ptr_array_new_with_free_func (g_free),
    .events = g_ptr_array_new_with_free_func (g_free),
    .files = g_ptr_array_new_with_free_func (g_free),
    .figures = figures_new (),
    .rules = figures_new (),
    .evaluated = figures_new (),
    .transitions = figures_new (),
  };
}

void
scenario_result_clear (ScenarioResult *result)
{
  g_free (result->title);
  g_free (result->property);
  g_free (result->expected);
  g_free (result->actual);
  g_free (result->where);
  g_free (result->skip_reason);
  g_clear_pointer (&result->covers, g_ptr_array_unref);
  g_clear_pointer (&result->faults, g_ptr_array_unref);
  g_clear_pointer (&result->kinds, g_ptr_array_unref);
  g_clear_pointer (&result->events, g_ptr_array_unref);
  g_clear_pointer (&result->files, g_ptr_array_unref);
  g_clear_pointer (&result->figures, g_array_unref);
  g_clear_pointer (&result->rules, g_array_unref);
  g_clear_pointer (&result->evaluated, g_array_unref);
  g_clear_pointer (&result->transitions, g_array_unref);
  *result = (ScenarioResult){ 0 };
}

void
figures_add (GArray *figures, const char *name, guint64 value)
{
  for (guint i = 0; i < figures->len; i++) {
    ScenarioFigure *figure = &g_array_index (figures, ScenarioFigure, i);
    if (g_str_equal (figure->name, name)) {
      figure->value += value;
      return;
    }
  }
  const ScenarioFigure figure = { g_strdup (name), value };
  g_array_append_val (figures, figure);
}

void
scenario_result_add_figure (ScenarioResult *result, const char *name, guint64 value)
{
  figures_add (result->figures, name, value);
}
