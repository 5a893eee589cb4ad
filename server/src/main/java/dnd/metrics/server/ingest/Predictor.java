package dnd.metrics.server.ingest;

import dnd.metrics.events.CorrelationIds;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.head.Sender;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads events without parsing them: a sender repeats itself, so the bytes of the next event are
 * compared with those that are expected, and only ids, times and values are read. What it supplies
 * is what {@link EventParser} would have read from the same bytes, or nothing: it knows only events
 * that the parser accepted without a complaint, in their very bytes. One event's bytes are compared
 * with at most two expectations, each metric's likewise; a miss costs no more than that, and the
 * event is parsed and learned. For one thread: the order of one connection's events is the
 * expectation.
 */
final class Predictor {
  /** What a learned metric takes beside its bytes, about: an object, and its place in a table. */
  private static final int METRIC_OVERHEAD_BYTES = 52;

  private static final int ARRAY_OVERHEAD_BYTES = 20;
  private static final int RUN_OVERHEAD_BYTES = 96;
  private static final byte[] NO_BYTES = {};

  private static final int EVENT_OVERHEAD_BYTES = 512;

  /** With no memory left, so many misses must come before all is forgotten and learned anew. */
  private static final int MISSES_BEFORE_FORGETTING = 1 << 16;

  /** So many shapes of events must be known before it is asked how many of them came again. */
  private static final int SHAPES_BEFORE_ASKING = 32;

  /** Of so many events nothing is learned by a connection whose events were found not to repeat. */
  private static final int EVENTS_WITHOUT_LEARNING = 1024;

  /**
   * So many metrics must have been learned, and an eighth of all, before it is worth looking how
   * many of those that are known are of series that have ended.
   */
  private static final int LEARNED_BEFORE_LOOKING = 4096;

  /** So many places are looked at for each metric of an event that is learned. */
  private static final int LOOKED_AT_FOR_ONE = 32;

  /** A series that got no sample for so long, while others did, has ended; so has a shape. */
  private static final long SILENT_MILLIS = 10 * 60 * 1000L;

  private final PredictionBudget.Share share;
  private final int maxMetrics;
  private final JsonNumber number = new JsonNumber();
  private final Map<ByteKey, LearnedEvent> events = new HashMap<>();

  /** Runs of bytes before a value, each once: they are the same for many series. */
  private final Map<ByteKey, byte[]> runs = new HashMap<>();

  private final Map<MetricDescription, MetricDescription> descriptions = new HashMap<>();

  private @Nullable LearnedEvent last;
  private int misses;

  /** How many of the shapes came a second time. */
  private int repeatedShapes;

  /** Of so many events nothing is learned from here on. */
  private int notToLearn;

  /** How many metrics are known, and how many of them since it was looked which have ended. */
  private int learned;

  private int learnedSince;

  /** The looking that is under way. */
  private @Nullable EndedCount endedCount;

  /** The last time that was read, since most events of a sender's batch share theirs. */
  private byte[] lastTime = new byte[0];

  private long lastTimeMillis;

  /** The metric that the match under way ended with. */
  private LearnedMetric lastMatched;

  Predictor(PredictionBudget budget, int maxMetrics) {
    this.share = budget.share(this);
    this.maxMetrics = maxMetrics;
    this.lastMatched = LearnedMetric.beforeAll();
  }

  /**
   * Fills {@code batch} where the payload is as expected.
   *
   * @param received when the event was received, Unix milliseconds
   * @param service the first token of the event's subject
   * @return false where it is not; the batch may then hold anything
   */
  boolean predict(
      byte[] bytes,
      int offset,
      int length,
      long received,
      String service,
      boolean report,
      ParsedBatch batch) {
    LearnedEvent before = last;
    if (before == null) {
      misses++;
      return false;
    }
    LearnedEvent hit = before.next;
    if (hit == null || !matches(hit, bytes, offset, offset + length, service, report, batch)) {
      LearnedEvent second = before.other;
      // The one before last also covers two senders that take turns, one of them more often.
      hit = second == null ? before : second;
      if (!matches(hit, bytes, offset, offset + length, service, report, batch)) {
        misses++;
        return false;
      }
    }
    noteRepeated(hit);
    hit.last = lastMatched;
    hit.seen(received, batch.timeMillis);
    last = hit;
    return true;
  }

  private boolean matches(
      LearnedEvent event,
      byte[] bytes,
      int from,
      int end,
      String service,
      boolean report,
      ParsedBatch batch) {
    if (event.report != report || !event.service.equals(service)) {
      return false;
    }
    batch.clear();
    lastMatched = event.last;
    int at = skip(event.stretches[0], bytes, from, end);
    for (int i = 0; at >= 0 && i < event.slots.length; i++) {
      at = readSlot(event.slots[i], bytes, at, end, batch);
      if (at >= 0) {
        at = skip(event.stretches[i + 1], bytes, at, end);
      }
    }
    if (at != end) {
      return false;
    }
    if (batch.correlationId.isEmpty()) {
      batch.correlationId = CorrelationIds.make();
    }
    batch.report = report;
    batch.service = event.service;
    batch.instance = event.instance;
    batch.sender = event.sender;
    return true;
  }

  private static int skip(byte[] expected, byte[] bytes, int at, int end) {
    int to = at + expected.length;
    return to <= end && Arrays.equals(bytes, at, to, expected, 0, expected.length) ? to : -1;
  }

  /** Reads one variable part; returns the place behind it, or -1. */
  private int readSlot(LearnedEvent.Slot slot, byte[] bytes, int at, int end, ParsedBatch batch) {
    return switch (slot) {
      case ID -> {
        int to = plainText(bytes, at, end);
        if (to > 0) {
          batch.eventId = ascii(bytes, at, to);
        }
        yield to;
      }
      case CORRELATION_ID -> {
        int to = plainText(bytes, at, end);
        if (to > 0) {
          batch.correlationId = ascii(bytes, at, to);
        }
        yield to;
      }
      case TIME_TEXT -> readTime(bytes, at, end);
      case TIME_NUMBER -> readUnixSeconds(bytes, at, end);
      case TIMESTAMP_TEXT -> {
        int to = readTime(bytes, at, end);
        batch.timeMillis = lastTimeMillis;
        yield to;
      }
      case TIMESTAMP_NUMBER -> {
        int to = readUnixSeconds(bytes, at, end);
        batch.timeMillis = lastTimeMillis;
        yield to;
      }
      case OTHER_TEXT -> plainText(bytes, at, end);
      case OTHER_NUMBER -> number.read(bytes, at, end);
      case METRICS -> readMetrics(bytes, at, end, batch);
    };
  }

  /** The end of a string of 1 to 256 printable ASCII characters without escapes, or -1. */
  static int plainText(byte[] bytes, int at, int end) {
    int limit = Math.min(end, at + CorrelationIds.MAX_LENGTH + 1);
    for (int i = at; i < limit; i++) {
      byte b = bytes[i];
      if (b == '"') {
        return i == at ? -1 : i;
      }
      if (b < 0x20 || b == '\\') {
        return -1;
      }
    }
    return -1;
  }

  @SuppressWarnings("deprecation") // ASCII bytes to a string, without a charset's detours
  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, 0, from, to - from);
  }

  private int readTime(byte[] bytes, int at, int end) {
    int known = at + lastTime.length;
    if (known < end
        && lastTime.length > 0
        && bytes[known] == '"'
        && Arrays.equals(bytes, at, known, lastTime, 0, lastTime.length)) {
      return known;
    }
    int to = plainText(bytes, at, end);
    if (to < 0) {
      return -1;
    }
    Long millis = Timestamps.parse(ascii(bytes, at, to));
    if (millis == null) {
      return -1;
    }
    lastTime = Arrays.copyOfRange(bytes, at, to);
    lastTimeMillis = millis;
    return to;
  }

  private int readUnixSeconds(byte[] bytes, int at, int end) {
    int to = number.read(bytes, at, end);
    if (to < 0) {
      return -1;
    }
    Long millis = Timestamps.ofUnixSeconds(number.value());
    if (millis == null) {
      return -1;
    }
    lastTime = new byte[0];
    lastTimeMillis = millis;
    return to;
  }

  private int readMetrics(byte[] bytes, int from, int end, ParsedBatch batch) {
    int at = skipSpace(bytes, from, end);
    if (at < end && bytes[at] == ']') {
      return at;
    }
    LearnedMetric previous = lastMatched;
    for (int index = 0; index < maxMetrics; index++) {
      LearnedMetric metric = previous.next;
      int to = readMetric(metric, bytes, at, end);
      if (to < 0) {
        metric = previous.other;
        to = readMetric(metric, bytes, at, end);
      }
      if (to < 0 || metric == null) {
        return -1;
      }
      batch.add(metric, number.value(), ParsedBatch.NO_TIME, index, null);
      previous = metric;
      at = skipSpace(bytes, to, end);
      if (at < end && bytes[at] == ']') {
        batch.metricCount = index + 1;
        lastMatched = previous;
        return at;
      }
      if (at >= end || bytes[at] != ',') {
        return -1;
      }
      at = skipSpace(bytes, at + 1, end);
    }
    return -1;
  }

  private int readMetric(@Nullable LearnedMetric metric, byte[] bytes, int at, int end) {
    if (metric == null || !metric.beginsAt(bytes, at, end)) {
      return -1;
    }
    int to = number.read(bytes, at + metric.before.length, end);
    return to >= 0 && metric.endsAt(bytes, to, end) ? to + metric.after.length : -1;
  }

  private static int skipSpace(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end
        && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at;
  }

  /**
   * Learns an event that the parser read without a complaint.
   *
   * @param received when the event was received, Unix milliseconds
   * @param batch what it read; holds a sender
   */
  void learn(
      byte[] bytes,
      int offset,
      int length,
      long received,
      ParsedBatch batch,
      PayloadPlaces places) {
    if (notToLearn > 0) {
      notToLearn--;
      return;
    }
    Sender sender = batch.sender;
    LearnedShape shape = LearnedShape.of(bytes, offset, length, places);
    if (shape == null || sender == null) {
      return;
    }
    forgetIfMuchHasEnded(places.metrics, received);
    ByteKey key = shape.key(batch.report);
    LearnedEvent event = events.get(key);
    if (event == null) {
      if (!take(length + EVENT_OVERHEAD_BYTES)) {
        return;
      }
      event =
          new LearnedEvent(
              batch.report,
              batch.service,
              batch.instance,
              sender,
              shape.stretches(),
              shape.slots(),
              LearnedMetric.beforeAll());
      events.put(key, event);
    } else {
      noteRepeated(event);
    }
    event.seen(received, batch.timeMillis);
    for (int i = 0; i < places.metrics; i++) {
      int valueFrom = offset + places.valueFrom[i];
      LearnedMetrics.Place place =
          new LearnedMetrics.Place(
              offset + places.metricFrom[i],
              valueFrom,
              LearnedShape.valueEnd(bytes, valueFrom, offset + length),
              offset + places.metricTo[i]);
      LearnedMetric metric = learn(bytes, place, event, batch.metrics[i]);
      if (metric == null) {
        return;
      }
      batch.metrics[i] = metric;
      event.last.followedBy(metric);
      event.last = metric;
    }
    if (last != null) {
      last.followedBy(event);
    }
    last = event;
  }

  /** The metric at a place, learned where it was not known; null where there is no room for it. */
  private @Nullable LearnedMetric learn(
      byte[] bytes, LearnedMetrics.Place place, LearnedEvent event, KnownMetric read) {
    int hash = event.metrics.hash(bytes, place);
    LearnedMetric known = event.metrics.find(bytes, place, hash);
    if (known != null) {
      return known;
    }
    byte[] before = run(bytes, place.from(), place.valueFrom());
    MetricDescription description = description(read.description);
    if (before == null || description == null) {
      return null;
    }
    byte[] after = event.last.after;
    boolean shared = LearnedMetrics.isSame(after, bytes, place.valueTo(), place.to());
    int cost = shared ? 0 : place.afterLength() + ARRAY_OVERHEAD_BYTES;
    if (!take(METRIC_OVERHEAD_BYTES + cost)) {
      return null;
    }
    if (!shared) {
      after = Arrays.copyOfRange(bytes, place.valueTo(), place.to());
    }
    LearnedMetric metric = new LearnedMetric(before, after, hash, description, read.labels());
    if (!event.metrics.add(metric)) {
      share.give(METRIC_OVERHEAD_BYTES + cost);
      return null;
    }
    learned++;
    learnedSince++;
    return metric;
  }

  /** The one copy of a run of bytes, or null where there is no room for it. */
  private byte @Nullable [] run(byte[] bytes, int from, int to) {
    byte[] copy = Arrays.copyOfRange(bytes, from, to);
    ByteKey key = new ByteKey(copy, NO_BYTES);
    byte[] known = runs.get(key);
    if (known == null && take(copy.length + RUN_OVERHEAD_BYTES)) {
      runs.put(key, copy);
      known = copy;
    }
    return known;
  }

  private @Nullable MetricDescription description(MetricDescription said) {
    MetricDescription known = descriptions.get(said);
    if (known == null && take(said.memoryBytes())) {
      descriptions.put(said, said);
      known = said;
    }
    return known;
  }

  /**
   * Takes memory, where there is some left. Where there is none, a connection of whose shapes
   * hardly any came again gives back what it has, since it is of no use to it and others want it.
   */
  private boolean take(int bytes) {
    if (share.take(bytes)) {
      return true;
    }
    boolean wasted = 8 * repeatedShapes < events.size() && events.size() >= SHAPES_BEFORE_ASKING;
    if (wasted) {
      notToLearn = EVENTS_WITHOUT_LEARNING;
    }
    if (wasted || misses > MISSES_BEFORE_FORGETTING) {
      forget();
    }
    return false;
  }

  private void noteRepeated(LearnedEvent event) {
    if (!event.repeated) {
      event.repeated = true;
      repeatedShapes++;
    }
  }

  /**
   * Series come and go: where a third of what is known is of some that have ended, all is forgotten
   * and learned anew, which costs each series that goes on one time of being parsed. Each event
   * that is learned looks at a few.
   *
   * @param metrics how many the event has
   */
  private void forgetIfMuchHasEnded(int metrics, long nowMillis) {
    EndedCount count = endedCount;
    if (count == null) {
      if (learnedSince < Math.max(LEARNED_BEFORE_LOOKING, learned / 8)) {
        return;
      }
      count = new EndedCount(events.values(), SILENT_MILLIS, nowMillis);
      endedCount = count;
    }
    if (count.lookAt(LOOKED_AT_FOR_ONE * metrics)) {
      endedCount = null;
      learnedSince = 0;
      if (3L * count.ended() > learned) {
        forget();
      }
    }
  }

  private void forget() {
    misses = 0;
    repeatedShapes = 0;
    learned = 0;
    learnedSince = 0;
    endedCount = null;
    last = null;
    lastMatched = LearnedMetric.beforeAll(); // behind one stands all that was learned with it
    events.clear();
    runs.clear();
    descriptions.clear();
    share.release();
  }
}
