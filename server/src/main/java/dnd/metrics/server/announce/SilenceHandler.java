package dnd.metrics.server.announce;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.request.Request;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code *.alert.silence}: lists, saves and expires silences. A change is durable before it
 * holds and before it is answered. For one thread.
 */
final class SilenceHandler {
  private static final Logger LOG = LoggerFactory.getLogger(SilenceHandler.class);
  private static final int MAX_SILENCES = 10_000;

  private final Announcer announcer;
  private final InstantSource clock;
  private final int maxPayloadBytes;
  private final UnsettledRows rows;

  SilenceHandler(Announcer announcer, Database database, InstantSource clock, int maxPayloadBytes) {
    this.announcer = announcer;
    this.rows = new UnsettledRows(database, this::asTheyHold);
    this.clock = clock;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  ObjectNode answer(Request request) throws InvalidEventException {
    if (!announcer.awaitSilences()) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the silences cannot be read: the database is away");
    }
    String action = Objects.requireNonNullElse(request.fields().string("action"), "list");
    return switch (action) {
      case "list" -> list(request);
      case "save" -> save(request);
      case "expire" -> expire(request);
      default ->
          throw new InvalidEventException(
              ErrorCode.UNKNOWN_ACTION,
              "data.action",
              "must be list, save or expire, not '" + action + "'");
    };
  }

  private ObjectNode list(Request request) throws InvalidEventException {
    Fields data = request.fields();
    List<Matcher> filter = MatcherFields.read(data, "matchers");
    List<String> ids = ids(data);
    boolean expired = data.bool("expired");
    long now = clock.millis();
    List<Silence> found =
        announcer.silences().stream()
            .filter(silence -> ids.isEmpty() || ids.contains(silence.id()))
            .filter(
                silence -> expired || !ids.isEmpty() || silence.state(now) != Silence.State.EXPIRED)
            .filter(silence -> Matcher.allMatch(filter, named(silence)))
            .sorted(Comparator.comparing(SilenceHandler::key))
            .toList();
    ObjectNode answer = StrictJson.mapper().createObjectNode();
    Page.of(data, maxPayloadBytes)
        .put(answer, "silences", found, SilenceHandler::key, silence -> json(silence, now));
    return answer;
  }

  /** Ordered by the end, as amtool lists them. */
  private static String key(Silence silence) {
    return String.format(Locale.ROOT, "%016d-%s", silence.endsAtMillis(), silence.id());
  }

  /** The values that a silence names, which a filter is asked about, as in Alertmanager. */
  private static Labels named(Silence silence) {
    Labels.Builder labels = Labels.builder();
    silence.matchers().forEach(matcher -> labels.set(matcher.name(), matcher.value()));
    return labels.build();
  }

  private ObjectNode save(Request request) throws InvalidEventException {
    long now = clock.millis();
    String id = request.fields().string("id");
    Silence former = id == null || id.isEmpty() ? null : require(id);
    Silence draft = SilenceRequest.read(request, former, now);
    if (former == null && announcer.silences().size() >= MAX_SILENCES) {
      throw new InvalidEventException(
          ErrorCode.TOO_MANY_SILENCES, "", "there are " + MAX_SILENCES + " silences already");
    }
    List<Silence> changes = announcer.planSave(draft, CorrelationIds.make(), now);
    write(changes, now);
    Silence saved = changes.getLast();
    ObjectNode answer = StrictJson.mapper().createObjectNode();
    answer.put("silence_id", saved.id());
    answer.set("silence", json(saved, now));
    return answer;
  }

  private ObjectNode expire(Request request) throws InvalidEventException {
    long now = clock.millis();
    List<String> ids = ids(request.fields());
    if (ids.isEmpty()) {
      throw request.fields().missing("id");
    }
    List<Silence> changes = new ArrayList<>();
    for (String id : ids) {
      Silence silence = require(id);
      if (silence.state(now) != Silence.State.EXPIRED) {
        changes.add(silence.expired(now));
      }
    }
    write(changes, now);
    ObjectNode answer = StrictJson.mapper().createObjectNode();
    ArrayNode silences = answer.putArray("silences");
    for (String id : ids) {
      silences.add(json(require(id), now));
    }
    return answer;
  }

  private static List<String> ids(Fields data) throws InvalidEventException {
    List<String> ids = new ArrayList<>(data.strings("ids"));
    String id = data.string("id");
    if (id != null) {
      ids.add(id);
    }
    return ids;
  }

  private Silence require(String id) throws InvalidEventException {
    Silence silence = announcer.silence(id);
    if (silence == null) {
      throw new InvalidEventException(
          ErrorCode.SILENCE_NOT_FOUND, "data.id", "there is no silence '" + id + "'");
    }
    return silence;
  }

  private void write(List<Silence> changes, long nowMillis) throws InvalidEventException {
    List<Change> puts = new ArrayList<>();
    for (Silence silence : changes) {
      puts.add(AlertRows.silence(silence, nowMillis));
    }
    try {
      rows.write(puts);
    } catch (IOException e) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "the silence is not safe on disk: " + e.getMessage());
    }
    announcer.put(changes);
  }

  /**
   * Writes the silences that have begun or ended, and those that the table may not hold as they
   * are, where that is possible.
   */
  void settle() {
    announcer.takeTurnedSilences().forEach(silence -> rows.add(silence.id()));
    try {
      rows.settle();
    } catch (IOException e) {
      LOG.warn("silences may be in their table as they are not: {}", e.getMessage());
    }
  }

  private List<Change> asTheyHold(Set<String> ids) {
    long now = clock.millis();
    List<Change> changes = new ArrayList<>();
    for (String id : ids) {
      Silence silence = announcer.silence(id);
      changes.add(
          silence == null
              ? new Change.Remove(Table.SILENCES, Row.builder().text("id", id).build())
              : AlertRows.silence(silence, now));
    }
    return changes;
  }

  private static ObjectNode json(Silence silence, long nowMillis) {
    ObjectNode node = StrictJson.mapper().createObjectNode();
    node.put("id", silence.id());
    node.put("state", silence.state(nowMillis).text());
    ArrayNode matchers = node.putArray("matchers");
    silence.matchers().forEach(matcher -> matchers.add(matcher.toString()));
    node.put("starts_at", Timestamps.format(silence.startsAtMillis()));
    node.put("ends_at", Timestamps.format(silence.endsAtMillis()));
    node.put("created_by", silence.createdBy());
    node.put("comment", silence.comment());
    node.put("updated_at", Timestamps.format(silence.updatedAtMillis()));
    return node;
  }
}
