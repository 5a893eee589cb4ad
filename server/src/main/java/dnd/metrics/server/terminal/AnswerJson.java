package dnd.metrics.server.terminal;

import dnd.metrics.events.JsonBuffer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;

/**
 * An answer as the Prometheus HTTP API gives it, on one line: {@code {"status":"success","data":
 * {"resultType":..., "result":...}}}.
 */
public final class AnswerJson {
  private AnswerJson() {}

  public static String print(Answer answer) {
    JsonBuffer out = new JsonBuffer(4096);
    out.raw("{\"status\":\"success\",\"data\":{\"resultType\":").string(answer.resultType());
    out.raw(",\"result\":");
    if (answer.isBare()) {
      sample(out, answer.series().getFirst().samples().getFirst());
    } else {
      out.raw('[');
      String separator = "";
      for (AnswerSeries series : answer.series()) {
        out.raw(separator);
        series(out, series, answer.isRange());
        separator = ",";
      }
      out.raw(']');
    }
    if (!answer.statistics().isEmpty()) {
      out.raw(",\"stats\":");
      PlainJson.write(out, answer.statistics());
    }
    out.raw('}');
    texts(out, "warnings", answer.warnings());
    texts(out, "infos", answer.infos());
    out.raw("}\n");
    return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
  }

  private static void series(JsonBuffer out, AnswerSeries series, boolean range) {
    out.raw("{\"metric\":{");
    for (int i = 0; i < series.labels().size(); i++) {
      out.raw(i == 0 ? "" : ",").string(series.labels().name(i));
      out.raw(':').string(series.labels().value(i));
    }
    out.raw('}');
    if (range) {
      samples(out, "values", series.samples(), sample -> !sample.isHistogram());
      samples(out, "histograms", series.samples(), AnswerSample::isHistogram);
    } else {
      AnswerSample sample = series.samples().getFirst();
      out.raw(sample.isHistogram() ? ",\"histogram\":" : ",\"value\":");
      sample(out, sample);
    }
    out.raw('}');
  }

  private static void samples(
      JsonBuffer out, String name, List<AnswerSample> samples, Predicate<AnswerSample> kind) {
    String separator = ",\"" + name + "\":[";
    for (AnswerSample sample : samples) {
      if (kind.test(sample)) {
        out.raw(separator);
        sample(out, sample);
        separator = ",";
      }
    }
    if (separator.equals(",")) {
      out.raw(']');
    }
  }

  private static void sample(JsonBuffer out, AnswerSample sample) {
    long millis = sample.timeMillis();
    out.raw('[');
    if (millis % 1000 == 0) {
      out.number(millis / 1000);
    } else {
      out.raw(BigDecimal.valueOf(millis, 3).toPlainString());
    }
    out.raw(',');
    if (sample.isHistogram()) {
      PlainJson.write(out, sample.histogram());
    } else {
      out.string(sample.text());
    }
    out.raw(']');
  }

  private static void texts(JsonBuffer out, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      out.raw(",\"" + name + "\":");
      PlainJson.write(out, texts);
    }
  }
}
