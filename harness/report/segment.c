/* SPDX-License-Identifier: Apache-2.0 */
/* segment.c - frames of TCP segments */
#include "harness/report/segment.h"

#include "world/check.h"

#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define PROTOCOL_TCP   6
#define HOP_LIMIT      64
#define IPV4_HEADER    20
#define IPV4_NO_FRAG   0x4000
#define IPV6_VERSION   0x60000000u
#define TCP_HEADER     20

/* MSS 1460, no operation, window scale 14: with the window always at its largest, 1 GiB, it is never what holds a sender up. */
static const guint8 syn_options[] = { 2, 4, 0x05, 0xb4, 1, 3, 3, 14 };
#define WINDOW 0xffff

static void
put_16 (GByteArray *out, guint16 value)
{
  const guint8 bytes[] = { (guint8) (value >> 8), (guint8) value };
  g_byte_array_append (out, bytes, sizeof bytes);
}

static void
put_32 (GByteArray *out, guint32 value)
{
  put_16 (out, (guint16) (value >> 16));
  put_16 (out, (guint16) value);
}

static guint
address_length (const Address *address)
{
  return address->is_ipv6 ? 16 : 4;
}

/* ---- the checksum of RFC 1071 ---- */

static guint64
sum_add (guint64 sum, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i + 1 < length; i += 2)
    sum += (guint64) (bytes[i] << 8 | bytes[i + 1]);
  return length % 2 != 0 ? sum + ((guint64) bytes[length - 1] << 8) : sum;
}

static void
sum_store (guint64 sum, guint8 *bytes)
{
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  bytes[0] = (guint8) (~sum >> 8);
  bytes[1] = (guint8) ~sum;
}

/* ---- the headers ---- */

static void
put_ethernet (const Segment *segment, GByteArray *out)
{
  g_byte_array_append (out, segment->to_mac, SEGMENT_MAC);
  g_byte_array_append (out, segment->from_mac, SEGMENT_MAC);
  put_16 (out, segment->from.is_ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}

static void
put_ipv4 (const Segment *segment, gsize tcp_length, GByteArray *out)
{
  const guint start = out->len;
  put_16 (out, 0x4500); /* version 4, five words, no class */
  put_16 (out, (guint16) (IPV4_HEADER + tcp_length));
  put_16 (out, 0);
  put_16 (out, IPV4_NO_FRAG);
  put_16 (out, HOP_LIMIT << 8 | PROTOCOL_TCP);
  put_16 (out, 0);
  g_byte_array_append (out, segment->from.ip, 4);
  g_byte_array_append (out, segment->to.ip, 4);
  sum_store (sum_add (0, out->data + start, IPV4_HEADER), out->data + start + 10);
}

static void
put_ipv6 (const Segment *segment, gsize tcp_length, GByteArray *out)
{
  put_32 (out, IPV6_VERSION);
  put_16 (out, (guint16) tcp_length);
  put_16 (out, PROTOCOL_TCP << 8 | HOP_LIMIT);
  g_byte_array_append (out, segment->from.ip, 16);
  g_byte_array_append (out, segment->to.ip, 16);
}

static void
put_tcp (const Segment *segment, gsize header, GByteArray *out)
{
  const guint start = out->len;
  put_16 (out, segment->from.port);
  put_16 (out, segment->to.port);
  put_32 (out, segment->seq);
  put_32 (out, (segment->flags & SEGMENT_ACK) != 0 ? segment->ack : 0);
  put_16 (out, (guint16) (header / 4 << 12 | segment->flags));
  put_16 (out, WINDOW);
  put_32 (out, 0); /* checksum, urgent pointer */
  if ((segment->flags & SEGMENT_SYN) != 0)
    g_byte_array_append (out, syn_options, sizeof syn_options);
  if (segment->length > 0)
    g_byte_array_append (out, segment->data, (guint) segment->length);

  /* Over a pseudo header as well: addresses, protocol, length (RFC 9293 3.1). */
  const gsize length = header + segment->length;
  guint64 sum = PROTOCOL_TCP + length;
  sum = sum_add (sum, segment->from.ip, address_length (&segment->from));
  sum = sum_add (sum, segment->to.ip, address_length (&segment->to));
  sum = sum_add (sum, out->data + start, length);
  sum_store (sum, out->data + start + 16);
}

void
segment_frame (const Segment *segment, GByteArray *out)
{
  CHECK_THAT (segment->length <= SEGMENT_DATA_MAX);
  CHECK_THAT (segment->from.is_ipv6 == segment->to.is_ipv6);
  const gsize header = TCP_HEADER + ((segment->flags & SEGMENT_SYN) != 0 ? sizeof syn_options : 0);
  put_ethernet (segment, out);
  if (segment->from.is_ipv6)
    put_ipv6 (segment, header + segment->length, out);
  else
    put_ipv4 (segment, header + segment->length, out);
  put_tcp (segment, header, out);
}
