package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.InvalidEventException;
import dnd.metrics.events.Utf8;
import dnd.metrics.server.model.Labels;
import java.util.Arrays;

/**
 * Makes the labels of a series out of what an event says: the metric's own labels, before those of
 * the batch, before {@code service} and {@code instance}. A label of the sender's that is called as
 * one of the last two is kept as {@code exported_service}, {@code exported_instance}, as Prometheus
 * does where a scraped label meets one of the target's. Names and values are any UTF-8 within
 * limits; {@code __name__} and all else that begins with two underscores is the service's own. For
 * one thread.
 */
final class LabelRules {
  private static final String SERVICE = "service";
  private static final String INSTANCE = "instance";
  private static final String EXPORTED = "exported_";

  private final IngestLimits limits;

  /** Names and values in turn, sorted by name; the first {@link #used} are in use. */
  private String[] pairs = new String[64];

  private int used;

  LabelRules(IngestLimits limits) {
    this.limits = limits;
  }

  /** Checks one label of an event; {@code path} is the field that holds it. */
  void check(String path, String name, String value) throws InvalidEventException {
    if (name.isEmpty() || name.length() > limits.maxNameChars()) {
      throw new InvalidEventException(
          ErrorCode.INVALID_LABEL_NAME,
          path,
          "a label's name must have 1 to " + limits.maxNameChars() + " characters");
    }
    if (!Utf8.isEncodable(name) || !Utf8.isEncodable(value)) {
      throw new InvalidEventException(
          ErrorCode.INVALID_UTF8, path, "a label holds half a surrogate pair");
    }
    if (name.startsWith("__")) {
      throw new InvalidEventException(
          ErrorCode.RESERVED_LABEL,
          path + "." + name,
          "names that begin with two underscores are reserved");
    }
    if (value.length() > limits.maxLabelValueChars()) {
      throw new InvalidEventException(
          ErrorCode.LABEL_TOO_LONG,
          path + "." + Shortened.name(name),
          "has "
              + value.length()
              + " characters; a label's value may have "
              + limits.maxLabelValueChars());
    }
  }

  void checkMetricName(String path, String name) throws InvalidEventException {
    if (name.isEmpty() || name.length() > limits.maxNameChars()) {
      throw new InvalidEventException(
          ErrorCode.INVALID_METRIC_NAME,
          path,
          "must have 1 to " + limits.maxNameChars() + " characters, has " + name.length());
    }
    if (!Utf8.isEncodable(name)) {
      throw new InvalidEventException(
          ErrorCode.INVALID_UTF8, path, "the name holds half a surrogate pair");
    }
  }

  /**
   * The labels of a series.
   *
   * @param own names and values in turn, checked, of which the first {@code ownCount} count
   * @param shared the batch's labels, checked
   * @param instance the sender's, or empty
   */
  Labels combine(
      String path,
      String metricName,
      String[] own,
      int ownCount,
      String[] shared,
      int sharedCount,
      String service,
      String instance)
      throws InvalidEventException {
    used = 0;
    for (int i = 0; i < ownCount; i += 2) {
      put(own[i], own[i + 1], false);
    }
    for (int i = 0; i < sharedCount; i += 2) {
      put(shared[i], shared[i + 1], false);
    }
    put(Labels.METRIC_NAME, metricName, true);
    claim(SERVICE, service);
    if (!instance.isEmpty()) {
      claim(INSTANCE, instance);
    }
    Labels labels = withoutEmpty();
    if (labels.size() > limits.maxLabelsPerSeries()) {
      throw new InvalidEventException(
          ErrorCode.TOO_MANY_LABELS,
          path,
          "the series would have "
              + labels.size()
              + " labels; it may have "
              + limits.maxLabelsPerSeries());
    }
    return labels;
  }

  /** Gives the service's own label its place and lets the sender's move to another name. */
  private void claim(String name, String value) {
    int at = find(name);
    if (at < 0) {
      insert(~at, name, value);
      return;
    }
    String theirs = pairs[at + 1];
    pairs[at + 1] = value;
    if (theirs.isEmpty()) {
      return; // an empty label is an absent one: nothing to keep
    }
    String exported = EXPORTED + name;
    int place = find(exported);
    while (place >= 0) {
      if (pairs[place + 1].isEmpty()) {
        pairs[place + 1] = theirs;
        return;
      }
      exported = EXPORTED + exported;
      place = find(exported);
    }
    insert(~place, exported, theirs);
  }

  private void put(String name, String value, boolean replace) {
    int at = find(name);
    if (at < 0) {
      insert(~at, name, value);
    } else if (replace) {
      pairs[at + 1] = value;
    }
  }

  /** The place of {@code name}, or the complement of where it belongs. */
  private int find(String name) {
    // Labels mostly come few and sorted, so the search from the end is short.
    int at = used;
    while (at > 0) {
      int order = Labels.compareCodePoints(pairs[at - 2], name);
      if (order == 0) {
        return at - 2;
      }
      if (order < 0) {
        break;
      }
      at -= 2;
    }
    return ~at;
  }

  private void insert(int at, String name, String value) {
    if (used + 2 > pairs.length) {
      pairs = Arrays.copyOf(pairs, pairs.length * 2);
    }
    System.arraycopy(pairs, at, pairs, at + 2, used - at);
    pairs[at] = name;
    pairs[at + 1] = value;
    used += 2;
  }

  private Labels withoutEmpty() {
    String[] kept = new String[used];
    int n = 0;
    for (int i = 0; i < used; i += 2) {
      if (!pairs[i + 1].isEmpty()) {
        kept[n++] = pairs[i];
        kept[n++] = pairs[i + 1];
      }
    }
    return Labels.ofSorted(n == used ? kept : Arrays.copyOf(kept, n));
  }
}
