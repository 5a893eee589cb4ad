package dnd.metrics.server.demo;

import java.util.random.RandomGenerator;

/**
 * What one observation shows: log-normally distributed around a median.
 *
 * @param median half of the values are below it
 * @param spread sigma of the logarithm; 0.5 is usual for latencies
 * @param incidentFactor by how much an incident changes the median
 */
record Amount(double median, double spread, double incidentFactor) {
  double next(long timeMillis, RandomGenerator random) {
    double factor = Activity.isIncident(timeMillis) ? incidentFactor : 1;
    return median * factor * Math.exp(spread * random.nextGaussian());
  }
}
