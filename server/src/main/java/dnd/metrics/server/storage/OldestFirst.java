package dnd.metrics.server.storage;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/** What is in a cache, sorted by when it was used, while others go on using it. */
final class OldestFirst {
  /** When something was used, as far as one looked: what is compared must not change meanwhile. */
  private record Used<T>(long at, T what) {}

  private OldestFirst() {}

  static <T> List<T> of(Collection<T> all, ToLongFunction<T> lastUse) {
    return all.stream()
        .map(each -> new Used<>(lastUse.applyAsLong(each), each))
        .sorted(Comparator.comparingLong(Used::at))
        .map(Used::what)
        .toList();
  }
}
