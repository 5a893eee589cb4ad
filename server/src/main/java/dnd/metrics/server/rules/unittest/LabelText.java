package dnd.metrics.server.rules.unittest;

import dnd.metrics.server.model.Labels;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;

/** Labels that may be empty, as tests expect them: how they print and compare. */
final class LabelText {
  private LabelText() {}

  /** As Prometheus prints labels. */
  static String print(SortedMap<String, String> labels) {
    StringBuilder out = new StringBuilder("{");
    labels.forEach((name, value) -> {
      out.append(out.length() > 1 ? ", " : "");
      if (Labels.isLegacyName(name)) {
        out.append(name);
      } else {
        Labels.quote(out, name);
      }
      out.append('=');
      Labels.quote(out, value);
    });
    return out.append('}').toString();
  }

  /** Name by name and value by value; fewer labels first. */
  static int compare(SortedMap<String, String> a, SortedMap<String, String> b) {
    Iterator<Map.Entry<String, String>> others = b.entrySet().iterator();
    for (Map.Entry<String, String> label : a.entrySet()) {
      if (!others.hasNext()) {
        return 1;
      }
      Map.Entry<String, String> other = others.next();
      int order = Labels.compareCodePoints(label.getKey(), other.getKey());
      order = order == 0 ? Labels.compareCodePoints(label.getValue(), other.getValue()) : order;
      if (order != 0) {
        return order;
      }
    }
    return others.hasNext() ? -1 : 0;
  }
}
