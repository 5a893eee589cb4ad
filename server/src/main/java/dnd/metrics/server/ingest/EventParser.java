package dnd.metrics.server.ingest;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.events.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a push or report, whatever its order of fields, as a stream. What is wrong with the
 * envelope is thrown; what is wrong with one metric is noted in the batch, and the rest is read on.
 * Where the variable parts of the payload stand is noted in {@link PayloadPlaces}, for the
 * predictor to learn. For one thread.
 */
final class EventParser {
  private final IngestLimits limits;
  private final LabelRules rules;
  private final MetricParser metricParser;

  private String[] shared = new String[32];
  private int sharedCount;
  private @Nullable String service;
  private @Nullable String instance;
  private @Nullable String correlationId;
  private boolean metricsSeen;

  EventParser(IngestLimits limits) {
    this.limits = limits;
    this.rules = new LabelRules(limits);
    this.metricParser = new MetricParser(limits, rules);
  }

  /**
   * Reads a payload into {@code batch}, which is empty.
   *
   * @param wantedType the type that the subject stands for
   * @param wantedService the subject's first token
   */
  void parse(
      byte[] bytes,
      int offset,
      int length,
      String wantedType,
      String wantedService,
      ParsedBatch batch,
      PayloadPlaces places)
      throws InvalidEventException {
    StrictJson.requireUtf8(bytes, offset, length);
    places.clear();
    try {
      read(bytes, offset, length, wantedType, batch, places);
      finish(wantedService, batch);
    } finally {
      forget();
    }
  }

  /** Lets go what was read, since the next event may be long in coming. */
  private void forget() {
    metricParser.end();
    Arrays.fill(shared, 0, sharedCount, null);
    sharedCount = 0;
    service = null;
    instance = null;
    correlationId = null;
    metricsSeen = false;
  }

  private void read(
      byte[] bytes,
      int offset,
      int length,
      String wantedType,
      ParsedBatch batch,
      PayloadPlaces places)
      throws InvalidEventException {
    try (JsonParser p = StrictJson.parser(bytes, offset, length)) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        throw StrictJson.notAnObject();
      }
      envelope(p, wantedType, batch, places);
      if (p.nextToken() != null) {
        throw new InvalidEventException(ErrorCode.INVALID_JSON, "", "something follows the object");
      }
    } catch (JacksonException e) {
      throw new InvalidEventException(StrictJson.problem(e));
    }
  }

  private void envelope(JsonParser p, String wantedType, ParsedBatch batch, PayloadPlaces places)
      throws InvalidEventException {
    String type = null;
    boolean data = false;
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      JsonToken token = p.nextToken();
      switch (field) {
        case "type" -> type = text(p, token, "type");
        case "specversion" -> {
          String version = text(p, token, "specversion");
          if (version != null && !version.equals("1.0")) {
            throw new InvalidEventException(
                ErrorCode.UNSUPPORTED_SPECVERSION, "specversion", "must be \"1.0\"");
          }
        }
        case "id" -> {
          batch.eventId = text(p, token, "id");
          requireIdLength("id", batch.eventId);
          places.note(PayloadPlaces.Part.ID, p, token);
        }
        case "source" -> text(p, token, "source");
        case "time" -> {
          time(p, token, "time");
          places.note(PayloadPlaces.Part.TIME, p, token);
        }
        case "data" -> {
          if (token == JsonToken.START_OBJECT) {
            data = true;
            data(p, batch, places);
          } else if (token != JsonToken.VALUE_NULL) {
            throw wrongType("data", "an object", token);
          }
        }
        default -> {
          places.noteOther(p, token);
          p.skipChildren();
        }
      }
    }
    if (type == null) {
      throw missing("type");
    }
    if (!type.equals(wantedType)) {
      throw new InvalidEventException(
          ErrorCode.UNKNOWN_EVENT_TYPE,
          "type",
          "must be \"" + wantedType + "\" on this subject, not \"" + Shortened.name(type) + "\"");
    }
    if (!data) {
      throw missing("data");
    }
  }

  private void data(JsonParser p, ParsedBatch batch, PayloadPlaces places)
      throws InvalidEventException {
    for (String field = p.nextName(); field != null; field = p.nextName()) {
      JsonToken token = p.nextToken();
      switch (field) {
        case "service" -> service = text(p, token, "data.service");
        case "instance" -> instance = text(p, token, "data.instance");
        case "correlation_id" -> {
          correlationId = text(p, token, "data.correlation_id");
          requireIdLength("data.correlation_id", correlationId);
          places.note(PayloadPlaces.Part.CORRELATION_ID, p, token);
        }
        case "timestamp" -> {
          batch.timeMillis = time(p, token, "data.timestamp");
          places.note(PayloadPlaces.Part.TIMESTAMP, p, token);
        }
        case "labels" -> sharedLabels(p, token);
        case "metrics" -> metrics(p, token, batch, places);
        default -> {
          places.noteOther(p, token);
          p.skipChildren();
        }
      }
    }
  }

  private void sharedLabels(JsonParser p, JsonToken token) throws InvalidEventException {
    if (token == JsonToken.VALUE_NULL) {
      return;
    }
    if (token != JsonToken.START_OBJECT) {
      throw wrongType("data.labels", "an object", token);
    }
    for (String name = p.nextName(); name != null; name = p.nextName()) {
      JsonToken value = p.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        continue;
      }
      if (value != JsonToken.VALUE_STRING) {
        throw wrongType("data.labels." + Shortened.name(name), "a string", value);
      }
      String text = p.getString();
      rules.check("data.labels", name, text);
      if (sharedCount >= 2 * limits.maxLabelsPerSeries()) {
        throw new InvalidEventException(
            ErrorCode.TOO_MANY_LABELS,
            "data.labels",
            "a series may have " + limits.maxLabelsPerSeries() + " labels");
      }
      if (sharedCount + 2 > shared.length) {
        shared = Arrays.copyOf(shared, shared.length * 2);
      }
      shared[sharedCount++] = name;
      shared[sharedCount++] = text;
    }
  }

  private void metrics(JsonParser p, JsonToken token, ParsedBatch batch, PayloadPlaces places)
      throws InvalidEventException {
    if (token == JsonToken.VALUE_NULL) {
      return;
    }
    if (token != JsonToken.START_ARRAY) {
      throw wrongType("data.metrics", "a list", token);
    }
    metricsSeen = true;
    places.beginMetrics(p);
    int index = 0;
    for (JsonToken t = p.nextToken(); t != JsonToken.END_ARRAY; t = p.nextToken()) {
      if (index == limits.maxMetricsPerEvent()) {
        throw new InvalidEventException(
            ErrorCode.BATCH_TOO_LARGE,
            "data.metrics",
            "an event may hold " + limits.maxMetricsPerEvent() + " metrics");
      }
      metricParser.parse(p, t, index, batch, places);
      index++;
    }
    places.endMetrics(p);
    batch.metricCount = index;
  }

  private void finish(String wantedService, ParsedBatch batch) throws InvalidEventException {
    String named = service;
    if (named == null) {
      throw missing("data.service");
    }
    if (!named.equals(wantedService)) {
      throw new InvalidEventException(
          ErrorCode.SERVICE_MISMATCH,
          "data.service",
          "is \""
              + Shortened.name(named)
              + "\", but the subject's first token is \""
              + wantedService
              + "\"");
    }
    if (!metricsSeen) {
      throw missing("data.metrics");
    }
    String where = instance == null ? "" : instance;
    rules.check("data", "instance", where);
    rules.check("data", "service", named);
    batch.service = named;
    batch.instance = where;
    String given = correlationId;
    batch.correlationId = given == null ? CorrelationIds.make() : given;
    metricParser.finish(batch, shared, sharedCount);
  }

  /** A time in Unix milliseconds, or {@link ParsedBatch#NO_TIME} where it is null. */
  static long time(JsonParser p, JsonToken token, String path) throws InvalidEventException {
    Long millis =
        switch (token) {
          case VALUE_NULL -> (Long) ParsedBatch.NO_TIME;
          case VALUE_STRING -> Timestamps.parse(p.getString());
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
              Timestamps.ofUnixSeconds(Double.parseDouble(p.getString()));
          default -> throw wrongType(path, "a time (RFC 3339 text or Unix seconds)", token);
        };
    if (millis == null) {
      throw new InvalidEventException(
          ErrorCode.INVALID_TIMESTAMP,
          path,
          "\""
              + Shortened.name(p.getString())
              + "\" is neither RFC 3339 with an offset (2026-11-24T10:00:00Z) nor Unix seconds");
    }
    return millis;
  }

  private static @Nullable String text(JsonParser p, JsonToken token, String path)
      throws InvalidEventException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw wrongType(path, "a string", token);
    }
    return p.getString();
  }

  static void requireIdLength(String path, @Nullable String id) throws InvalidEventException {
    if (id != null && (id.isEmpty() || id.length() > CorrelationIds.MAX_LENGTH)) {
      throw new InvalidEventException(
          ErrorCode.INVALID_ID,
          path,
          "must have 1 to " + CorrelationIds.MAX_LENGTH + " characters");
    }
    if (id != null && !Utf8.isEncodable(id)) {
      throw new InvalidEventException(ErrorCode.INVALID_UTF8, path, "holds half a surrogate pair");
    }
  }

  static InvalidEventException missing(String path) {
    return new InvalidEventException(ErrorCode.MISSING_FIELD, path, "is missing");
  }

  static InvalidEventException wrongType(String path, String wanted, JsonToken found) {
    return new InvalidEventException(
        ErrorCode.WRONG_TYPE, path, "must be " + wanted + ", not " + kind(found));
  }

  private static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_STRING, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL, NOT_AVAILABLE -> "null";
    };
  }
}
