/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - a page of the manual: written once, in Markdown for docs/ or in scdoc's markup for man
 *
 * Texts are plain but for `code` in backticks, and may go over several lines; in paragraphs a blank line begins the next one,
 * and lines that are indented stay as they are laid out. What the markup would take for a sign of its own is escaped.
 */
#pragma once

#include <glib.h>

typedef enum PageMarkup { PAGE_MARKDOWN, PAGE_SCDOC } PageMarkup;
typedef enum PageBlock { PAGE_START, PAGE_PROSE, PAGE_LIST, PAGE_TABLE } PageBlock;

typedef struct Page {
  GString *out; /* borrowed */
  PageMarkup markup;
  PageBlock last; /* what was written last: between blocks is a blank line */
} Page;

/* The head: in man's the name, the section and one line; in Markdown `title` alone. */
void page_begin (Page *page, const char *name, guint section, const char *summary,
                 const char *title);
void page_heading (Page *page, const char *text);
void page_paragraphs (Page *page, const char *text);
void page_literal (Page *page, const char *language, const char *text); /* as it is; whole lines */
void page_item (Page *page, guint depth, const char *text);         /* of a list; depth 0 or 1 */
void page_term (Page *page, const char *term, const char *meaning); /* the meaning is indented */

/* A row of a table; `cells` is NULL-terminated. The first row names the columns. The column `wide`, from 0, takes the room. */
void page_row (Page *page, const char *const *cells, guint wide);
