package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.MetricType;
import dnd.metrics.events.Problem;
import dnd.metrics.events.RejectedMetric;
import dnd.metrics.server.model.Labels;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads the metrics of one event. Labels wait until the whole event is read, since the batch's own
 * labels and service may stand behind the metrics. For one thread.
 */
final class MetricParser {
  /** What one metric said, until the event is read to its end. */
  private static final class Draft {
    int index;
    @Nullable String name;
    @Nullable String type;
    @Nullable String temporality;
    @Nullable String help;
    @Nullable String unit;
    long timeMillis;
    long createdMillis;
    boolean hasValue;
    double value;
    @Nullable HistogramValue histogram;
    String[] labels = new String[32];
    int labelCount;
    @Nullable Problem problem;

    void clear(int newIndex) {
      index = newIndex;
      name = null;
      type = null;
      temporality = null;
      help = null;
      unit = null;
      timeMillis = ParsedBatch.NO_TIME;
      createdMillis = MetricDescription.NOT_CREATED;
      hasValue = false;
      value = 0;
      histogram = null;
      Arrays.fill(labels, 0, labelCount, null);
      labelCount = 0;
      problem = null;
    }

    /** Keeps the first thing that is wrong. */
    void fail(Problem first) {
      if (problem == null) {
        problem = first;
      }
    }
  }

  /** So many are kept from event to event; one has about 250 bytes. */
  private static final int KEPT_DRAFTS = 512;

  private final IngestLimits limits;
  private final LabelRules rules;
  private final HistogramReader histograms;
  private @Nullable Draft[] drafts = new Draft[16];
  private int count;

  MetricParser(IngestLimits limits, LabelRules rules) {
    this.limits = limits;
    this.rules = rules;
    this.histograms = new HistogramReader(limits.maxBuckets());
  }

  /** Lets go what was read, whatever came of it; a few empty drafts are kept for the next event. */
  void end() {
    if (drafts.length > KEPT_DRAFTS) {
      drafts = Arrays.copyOf(drafts, KEPT_DRAFTS);
    }
    int kept = Math.min(count, KEPT_DRAFTS);
    for (int i = 0; i < kept; i++) {
      Objects.requireNonNull(drafts[i]).clear(0);
    }
    count = 0;
  }

  /** For how many metrics there is room without making more. */
  int keptDrafts() {
    return drafts.length;
  }

  /** Reads one element of {@code data.metrics}, to its end whatever it holds. */
  void parse(JsonParser p, JsonToken token, int index, ParsedBatch batch, PayloadPlaces places) {
    String path = "data.metrics[" + index + "]";
    if (token != JsonToken.START_OBJECT) {
      p.skipChildren();
      reject(batch, index, "", EventParser.wrongType(path, "an object", token).problem());
      places.forget();
      return;
    }
    Draft draft = nextDraft(index);
    places.beginMetric(p);
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      JsonToken value = p.nextToken();
      try {
        field(p, field, value, path, draft, places);
      } catch (InvalidEventException e) {
        // Thrown before anything of the value was read, or after all of it.
        draft.fail(e.problem());
        p.skipChildren();
      }
    }
    places.endMetric(p);
  }

  private Draft nextDraft(int index) {
    if (count == drafts.length) {
      drafts = Arrays.copyOf(drafts, count * 2);
    }
    Draft draft = drafts[count];
    if (draft == null) {
      draft = new Draft();
      drafts[count] = draft;
    }
    draft.clear(index);
    count++;
    return draft;
  }

  private void field(
      JsonParser p, String field, JsonToken token, String path, Draft draft, PayloadPlaces places)
      throws InvalidEventException {
    switch (field) {
      case "name" -> draft.name = text(p, token, path, field);
      case "type" -> draft.type = text(p, token, path, field);
      case "temporality" -> draft.temporality = text(p, token, path, field);
      case "help" -> draft.help = text(p, token, path, field, IngestLimits.MAX_HELP_CHARS);
      case "unit" -> draft.unit = text(p, token, path, field, IngestLimits.MAX_UNIT_CHARS);
      case "labels" -> labels(p, token, path, draft);
      case "timestamp" -> {
        draft.timeMillis = EventParser.time(p, token, path + ".timestamp");
        places.forget();
      }
      case "created" -> {
        long created = EventParser.time(p, token, path + ".created");
        draft.createdMillis =
            created == ParsedBatch.NO_TIME ? MetricDescription.NOT_CREATED : created;
      }
      case "value" -> value(p, token, path, draft, places);
      default -> {
        if (token != JsonToken.VALUE_NULL) {
          places.forget(); // exemplars, and what we do not know: it mostly differs each time
        }
        p.skipChildren();
      }
    }
  }

  private static @Nullable String text(JsonParser p, JsonToken token, String path, String field)
      throws InvalidEventException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw EventParser.wrongType(path + "." + field, "a string", token);
    }
    return p.getString();
  }

  /** A text that stays in memory, so that it must not be long. */
  private static @Nullable String text(
      JsonParser p, JsonToken token, String path, String field, int maxChars)
      throws InvalidEventException {
    String text = text(p, token, path, field);
    if (text != null && text.length() > maxChars) {
      throw new InvalidEventException(
          ErrorCode.TEXT_TOO_LONG,
          path + "." + field,
          "has " + text.length() + " characters; a metric's " + field + " may have " + maxChars);
    }
    return text;
  }

  private void labels(JsonParser p, JsonToken token, String path, Draft draft)
      throws InvalidEventException {
    if (token == JsonToken.VALUE_NULL) {
      return;
    }
    String field = path + ".labels";
    if (token != JsonToken.START_OBJECT) {
      throw EventParser.wrongType(field, "an object", token);
    }
    Draft before = count > 1 ? drafts[count - 2] : null;
    for (String name = p.nextName(); name != null; name = p.nextName()) {
      JsonToken value = p.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      try {
        if (value != JsonToken.VALUE_STRING) {
          throw EventParser.wrongType(field + "." + Shortened.name(name), "a string", value);
        }
        if (before == null || !repeat(before, name, p, draft)) {
          label(field, name, p.getString(), draft);
        }
      } catch (InvalidEventException e) {
        draft.fail(e.problem());
        p.skipChildren();
      }
    }
  }

  /**
   * Takes a label over that the metric before has at the same place, as most have: it is checked,
   * and its strings are there already. False where it is another.
   */
  private static boolean repeat(Draft before, String name, JsonParser p, Draft draft) {
    int at = draft.labelCount;
    if (at >= before.labelCount
        || at == draft.labels.length
        || !before.labels[at].equals(name)
        || !isText(p, before.labels[at + 1])) {
      return false;
    }
    draft.labels[at] = before.labels[at];
    draft.labels[at + 1] = before.labels[at + 1];
    draft.labelCount = at + 2;
    return true;
  }

  /** Whether the string that the parser is at is {@code known}. */
  private static boolean isText(JsonParser p, String known) {
    char[] text = p.getStringCharacters();
    int length = p.getStringLength();
    if (length != known.length()) {
      return false;
    }
    int from = p.getStringOffset();
    for (int i = 0; i < length; i++) {
      if (text[from + i] != known.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void label(String field, String name, String value, Draft draft)
      throws InvalidEventException {
    rules.check(field, name, value);
    if (draft.labelCount >= 2 * limits.maxLabelsPerSeries()) {
      throw new InvalidEventException(
          ErrorCode.TOO_MANY_LABELS,
          field,
          "a series may have " + limits.maxLabelsPerSeries() + " labels");
    }
    if (draft.labelCount + 2 > draft.labels.length) {
      draft.labels = Arrays.copyOf(draft.labels, draft.labels.length * 2);
    }
    draft.labels[draft.labelCount++] = name;
    draft.labels[draft.labelCount++] = value;
  }

  private void value(JsonParser p, JsonToken token, String path, Draft draft, PayloadPlaces places)
      throws InvalidEventException {
    String field = path + ".value";
    switch (token) {
      case VALUE_NULL -> {
        return;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        places.noteValue(p);
        draft.value = number(p.getString(), field);
      }
      case VALUE_STRING -> {
        places.noteValue(p);
        draft.value = named(p.getString(), field);
      }
      case START_OBJECT -> {
        places.forget();
        draft.histogram = histograms.read(p, field);
      }
      default -> throw EventParser.wrongType(field, "a number or a histogram", token);
    }
    draft.hasValue = true;
  }

  static double number(String text, String field) throws InvalidEventException {
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      throw new InvalidEventException(
          ErrorCode.NUMBER_OUT_OF_RANGE,
          field,
          "is too large for a 64-bit float; infinity is written \"+Inf\"");
    }
    return value;
  }

  static double named(String text, String field) throws InvalidEventException {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default ->
          throw new InvalidEventException(
              ErrorCode.INVALID_VALUE,
              field,
              "must be a number, \"NaN\", \"+Inf\" or \"-Inf\", not the string \""
                  + Shortened.name(text)
                  + "\"");
    };
  }

  /** Makes the batch's rows; to be called when all of the event is read. */
  void finish(ParsedBatch batch, String[] shared, int sharedCount) {
    for (int i = 0; i < count; i++) {
      Draft draft = Objects.requireNonNull(drafts[i]);
      try {
        finish(draft, batch, shared, sharedCount);
      } catch (InvalidEventException e) {
        reject(batch, draft.index, draft.name, e.problem());
      }
    }
  }

  private void finish(Draft draft, ParsedBatch batch, String[] shared, int sharedCount)
      throws InvalidEventException {
    if (draft.problem != null) {
      throw new InvalidEventException(draft.problem);
    }
    String path = "data.metrics[" + draft.index + "]";
    String name = draft.name;
    if (name == null) {
      throw EventParser.missing(path + ".name");
    }
    rules.checkMetricName(path + ".name", name);
    MetricType type = type(draft.type, path);
    if (!draft.hasValue) {
      throw EventParser.missing(path + ".value");
    }
    ValueKind kind = kind(draft, type, path);
    if (draft.histogram instanceof HistogramValue.Classic) {
      requireNoBound(draft, path, shared, sharedCount);
    }
    Labels labels =
        rules.combine(
            path + ".labels",
            name,
            draft.labels,
            draft.labelCount,
            shared,
            sharedCount,
            batch.service,
            batch.instance);
    MetricDescription description =
        new MetricDescription(name, kind, draft.createdMillis, type.text(), draft.help, draft.unit);
    batch.add(
        new KnownMetric(description, labels),
        draft.value,
        draft.timeMillis,
        draft.index,
        draft.histogram);
  }

  private static MetricType type(@Nullable String text, String path) throws InvalidEventException {
    if (text == null) {
      throw EventParser.missing(path + ".type");
    }
    MetricType type = MetricType.of(text);
    if (type == null) {
      throw new InvalidEventException(
          ErrorCode.UNKNOWN_METRIC_TYPE,
          path + ".type",
          "must be counter, gauge or histogram, not \"" + Shortened.name(text) + "\"");
    }
    return type;
  }

  private static ValueKind kind(Draft draft, MetricType type, String path)
      throws InvalidEventException {
    boolean delta = isDelta(draft.temporality, path);
    HistogramValue histogram = draft.histogram;
    if (histogram != null && type != MetricType.HISTOGRAM) {
      throw new InvalidEventException(
          ErrorCode.WRONG_TYPE,
          path + ".value",
          "must be a number, since the metric's type is " + type.text());
    }
    return switch (type) {
      case COUNTER -> delta ? ValueKind.COUNTER_DELTA : ValueKind.COUNTER;
      case GAUGE -> {
        if (delta) {
          throw new InvalidEventException(
              ErrorCode.UNKNOWN_TEMPORALITY, path + ".temporality", "a gauge has none");
        }
        yield ValueKind.GAUGE;
      }
      case HISTOGRAM -> {
        if (histogram == null) {
          yield ValueKind.OBSERVATION;
        }
        if (delta && histogram instanceof HistogramValue.Native) {
          throw new InvalidEventException(
              ErrorCode.UNKNOWN_TEMPORALITY,
              path + ".temporality",
              "a native histogram is cumulative");
        }
        yield delta ? ValueKind.HISTOGRAM_DELTA : ValueKind.HISTOGRAM;
      }
    };
  }

  private static boolean isDelta(@Nullable String temporality, String path)
      throws InvalidEventException {
    if (temporality == null || temporality.equals("cumulative")) {
      return false;
    }
    if (temporality.equals("delta")) {
      return true;
    }
    throw new InvalidEventException(
        ErrorCode.UNKNOWN_TEMPORALITY,
        path + ".temporality",
        "must be cumulative or delta, not \"" + Shortened.name(temporality) + "\"");
  }

  /** A classic histogram's buckets get the label {@code le}, so nobody else may use it. */
  private static void requireNoBound(Draft draft, String path, String[] shared, int sharedCount)
      throws InvalidEventException {
    boolean own = contains(draft.labels, draft.labelCount);
    if (own || contains(shared, sharedCount)) {
      throw new InvalidEventException(
          ErrorCode.RESERVED_LABEL,
          (own ? path : "data") + ".labels.le",
          "is the bucket's bound in a classic histogram");
    }
  }

  private static boolean contains(String[] pairs, int count) {
    for (int i = 0; i < count; i += 2) {
      if (pairs[i].equals("le")) {
        return true;
      }
    }
    return false;
  }

  static void reject(ParsedBatch batch, int index, @Nullable String name, Problem problem) {
    batch.rejected.add(
        new RejectedMetric(
            index,
            name == null ? "" : Shortened.name(name),
            problem.code().text(),
            problem.description()));
  }
}
