/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/serial.h"

static void
test_order_goes_on_across_zero (void)
{
  g_assert_true (serial_less (0xffffffff, 0));
  g_assert_true (serial_less (0xfffffff0, 0x10));
  g_assert_false (serial_less (0, 0xffffffff));
  g_assert_true (serial_less_or_equal (0xffffffff, 0));
}

static void
test_order_goes_on_across_the_sign (void)
{
  g_assert_true (serial_less (0x7fffffff, 0x80000000));
  g_assert_false (serial_less (0x80000000, 0x7fffffff));
}

static void
test_a_number_is_not_less_than_itself (void)
{
  g_assert_false (serial_less (5, 5));
  g_assert_true (serial_less_or_equal (5, 5));
}

/* R-NUM-034 */
static void
test_neither_is_less_at_half_the_circle (void)
{
  g_assert_false (serial_less (0, 0x80000000));
  g_assert_false (serial_less (0x80000000, 0));
  g_assert_true (serial_less (0, 0x7fffffff));
  g_assert_false (serial_less (0, 0x80000001));
}

static void
test_a_window_may_span_zero (void)
{
  g_assert_true (serial_between (0xfffffff0, 0xfffffff0, 0x0f));
  g_assert_true (serial_between (0xfffffff0, 0, 0x0f));
  g_assert_true (serial_between (0xfffffff0, 0x0f, 0x0f));
  g_assert_false (serial_between (0xfffffff0, 0x10, 0x0f));
  g_assert_false (serial_between (0xfffffff0, 0xffffffef, 0x0f));
}

/* R-NUM-018: MaxCmdSN = ExpCmdSN - 1 */
static void
test_a_closed_window_holds_nothing (void)
{
  g_assert_false (serial_between (0, 0, 0xffffffff));
  g_assert_false (serial_between (10, 10, 9));
  g_assert_false (serial_between (10, 9, 9));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/serial/order goes on across zero", test_order_goes_on_across_zero);
  g_test_add_func ("/serial/order goes on across the sign", test_order_goes_on_across_the_sign);
  g_test_add_func ("/serial/a number is not less than itself",
                   test_a_number_is_not_less_than_itself);
  g_test_add_func ("/serial/neither is less at half the circle",
                   test_neither_is_less_at_half_the_circle);
  g_test_add_func ("/serial/a window may span zero", test_a_window_may_span_zero);
  g_test_add_func ("/serial/a closed window holds nothing", test_a_closed_window_holds_nothing);
  return g_test_run ();
}
