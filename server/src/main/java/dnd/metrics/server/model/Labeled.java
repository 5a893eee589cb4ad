package dnd.metrics.server.model;

import java.util.Collection;

/**
 * What has labels, which are to be made when they are asked for, or are there: {@link Labels}
 * themselves. Who needs few of them asks for those.
 */
public interface Labeled {
  Labels labels();

  /** About how many bytes every call of {@link #labels} makes; 0 where it returns what is there. */
  default int newLabelBytes() {
    return 0;
  }

  /** The value of the label called {@code name}, or the empty string where there is none. */
  default String label(String name) {
    return labels().get(name);
  }

  /** Of the labels only the given names. */
  default Labels keep(Collection<String> names) {
    return labels().keep(names);
  }

  /** The labels but for the given names. */
  default Labels without(Collection<String> names) {
    return labels().without(names);
  }
}
