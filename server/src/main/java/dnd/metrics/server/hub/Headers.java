package dnd.metrics.server.hub;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers of a message: names as they were sent, each with its values in order. Immutable. */
public record Headers(Map<String, List<String>> values) {
  public static final Headers NONE = new Headers(Map.of());

  public Headers {
    values = Map.copyOf(values);
  }

  public static Headers of(String name, String value) {
    return new Headers(Map.of(name, List.of(value)));
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The first value of {@code name}, compared as it is written, or null. */
  public @Nullable String first(String name) {
    List<String> list = values.get(name);
    return list == null || list.isEmpty() ? null : list.get(0);
  }
}
