/* SPDX-License-Identifier: Apache-2.0 */
/* modes.h - the mode pages of a unit (SPC-4 7.5, SBC-3 6.5): what can be told of them, and what they tell the device server
 *
 * One set of current values for all initiators (the policy is that of MLUS = 0). Nothing is saved.
 */
#pragma once

#include <glib.h>

/* MODE_PAGE (NAME, page code, length of the body) */
#define MODE_PAGES(MODE_PAGE)                                                                      \
  MODE_PAGE (RECOVERY, 0x01, 10)                                                                   \
  MODE_PAGE (CACHING, 0x08, 18)                                                                    \
  MODE_PAGE (CONTROL, 0x0a, 10)                                                                    \
  MODE_PAGE (EXCEPTIONS, 0x1c, 10)

typedef enum ModePage {
#define MODE_PAGE(name, code, length) MODE_PAGE_##name,
  MODE_PAGES (MODE_PAGE)
#undef MODE_PAGE
      MODE_PAGE_COUNT
} ModePage;

#define MODE_BODY_MAX 18

typedef struct Modes {
  guint8 bodies[MODE_PAGE_COUNT][MODE_BODY_MAX]; /* behind the page code and the length */
} Modes;

/* PC, the page control of MODE SENSE. */
typedef enum ModeControl {
  MODE_CURRENT,
  MODE_CHANGEABLE,
  MODE_DEFAULT,
  MODE_SAVED, /* never: 39/00 */
} ModeControl;

void modes_init (Modes *modes);

gboolean mode_page_find (guint8 code, ModePage *ret_page);
guint8 mode_page_code (ModePage page);
guint mode_page_length (ModePage page);
const guint8 *modes_body (const Modes *modes, ModePage page, ModeControl control);
/* FALSE: a bit differs that cannot be changed; *ret_octet is the first such of the body. */
gboolean modes_may_change (const Modes *modes, ModePage page, const guint8 *body, guint *ret_octet);
/* TRUE: something is different now. */
gboolean modes_change (Modes *modes, ModePage page, const guint8 *body);

gboolean modes_want_descriptors (const Modes *modes); /* D_SENSE */
gboolean modes_protect (const Modes *modes);          /* SWP */
gboolean modes_tell_aborts (const Modes *modes);      /* TAS */
