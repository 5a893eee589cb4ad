package dnd.metrics.server.promql.plan;

/**
 * The times of a query (Unix milliseconds); {@code stepMillis} is 0 for an instant query, whose
 * start and end are one.
 */
public record QueryTimes(long startMillis, long endMillis, long stepMillis) {
  public static QueryTimes instant(long atMillis) {
    return new QueryTimes(atMillis, atMillis, 0);
  }

  public StepGrid grid() {
    return stepMillis == 0
        ? StepGrid.at(startMillis)
        : StepGrid.between(startMillis, endMillis, stepMillis);
  }
}
