/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/field-bugs.h"

#include <string.h>

static void
test_the_table_is_whole (void)
{
  guint applying = 0;
  for (guint i = 0; i < field_bug_count (); i++) {
    const FieldBug *bug = field_bug_get (i);
    g_assert_true (g_regex_match_simple ("^B[0-9]+$", bug->id, 0, 0));
    g_assert_true (field_bug_find (bug->id) == bug); /* and so no id stands twice */
    g_assert_true (*bug->product != '\0' && *bug->nickname != '\0');
    g_assert_true (g_str_has_suffix (bug->symptom, "."));
    g_assert_true (g_str_has_prefix (bug->source, "https://"));
    applying += field_bug_applies (bug);
  }
  g_assert_cmpuint (applying, >, field_bug_count () / 2);
}

static void
test_a_row_is_found_by_its_id (void)
{
  const FieldBug *bug = field_bug_find ("B02");
  g_assert_nonnull (bug);
  g_assert_cmpstr (bug->nickname, ==, "syncforever");
  g_assert_true (field_bug_applies (bug));
  g_assert_null (field_bug_find ("B00"));
  g_assert_null (field_bug_find (""));
}

static void
test_a_covered_id_tells_its_kind (void)
{
  g_assert_cmpstr (field_bug_of ("bug:B02"), ==, "B02");
  g_assert_null (field_bug_of ("B02"));
  g_assert_null (field_bug_of ("seed:register.restart"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field-bugs/the table is whole", test_the_table_is_whole);
  g_test_add_func ("/field-bugs/a row is found by its id", test_a_row_is_found_by_its_id);
  g_test_add_func ("/field-bugs/a covered id tells its kind", test_a_covered_id_tells_its_kind);
  return g_test_run ();
}
