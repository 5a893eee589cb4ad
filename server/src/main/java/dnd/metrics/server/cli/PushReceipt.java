package dnd.metrics.server.cli;

import dnd.metrics.server.terminal.NotJsonException;
import dnd.metrics.server.terminal.PlainJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the service said to one push.
 *
 * @param count how many metrics were collected
 * @param rejected one line for each that was not, or one for the whole batch
 */
record PushReceipt(long count, List<String> rejected) {
  PushReceipt {
    rejected = List.copyOf(rejected);
  }

  static PushReceipt of(byte[] reply) throws NotJsonException {
    Map<String, Object> event = PlainJson.object(reply);
    Map<String, Object> data = PlainJson.object(event, "data");
    List<String> rejected = new ArrayList<>();
    for (Object element : PlainJson.list(data, "rejected")) {
      if (element instanceof Map<?, ?> metric) {
        String name = String.valueOf(metric.get("name"));
        rejected.add(
            "metric "
                + metric.get("index")
                + (name.isEmpty() ? "" : " " + name)
                + ": "
                + metric.get("reason"));
      }
    }
    Map<String, Object> error = PlainJson.object(event, "error");
    if (rejected.isEmpty() && !error.isEmpty()) {
      rejected.add(
          PlainJson.text(error, "description") + " (" + PlainJson.text(error, "code") + ")");
    }
    if (error.isEmpty() && !data.containsKey("count")) {
      throw new NotJsonException("the reply is neither metrics.collected nor metrics.rejected");
    }
    return new PushReceipt(PlainJson.number(data, "count", 0), rejected);
  }
}
