/* SPDX-License-Identifier: Apache-2.0 */
/* random.h - named streams of random numbers
 *
 * Each stream is split from the world's seed by its name, so that a new draw in one never shifts another. The same seed and
 * name give the same numbers on every machine. xoshiro256** seeded through splitmix64. No float anywhere: chances are in
 * parts per million.
 */
#pragma once

#include <glib.h>

typedef struct Random {
  guint64 state[4];
} Random;

void random_init (Random *random, guint64 seed, const char *name);
guint64 random_next (Random *random);
guint64 random_below (Random *random, guint64 limit); /* 0 .. limit - 1, unbiased; limit >= 1 */
gboolean random_chance (Random *random, guint32 ppm); /* true ppm times in a million */
void random_fill (Random *random, void *ret_bytes, gsize length);

/* One step of splitmix64, a good mixer of 64 bits; pure. */
guint64 random_mix (guint64 value);
guint64 random_hash_name (const char *name); /* FNV-1a, 64 bits; pure */
