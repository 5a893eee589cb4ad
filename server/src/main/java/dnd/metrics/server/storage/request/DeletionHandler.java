package dnd.metrics.server.storage.request;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.head.SenderId;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.model.UnreadableSamplesException;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.request.Request;
import dnd.metrics.server.request.RequestHandler;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.DeletionCount;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers {@code metrics.delete}. The first request says which samples, and is answered with how
 * many they are and a token; the second has the token alone, and deletes them. Operators delete
 * whatever they select, other services among their own series.
 */
public final class DeletionHandler implements RequestHandler {
  private static final Logger LOG = LoggerFactory.getLogger(DeletionHandler.class);
  private static final String SERVICE_LABEL = "service";
  private static final int MOST_SELECTORS = 100;

  private final Deleter deleter;
  private final Operators operators;
  private final InstantSource clock;
  private final PendingDeletions pending;

  /**
   * @param random for tokens, not to be foreseen by others
   */
  public DeletionHandler(
      Deleter deleter, Operators operators, InstantSource clock, RandomGenerator random) {
    this.deleter = deleter;
    this.operators = operators;
    this.clock = clock;
    this.pending = new PendingDeletions(random);
  }

  @Override
  public ObjectNode answer(Request request) throws InvalidEventException {
    String token = request.fields().string("token");
    return token == null ? count(request) : delete(request, token);
  }

  private ObjectNode count(Request request) throws InvalidEventException {
    Deletion deletion = deletion(request);
    DeletionCount count;
    try {
      count = deleter.count(deletion);
    } catch (UnreadableSamplesException e) {
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE, "", "what there is cannot be counted: " + e.getMessage());
    }
    ObjectNode data = StrictJson.mapper().createObjectNode();
    ObjectNode result = data.putObject("result");
    result.put("deleted", false);
    if (!operators.has(request.service())) {
      result.putObject("among").put(SERVICE_LABEL, request.service());
    }
    result.put("series", count.series());
    result.put("samples", count.samples());
    result.put("whole", count.isWhole());
    if (count.samples() > 0) {
      result.put("oldest", Timestamps.format(count.oldestMillis()));
      result.put("newest", Timestamps.format(count.newestMillis()));
      ArrayNode examples = result.putArray("examples");
      for (Labels labels : count.examples()) {
        ObjectNode example = examples.addObject();
        labels.forEach(example::put);
      }
    }
    if (count.samples() > 0 || !count.isWhole()) {
      long now = clock.millis();
      result.put("token", pending.add(deletion, request.service(), now));
      result.put("expires_at", Timestamps.format(now + PendingDeletions.PATIENCE_MILLIS));
    }
    return data;
  }

  private Deletion deletion(Request request) throws InvalidEventException {
    Fields data = request.fields();
    List<String> match = data.strings("match");
    if (match.isEmpty()) {
      match = data.strings("match[]"); // as the Prometheus API calls it
    }
    if (match.isEmpty()) {
      throw data.missing("match");
    }
    if (match.size() > MOST_SELECTORS) {
      throw new InvalidEventException(
          ErrorCode.INVALID_MATCHER,
          "data.match",
          "has more than " + MOST_SELECTORS + " selectors");
    }
    List<List<Matcher>> selectors = new ArrayList<>();
    for (int i = 0; i < match.size(); i++) {
      selectors.add(selector(match.get(i), "data.match[" + i + "]", request.service()));
    }
    Long start = data.timestamp("start");
    Long end = data.timestamp("end");
    if (start != null && end != null && end < start) {
      throw new InvalidEventException(ErrorCode.INVALID_RANGE, "data.end", "is before start");
    }
    return new Deletion(
        selectors,
        start == null ? Timestamps.MIN_MILLIS : start,
        end == null ? Timestamps.MAX_MILLIS : end);
  }

  private List<Matcher> selector(String text, String field, String service)
      throws InvalidEventException {
    List<Matcher> matchers;
    try {
      matchers = Parser.parseSelector(text);
    } catch (ParseException e) {
      throw new InvalidEventException(
          ErrorCode.INVALID_MATCHER, field, String.valueOf(e.getMessage()));
    }
    if (matchers.stream().allMatch(matcher -> matcher.matches(""))) {
      throw new InvalidEventException(
          ErrorCode.INVALID_MATCHER, field, "must have a matcher that does not accept everything");
    }
    if (operators.has(service)) {
      return matchers;
    }
    List<Matcher> own = new ArrayList<>(matchers);
    own.add(Matcher.equal(SERVICE_LABEL, service));
    return own;
  }

  private ObjectNode delete(Request request, String token) throws InvalidEventException {
    long now = clock.millis();
    Deletion deletion =
        pending
            .find(token, request.service(), now)
            .map(PendingDeletions.Pending::deletion)
            .orElseThrow(() ->
                new InvalidEventException(
                    ErrorCode.UNKNOWN_TOKEN,
                    "data.token",
                    "no deletion waits for it: ask anew what would be deleted"));
    try {
      deleter.delete(deletion, new SenderId(request.service(), ""), request.correlationId(), now);
    } catch (IOException e) {
      LOG.warn(
          "a deletion for {} failed: {} correlation_id={}",
          request.service(),
          e.getMessage(),
          request.correlationId());
      throw new InvalidEventException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "",
          "not all of it is deleted, send the token again: " + e.getMessage());
    }
    pending.remove(token);
    LOG.info(
        "{} deleted {} from {} to {} correlation_id={}",
        request.service(),
        deletion.selectors(),
        Timestamps.format(deletion.fromMillis()),
        Timestamps.format(deletion.toMillis()),
        request.correlationId());
    ObjectNode data = StrictJson.mapper().createObjectNode();
    data.putObject("result").put("deleted", true);
    return data;
  }
}
