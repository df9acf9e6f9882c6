/* SPDX-License-Identifier: Apache-2.0 */
#include "world/random.h"

#include "world/check.h"

guint64
random_mix (guint64 value)
{
  value += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

guint64
random_hash_name (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);
  for (; *name != '\0'; name++)
    hash = (hash ^ (guint8) *name) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

void
random_init (Random *random, guint64 seed, const char *name)
{
  guint64 state = random_mix (seed) ^ random_hash_name (name);
  for (guint i = 0; i < 4; i++)
    random->state[i] = state = random_mix (state);
}

static inline guint64
rotate_left (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

guint64
random_next (Random *random)
{
  guint64 *s = random->state;
  const guint64 result = rotate_left (s[1] * 5, 7) * 9;
  const guint64 t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left (s[3], 45);
  return result;
}

guint64
random_below (Random *random, guint64 limit)
{
  CHECK_THAT (limit >= 1);
  /* Numbers below the remainder of 2^64 / limit would come once too often. */
  const guint64 skip = -limit % limit;
  guint64 value;
  do
    value = random_next (random);
  while (value < skip);
  return value % limit;
}

gboolean
random_chance (Random *random, guint32 ppm)
{
  return random_below (random, 1000000) < ppm;
}

void
random_fill (Random *random, void *ret_bytes, gsize length)
{
  guint8 *to = ret_bytes;
  while (length > 0) {
    const guint64 word = GUINT64_TO_LE (random_next (random));
    const gsize part = MIN (length, sizeof word);
    memcpy (to, &word, part);
    to += part;
    length -= part;
  }
}
