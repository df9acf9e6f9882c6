/* SPDX-License-Identifier: Apache-2.0 */
/* wire-table.h - PDUs of a wire actor as tables of a script: { opcode = "Login Request", T = 1, text = { { "A", "b" } } }
 *
 * Every name in the table is a field of that opcode, by the RFC's spelling, or one of these:
 *
 *   opcode    the RFC's name, or a number for one that no table has
 *   data      the data segment as a string; `hex`: the same in hex; `pattern`: so many octets 00 01 02 ...
 *   text      the data segment as key=value pairs, in order
 *   cdb       the CDB in hex: sets both halves
 *   bytes     { [offset] = value }: octets of the header, set last
 */
#pragma once

#include "harness/script/object.h"
#include "harness/wire/wire.h"
#include "protocol/text.h"

typedef struct WireTable {
  char *word; /* for messages: "wire_initiator:send" */
  gboolean has_opcode;
  guint8 bhs[BHS_LENGTH];
  gboolean is_fixed[BHS_LENGTH]; /* octets that `bytes` has set */
  GPtrArray *given; /* of char *: names of fields that were set, sorted, and a NULL at the end */
  gboolean has_data;
  gboolean is_text; /* `data` was given as pairs */
  GString *data;
} WireTable;

void wire_table_clear (WireTable *table);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireTable, wire_table_clear)

/* Reads the table at `index`. Names in `others` (NULL-terminated) are not looked at: they are the word's own. */
gboolean wire_table_read (lua_State *L, int index, const char *word, const char *const *others,
                          WireTable *ret_table, GError **error);

/* "28 00 0a": pairs of digits, blanks between them or not. */
gboolean wire_hex_read (const char *text, GString *out);

/* One { 'Key', 'value' } at the top of the stack, appended as a pair. FALSE: it is none. */
gboolean wire_text_read_pair (lua_State *L, GString *out);

/* Does the PDU say what the table says? NULL: yes; else the PDU as text, transfer full. */
char *wire_table_mismatch (const WireTable *table, const WirePdu *pdu);
/* "Login Response Status=0x200 T=1": what the table says. Transfer full. */
char *wire_table_text (const WireTable *table);
char *wire_pdu_text (const WirePdu *pdu); /* every field, and the data's beginning; transfer full */

/* Pushes a table: `opcode`, every field by its name, `data`, and `text` (key -> value) where the data is such. */
void wire_table_push (lua_State *L, const WirePdu *pdu);
