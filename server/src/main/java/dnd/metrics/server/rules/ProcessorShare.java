package dnd.metrics.server.rules;

/**
 * How much of all processors' time rules of one lane may take: an eighth while there is enough of
 * it, less and less the busier the machine is, down to a thirty-second where it is busy all the
 * time, so that a flood which concerns all rules leaves ingest and queries what they need.
 */
final class ProcessorShare {
  private static final double MOST = 1 / 8.0;
  private static final double LEAST = 1 / 32.0;
  private static final double CALM = 0.6;
  private static final double BUSY = 0.95;

  private ProcessorShare() {}

  /**
   * The share of one lane, as a part of all processors' time.
   *
   * @param load how much of it was used lately, by whomever; negative where that is not known
   */
  static double at(double load) {
    double busy = Math.clamp((load - CALM) / (BUSY - CALM), 0.0, 1.0);
    return MOST - busy * (MOST - LEAST);
  }
}
