/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/requirements.h"

#include <string.h>

static void
test_the_table_is_whole (void)
{
  g_assert_cmpuint (requirement_count (), >=, 817);
  for (guint i = 0; i < requirement_count (); i++) {
    const Requirement *row = requirement_get (i);
    g_assert_true (g_str_has_prefix (row->id, "R-"));
    g_assert_true (strcmp (row->side, "initiator") == 0 || strcmp (row->side, "target") == 0
                   || strcmp (row->side, "both") == 0);
    g_assert_cmpuint (strlen (row->text), >, 0);
    g_assert_cmpuint (strlen (row->check), >, 0);
    g_assert_true (requirement_find (row->id) == row); /* and so no id stands twice */
  }
}

static void
test_a_row_is_found_by_its_id (void)
{
  const Requirement *row = requirement_find ("R-NUM-003");
  g_assert_nonnull (row);
  g_assert_cmpstr (row->doc, ==, "7143");
  g_assert_cmpstr (row->section, ==, "4.2.2.1");
  g_assert_cmpstr (row->side, ==, "initiator");
  g_assert_null (requirement_find ("R-NUM-9999"));
  g_autofree char *area = requirement_area (row->id);
  g_assert_cmpstr (area, ==, "NUM");
}

static void
test_an_unknown_id_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (requirement_check_id ("R-NUM-003", &error));
  g_assert_true (requirement_check_id ("seed:register.restart", &error));
  g_assert_true (requirement_check_id ("bug:B02", &error));
  g_assert_no_error (error);
  g_assert_false (requirement_check_id ("R-NUM-9999", &error));
  g_assert_cmpstr (
      error->message, ==,
      "expected the id of a requirement (docs/conformance/requirements.tsv), 'bug:' and "
      "that of a field bug which applies (docs/conformance/field-bugs.tsv), or "
      "'seed:WORD.WORD', got 'R-NUM-9999'");
  g_assert_false (requirement_check_id ("seed:", NULL));
  g_assert_false (requirement_check_id ("bug:", NULL));
  g_assert_false (requirement_check_id ("bug:B00", NULL));
  g_assert_false (requirement_check_id ("bug:B20", NULL)); /* a row that does not apply */
  g_assert_false (requirement_check_id ("", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requirements/the table is whole", test_the_table_is_whole);
  g_test_add_func ("/requirements/a row is found by its id", test_a_row_is_found_by_its_id);
  g_test_add_func ("/requirements/an unknown id is an error", test_an_unknown_id_is_an_error);
  return g_test_run ();
}
