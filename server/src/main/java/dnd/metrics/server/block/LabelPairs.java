package dnd.metrics.server.block;

import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All label pairs of an index that is being written, in order of their first appearance. */
final class LabelPairs {
  private final Map<String, Map<String, LabelPair>> byName = new HashMap<>();
  private final List<LabelPair> all = new ArrayList<>();

  /** The pairs of the labels before, which have most in common with the next in order. */
  private LabelPair[] recent = {};

  /** The pairs of these labels; the array is used again by the next call. */
  LabelPair[] of(Labels labels) {
    int n = labels.size();
    LabelPair[] before = recent;
    LabelPair[] now = before.length == n ? before : new LabelPair[n];
    for (int i = 0; i < n; i++) {
      String name = labels.name(i);
      String value = labels.value(i);
      boolean same =
          i < before.length && before[i].name.equals(name) && before[i].value.equals(value);
      now[i] = same ? before[i] : pair(name, value);
    }
    recent = now;
    return now;
  }

  private LabelPair pair(String name, String value) {
    Map<String, LabelPair> values = byName.computeIfAbsent(name, n -> new HashMap<>());
    LabelPair known = values.get(value);
    if (known == null) {
      known = new LabelPair(name, value, all.size());
      values.put(value, known);
      all.add(known);
    }
    return known;
  }

  LabelPair get(int number) {
    return all.get(number);
  }

  /** Every name and value once, sorted; each pair is told its numbers among them. */
  List<String> symbols() {
    Map<String, Integer> numbers = new HashMap<>();
    for (LabelPair pair : all) {
      numbers.put(pair.name, 0);
      numbers.put(pair.value, 0);
    }
    List<String> sorted = new ArrayList<>(numbers.keySet());
    sorted.sort(Labels::compareCodePoints);
    for (int i = 0; i < sorted.size(); i++) {
      numbers.put(sorted.get(i), i);
    }
    for (LabelPair pair : all) {
      pair.nameSymbol = numbers.getOrDefault(pair.name, -1);
      pair.valueSymbol = numbers.getOrDefault(pair.value, -1);
    }
    return sorted;
  }

  /** By name, then value. To be asked once the {@link #symbols} are numbered. */
  List<LabelPair> sorted() {
    List<LabelPair> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.<LabelPair>comparingInt(pair -> pair.nameSymbol)
            .thenComparingInt(pair -> pair.valueSymbol));
    return sorted;
  }
}
