/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/report/sample.h"

static char *
junit_of (RunRecord *const *records /* NULL-terminated, transfer full */)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func ((GDestroyNotify) run_record_free);
  for (; *records != NULL; records++)
    g_ptr_array_add (array, *records);
  return report_junit (array);
}

#define JUNIT(...) junit_of ((RunRecord *const[]){ __VA_ARGS__, NULL })

static void
test_a_pass_is_a_case_with_its_properties (void)
{
  g_autofree char *xml = JUNIT (sample_pass ());
  g_assert_cmpstr (
      xml, ==,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"iscsilab\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" "
      "time=\"0.012\">\n"
      "  <testsuite name=\"s\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" "
      "time=\"0.012\">\n"
      "    <testcase classname=\"s/a.lua\" name=\"s/a.lua: it works\" file=\"s/a.lua\" "
      "time=\"0.012\">\n"
      "      <properties>\n"
      "        <property name=\"seed\" value=\"7\"/>\n"
      "        <property name=\"fingerprint\" value=\"0000000000000abc\"/>\n"
      "        <property name=\"simulated_ns\" value=\"2039999999\"/>\n"
      "        <property name=\"target\" value=\"embedded\"/>\n"
      "        <property name=\"replay\" value=\"iscsilab run --seed 7 s/a.lua\"/>\n"
      "      </properties>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}

static void
test_a_failure_carries_the_whole_report_escaped (void)
{
  g_autofree char *xml = JUNIT (sample_failure ());
  g_assert_nonnull (strstr (xml, "name=\"t/b.lua: it &quot;breaks&quot; &amp; &lt;burns&gt;\""));
  g_assert_nonnull (strstr (xml, "<failure type=\"liveness\" message=\"the session is back\">"
                                 "failure: liveness&#10;property: the session is back&#10;"));
  g_assert_nonnull (strstr (xml, "replay: iscsilab run --seed 7 t/b.lua&#10;</failure>"));
}

static void
test_a_skip_is_no_pass (void)
{
  g_autofree char *xml = JUNIT (sample_skip ());
  g_assert_nonnull (strstr (xml, "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""));
  g_assert_nonnull (strstr (xml, "<skipped message=\"needs # &lt;root&gt;\"/>"));
}

static void
test_each_directory_is_a_suite (void)
{
  g_autofree char *xml = JUNIT (sample_pass (), sample_failure (), sample_skip ());
  const char *s = strstr (xml, "<testsuite name=\"s\" tests=\"2\"");
  const char *t = strstr (xml, "<testsuite name=\"t\" tests=\"1\" failures=\"1\"");
  g_assert_true (s != NULL && t != NULL && s < t);
  g_assert_true (strstr (xml, "classname=\"s/c.lua\"") < t);
}

static void
test_what_xml_cannot_hold_is_replaced (void)
{
  RunRecord *record = sample_failure ();
  g_free (record->result.actual);
  record->result.actual = g_strdup ("\001 \xff");
  g_autofree char *xml = JUNIT (record);
  g_assert_nonnull (strstr (xml, "actual: \xef\xbf\xbd \xef\xbf\xbd&#10;"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-junit/a pass is a case with its properties",
                   test_a_pass_is_a_case_with_its_properties);
  g_test_add_func ("/report-junit/a failure carries the whole report, escaped",
                   test_a_failure_carries_the_whole_report_escaped);
  g_test_add_func ("/report-junit/a skip is no pass", test_a_skip_is_no_pass);
  g_test_add_func ("/report-junit/each directory is a suite", test_each_directory_is_a_suite);
  g_test_add_func ("/report-junit/what XML cannot hold is replaced",
                   test_what_xml_cannot_hold_is_replaced);
  return g_test_run ();
}
