/* SPDX-License-Identifier: Apache-2.0 */
/* Vital product data by octets of SPC-4 7.8 and SBC-3 6.6. */
#include "tests/unit/target-sim/scsi/unit.h"

static void
set_up (Unit *unit, gconstpointer data)
{
  unit_init (unit);
  luns_add_port (&unit->luns, 7);
  luns_add_port (&unit->luns, 1);
  luns_add_port (&unit->luns, 7);
}

static void
tear_down (Unit *unit, gconstpointer data)
{
  unit_clear (unit);
}

/* What follows the header of a page; the header is as it has to be. */
static gsize
page (Unit *unit, guint8 code, guint8 *body, gsize room)
{
  guint8 cdb[CDB_LENGTH], bytes[1024];
  cdb_build_inquiry (cdb, TRUE, code, sizeof bytes);
  run_on (unit, 0, cdb, NULL, 0);
  const gsize length = data_in (unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[0], ==, 0);
  g_assert_cmphex (bytes[1], ==, code);
  g_assert_cmpuint (wire_load (bytes + 2, 2), ==, length - 4);
  g_assert_cmpuint (length - 4, <=, room);
  memcpy (body, bytes + 4, length - 4);
  return length - 4;
}

/* SPC-4 7.8.15: in ascending order, 00h first; and each can be read. */
static void
the_pages_rise_and_are_there (Unit *unit, gconstpointer data)
{
  static const guint8 some[] = { 0x00, 0x80, 0x83, 0x85, 0x86, 0x87, 0x88, 0xb0, 0xb1 };
  guint8 codes[255], body[1024];
  guint found = 0;
  const gsize count = page (unit, 0x00, codes, sizeof codes);
  for (gsize i = 0; i < count; i++) {
    g_assert_true (i == 0 || codes[i] > codes[i - 1]);
    page (unit, codes[i], body, sizeof body);
    found += memchr (some, codes[i], sizeof some) != NULL;
  }
  g_assert_cmpuint (found, ==, sizeof some);
}

static void
extended_inquiry_claims_what_is_so (Unit *unit, gconstpointer data)
{
  guint8 body[60];
  g_assert_cmpuint (page (unit, 0x86, body, sizeof body), ==, 60);
  g_assert_cmphex (body[1], ==, 0x01); /* SIMPSUP alone */
  g_assert_cmphex (body[2], ==, 0);    /* no volatile cache */
  g_assert_cmpuint (body[9], ==, SENSE_MAX);
}

static void
mode_pages_are_shared (Unit *unit, gconstpointer data)
{
  const guint8 expected[4] = { 0x3f, 0xff, 0, 0 };
  guint8 body[4];
  g_assert_cmpmem (body, page (unit, 0x87, body, sizeof body), expected, 4);
}

/* Both portal groups, once each, rising, whichever it came through. */
static void
ports_are_the_portal_groups (Unit *unit, gconstpointer data)
{
  static const guint16 tags[] = { 1, 7 };
  guint8 body[1024];
  gsize at = 0;
  const gsize length = page (unit, 0x88, body, sizeof body);
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    g_autofree char *name = g_strdup_printf (NAME ",t,0x%04x", tags[i]);
    g_assert_cmpuint (wire_load (body + at + 2, 2), ==, tags[i]);
    g_assert_cmpuint (wire_load (body + at + 6, 2), ==, 0); /* no initiator port */
    const gsize designators = wire_load (body + at + 10, 2);
    g_assert_cmphex (body[at + 12], ==, 0x53); /* iSCSI, UTF-8 */
    g_assert_cmphex (body[at + 13], ==, 0x98); /* of a target port, a SCSI name string */
    g_assert_cmpuint (body[at + 15], ==, designators - 4);
    g_assert_cmpstr ((const char *) body + at + 16, ==, name);
    at += 12 + designators;
  }
  g_assert_cmpuint (at, ==, length);
}

static void
nothing_rotates (Unit *unit, gconstpointer data)
{
  guint8 body[60];
  g_assert_cmpuint (page (unit, 0xb1, body, sizeof body), ==, 60);
  g_assert_cmphex (wire_load (body, 2), ==, 0x0001);
  g_assert_cmphex (body[3], ==, 0x50);
}

static void
nobody_manages_it_from_elsewhere (Unit *unit, gconstpointer data)
{
  guint8 body[1];
  g_assert_cmpuint (page (unit, 0x85, body, sizeof body), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/inquiry/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (the_pages_rise_and_are_there);
  ADD (extended_inquiry_claims_what_is_so);
  ADD (mode_pages_are_shared);
  ADD (ports_are_the_portal_groups);
  ADD (nothing_rotates);
  ADD (nobody_manages_it_from_elsewhere);
  return g_test_run ();
}
