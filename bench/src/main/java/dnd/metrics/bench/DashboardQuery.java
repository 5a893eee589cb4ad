package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  /** The query as an event that takes its answer in parts. */
  byte[] event(long fromMillis, long toMillis) {
    String range =
        stepSeconds == 0
            ? "\"time\":" + toMillis / 1000
            : "\"start\":%d,\"end\":%d,\"step\":\"%ds\""
                .formatted(fromMillis / 1000, toMillis / 1000, stepSeconds);
    return "{\"type\":\"metrics.query\",\"data\":{\"query\":\"%s\",%s,\"parts\":true,\"correlation_id\":\"bench\"}}"
        .formatted(expression.replace("\\", "\\\\").replace("\"", "\\\""), range)
        .getBytes(UTF_8);
  }

  /** A short name for tables. */
  String title() {
    return stepSeconds == 0 ? expression + ", instant" : expression + ", step " + stepSeconds + "s";
  }
}
