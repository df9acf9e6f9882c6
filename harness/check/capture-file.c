/* SPDX-License-Identifier: Apache-2.0 */
/* capture-file.c - from packets to TCP segments
 *
 * Method: a View is what is left of a packet; each layer takes its header from the front of it, or says that this is no segment
 * for us. The length that IP tells bounds what TCP has: behind it is the link's padding.
 */
#include "harness/check/capture-file.h"

#include "world/check.h"

#include <pcap/pcap.h>
#include <string.h>

#define CAPTURE_MAGIC 0xCA9F11E1u

#define ETHERTYPE_IPV4   0x0800
#define ETHERTYPE_IPV6   0x86dd
#define ETHERTYPE_VLAN   0x8100
#define ETHERTYPE_VLAN_S 0x88a8
#define PROTOCOL_TCP     6
#define TCP_HEADER       20
#define NS_PER_SECOND    G_GUINT64_CONSTANT (1000000000)
#define IPV4_HEADER      20
#define IPV6_HEADER      40

/* RFC 8200 4: extension headers that may stand before TCP. */
#define IPV6_HOP_BY_HOP  0
#define IPV6_ROUTING     43
#define IPV6_DESTINATION 60

typedef struct View {
  const guint8 *bytes;
  gsize length;
} View;

struct CaptureFile {
  guint32 magic; /* CAPTURE_MAGIC */
  pcap_t *pcap;
  gboolean (*take_link) (View *view, CaptureSegment *segment, guint *ret_ethertype);
  guint64 packets;
  guint64 first_ns;
};

G_DEFINE_QUARK (iscsilab - capture - error, capture_error)

static gboolean
view_skip (View *view, gsize length)
{
  if (view->length < length)
    return FALSE;
  view->bytes += length;
  view->length -= length;
  return TRUE;
}

static guint
view_16 (const View *view, gsize at)
{
  return (guint) (view->bytes[at] << 8 | view->bytes[at + 1]);
}

static guint32
view_32 (const View *view, gsize at)
{
  return (guint32) view_16 (view, at) << 16 | view_16 (view, at + 2);
}

/* ---- links ---- */

static gboolean
take_ethernet (View *view, CaptureSegment *segment, guint *ret_ethertype)
{
  if (view->length < 14)
    return FALSE;
  memcpy (segment->to_mac, view->bytes, CAPTURE_MAC);
  memcpy (segment->from_mac, view->bytes + CAPTURE_MAC, CAPTURE_MAC);
  view_skip (view, 12);
  while (view->length >= 6
         && (view_16 (view, 0) == ETHERTYPE_VLAN || view_16 (view, 0) == ETHERTYPE_VLAN_S))
    view_skip (view, 4);
  *ret_ethertype = view_16 (view, 0);
  return view_skip (view, 2);
}

/* Linux "any": packet type, ARPHRD, length of the address, address, EtherType. */
static gboolean
take_cooked (View *view, CaptureSegment *segment, guint *ret_ethertype)
{
  if (view->length < 16)
    return FALSE;
  *ret_ethertype = view_16 (view, 14);
  return view_skip (view, 16);
}

static gboolean
take_cooked_2 (View *view, CaptureSegment *segment, guint *ret_ethertype)
{
  if (view->length < 20)
    return FALSE;
  *ret_ethertype = view_16 (view, 0);
  return view_skip (view, 20);
}

/* Bare: the version is IP's own. */
static gboolean
take_nothing (View *view, CaptureSegment *segment, guint *ret_ethertype)
{
  if (view->length == 0)
    return FALSE;
  *ret_ethertype = view->bytes[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
  return TRUE;
}

/* BSD's loopback: a family, in the order of whoever captured; the version tells as much. */
static gboolean
take_loopback (View *view, CaptureSegment *segment, guint *ret_ethertype)
{
  return view_skip (view, 4) && take_nothing (view, segment, ret_ethertype);
}

static const struct {
  int link;
  gboolean (*take) (View *view, CaptureSegment *segment, guint *ret_ethertype);
} links[] = {
  { DLT_EN10MB, take_ethernet }, { DLT_LINUX_SLL, take_cooked }, { DLT_LINUX_SLL2, take_cooked_2 },
  { DLT_RAW, take_nothing },     { DLT_IPV4, take_nothing },     { DLT_IPV6, take_nothing },
  { DLT_NULL, take_loopback },   { DLT_LOOP, take_loopback },
};

/* ---- IP ---- */

/* What was sent is `sent` octets; what is in the view may be less, or more by the link's padding. */
static void
view_bound (View *view, gsize sent)
{
  view->length = MIN (view->length, sent);
}

static void
set_addresses (CaptureSegment *segment, const guint8 *from, const guint8 *to, gboolean is_ipv6)
{
  const gsize length = is_ipv6 ? 16 : 4;
  memcpy (segment->from.ip, from, length);
  memcpy (segment->to.ip, to, length);
  segment->from.is_ipv6 = segment->to.is_ipv6 = is_ipv6;
}

/* *ret_sent: octets of TCP. A total length of 0 is that of a segment that the card will cut up: it is as long as it is. */
static gboolean
take_ipv4 (View *view, CaptureSegment *segment, gsize frame_left, gsize *ret_sent)
{
  if (view->length < IPV4_HEADER || view->bytes[0] >> 4 != 4)
    return FALSE;
  const gsize header = (view->bytes[0] & 15) * 4u;
  const gsize total = view_16 (view, 2) != 0 ? view_16 (view, 2) : frame_left;
  const gboolean is_fragment = (view_16 (view, 6) & 0x3fff) != 0;
  if (view->bytes[9] != PROTOCOL_TCP || is_fragment || header < IPV4_HEADER || total < header)
    return FALSE;
  set_addresses (segment, view->bytes + 12, view->bytes + 16, FALSE);
  *ret_sent = total - header;
  return view_skip (view, header);
}

static gboolean
ipv6_is_option (guint next)
{
  return next == IPV6_HOP_BY_HOP || next == IPV6_ROUTING || next == IPV6_DESTINATION;
}

static gboolean
take_ipv6 (View *view, CaptureSegment *segment, gsize frame_left, gsize *ret_sent)
{
  if (view->length < IPV6_HEADER || view->bytes[0] >> 4 != 6)
    return FALSE;
  guint next = view->bytes[6];
  gsize sent = view_16 (view, 4) != 0 ? view_16 (view, 4) : frame_left - IPV6_HEADER;
  set_addresses (segment, view->bytes + 8, view->bytes + 24, TRUE);
  view_skip (view, IPV6_HEADER);
  while (ipv6_is_option (next) && view->length >= 2) {
    const gsize length = (view->bytes[1] + 1u) * 8;
    next = view->bytes[0];
    if (length > sent || !view_skip (view, length))
      return FALSE;
    sent -= length;
  }
  *ret_sent = sent;
  return next == PROTOCOL_TCP;
}

static gboolean
take_tcp (View *view, CaptureSegment *segment, gsize sent)
{
  view_bound (view, sent);
  if (view->length < TCP_HEADER)
    return FALSE;
  const gsize header = (view->bytes[12] >> 4) * 4u;
  if (header < TCP_HEADER || header > sent)
    return FALSE;
  segment->from.port = (guint16) view_16 (view, 0);
  segment->to.port = (guint16) view_16 (view, 2);
  segment->seq = view_32 (view, 4);
  segment->ack = view_32 (view, 8);
  segment->flags = view->bytes[13];
  segment->sent_length = sent - header;
  if (!view_skip (view, header))
    view->length = 0; /* cut within its options */
  segment->data = view->bytes;
  segment->length = view->length;
  return TRUE;
}

static gboolean
take_packet (const CaptureFile *file, const guint8 *bytes, const struct pcap_pkthdr *header,
             CaptureSegment *segment)
{
  View view = { bytes, header->caplen };
  guint ethertype;
  gsize sent;
  if (!file->take_link (&view, segment, &ethertype))
    return FALSE;
  /* What the link carried, captured or not. */
  const gsize left =
      view.length + (header->len > header->caplen ? header->len - header->caplen : 0);
  switch (ethertype) {
  case ETHERTYPE_IPV4:
    return take_ipv4 (&view, segment, left, &sent) && take_tcp (&view, segment, sent);
  case ETHERTYPE_IPV6:
    return take_ipv6 (&view, segment, left, &sent) && take_tcp (&view, segment, sent);
  }
  return FALSE;
}

/* ---- the file ---- */

CaptureFile *
capture_file_open (const char *path, GError **error)
{
  char message[PCAP_ERRBUF_SIZE];
  pcap_t *pcap =
      pcap_open_offline_with_tstamp_precision (path, PCAP_TSTAMP_PRECISION_NANO, message);
  if (pcap == NULL) {
    g_set_error (error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT,
                 "%s: expected a pcap or pcapng file, got: %s", path, message);
    return NULL;
  }
  const int link = pcap_datalink (pcap);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    if (links[i].link != link)
      continue;
    CaptureFile *file = g_new0 (CaptureFile, 1);
    file->magic = CAPTURE_MAGIC;
    file->pcap = pcap;
    file->take_link = links[i].take;
    return file;
  }
  const char *name = pcap_datalink_val_to_name (link);
  g_set_error (error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT,
               "%s: expected packets of Ethernet, Linux cooked, loopback or IP, got %s", path,
               name != NULL ? name : "a link without a name");
  pcap_close (pcap);
  return NULL;
}

void
capture_file_free (CaptureFile *file)
{
  if (file == NULL)
    return;
  CHECK (file, CAPTURE_MAGIC);
  pcap_close (file->pcap);
  file->magic = 0;
  g_free (file);
}

guint64
capture_file_packets (const CaptureFile *file)
{
  CHECK (file, CAPTURE_MAGIC);
  return file->packets;
}

/* FALSE: no more, or *error. */
static gboolean
file_read (CaptureFile *file, struct pcap_pkthdr **ret_header, const guint8 **ret_bytes,
           GError **error)
{
  const int status = pcap_next_ex (file->pcap, ret_header, ret_bytes);
  if (status == 1)
    return TRUE;
  if (status != PCAP_ERROR_BREAK)
    g_set_error (error, CAPTURE_ERROR, CAPTURE_ERROR_BROKEN,
                 "behind packet %" G_GUINT64_FORMAT ": expected another or the end, got: %s",
                 file->packets, pcap_geterr (file->pcap));
  return FALSE;
}

gboolean
capture_file_next (CaptureFile *file, CaptureSegment *ret_segment, GError **error)
{
  CHECK (file, CAPTURE_MAGIC);
  struct pcap_pkthdr *header;
  const guint8 *bytes;
  while (file_read (file, &header, &bytes, error)) {
    /* A time may be anything: modulo 2^64. Nanoseconds, as they were asked for. */
    const guint64 time_ns =
        (guint64) header->ts.tv_sec * NS_PER_SECOND + (guint64) header->ts.tv_usec;
    file->packets++;
    if (file->packets == 1)
      file->first_ns = time_ns;
    *ret_segment =
        (CaptureSegment){ .packet = file->packets, .time_ns = (gint64) (time_ns - file->first_ns) };
    if (take_packet (file, bytes, header, ret_segment))
      return TRUE;
  }
  return FALSE;
}
