package dnd.metrics.server.promql.exec;

import java.util.List;

/**
 * What a user should know about an answer: warnings and infos with Prometheus's texts and
 * positions, each once, sorted. Immutable.
 */
public record Annotations(List<String> warnings, List<String> infos) {
  public Annotations {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  public static Annotations none() {
    return new Annotations(List.of(), List.of());
  }

  public boolean isEmpty() {
    return warnings.isEmpty() && infos.isEmpty();
  }
}
