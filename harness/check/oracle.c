/* SPDX-License-Identifier: Apache-2.0 */
/* oracle.c - versions of blocks, and which of them a read may see
 *
 * Method: a block holds the list of the writes that a read could return there, oldest first. A write enters the lists of its
 * blocks when it begins. When a write ends as DONE, what it supersedes for every read to come and every read still open is
 * dropped from them; a write that is in no list is freed, which an open one never is. So a block at rest holds one version, inline, and the
 * history costs what can still be seen, not what was done.
 *
 * Dropping is safe: if v supersedes w, and later v itself is dropped for u, then u supersedes w too (w ended before v began,
 * v ended before u began). So an id that is in no list is superseded by some DONE write that still is.
 *
 * Blocks live in pages that are made when first written. Hash tables are looked up, never walked.
 */
#include "harness/check/oracle.h"

#include "harness/check/pattern.h"

#define ORACLE_MAGIC   0x02AC1E01u
#define PAGE_BLOCKS    256
#define NEVER          G_MAXUINT64
#define EXPECTED_SHOWN 8 /* versions that a message lists */

typedef struct OracleWrite {
  guint64 id;
  guint64 lba;
  guint64 blocks;
  guint64 begin;
  guint64 end; /* NEVER while it is open */
  OracleOutcome outcome;
  guint64 references; /* of block lists; an open write is in all of its own */
} OracleWrite;

typedef struct OracleRead {
  guint64 id;
  guint64 lba;
  guint64 blocks;
  guint64 begin;
  GList link; /* in open_reads */
} OracleRead;

typedef struct OracleBlock {
  guint32 count;
  guint32 room; /* of many; 0: `one` is in use */
  union {
    OracleWrite *one;
    OracleWrite **many;
  } versions;
} OracleBlock;

typedef struct OraclePage {
  guint64 number;
  Oracle *oracle;
  OracleBlock blocks[PAGE_BLOCKS];
} OraclePage;

struct Oracle {
  guint32 magic; /* ORACLE_MAGIC */
  gsize block_size;
  guint64 now; /* counts calls */
  guint64 last_write_id;
  guint64 last_read_id;
  guint write_count;
  GHashTable *pages;   /* by number */
  GHashTable *writes;  /* by id, open ones */
  GHashTable *reads;   /* by id, open ones */
  GQueue open_reads;   /* in the order of their begin */
  OraclePage *page;    /* the last one asked for: neighbours come together */
  gboolean is_unknown; /* what lies where nobody wrote */
  guint8 *scratch;     /* one block, for those that lie across two slices */
};

static const OracleWrite initial_zeros = { .outcome = ORACLE_DONE };

/* ---- writes ---- */

static void
write_unref (Oracle *oracle, OracleWrite *write)
{
  CHECK_THAT (write->references > 0);
  if (--write->references > 0)
    return;
  oracle->write_count--;
  g_free (write);
}

/* TRUE if a read that begins at `read_begin` must not see w because of v. */
static inline gboolean
write_is_superseded (const OracleWrite *w, const OracleWrite *v, guint64 read_begin)
{
  return v->outcome == ORACLE_DONE && v->end < read_begin && w->end < v->begin;
}

/* ---- blocks ---- */

static inline OracleWrite **
block_versions (OracleBlock *block)
{
  return block->room > 0 ? block->versions.many : &block->versions.one;
}

static void
block_append (OracleBlock *block, OracleWrite *write)
{
  if (block->count >= 1 && block->room == 0) {
    OracleWrite *one = block->versions.one;
    block->room = 4;
    block->versions.many = g_new (OracleWrite *, block->room);
    block->versions.many[0] = one;
  } else if (block->room > 0 && block->count == block->room) {
    block->room *= 2;
    block->versions.many = g_renew (OracleWrite *, block->versions.many, block->room);
  }
  block_versions (block)[block->count++] = write;
  write->references++;
}

/* Back to the inline form once that is enough. */
static void
block_compact (OracleBlock *block)
{
  if (block->room == 0 || block->count > 1)
    return;
  OracleWrite **many = block->versions.many;
  block->versions.one = block->count == 1 ? many[0] : NULL;
  block->room = 0;
  g_free (many);
}

/* The oldest write that hides `write` from a read begun at `read_begin`; NULL: it may be seen. */
static const OracleWrite *
block_superseder (OracleBlock *block, const OracleWrite *write, guint64 read_begin)
{
  OracleWrite **versions = block_versions (block);
  for (guint32 i = 0; i < block->count; i++) {
    if (write_is_superseded (write, versions[i], read_begin))
      return versions[i];
  }
  return NULL;
}

/* Of the ended writes that are done, the one that began last. Every other that ended before that hides no more than it. */
static const OracleWrite *
block_last_done (OracleBlock *block, guint64 read_begin)
{
  OracleWrite **versions = block_versions (block);
  for (guint32 i = block->count; i > 0; i--) {
    if (versions[i - 1]->outcome == ORACLE_DONE && versions[i - 1]->end < read_begin)
      return versions[i - 1];
  }
  return NULL;
}

/* Drops what no read begun at `horizon` or later may see. The list is in the order of begins, so that the last done write
 * hides all that any other hides; it never hides itself. */
static void
block_prune (Oracle *oracle, OracleBlock *block, guint64 horizon)
{
  const OracleWrite *last_done = block_last_done (block, horizon);
  if (last_done == NULL)
    return;
  OracleWrite **versions = block_versions (block);
  guint32 kept = 0;
  for (guint32 i = 0; i < block->count; i++) {
    if (write_is_superseded (versions[i], last_done, horizon))
      write_unref (oracle, versions[i]);
    else
      versions[kept++] = versions[i];
  }
  block->count = kept;
  block_compact (block);
}

static void
block_clear (Oracle *oracle, OracleBlock *block)
{
  OracleWrite **versions = block_versions (block);
  for (guint32 i = 0; i < block->count; i++)
    write_unref (oracle, versions[i]);
  block->count = 0;
  block_compact (block);
}

static void
page_free (gpointer data)
{
  OraclePage *page = data;
  for (guint i = 0; i < PAGE_BLOCKS; i++)
    block_clear (page->oracle, &page->blocks[i]);
  g_free (page);
}

/* NULL if nothing was ever written near it and `create` is FALSE. */
static OracleBlock *
oracle_block (Oracle *oracle, guint64 lba, gboolean create)
{
  const guint64 number = lba / PAGE_BLOCKS;
  if (oracle->page == NULL || oracle->page->number != number) {
    OraclePage *page = g_hash_table_lookup (oracle->pages, &number);
    if (page == NULL && !create)
      return NULL;
    if (page == NULL) {
      page = g_new0 (OraclePage, 1);
      page->number = number;
      page->oracle = oracle;
      g_hash_table_insert (oracle->pages, &page->number, page);
    }
    oracle->page = page;
  }
  return &oracle->page->blocks[lba % PAGE_BLOCKS];
}

/* ---- the oracle ---- */

Oracle *
oracle_new (gsize block_size)
{
  CHECK_THAT (block_size >= PATTERN_BLOCK_MIN && block_size % sizeof (guint64) == 0);
  Oracle *oracle = g_new0 (Oracle, 1);
  oracle->magic = ORACLE_MAGIC;
  oracle->block_size = block_size;
  oracle->pages = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, page_free);
  oracle->writes = g_hash_table_new (g_int64_hash, g_int64_equal);
  oracle->reads = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  g_queue_init (&oracle->open_reads);
  oracle->scratch = g_malloc (block_size);
  return oracle;
}

void
oracle_forget_zeros (Oracle *oracle)
{
  CHECK (oracle, ORACLE_MAGIC);
  oracle->is_unknown = TRUE;
}

void
oracle_free (Oracle *oracle)
{
  if (oracle == NULL)
    return;
  CHECK (oracle, ORACLE_MAGIC);
  g_hash_table_unref (oracle->pages); /* and with the lists all writes */
  g_hash_table_unref (oracle->writes);
  g_hash_table_unref (oracle->reads);
  g_free (oracle->scratch);
  oracle->magic = 0;
  g_free (oracle);
}

static void
oracle_check_range (guint64 lba, guint64 blocks)
{
  CHECK_THAT (blocks >= 1 && lba <= G_MAXUINT64 - blocks);
}

guint64
oracle_write_begin (Oracle *oracle, guint64 lba, guint64 blocks)
{
  CHECK (oracle, ORACLE_MAGIC);
  oracle_check_range (lba, blocks);
  OracleWrite *write = g_new0 (OracleWrite, 1);
  write->id = ++oracle->last_write_id;
  write->lba = lba;
  write->blocks = blocks;
  write->begin = ++oracle->now;
  write->end = NEVER;
  write->outcome = ORACLE_UNKNOWN;
  oracle->write_count++;
  g_hash_table_insert (oracle->writes, &write->id, write);
  for (guint64 i = 0; i < blocks; i++)
    block_append (oracle_block (oracle, lba + i, TRUE), write);
  return write->id;
}

/* Reads begun at this call or later are all that can still ask. */
static guint64
oracle_horizon (const Oracle *oracle)
{
  if (g_queue_is_empty ((GQueue *) &oracle->open_reads))
    return oracle->now + 1;
  const OracleRead *oldest = oracle->open_reads.head->data;
  return oldest->begin;
}

void
oracle_write_end (Oracle *oracle, guint64 write_id, OracleOutcome outcome)
{
  CHECK (oracle, ORACLE_MAGIC);
  OracleWrite *write = g_hash_table_lookup (oracle->writes, &write_id);
  CHECK_THAT (write != NULL);
  g_hash_table_remove (oracle->writes, &write_id);
  write->end = ++oracle->now;
  write->outcome = outcome;
  if (outcome != ORACLE_DONE)
    return;
  const guint64 horizon = oracle_horizon (oracle);
  for (guint64 i = 0; i < write->blocks; i++)
    block_prune (oracle, oracle_block (oracle, write->lba + i, TRUE), horizon);
}

guint64
oracle_read_begin (Oracle *oracle, guint64 lba, guint64 blocks)
{
  CHECK (oracle, ORACLE_MAGIC);
  oracle_check_range (lba, blocks);
  OracleRead *read = g_new0 (OracleRead, 1);
  read->id = ++oracle->last_read_id;
  read->lba = lba;
  read->blocks = blocks;
  read->begin = ++oracle->now;
  read->link.data = read;
  g_queue_push_tail_link (&oracle->open_reads, &read->link);
  g_hash_table_insert (oracle->reads, &read->id, read);
  return read->id;
}

guint
oracle_write_count (const Oracle *oracle)
{
  CHECK (oracle, ORACLE_MAGIC);
  return oracle->write_count;
}

/* ---- judging a read ---- */

void
oracle_violation_clear (OracleViolation *violation)
{
  g_clear_pointer (&violation->expected, g_free);
  g_clear_pointer (&violation->actual, g_free);
  violation->property = NULL;
  violation->lba = 0;
}

static const OracleWrite *
block_find (OracleBlock *block, guint64 write_id)
{
  OracleWrite **versions = block_versions (block);
  for (guint32 i = 0; i < block->count; i++) {
    if (versions[i]->id == write_id)
      return versions[i];
  }
  return NULL;
}

/* A block in a page that nobody made: never written. */
static gboolean
block_permits (OracleBlock *block, guint64 write_id, guint64 read_begin)
{
  if (block == NULL || block->count == 0)
    return write_id == 0;
  const OracleWrite *write = write_id == 0 ? &initial_zeros : block_find (block, write_id);
  return write != NULL && block_superseder (block, write, read_begin) == NULL;
}

/* "block 17: write 5 or 6", "block 3: its initial zeros or write 1". */
static char *
block_describe_expected (OracleBlock *block, guint64 lba, guint64 read_begin)
{
  GString *text = g_string_new (NULL);
  g_string_printf (text, "block %" G_GUINT64_FORMAT ":", lba);
  const gboolean has_zeros = block_permits (block, 0, read_begin);
  if (has_zeros)
    g_string_append (text, " its initial zeros");

  guint shown = 0, more = 0;
  for (guint32 i = 0; block != NULL && i < block->count; i++) {
    const OracleWrite *write = block_versions (block)[i];
    if (block_superseder (block, write, read_begin) != NULL)
      continue;
    if (shown == EXPECTED_SHOWN) {
      more++;
      continue;
    }
    const char *joint = shown > 0 ? " or" : has_zeros ? " or write" : " write";
    g_string_append_printf (text, "%s %" G_GUINT64_FORMAT, joint, write->id);
    shown++;
  }
  if (more > 0)
    g_string_append_printf (text, " or one of %u more", more);
  return g_string_free (text, FALSE);
}

/* Why the block must not show this write, which is whole and at its place. */
static char *
block_describe_stale (const Oracle *oracle, OracleBlock *block, guint64 write_id,
                      guint64 read_begin)
{
  if (write_id > oracle->last_write_id)
    return g_strdup_printf ("write %" G_GUINT64_FORMAT ", which was never submitted", write_id);

  const OracleWrite *write = block == NULL   ? NULL
                             : write_id == 0 ? &initial_zeros
                                             : block_find (block, write_id);
  const OracleWrite *by = block == NULL   ? NULL
                          : write != NULL ? block_superseder (block, write, read_begin)
                                          : block_last_done (block, read_begin);
  if (by == NULL)
    return g_strdup_printf ("write %" G_GUINT64_FORMAT ", which never wrote this block", write_id);
  g_autofree char *name = write_id == 0 ? g_strdup ("the initial zeros")
                                        : g_strdup_printf ("write %" G_GUINT64_FORMAT, write_id);
  return g_strdup_printf ("%s, superseded by write %" G_GUINT64_FORMAT
                          " which ended before the read began",
                          name, by->id);
}

static void
oracle_judge_block (Oracle *oracle, const OracleRead *read, guint64 lba, const guint8 *bytes,
                    guint64 *wrong_blocks, OracleViolation *ret_violation)
{
  OracleBlock *block = oracle_block (oracle, lba, FALSE);
  const gboolean is_first = *wrong_blocks == 0;
  g_autofree char *damage = NULL;
  guint64 write_id;
  const gboolean is_whole =
      pattern_check (bytes, oracle->block_size, lba, &write_id, is_first ? &damage : NULL);
  if (is_whole && block_permits (block, write_id, read->begin))
    return;
  if (oracle->is_unknown && block_permits (block, 0, read->begin))
    return;
  ++*wrong_blocks;
  if (!is_first)
    return;
  ret_violation->lba = lba;
  ret_violation->property = "no lost, stale, torn or misplaced write";
  ret_violation->expected = block_describe_expected (block, lba, read->begin);
  ret_violation->actual = is_whole ? block_describe_stale (oracle, block, write_id, read->begin)
                                   : g_steal_pointer (&damage);
}

/* The blocks of a payload one after the other, copied only where one lies across slices. */
typedef struct BlockCursor {
  const Payload *payload;
  guint slice;
  gsize offset;   /* in that slice */
  gsize position; /* in the payload */
} BlockCursor;

static const guint8 *
cursor_next (BlockCursor *cursor, gsize block_size, guint8 *scratch)
{
  const Slice *slices = payload_slices (cursor->payload);
  while (cursor->offset >= slices[cursor->slice].length)
    cursor->offset -= slices[cursor->slice++].length;
  const Slice *slice = &slices[cursor->slice];
  const guint8 *block = slice->bytes + cursor->offset;
  if (slice->length - cursor->offset < block_size) {
    payload_copy_out (cursor->payload, cursor->position, scratch, block_size);
    block = scratch;
  }
  cursor->offset += block_size;
  cursor->position += block_size;
  return block;
}

static gboolean
oracle_judge_length (const Oracle *oracle, const OracleRead *read, const Payload *data,
                     OracleViolation *ret_violation)
{
  const guint64 expected = read->blocks * oracle->block_size;
  if (data->length == expected)
    return TRUE;
  ret_violation->lba = read->lba;
  ret_violation->property = "a read that is done returns all of its data";
  ret_violation->expected = g_strdup_printf ("%" G_GUINT64_FORMAT " bytes", expected);
  ret_violation->actual = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", data->length);
  return FALSE;
}

static gboolean
oracle_judge (Oracle *oracle, const OracleRead *read, const Payload *data,
              OracleViolation *ret_violation)
{
  if (!oracle_judge_length (oracle, read, data, ret_violation))
    return FALSE;
  guint64 wrong_blocks = 0;
  BlockCursor cursor = { .payload = data };
  for (guint64 i = 0; i < read->blocks; i++) {
    const guint8 *bytes = cursor_next (&cursor, oracle->block_size, oracle->scratch);
    oracle_judge_block (oracle, read, read->lba + i, bytes, &wrong_blocks, ret_violation);
  }
  if (wrong_blocks > 1) {
    g_autofree char *first = ret_violation->actual;
    ret_violation->actual =
        g_strdup_printf ("%s; wrong blocks of this read: %" G_GUINT64_FORMAT, first, wrong_blocks);
  }
  return wrong_blocks == 0;
}

gboolean
oracle_read_end (Oracle *oracle, guint64 read_id, const Payload *data,
                 OracleViolation *ret_violation)
{
  CHECK (oracle, ORACLE_MAGIC);
  OracleRead *read = g_hash_table_lookup (oracle->reads, &read_id);
  CHECK_THAT (read != NULL);
  ++oracle->now;
  const gboolean is_right = data == NULL || oracle_judge (oracle, read, data, ret_violation);
  g_queue_unlink (&oracle->open_reads, &read->link);
  g_hash_table_remove (oracle->reads, &read_id);
  return is_right;
}
