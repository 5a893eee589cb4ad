package dnd.metrics.server.query;

import dnd.metrics.events.JsonBuffer;
import dnd.metrics.server.model.Histogram;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue;
import dnd.metrics.server.promql.exec.QueryValue.MatrixSeries;
import dnd.metrics.server.promql.exec.QueryValue.MatrixValue;
import dnd.metrics.server.promql.exec.QueryValue.ScalarValue;
import dnd.metrics.server.promql.exec.QueryValue.StringValue;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import dnd.metrics.server.promql.exec.QueryValue.VectorValue;
import java.util.List;

/**
 * Writes what a query evaluates to in the shape of the Prometheus HTTP API (querying basics,
 * "expression query result formats" there). Where the answer comes in parts, a series may be cut
 * between two samples: its labels stand in each part. For one thread.
 */
final class ValueWriter {
  private static final String NO_LIST = "";
  private static final String FLOATS = ",\"values\":[";
  private static final String HISTOGRAMS = ",\"histograms\":[";

  private final SampleText samples = new SampleText();
  private final HistogramText histograms = new HistogramText(samples);

  Delivery write(QueryValue value, AnswerStream stream) {
    return switch (value) {
      case ScalarValue scalar -> {
        stream.begin("scalar", '[', ']');
        writePair(stream.out(), scalar.timestampMillis());
        samples.appendValue(stream.out(), scalar.value());
        yield stream.end();
      }
      case StringValue string -> {
        stream.begin("string", '[', ']');
        writePair(stream.out(), string.timestampMillis());
        stream.out().string(string.value());
        yield stream.end();
      }
      case VectorValue vector -> writeVector(vector.samples(), stream);
      case MatrixValue matrix -> writeMatrix(matrix.series(), stream);
    };
  }

  private void writePair(JsonBuffer out, long timeMillis) {
    int bracket = out.length();
    out.truncate(bracket - 1); // the time's text brings the bracket with it
    samples.appendTime(out, timeMillis);
  }

  private Delivery writeVector(List<VectorSample> vector, AnswerStream stream) {
    stream.begin("vector", '[', ']');
    return Elements.write(stream, vector, this::writeVectorSample);
  }

  void writeVectorSample(JsonBuffer out, VectorSample sample) {
    out.raw("{\"metric\":");
    writeLabels(out, sample.labels());
    Histogram histogram = sample.histogram();
    if (histogram == null) {
      out.raw(",\"value\":");
      samples.append(out, 0, sample.timestampMillis(), sample.value());
    } else {
      out.raw(",\"histogram\":");
      samples.appendTime(out, sample.timestampMillis());
      histograms.append(out, histogram);
      out.raw(']');
    }
    out.raw('}');
  }

  private Delivery writeMatrix(List<MatrixSeries> matrix, AnswerStream stream) {
    stream.begin("matrix", '[', ']');
    for (MatrixSeries series : matrix) {
      Delivery written = writeSeries(series, stream);
      if (written != Delivery.SENT) {
        return written;
      }
    }
    return stream.end();
  }

  /** Floats first, then histograms, each in the order of time, as the API has them. */
  private Delivery writeSeries(MatrixSeries series, AnswerStream stream) {
    JsonBuffer out = stream.out();
    int mark = stream.mark();
    writeSeriesHead(out, series.labels());
    String list = NO_LIST;
    boolean fresh = stream.isFirst(mark); // nothing else is in this part
    int size = series.size();
    for (int pass = 0; pass < 2; pass++) {
      boolean floats = pass == 0;
      if (!floats && series.histograms() == null) {
        break;
      }
      int i = 0;
      while (i < size) {
        Histogram histogram = series.histogram(i);
        if ((histogram == null) != floats) {
          i++;
          continue;
        }
        int before = out.length();
        String wanted = floats ? FLOATS : HISTOGRAMS;
        openList(out, list, wanted);
        if (histogram == null) {
          samples.append(out, i, series.timestampsMillis()[i], series.values()[i]);
        } else {
          samples.appendTime(out, series.timestampsMillis()[i]);
          histograms.append(out, histogram);
          out.raw(']');
        }
        if (!stream.isOver()) {
          list = wanted;
          i++;
          continue;
        }
        boolean empty = list.equals(NO_LIST);
        if (empty && fresh) {
          return Delivery.TOO_LARGE;
        }
        if (empty) {
          stream.retreat(mark);
        } else {
          stream.retreat(before);
          out.raw("]}");
        }
        Delivery cut = stream.nextPart();
        if (cut != Delivery.SENT) {
          return cut;
        }
        mark = stream.mark();
        fresh = true;
        writeSeriesHead(out, series.labels());
        list = NO_LIST; // and the same sample again, in the new part
      }
    }
    out.raw(list.equals(NO_LIST) ? "}" : "]}");
    return Delivery.SENT;
  }

  private static void openList(JsonBuffer out, String current, String wanted) {
    if (current.equals(wanted)) {
      out.raw(',');
    } else {
      if (!current.equals(NO_LIST)) {
        out.raw(']');
      }
      out.raw(wanted);
    }
  }

  private static void writeSeriesHead(JsonBuffer out, Labels labels) {
    out.raw("{\"metric\":");
    writeLabels(out, labels);
  }

  static void writeLabels(JsonBuffer out, Labels labels) {
    out.raw('{');
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(labels.name(i)).raw(':').string(labels.value(i));
    }
    out.raw('}');
  }
}
