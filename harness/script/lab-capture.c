/* SPDX-License-Identifier: Apache-2.0 */
/* lab-capture.c - a run as a capture file: what each end of each connection sent and received, as TCP would show it
 *
 * Method: an observer stands at every end. Each machine is an interface of the file, on which its ends are seen as on its network
 * card: their own handshake, numbers and ends. Under faults the two ends of a connection tell different stories, and both are
 * true. The interfaces' MAC addresses differ, so that a reader can tell the views apart: between the machines is the network.
 * Beside a target that serves foreign initiators there is one end, and what counts is what they sent and got: there the observer
 * stands at the wire's side of the tap.
 *
 * What one end sends, or receives, in one instant goes into one segment; so the newest is kept until something else happens.
 * That is also where a fault puts its comment: on the bytes that the tap was looking at. If they never arrive the comment is on
 * an empty segment in their place. A fault that is no connection's is told by the next segment, whosever it is.
 *
 * Not here: acknowledgements without data, segments that are sent again, windows. What comes after a stream's owner let go of it.
 */
#include "harness/report/pcapng.h"
#include "harness/report/segment.h"
#include "harness/script/lab.h"
#include "target-sim/faults/events.h"

#define CAPTURE_LIMIT_BYTES (G_GUINT64_CONSTANT (64) * 1024 * 1024)

typedef struct CaptureEnd {
  LabCapture *capture;
  Stream *stream;
  guint interface;
  Address local; /* as they were when the connection was first shown */
  Address remote;
  gint64 begun_ns;
  guint32 sent; /* sequence numbers used: SYN, data, FIN */
  guint32 received;
  gboolean has_syn;
  gboolean is_open;
  gboolean has_sent_fin;
  gboolean wants_fin; /* said before the connection was there */
  gboolean is_over;
} CaptureEnd;

/* The newest segment, which may grow. */
typedef struct PendingSegment {
  CaptureEnd *end; /* NULL: there is none */
  gboolean is_outbound;
  gint64 time_ns;
  GByteArray *data;
} PendingSegment;

struct LabCapture {
  const World *world;
  const FaultPlan *plan;
  Pcapng *file;     /* NULL once it is closed */
  GPtrArray *hosts; /* of Host, by the number of their interface */
  GPtrArray *ends;  /* of CaptureEnd */
  PendingSegment pending;
  GString *comment; /* of the pending segment, or the next */
  GByteArray *frame;
};

/* ---- segments ---- */

/* Both views of a connection that share its id count from the same numbers. */
static guint32
first_number (const CaptureEnd *end, gboolean is_outbound)
{
  const gboolean is_initiators = end->stream->is_accepted != is_outbound;
  return end->stream->id * 0x9e3779b9u + (is_initiators ? 0 : 0x55555555u);
}

static void
mac_of (guint interface, gboolean is_machine, guint8 ret_mac[SEGMENT_MAC])
{
  const guint8 mac[SEGMENT_MAC] = {
    0x02, 0, 0, (guint8) (interface >> 8), (guint8) interface, is_machine ? 1 : 2
  };
  memcpy (ret_mac, mac, SEGMENT_MAC);
}

static void
end_write (CaptureEnd *end, gint64 time_ns, gboolean is_outbound, guint flags,
           const GByteArray *data)
{
  LabCapture *capture = end->capture;
  Segment segment = { .from = is_outbound ? end->local : end->remote,
                      .to = is_outbound ? end->remote : end->local,
                      .flags = flags };
  guint32 *counter = is_outbound ? &end->sent : &end->received;
  segment.seq = first_number (end, is_outbound) + *counter;
  segment.ack = first_number (end, !is_outbound) + (is_outbound ? end->received : end->sent);
  mac_of (end->interface, is_outbound, segment.from_mac);
  mac_of (end->interface, !is_outbound, segment.to_mac);
  if (data != NULL) {
    segment.data = data->data;
    segment.length = data->len;
  }
  *counter += (guint32) segment.length + ((flags & (SEGMENT_SYN | SEGMENT_FIN)) != 0);

  g_byte_array_set_size (capture->frame, 0);
  segment_frame (&segment, capture->frame);
  const PcapngPacket packet = { .interface = end->interface,
                                .time_ns = time_ns,
                                .is_outbound = is_outbound,
                                .bytes = capture->frame->data,
                                .length = capture->frame->len,
                                .comment =
                                    capture->comment->len > 0 ? capture->comment->str : NULL };
  pcapng_write (capture->file, &packet);
  g_string_truncate (capture->comment, 0);
}

static void
capture_flush (LabCapture *capture)
{
  PendingSegment *pending = &capture->pending;
  CaptureEnd *end = g_steal_pointer (&pending->end);
  if (end == NULL)
    return;
  const guint flags = pending->data->len > 0 ? SEGMENT_ACK | SEGMENT_PSH : SEGMENT_ACK;
  end_write (end, pending->time_ns, pending->is_outbound, flags, pending->data);
  g_byte_array_set_size (pending->data, 0);
}

/* The pending segment is of this end and direction, and of now. */
static void
end_open_segment (CaptureEnd *end, gboolean is_outbound)
{
  LabCapture *capture = end->capture;
  PendingSegment *pending = &capture->pending;
  const gint64 now_ns = capture->world->now_ns;
  if (pending->end == end && pending->is_outbound == is_outbound && pending->time_ns == now_ns)
    return;
  capture_flush (capture);
  pending->end = end;
  pending->is_outbound = is_outbound;
  pending->time_ns = now_ns;
}

static void
end_add_data (CaptureEnd *end, gboolean is_outbound, const Slice *slice)
{
  GByteArray *data = end->capture->pending.data;
  for (gsize done = 0; done < slice->length;) {
    end_open_segment (end, is_outbound);
    const gsize take = MIN (slice->length - done, SEGMENT_DATA_MAX - data->len);
    g_byte_array_append (data, slice->bytes + done, (guint) take);
    done += take;
    if (data->len == SEGMENT_DATA_MAX)
      capture_flush (end->capture);
  }
}

/* A segment without data, now. */
static void
end_signal (CaptureEnd *end, gboolean is_outbound, guint flags)
{
  capture_flush (end->capture);
  end_write (end, end->capture->world->now_ns, is_outbound, flags, NULL);
}

/* ---- what happens to a stream ---- */

static gboolean
end_is_shown (const CaptureEnd *end)
{
  return end->is_open && !end->is_over && end->capture->file != NULL;
}

/* The machine may not know its own address before it is connected. */
static void
end_show_syn (CaptureEnd *end)
{
  if (end->has_syn)
    return;
  end->has_syn = TRUE;
  end->local = end->stream->local;
  end->remote = end->stream->remote;
  capture_flush (end->capture);
  end_write (end, end->begun_ns, !end->stream->is_accepted, SEGMENT_SYN, NULL);
}

static void
end_show_fin (CaptureEnd *end)
{
  if (end->has_sent_fin)
    return;
  end_signal (end, TRUE, SEGMENT_FIN | SEGMENT_ACK);
  end->has_sent_fin = TRUE;
}

static void
end_show_open (CaptureEnd *end)
{
  const gboolean is_accepted = end->stream->is_accepted;
  end_show_syn (end);
  end_signal (end, is_accepted, SEGMENT_SYN | SEGMENT_ACK);
  end_signal (end, !is_accepted, SEGMENT_ACK);
  end->is_open = TRUE;
  if (end->wants_fin)
    end_show_fin (end);
}

static void
on_connected (gpointer data, Stream *stream)
{
  CaptureEnd *end = data;
  if (end->capture->file != NULL)
    end_show_open (end);
}

/* What is sent behind a FIN, or behind the end, nobody carries. */
static void
on_sent (gpointer data, Stream *stream, const Slice *slice)
{
  CaptureEnd *end = data;
  if (end_is_shown (end) && !end->has_sent_fin)
    end_add_data (end, TRUE, slice);
}

static void
on_received (gpointer data, Stream *stream, const Slice *slice)
{
  CaptureEnd *end = data;
  if (end_is_shown (end))
    end_add_data (end, FALSE, slice);
}

static void
on_closing (gpointer data, Stream *stream, StreamEnd how)
{
  CaptureEnd *end = data;
  end->wants_fin = TRUE;
  if (!end_is_shown (end))
    return;
  if (how == STREAM_END_FIN) {
    end_show_fin (end);
    return;
  }
  end_signal (end, TRUE, SEGMENT_RST | SEGMENT_ACK);
  end->is_over = TRUE;
}

/* Silence, and errors of a real socket, have no segment. */
static void
on_ended (gpointer data, Stream *stream, StreamEnd how)
{
  CaptureEnd *end = data;
  if (end->capture->file == NULL || end->is_over)
    return;
  if (how == STREAM_END_REFUSED && !end->is_open) {
    end_show_syn (end);
    end_signal (end, FALSE, SEGMENT_RST | SEGMENT_ACK);
  } else if (how == STREAM_END_RST && end->is_open) {
    end_signal (end, FALSE, SEGMENT_RST | SEGMENT_ACK);
  } else if (how == STREAM_END_FIN && end->is_open) {
    end_signal (end, FALSE, SEGMENT_FIN | SEGMENT_ACK);
    end_signal (end, TRUE, SEGMENT_ACK);
  }
  end->is_over = how != STREAM_END_FIN;
}

static void
on_freed (gpointer data, Stream *stream)
{
  CaptureEnd *end = data;
  LabCapture *capture = end->capture;
  if (capture->pending.end == end && capture->file != NULL)
    capture_flush (capture);
  g_ptr_array_remove_fast (capture->ends, end);
  g_free (end);
}

static const StreamObserver observer = {
  .sent = on_sent,
  .received = on_received,
  .ended = on_ended,
  .freed = on_freed,
  .connected = on_connected,
  .closing = on_closing,
};

static const StreamObserver wire_observer = {
  .wire_sent = on_sent,
  .wire_received = on_received,
  .wire_ended = on_ended,
  .freed = on_freed,
  .connected = on_connected,
  .wire_closing = on_closing,
};

/* ---- for the lab ---- */

static guint
capture_interface (LabCapture *capture, Host *host)
{
  guint interface;
  if (g_ptr_array_find (capture->hosts, host, &interface))
    return interface;
  g_ptr_array_add (capture->hosts, host);
  return pcapng_add_interface (capture->file, host->name);
}

gboolean
lab_capture_begin (Lab *lab, GError **error)
{
  const ScenarioRequest *request = lab->request;
  if (request->pcap_path == NULL)
    return TRUE;
  g_autofree char *comment =
      g_strdup_printf ("%s, seed %" G_GUINT64_FORMAT ", %s", request->file, request->seed,
                       request->is_live ? "real time and TCP" : "simulated");
  Pcapng *file = pcapng_new (request->pcap_path, "iscsilab", comment, CAPTURE_LIMIT_BYTES, error);
  if (file == NULL)
    return FALSE;
  LabCapture *capture = g_new0 (LabCapture, 1);
  capture->world = lab->world;
  capture->plan = lab->plan;
  capture->file = file;
  capture->hosts = g_ptr_array_new ();
  capture->ends = g_ptr_array_new ();
  capture->pending.data = g_byte_array_new ();
  capture->comment = g_string_new (NULL);
  capture->frame = g_byte_array_new ();
  lab->capture = capture;
  return TRUE;
}

/* A stream that was accepted has its handshake behind it. */
void
lab_capture_stream (Lab *lab, Host *host, Stream *stream)
{
  LabCapture *capture = lab->capture;
  if (capture == NULL || capture->file == NULL || !host->is_up)
    return;
  CaptureEnd *end = g_new0 (CaptureEnd, 1);
  end->capture = capture;
  end->stream = stream;
  end->interface = capture_interface (capture, host);
  end->begun_ns = capture->world->now_ns;
  g_ptr_array_add (capture->ends, end);
  stream_add_observer (stream, lab->is_serving ? &wire_observer : &observer, end);
  if (stream->is_accepted)
    end_show_open (end);
  else if (stream->local.port != 0)
    end_show_syn (end);
}

/* Where the tap is that struck: at the target's end, or at ours if there is no other. */
static CaptureEnd *
capture_find_tapped (const LabCapture *capture, guint32 connection)
{
  CaptureEnd *found = NULL;
  for (guint i = 0; i < capture->ends->len; i++) {
    CaptureEnd *end = capture->ends->pdata[i];
    if (end->stream->id == connection && (found == NULL || end->stream->is_accepted))
      found = end;
  }
  return found;
}

void
lab_capture_fault (Lab *lab)
{
  LabCapture *capture = lab->capture;
  const guint fired = fault_plan_fired_count (lab->plan);
  if (capture == NULL || capture->file == NULL || fired == 0)
    return;
  FaultFiring firing;
  fault_plan_firing (capture->plan, fired - 1, &firing);
  CaptureEnd *end =
      firing.connection != 0 ? capture_find_tapped (capture, firing.connection) : NULL;
  if (end != NULL && end_is_shown (end))
    end_open_segment (end, end->stream->is_accepted != firing.is_to_target);
  else
    capture_flush (capture);
  g_string_append_printf (capture->comment, "%sfault %u: %s", capture->comment->len > 0 ? "; " : "",
                          fired, firing.text);
}

gboolean
lab_capture_end (Lab *lab, GError **error)
{
  LabCapture *capture = lab->capture;
  if (capture == NULL || capture->file == NULL)
    return TRUE;
  capture_flush (capture);
  /* A fault behind which nothing was sent any more. */
  const char *comment = capture->comment->len > 0 ? capture->comment->str : NULL;
  return pcapng_close (g_steal_pointer (&capture->file), comment, error);
}

/* After the world: its streams are gone. */
void
lab_capture_free (Lab *lab)
{
  LabCapture *capture = g_steal_pointer (&lab->capture);
  if (capture == NULL)
    return;
  if (capture->file != NULL)
    pcapng_close (capture->file, NULL, NULL);
  g_ptr_array_unref (capture->hosts);
  g_ptr_array_unref (capture->ends);
  g_byte_array_unref (capture->pending.data);
  g_string_free (capture->comment, TRUE);
  g_byte_array_unref (capture->frame);
  g_free (capture);
}
