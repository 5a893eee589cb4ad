package dnd.metrics.server.announce;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Fields;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.model.Matcher;
import dnd.metrics.server.request.Request;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the silence that an event asks to save. */
final class SilenceRequest {
  private static final int MAX_MATCHERS = 100;
  private static final int MAX_AUTHOR_CHARS = 256;
  private static final int MAX_COMMENT_CHARS = 4096;

  private SilenceRequest() {}

  /**
   * The silence as it is asked for; what is not said is taken from {@code former}, the silence of
   * the same id.
   *
   * @param former null for a new one
   */
  static Silence read(Request request, @Nullable Silence former, long nowMillis)
      throws InvalidEventException {
    Fields data = request.fields();
    List<Matcher> matchers =
        data.has("matchers") || former == null
            ? MatcherFields.read(data, "matchers")
            : former.matchers();
    if (matchers.isEmpty()) {
      throw data.missing("matchers");
    }
    if (matchers.size() > MAX_MATCHERS) {
      throw invalid("data.matchers", "has more than " + MAX_MATCHERS + " matchers");
    }
    if (matchers.stream().allMatch(matcher -> matcher.matches(""))) {
      throw invalid("data.matchers", "at least one matcher must not match the empty string");
    }
    Long startsAt = data.timestamp("starts_at");
    long starts =
        startsAt != null ? startsAt : former == null ? nowMillis : former.startsAtMillis();
    long ends = ends(data, former, starts);
    if (ends < starts) {
      throw invalid("data.ends_at", "end time must not be before start time");
    }
    if (ends <= nowMillis) {
      throw invalid("data.ends_at", "end time can't be in the past");
    }
    return new Silence(
        former == null ? "" : former.id(),
        matchers,
        starts,
        ends,
        text(
            data,
            "created_by",
            former == null ? request.service() : former.createdBy(),
            MAX_AUTHOR_CHARS),
        text(data, "comment", former == null ? "" : former.comment(), MAX_COMMENT_CHARS),
        nowMillis);
  }

  private static long ends(Fields data, @Nullable Silence former, long startsAtMillis)
      throws InvalidEventException {
    Long endsAt = data.timestamp("ends_at");
    if (endsAt != null) {
      return endsAt;
    }
    Long duration = data.duration("duration");
    if (duration != null) {
      if (duration == 0) {
        throw invalid("data.duration", "silence duration must be greater than 0");
      }
      return Math.min(
          Timestamps.MAX_MILLIS, startsAtMillis + Math.min(duration, Timestamps.MAX_MILLIS));
    }
    if (former == null) {
      throw data.missing("ends_at");
    }
    return former.endsAtMillis();
  }

  private static String text(Fields data, String field, String absent, int maxChars)
      throws InvalidEventException {
    String text = Objects.requireNonNullElse(data.string(field), absent);
    if (text.length() > maxChars) {
      throw invalid("data." + field, "has more than " + maxChars + " characters");
    }
    return text;
  }

  private static InvalidEventException invalid(String field, String message) {
    return new InvalidEventException(ErrorCode.INVALID_SILENCE, field, message);
  }
}
