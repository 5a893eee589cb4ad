package dnd.metrics.server.promql.exec;

import java.util.List;

/**
 * What a user should know about an answer: warnings and infos with Prometheus's texts and
 * positions, each once, sorted. Immutable.
 *
 * @param isCut whether there were so many that only the first of them were kept
 */
public record Annotations(List<String> warnings, List<String> infos, boolean isCut) {
  public Annotations {
    warnings = List.copyOf(warnings);
    infos = List.copyOf(infos);
  }

  /** All that there are. */
  public Annotations(List<String> warnings, List<String> infos) {
    this(warnings, infos, false);
  }

  public static Annotations none() {
    return new Annotations(List.of(), List.of());
  }

  public boolean isEmpty() {
    return warnings.isEmpty() && infos.isEmpty();
  }
}
