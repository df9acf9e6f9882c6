/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/report/page.h"

#include "harness/cli/command.h"

#include <string.h>

/* ---- text ---- */

/* scdoc has bold between asterisks and underlined between underscores; at the head of a line it knows signs of its own. A
 * backslash takes their meaning away. */
static void
add_scdoc (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    const gboolean is_head = p == text || p[-1] == '\n';
    if (*p != '`' && strchr (is_head ? "*_\\#-;|[]+" : "*_\\", *p) != NULL)
      g_string_append_c (out, '\\');
    g_string_append_c (out, *p == '`' ? '*' : *p);
  }
}

/* Indented lines are laid out as they shall be seen. */
static void
add_paragraphs (GString *out, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean is_laid_out = FALSE;
  for (char **line = lines; *line != NULL; line++) {
    const gboolean is_indented = (*line)[0] == ' ';
    if (is_indented != is_laid_out)
      g_string_append (out, is_indented ? "\n```\n" : "```\n\n");
    is_laid_out = is_indented;
    if (is_indented)
      g_string_append (out, *line);
    else
      add_scdoc (out, *line);
    g_string_append_c (out, '\n');
  }
  if (is_laid_out)
    g_string_append (out, "```\n");
}

static void
add_text (Page *page, const char *text)
{
  if (page->markup == PAGE_SCDOC)
    add_scdoc (page->out, text);
  else
    g_string_append (page->out, text);
}

/* A block follows: a blank line, unless it goes on with the list or table. */
static void
begin_block (Page *page, PageBlock block)
{
  const gboolean goes_on = block == page->last && block != PAGE_PROSE;
  if (page->last != PAGE_START && !goes_on)
    g_string_append_c (page->out, '\n');
  page->last = block;
}

/* ---- blocks ---- */

void
page_begin (Page *page, const char *name, guint section, const char *summary, const char *title)
{
  begin_block (page, PAGE_PROSE);
  if (page->markup == PAGE_MARKDOWN) {
    g_string_append_printf (page->out, "# %s\n", title);
    return;
  }
  g_string_append_printf (page->out, "%s(%u) \"iscsilab " ISCSILAB_VERSION "\" \"iscsilab\"\n",
                          name, section);
  page_heading (page, "Name");
  g_autofree char *line = g_strdup_printf ("%s - %s", name, summary);
  page_paragraphs (page, line);
}

void
page_heading (Page *page, const char *text)
{
  begin_block (page, PAGE_PROSE);
  if (page->markup == PAGE_MARKDOWN) {
    g_string_append_printf (page->out, "## %s\n", text);
    return;
  }
  g_autofree char *upper = g_ascii_strup (text, -1);
  g_string_append_printf (page->out, "# %s\n", upper);
}

void
page_paragraphs (Page *page, const char *text)
{
  begin_block (page, PAGE_PROSE);
  if (page->markup == PAGE_SCDOC)
    add_paragraphs (page->out, text);
  else
    g_string_append_printf (page->out, "%s\n", text);
}

void
page_literal (Page *page, const char *language, const char *text)
{
  begin_block (page, PAGE_PROSE);
  g_string_append_printf (page->out, "```%s\n%s```\n",
                          page->markup == PAGE_MARKDOWN ? language : "", text);
}

void
page_item (Page *page, guint depth, const char *text)
{
  begin_block (page, PAGE_LIST);
  for (guint i = 0; i < depth; i++)
    g_string_append (page->out, page->markup == PAGE_MARKDOWN ? "  " : "\t");
  g_string_append (page->out, "- ");
  add_text (page, text);
  g_string_append_c (page->out, '\n');
}

void
page_term (Page *page, const char *term, const char *meaning)
{
  begin_block (page, PAGE_PROSE);
  add_text (page, term);
  g_string_append (page->out, page->markup == PAGE_MARKDOWN ? ": " : "\n\t");
  add_text (page, meaning);
  g_string_append_c (page->out, '\n');
}

static void
add_cell (Page *page, guint column, guint wide, const char *text)
{
  if (page->markup == PAGE_SCDOC)
    g_string_append_printf (page->out, "%c%c ", column == 0 ? '|' : ':',
                            column == wide ? '<' : '[');
  else
    g_string_append (page->out, column == 0 ? "| " : " | ");
  add_text (page, text);
  if (page->markup == PAGE_SCDOC)
    g_string_append_c (page->out, '\n');
}

void
page_row (Page *page, const char *const *cells, guint wide)
{
  const gboolean is_first = page->last != PAGE_TABLE;
  begin_block (page, PAGE_TABLE);
  const guint count = g_strv_length ((char **) cells);
  for (guint i = 0; i < count; i++)
    add_cell (page, i, wide, cells[i]);
  if (page->markup == PAGE_SCDOC)
    return;
  g_string_append (page->out, " |\n");
  for (guint i = 0; is_first && i < count; i++)
    g_string_append (page->out, "|---");
  if (is_first)
    g_string_append (page->out, "|\n");
}
