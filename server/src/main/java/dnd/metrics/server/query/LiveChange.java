package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.Annotations;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;

/**
 * What an evaluation of a live query changed, as JSON that is written once for all its askers.
 *
 * @param resultType as in the first answer
 * @param elements the elements of the result, one behind the other without commas
 * @param ends where each element ends
 * @param head what stands before the result, after the update's number
 * @param foot what stands behind the result
 */
@SuppressWarnings("ArrayRecordComponent") // written once, read by those who send it
record LiveChange(String resultType, byte[] elements, int[] ends, byte[] head, byte[] foot) {
  /**
   * A larger one is not written to its end, and not to be sent: who should get it gets the whole.
   */
  static final int MAX_BYTES = 4 << 20;

  /** What it takes in bytes, with the commas between its elements. */
  int size() {
    return elements.length + ends.length + foot.length;
  }

  /** Sends it as one answer, in parts where that is allowed, without a wait for the reader. */
  Delivery write(AnswerStream stream) {
    stream.neverWait();
    stream.begin(resultType, '[', ']');
    for (int i = 0; i < ends.length; i++) {
      int from = i == 0 ? 0 : ends[i - 1];
      int mark = stream.mark();
      stream.out().raw(elements, from, ends[i] - from);
      if (stream.isOver()) {
        boolean alone = stream.isFirst(mark);
        stream.retreat(mark);
        Delivery cut = alone ? Delivery.TOO_LARGE : stream.nextPart();
        if (cut != Delivery.SENT) {
          return cut;
        }
        stream.out().raw(elements, from, ends[i] - from);
        if (stream.isOver()) {
          return Delivery.TOO_LARGE;
        }
      }
    }
    return stream.end();
  }

  static LiveChange of(SentVector.Change change, long atMillis, Annotations annotations) {
    List<VectorSample> changed = change.changed();
    JsonBuffer out = new JsonBuffer(firstBytes(128, changed.size()));
    int[] ends = new int[changed.size()];
    ValueWriter values = new ValueWriter();
    for (int i = 0; i < ends.length && out.length() <= MAX_BYTES; i++) {
      values.writeVectorSample(out, changed.get(i));
      ends[i] = out.length();
    }
    JsonBuffer foot = new JsonBuffer(256);
    if (!change.gone().isEmpty()) {
      foot.raw(",\"gone\":[");
      for (int i = 0; i < change.gone().size() && foot.length() <= MAX_BYTES; i++) {
        if (i > 0) {
          foot.raw(',');
        }
        ValueWriter.writeLabels(foot, change.gone().get(i));
      }
      foot.raw(']');
    }
    return made("vector", out, ends, atMillis, foot, annotations);
  }

  static LiveChange of(
      List<SentMatrix.SeriesChange> changes, long atMillis, Annotations annotations) {
    JsonBuffer out = new JsonBuffer(firstBytes(192, changes.size()));
    int[] ends = new int[changes.size()];
    SampleText samples = new SampleText();
    for (int i = 0; i < ends.length && out.length() <= MAX_BYTES; i++) {
      writeSeries(out, changes.get(i).labels(), changes.get(i).points(), samples);
      ends[i] = out.length();
    }
    return made("matrix", out, ends, atMillis, new JsonBuffer(256), annotations);
  }

  static LiveChange of(ScalarValue scalar, Annotations annotations) {
    JsonBuffer out = new JsonBuffer(64);
    SampleText samples = new SampleText();
    samples.appendTime(out, scalar.timestampMillis());
    samples.appendValue(out, scalar.value());
    byte[] pair = out.toByteArray();
    JsonBuffer inner = new JsonBuffer(64);
    inner.raw(pair, 1, pair.length - 1); // the answer has the bracket already
    return made(
        "scalar",
        inner,
        new int[] {inner.length()},
        scalar.timestampMillis(),
        new JsonBuffer(256),
        annotations);
  }

  private static int firstBytes(int each, int count) {
    return (int) Math.min(MAX_BYTES, each * (count + 1L));
  }

  private static LiveChange made(
      String type, JsonBuffer out, int[] ends, long atMillis, JsonBuffer foot, Annotations notes) {
    JsonBuffer head = new JsonBuffer(64);
    head.raw(",\"time\":").number(atMillis / 1e3);
    foot.raw(Answers.foot(notes, null));
    return new LiveChange(type, out.toByteArray(), ends, head.toByteArray(), foot.toByteArray());
  }

  /** Values and absent points first, then histograms, each in order of time. */
  private static void writeSeries(
      JsonBuffer out, Labels labels, List<SentMatrix.Point> points, SampleText samples) {
    out.raw("{\"metric\":");
    ValueWriter.writeLabels(out, labels);
    boolean any = false;
    for (SentMatrix.Point point : points) {
      if (point.histogram() == null) {
        out.raw(any ? "," : ",\"values\":[");
        any = true;
        samples.appendTime(out, point.timeMillis());
        if (point.present()) {
          samples.appendValue(out, point.value());
        } else {
          out.raw("null");
        }
        out.raw(']');
      }
    }
    out.raw(any ? "]" : "");
    HistogramText histograms = new HistogramText(samples);
    boolean anyHistogram = false;
    for (SentMatrix.Point point : points) {
      Histogram histogram = point.histogram();
      if (histogram != null) {
        out.raw(anyHistogram ? "," : ",\"histograms\":[");
        anyHistogram = true;
        samples.appendTime(out, point.timeMillis());
        histograms.append(out, histogram);
        out.raw(']');
      }
    }
    out.raw(anyHistogram ? "]}" : "}");
  }
}
