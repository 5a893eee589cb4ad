package dnd.metrics.server.query;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queries that wait or run, by who asked and under which correlation id; several may share one.
 * Safe for use by several threads.
 */
final class RunningQueries {
  private record Key(String service, String correlationId) {
    static Key of(Asker asker) {
      return new Key(asker.service(), asker.correlationId());
    }
  }

  private final ConcurrentHashMap<Key, Set<OpenQuery>> jobs = new ConcurrentHashMap<>();

  void add(OpenQuery job) {
    jobs.compute(
        Key.of(job.asker()),
        (key, known) -> {
          Set<OpenQuery> same = known == null ? ConcurrentHashMap.newKeySet() : known;
          same.add(job);
          return same;
        });
  }

  void remove(OpenQuery job) {
    jobs.computeIfPresent(
        Key.of(job.asker()),
        (key, same) -> {
          same.remove(job);
          return same.isEmpty() ? null : same;
        });
  }

  /** The queries that {@code service} asked under this correlation id. */
  List<OpenQuery> find(String service, String correlationId) {
    Set<OpenQuery> same = jobs.get(new Key(service, correlationId));
    return same == null ? List.of() : List.copyOf(same);
  }

  List<OpenQuery> all() {
    return jobs.values().stream().flatMap(Set::stream).toList();
  }
}
