package dnd.metrics.server.terminal;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts the parts of an answer together. For one answer and one thread. */
public final class AnswerCollector {
  private String resultType = "";
  private final List<Labels> labels = new ArrayList<>();
  private final List<List<AnswerSample>> samples = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> infos = new ArrayList<>();
  private Map<String, Object> statistics = Map.of();
  private final List<Labels> gone = new ArrayList<>();
  private long update;
  private boolean full;
  private long parts;

  /**
   * Takes one event.
   *
   * @return whether it was the last
   * @throws QueryRefusedException where it is an error
   * @throws NotJsonException where it is no answer, or a part is missing
   */
  public boolean add(byte[] event) throws QueryRefusedException, NotJsonException {
    Map<String, Object> data = PlainJson.object(PlainJson.object(event), "data");
    if (!PlainJson.text(data, "status").equals("success")) {
      Map<String, Object> position = PlainJson.object(data, "position");
      throw new QueryRefusedException(
          PlainJson.text(data, "error"),
          (int) PlainJson.number(position, "start", -1),
          (int) PlainJson.number(position, "end", -1));
    }
    long part = PlainJson.number(data, "part", 0);
    if (part != 0 && part != ++parts) {
      throw new NotJsonException("part " + parts + " of the answer is missing");
    }
    resultType = PlainJson.text(data, "resultType");
    List<Object> result = PlainJson.list(data, "result");
    if (resultType.equals("scalar") || resultType.equals("string")) {
      addSeries(Labels.empty(), List.of(number(result)));
    } else {
      for (Object element : result) {
        addSeries(element);
      }
    }
    PlainJson.list(data, "warnings").forEach(text -> warnings.add(text.toString()));
    PlainJson.list(data, "infos").forEach(text -> infos.add(text.toString()));
    statistics = PlainJson.object(data, "stats");
    update = PlainJson.number(data, "update", 0);
    full = Boolean.TRUE.equals(data.get("full"));
    for (Object labelSet : PlainJson.list(data, "gone")) {
      gone.add(goneLabels(labelSet));
    }
    return part == 0 || Boolean.TRUE.equals(data.get("last"));
  }

  @SuppressWarnings("unchecked") // maps are only ever made by PlainJson
  private void addSeries(Object element) throws NotJsonException {
    if (!(element instanceof Map<?, ?> map)) {
      throw new NotJsonException("a series of the answer is not an object");
    }
    Map<String, Object> object = (Map<String, Object>) map;
    List<AnswerSample> read = new ArrayList<>();
    if (object.containsKey("value")) {
      read.add(number(PlainJson.list(object, "value")));
    }
    if (object.containsKey("histogram")) {
      read.add(histogram(PlainJson.list(object, "histogram")));
    }
    for (Object pair : PlainJson.list(object, "values")) {
      read.add(number(asList(pair)));
    }
    for (Object pair : PlainJson.list(object, "histograms")) {
      read.add(histogram(asList(pair)));
    }
    addSeries(AnswerSeries.labels(PlainJson.object(object, "metric")), read);
  }

  /** A series that a part ended with may go on in the next. */
  private void addSeries(Labels of, List<AnswerSample> read) {
    int last = labels.size() - 1;
    if (resultType.equals("matrix") && last >= 0 && labels.get(last).equals(of)) {
      samples.get(last).addAll(read);
    } else {
      labels.add(of);
      samples.add(new ArrayList<>(read));
    }
  }

  private static List<?> asList(Object pair) {
    return pair instanceof List<?> list ? list : List.of();
  }

  private static AnswerSample number(List<?> pair) throws NotJsonException {
    long time = time(pair);
    Object value = pair.get(1);
    return value == null ? AnswerSample.absent(time) : AnswerSample.number(time, value.toString());
  }

  @SuppressWarnings("unchecked") // maps are only ever made by PlainJson
  private static AnswerSample histogram(List<?> pair) throws NotJsonException {
    if (pair.size() == 2 && pair.get(1) instanceof Map<?, ?> map) {
      return AnswerSample.histogram(time(pair), (Map<String, Object>) map);
    }
    throw new NotJsonException("a histogram of the answer is not an object");
  }

  private static long time(List<?> pair) throws NotJsonException {
    if (pair.size() == 2 && pair.get(0) instanceof Number seconds) {
      return Math.round(seconds.doubleValue() * 1000);
    }
    throw new NotJsonException("a sample of the answer has no time");
  }

  @SuppressWarnings("unchecked") // maps are only ever made by PlainJson
  private static Labels goneLabels(Object labelSet) throws NotJsonException {
    if (labelSet instanceof Map<?, ?> map) {
      return AnswerSeries.labels((Map<String, Object>) map);
    }
    throw new NotJsonException("a series that is gone is not an object");
  }

  /** A live query's number of the update; 0 for first answers. */
  public long update() {
    return update;
  }

  /** Whether a live query's update is the whole answer. */
  public boolean isFull() {
    return full;
  }

  /** The series that a live query's update says are gone. */
  public List<Labels> gone() {
    return List.copyOf(gone);
  }

  public Answer answer() {
    List<AnswerSeries> series = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      List<AnswerSample> ordered = new ArrayList<>(samples.get(i));
      ordered.sort(java.util.Comparator.comparingLong(AnswerSample::timeMillis));
      series.add(new AnswerSeries(labels.get(i), ordered));
    }
    return new Answer(resultType, series, warnings, infos, statistics);
  }
}
