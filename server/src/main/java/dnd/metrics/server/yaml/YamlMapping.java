package dnd.metrics.server.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.NodeType;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a YAML file. Asking for a key makes it a known one: {@link #finish} then reports
 * every other key, with the known key that was probably meant. A value of the wrong kind is
 * reported and counts as absent. A key without a value counts as absent too. For one thread.
 */
public final class YamlMapping {
  private final String path;
  private final Optional<MappingNode> node;
  private final YamlProblems problems;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  YamlMapping(String path, MappingNode node, YamlProblems problems) {
    this(path, Optional.of(node), problems);
  }

  private YamlMapping(String path, Optional<MappingNode> node, YamlProblems problems) {
    this.path = path;
    this.node = node;
    this.problems = problems;
    node.ifPresent(this::take);
  }

  static YamlMapping empty(YamlProblems problems) {
    return new YamlMapping("", Optional.empty(), problems);
  }

  private void take(MappingNode mapping) {
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode scalar)) {
        problems.add(key, "a key must be a word" + where());
        continue;
      }
      String name = scalar.getValue();
      if (keys.putIfAbsent(name, key) != null) {
        int first = keys.get(name).getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        problems.add(
            key, "key '" + name + "' is given twice" + where() + ", first at line " + first);
        continue;
      }
      values.put(name, tuple.getValueNode());
    }
  }

  /** The keys as the file has them, for mappings whose keys are names. */
  public List<String> keys() {
    return List.copyOf(values.keySet());
  }

  public boolean has(String key) {
    return value(key).isPresent();
  }

  /** Whether the key's value is a list without elements. */
  public boolean isEmptyList(String key) {
    return value(key)
        .filter(value -> value instanceof SequenceNode list && list.getValue().isEmpty())
        .isPresent();
  }

  public Optional<YamlMapping> mapping(String key) {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof MappingNode mapping) {
      return Optional.of(new YamlMapping(pathOf(key), mapping, problems));
    }
    wrongKind(key, value.get(), "a mapping (key: value)");
    return Optional.empty();
  }

  /** The elements of a list of mappings. */
  public List<YamlMapping> mappings(String key) {
    List<YamlMapping> result = new ArrayList<>();
    List<Node> elements = elements(key, "a list of mappings");
    for (int i = 0; i < elements.size(); i++) {
      String elementPath = pathOf(key) + "[" + i + "]";
      if (elements.get(i) instanceof MappingNode mapping) {
        result.add(new YamlMapping(elementPath, mapping, problems));
      } else {
        problems.add(elements.get(i), elementPath + " must be a mapping (key: value)");
      }
    }
    return result;
  }

  /** The texts of a list; empty where the key is absent. */
  public List<String> strings(String key) {
    List<String> result = new ArrayList<>();
    for (Node element : elements(key, "a list of texts")) {
      if (element instanceof ScalarNode scalar && !isNull(scalar)) {
        result.add(scalar.getValue());
      } else {
        problems.add(element, "each of " + pathOf(key) + " must be a text");
      }
    }
    return result;
  }

  /** A text; what YAML would take for a number or a truth value is also a text. */
  public Optional<String> string(String key) {
    return scalar(key, "a text", scalar -> Optional.of(scalar.getValue()));
  }

  /** What {@code reader} makes of the text; where it throws, its message is reported. */
  public <T> Optional<T> read(String key, Function<String, T> reader) {
    Optional<String> text = string(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(text.get()));
    } catch (IllegalArgumentException e) {
      problem(key, pathOf(key) + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  public Optional<Boolean> bool(String key) {
    return scalar(
        key,
        "true or false",
        scalar ->
            scalar.getTag().equals(Tag.BOOL)
                ? Optional.of(Boolean.parseBoolean(scalar.getValue()))
                : Optional.empty());
  }

  /** A whole number from {@code least} to {@code most}. */
  public OptionalLong integer(String key, long least, long most) {
    String wanted = "a whole number from " + least + " to " + most;
    Optional<Long> number =
        scalar(
            key,
            wanted,
            scalar -> {
              if (!scalar.getValue().matches("[+-]?[0-9]{1,18}")) {
                return Optional.empty();
              }
              long value = Long.parseLong(scalar.getValue());
              return value < least || value > most ? Optional.empty() : Optional.of(value);
            });
    return number.isPresent() ? OptionalLong.of(number.get()) : OptionalLong.empty();
  }

  public OptionalInt integer(String key, int least, int most) {
    OptionalLong number = integer(key, (long) least, (long) most);
    return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
  }

  /** A number of bytes: {@code 4096}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}. */
  public OptionalLong bytes(String key, long least, long most) {
    Optional<Long> size =
        scalar(
            key,
            "a size such as 65536, 64KiB or 1MiB, from " + least + " to " + most + " bytes",
            scalar -> {
              Optional<Long> bytes = Sizes.parse(scalar.getValue());
              return bytes.filter(value -> value >= least && value <= most);
            });
    return size.isPresent() ? OptionalLong.of(size.get()) : OptionalLong.empty();
  }

  /** A duration above zero: {@code 30s}, {@code 1h30m}, {@code 250ms}, or seconds. */
  public Optional<Duration> duration(String key) {
    return duration(key, 1);
  }

  /** The same, or {@code 0s}. */
  public Optional<Duration> durationOrZero(String key) {
    return duration(key, 0);
  }

  private Optional<Duration> duration(String key, long leastMillis) {
    return scalar(
        key,
        "a duration such as 30s, 1h30m or 250ms",
        scalar -> {
          Long millis = dnd.metrics.events.Durations.parse(scalar.getValue());
          return millis == null || millis < leastMillis
              ? Optional.empty()
              : Optional.of(Duration.ofMillis(millis));
        });
  }

  /** Reports {@code text} at the line of {@code key}'s value, or of this mapping without it. */
  public void problem(String key, String text) {
    Node at = values.get(key);
    problems.add(at == null ? node.flatMap(Node::getStartMark) : at.getStartMark(), text);
  }

  /** Reports the keys that nobody asked for. */
  public void finish() {
    for (Map.Entry<String, Node> entry : keys.entrySet()) {
      String name = entry.getKey();
      if (!known.contains(name)) {
        String hint =
            NearestWord.of(name, known)
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("; known: " + String.join(", ", known));
        problems.add(entry.getValue(), "unknown key '" + name + "'" + where() + hint);
      }
    }
  }

  private Optional<Node> value(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !isNull(value));
  }

  private List<Node> elements(String key, String wanted) {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    wrongKind(key, value.get(), wanted);
    return List.of();
  }

  private <T> Optional<T> scalar(
      String key, String wanted, Function<ScalarNode, Optional<T>> reader) {
    Optional<Node> value = value(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> result =
        value.get() instanceof ScalarNode scalar ? reader.apply(scalar) : Optional.empty();
    if (result.isEmpty()) {
      wrongKind(key, value.get(), wanted);
    }
    return result;
  }

  private void wrongKind(String key, Node value, String wanted) {
    problems.add(value, pathOf(key) + " must be " + wanted + ", not " + describe(value));
  }

  private static String describe(Node value) {
    if (value instanceof ScalarNode scalar) {
      return "'" + scalar.getValue() + "'";
    }
    return value.getNodeType() == NodeType.SEQUENCE ? "a list" : "a mapping";
  }

  private static boolean isNull(Node value) {
    return value instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.NULL)
        && scalar.getScalarStyle() == ScalarStyle.PLAIN;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private String where() {
    return path.isEmpty() ? "" : " in " + path;
  }
}
