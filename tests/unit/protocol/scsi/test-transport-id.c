/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scsi/transport-id.h"

#define NODE "iqn.2026-01.com.example:a"

static void
a_port_is_named_by_node_and_isid (void)
{
  char name[PORT_NAME_MAX + 1];
  port_name (name, NODE, 0x23d000001);
  g_assert_cmpstr (name, ==, NODE ",i,0x00023d000001");
  port_name (name, "eui.02004567A425678D", UINT64_C (0x400001370004));
  g_assert_cmpstr (name, ==, "eui.02004567a425678d,i,0x400001370004");
}

/* SPC-4 7.6.4.6: NUL-terminated, padded to a multiple of four, at least 20 octets behind the header. */
static void
what_is_encoded_is_decoded (void)
{
  guint8 bytes[TRANSPORT_ID_MAX];
  TransportId id;
  gsize taken;
  const gsize length = transport_id_encode (bytes, NODE ",i,0x400001370000");
  g_assert_cmpuint (length, ==, 4 + 44);
  g_assert_cmphex (bytes[0], ==, 0x45);
  g_assert_cmpuint (wire_load (bytes + 2, 2), ==, 44);
  g_assert_true (transport_id_decode (&id, bytes, length, &taken));
  g_assert_cmpuint (taken, ==, length);
  g_assert_true (id.is_port);
  g_assert_cmpstr (id.name, ==, NODE ",i,0x400001370000");
}

static gsize
write_id (guint8 bytes[256], guint8 first, const char *name)
{
  const gsize padded = MAX ((strlen (name) + 4) & ~(gsize) 3, 20);
  memset (bytes, 0, 256);
  bytes[0] = first;
  wire_store (bytes + 2, 2, padded);
  memcpy (bytes + 4, name, strlen (name));
  return 4 + padded;
}

static void
short_isids_and_capitals_mean_the_same_port (void)
{
  guint8 bytes[256];
  TransportId id;
  gsize taken;
  const gsize length = write_id (bytes, 0x45, NODE ",i,0x23D000001");
  g_assert_true (transport_id_decode (&id, bytes, length, &taken));
  g_assert_cmpstr (id.name, ==, NODE ",i,0x00023d000001");
}

static void
format_0_names_the_node (void)
{
  guint8 bytes[256];
  TransportId id;
  gsize taken;
  const gsize length = write_id (bytes, 0x05, NODE);
  g_assert_true (transport_id_decode (&id, bytes, length, &taken));
  g_assert_false (id.is_port);
  g_assert_cmpstr (id.name, ==, NODE);
}

typedef struct BadId {
  const char *title;
  guint8 first;
  const char *name;
  gint cut; /* octets that are not there */
} BadId;

static const BadId bad_ids[] = {
  { "of another protocol", 0x46, NODE ",i,0x1", 0 },
  { "of format 10b", 0x85, NODE ",i,0x1", 0 },
  { "without an ISID", 0x45, NODE, 0 },
  { "with an empty ISID", 0x45, NODE ",i,0x", 0 },
  { "with thirteen digits", 0x45, NODE ",i,0x1234567890123", 0 },
  { "with what is no digit", 0x45, NODE ",i,0x12g4", 0 },
  { "of a node with no iSCSI name", 0x45, "disk,i,0x1", 0 },
  { "cut", 0x45, NODE ",i,0x1", 4 },
};

static void
what_is_not_well_formed_is_refused (gconstpointer data)
{
  const BadId *bad = data;
  guint8 bytes[256];
  TransportId id;
  gsize taken;
  const gsize length = write_id (bytes, bad->first, bad->name) - (gsize) bad->cut;
  g_assert_false (transport_id_decode (&id, bytes, length, &taken));
}

static void
a_name_must_end (void)
{
  guint8 bytes[256];
  TransportId id;
  gsize taken;
  const gsize length = write_id (bytes, 0x05, NODE);
  memset (bytes + 4, 'a', length - 4);
  g_assert_false (transport_id_decode (&id, bytes, length, &taken));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-id/port", a_port_is_named_by_node_and_isid);
  g_test_add_func ("/transport-id/round-trip", what_is_encoded_is_decoded);
  g_test_add_func ("/transport-id/same-port", short_isids_and_capitals_mean_the_same_port);
  g_test_add_func ("/transport-id/node", format_0_names_the_node);
  g_test_add_func ("/transport-id/endless", a_name_must_end);
  for (guint i = 0; i < G_N_ELEMENTS (bad_ids); i++) {
    g_autofree char *path = g_strdup_printf ("/transport-id/refused/%s", bad_ids[i].title);
    g_test_add_data_func (path, &bad_ids[i], what_is_not_well_formed_is_refused);
  }
  return g_test_run ();
}
