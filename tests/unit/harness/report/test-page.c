/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/report/page.h"

#include "harness/cli/command.h"

/* The same page in both markups. */
static void
assert_pages (void (*write) (Page *page), const char *markdown, const char *scdoc)
{
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (GString) second = g_string_new (NULL);
  write (&(Page){ .out = first, .markup = PAGE_MARKDOWN });
  write (&(Page){ .out = second, .markup = PAGE_SCDOC });
  g_assert_cmpstr (first->str, ==, markdown);
  g_assert_cmpstr (second->str, ==, scdoc);
}

static void
write_head (Page *page)
{
  page_begin (page, "iscsilab-run", 1, "run scenarios", "Run");
  page_heading (page, "Exit status");
}

static void
test_a_page_begins_with_name_and_section (void)
{
  assert_pages (write_head, "# Run\n\n## Exit status\n",
                "iscsilab-run(1) \"iscsilab " ISCSILAB_VERSION "\" \"iscsilab\"\n\n"
                "# NAME\n\niscsilab-run - run scenarios\n\n# EXIT STATUS\n");
}

static void
write_signs (Page *page)
{
  page_paragraphs (page, "`a_b` *.lua c\\d\n#not a heading\n- nor a list");
}

static void
test_signs_of_the_markup_are_escaped (void)
{
  assert_pages (write_signs, "`a_b` *.lua c\\d\n#not a heading\n- nor a list\n",
                "*a\\_b* \\*.lua c\\\\d\n\\#not a heading\n\\- nor a list\n");
}

static void
write_layout (Page *page)
{
  page_paragraphs (page, "Options:\n  a_b   one\n  *     two\nand more\n  last");
}

static void
test_indented_lines_stay_as_they_are (void)
{
  assert_pages (write_layout, "Options:\n  a_b   one\n  *     two\nand more\n  last\n",
                "Options:\n\n```\n  a_b   one\n  *     two\n```\n\nand more\n\n```\n  last\n```\n");
}

static void
write_blocks (Page *page)
{
  page_item (page, 0, "`a`: one");
  page_item (page, 1, "`b`: below");
  page_term (page, "`--c`=N", "what it is");
  page_row (page, (const char *const[]){ "act", "meaning", NULL }, 1);
  page_row (page, (const char *const[]){ "`rst`", "reset", NULL }, 1);
  page_literal (page, "lua", "x = 1\n");
}

static void
test_blocks_have_a_blank_line_between_them (void)
{
  assert_pages (write_blocks,
                "- `a`: one\n  - `b`: below\n\n`--c`=N: what it is\n\n"
                "| act | meaning |\n|---|---|\n| `rst` | reset |\n\n```lua\nx = 1\n```\n",
                "- *a*: one\n\t- *b*: below\n\n*--c*=N\n\twhat it is\n\n"
                "|[ act\n:< meaning\n|[ *rst*\n:< reset\n\n```\nx = 1\n```\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/page/a page begins with name and section",
                   test_a_page_begins_with_name_and_section);
  g_test_add_func ("/page/signs of the markup are escaped", test_signs_of_the_markup_are_escaped);
  g_test_add_func ("/page/indented lines stay as they are", test_indented_lines_stay_as_they_are);
  g_test_add_func ("/page/blocks have a blank line between them",
                   test_blocks_have_a_blank_line_between_them);
  return g_test_run ();
}
