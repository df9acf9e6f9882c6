/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/peers/remote.h"

static void
everything_in_a_url_is_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Remote) remote = remote_parse (
      "iscsi://[fd00::1]:3261/iqn.2026-01.example:disk/7?dataloss&excuse=exp-data-sn", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (remote->text, ==, "iscsi://[fd00::1]:3261/iqn.2026-01.example:disk/7");
  g_assert_cmpstr (remote->host, ==, "fd00::1");
  g_assert_cmpuint (remote->port, ==, 3261);
  g_assert_cmpstr (remote->name, ==, "iqn.2026-01.example:disk");
  g_assert_true (remote->has_lun && remote->lun == 7);
  g_assert_true (remote->is_dataloss_allowed && !remote->is_disruption_allowed);
  g_assert_cmpuint (remote->excused->len, ==, 1);
}

static void
what_is_left_out_has_a_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Remote) remote = remote_parse ("iscsi://disks/iqn.2026-01.example:Disk", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (remote->port, ==, 3260);
  g_assert_false (remote->has_lun || remote->is_dataloss_allowed || remote->is_disruption_allowed);
  g_assert_cmpstr (remote->name, ==, "iqn.2026-01.example:disk"); /* as names are prepared */
}

static void
assert_refused (const char *url, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (remote_parse (url, &error));
  g_assert_error (error, REMOTE_ERROR, REMOTE_ERROR_URL);
  g_assert_cmpstr (error->message, ==, message);
}

static void
a_url_that_is_none_is_quoted (void)
{
  assert_refused ("http://h/iqn.2026-01.x:y", "'http://h/iqn.2026-01.x:y': expected "
                                              "iscsi://HOST[:PORT]/NAME[/LUN], got "
                                              "'http://h/iqn.2026-01.x:y'");
  assert_refused ("iscsi:///iqn.2026-01.x:y",
                  "'iscsi:///iqn.2026-01.x:y': expected a host, and perhaps a port, behind "
                  "'iscsi://', got ''");
  assert_refused ("iscsi://h/iqn.2026-01.x:y/16384",
                  "'iscsi://h/iqn.2026-01.x:y/16384': expected a LUN of 0 to 16383, got '16384'");
  assert_refused ("iscsi://h/iqn.2026-01.x:y?data",
                  "'iscsi://h/iqn.2026-01.x:y?data': expected 'dataloss', 'disruptive' or "
                  "'excuse=RULE' behind '?', got 'data'");
}

static void
options_add_to_what_the_url_allows (void)
{
  g_autofree char *both = remote_allow ("iscsi://h/n", TRUE, TRUE);
  g_autofree char *more = remote_allow ("iscsi://h/n?dataloss", FALSE, TRUE);
  g_autofree char *none = remote_allow ("tgtd", FALSE, FALSE);
  g_assert_cmpstr (both, ==, "iscsi://h/n?dataloss&disruptive");
  g_assert_cmpstr (more, ==, "iscsi://h/n?dataloss&disruptive");
  g_assert_cmpstr (none, ==, "tgtd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peers/remote/everything in a URL is read", everything_in_a_url_is_read);
  g_test_add_func ("/peers/remote/what is left out has a default", what_is_left_out_has_a_default);
  g_test_add_func ("/peers/remote/a URL that is none is quoted", a_url_that_is_none_is_quoted);
  g_test_add_func ("/peers/remote/options add to what the URL allows",
                   options_add_to_what_the_url_allows);
  return g_test_run ();
}
