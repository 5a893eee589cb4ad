package dnd.metrics.server.model;

import java.util.Locale;

/**
 * What a downsampled sample says of the raw samples of its window. It bears the time of the last of
 * them.
 */
public enum Aggregate {
  /** How many there are. */
  COUNT,
  /** Their sum. */
  SUM,
  /** The least of them. */
  MIN,
  /** The greatest of them. */
  MAX,
  /**
   * Some of them as they are: the first and the last, and the two around each fall. A counter's
   * increase over whole windows can be told from them.
   */
  EDGES,
  /** How many of them each of the {@link #EDGES} stands for. Only storage reads it by itself. */
  WEIGHTS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
