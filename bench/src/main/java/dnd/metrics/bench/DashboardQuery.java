package dnd.metrics.bench;

import java.util.List;

/**
 * A query of the comparison with a step in seconds, 0 for an instant query at the end of the data.
 */
record DashboardQuery(String expression, int stepSeconds) {
  /** The ten queries over an hour of 10 000 series that the peers' figures are given for. */
  static final List<DashboardQuery> ALL =
      List.of(
          new DashboardQuery("cpu_usage_user{hostname=\"host_3\"}", 0),
          new DashboardQuery("sum by (region) (cpu_usage_user)", 0),
          new DashboardQuery(
              "max by (__name__) (max_over_time(cpu_usage_user{hostname=\"host_3\"}[1m]))", 60),
          new DashboardQuery("avg by (hostname) (avg_over_time(cpu_usage_user[5m]))", 300),
          new DashboardQuery("avg by (__name__,hostname) ({__name__=~\"cpu_.*\"})", 300),
          new DashboardQuery("sum by (region) (rate(cpu_usage_user[5m]))", 15),
          new DashboardQuery("topk(5, avg_over_time(cpu_usage_user[5m]))", 60),
          new DashboardQuery("cpu_usage_user > 90", 15),
          new DashboardQuery("cpu_usage_user + on (hostname) cpu_usage_system", 60),
          new DashboardQuery("quantile by (team) (0.9, cpu_usage_user)", 60));

  /** A short name for tables. */
  String title() {
    return stepSeconds == 0 ? expression + ", instant" : expression + ", step " + stepSeconds + "s";
  }
}
