/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/modes.h"

#include <string.h>

#include "world/banned.h"

/* Octets and bits of bodies: SPC-4 counts octets from the page code on, two more. */
#define CONTROL_FLAGS   0 /* TST .. D_SENSE, GLTSD, RLEC */
#define CONTROL_D_SENSE 0x04
#define CONTROL_GLTSD   0x02
#define CONTROL_LOCKS   2 /* UA_INTLCK_CTRL, SWP */
#define CONTROL_SWP     0x08
#define CONTROL_TAS_AT  3
#define CONTROL_TAS     0x40
#define RECOVERY_AWRE   0x80
#define RECOVERY_ARRE   0x40

static const struct {
  guint8 code;
  guint8 length;
} shapes[MODE_PAGE_COUNT] = {
#define MODE_PAGE(name, code, length) [MODE_PAGE_##name] = { code, length },
  MODE_PAGES (MODE_PAGE)
#undef MODE_PAGE
};

static const struct {
  guint8 defaults[MODE_BODY_MAX];
  guint8 changeable[MODE_BODY_MAX];
} values[MODE_PAGE_COUNT] = {
  [MODE_PAGE_RECOVERY] = { .defaults = { RECOVERY_AWRE | RECOVERY_ARRE } },
  /* WCE 0: a write has ended when the store has it. */
  [MODE_PAGE_CACHING] = { .defaults = { 0 } },
  [MODE_PAGE_CONTROL] = { .defaults = { [CONTROL_FLAGS] = CONTROL_GLTSD },
                          .changeable = { [CONTROL_FLAGS] = CONTROL_D_SENSE,
                                          [CONTROL_LOCKS] = CONTROL_SWP,
                                          [CONTROL_TAS_AT] = CONTROL_TAS } },
  /* MRIE 0: nothing is told of its own accord. */
  [MODE_PAGE_EXCEPTIONS] = { .defaults = { 0 } },
};

void
modes_init (Modes *modes)
{
  for (guint i = 0; i < MODE_PAGE_COUNT; i++)
    memcpy (modes->bodies[i], values[i].defaults, MODE_BODY_MAX);
}

gboolean
mode_page_find (guint8 code, ModePage *ret_page)
{
  for (guint i = 0; i < MODE_PAGE_COUNT; i++)
    if (shapes[i].code == code) {
      *ret_page = i;
      return TRUE;
    }
  return FALSE;
}

guint8
mode_page_code (ModePage page)
{
  return shapes[page].code;
}

guint
mode_page_length (ModePage page)
{
  return shapes[page].length;
}

const guint8 *
modes_body (const Modes *modes, ModePage page, ModeControl control)
{
  return control == MODE_CHANGEABLE ? values[page].changeable
         : control == MODE_DEFAULT  ? values[page].defaults
                                    : modes->bodies[page];
}

gboolean
modes_may_change (const Modes *modes, ModePage page, const guint8 *body, guint *ret_octet)
{
  for (guint i = 0; i < shapes[page].length; i++)
    if (((body[i] ^ modes->bodies[page][i]) & ~values[page].changeable[i]) != 0) {
      *ret_octet = i;
      return FALSE;
    }
  return TRUE;
}

gboolean
modes_change (Modes *modes, ModePage page, const guint8 *body)
{
  const gsize length = shapes[page].length;
  const gboolean is_new = memcmp (modes->bodies[page], body, length) != 0;
  memcpy (modes->bodies[page], body, length);
  return is_new;
}

static gboolean
control_has (const Modes *modes, guint octet, guint8 bit)
{
  return (modes->bodies[MODE_PAGE_CONTROL][octet] & bit) != 0;
}

gboolean
modes_want_descriptors (const Modes *modes)
{
  return control_has (modes, CONTROL_FLAGS, CONTROL_D_SENSE);
}

gboolean
modes_protect (const Modes *modes)
{
  return control_has (modes, CONTROL_LOCKS, CONTROL_SWP);
}

gboolean
modes_tell_aborts (const Modes *modes)
{
  return control_has (modes, CONTROL_TAS_AT, CONTROL_TAS);
}
