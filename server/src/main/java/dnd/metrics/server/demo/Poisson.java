package dnd.metrics.server.demo;

import java.util.random.RandomGenerator;

/** How many of many independent things happened: Poisson's distribution. */
final class Poisson {
  private static final double LARGE_MEAN = 30;

  private Poisson() {}

  /** Knuth's product of uniforms for small means, the normal approximation for large ones. */
  static long next(double mean, RandomGenerator random) {
    if (mean > LARGE_MEAN) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double limit = Math.exp(-mean);
    long count = -1;
    double product = 1;
    do {
      product *= random.nextDouble();
      count++;
    } while (product > limit);
    return count;
  }
}
