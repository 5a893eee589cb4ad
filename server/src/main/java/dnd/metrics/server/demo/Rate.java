package dnd.metrics.server.demo;

import java.util.random.RandomGenerator;

/**
 * How often something happens.
 *
 * @param perSecond on an average day, where nothing is wrong
 * @param incidentFactor by how much an incident changes that
 */
record Rate(double perSecond, double incidentFactor) {
  static Rate of(double perSecond) {
    return new Rate(perSecond, 1);
  }

  Rate times(double factor) {
    return new Rate(perSecond * factor, incidentFactor);
  }

  /** How often it happened between two times. */
  long events(long fromMillis, long toMillis, RandomGenerator random) {
    double factor = Activity.isIncident(toMillis) ? incidentFactor : 1;
    double seconds = (toMillis - fromMillis) / 1000.0;
    return Poisson.next(perSecond * seconds * factor * Activity.level(toMillis), random);
  }
}
