package dnd.metrics.client.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import org.jspecify.annotations.Nullable;

/**
 * Names as Micrometer's own registry for Prometheus makes them, so that dashboards go on working:
 * {@code http.server.requests} becomes {@code http_server_requests_seconds}, {@code
 * jvm.memory.used} becomes {@code jvm_memory_used_bytes}, and counters end in {@code _total}.
 */
final class PrometheusNames implements NamingConvention {
  @Override
  public String name(String name, Meter.Type type, @Nullable String baseUnit) {
    String made = NamingConvention.snakeCase.name(name, type, baseUnit);
    switch (type) {
      case COUNTER, DISTRIBUTION_SUMMARY, GAUGE -> {
        if (baseUnit != null && !baseUnit.isEmpty() && !made.endsWith("_" + baseUnit)) {
          made += "_" + baseUnit;
        }
      }
      case TIMER, LONG_TASK_TIMER -> made += made.endsWith("_seconds") ? "" : "_seconds";
      case OTHER -> {}
    }
    if (type == Meter.Type.COUNTER && !made.endsWith("_total")) {
      made += "_total";
    }
    return sanitized(made, true);
  }

  @Override
  public String tagKey(String key) {
    String made = sanitized(NamingConvention.snakeCase.tagKey(key), false);
    return made.startsWith("__") ? made.substring(1) : made;
  }

  private static String sanitized(String name, boolean colons) {
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean digit = c >= '0' && c <= '9' && i > 0;
      out.append(letter || digit || (colons && c == ':') ? c : '_');
    }
    return out.toString();
  }
}
