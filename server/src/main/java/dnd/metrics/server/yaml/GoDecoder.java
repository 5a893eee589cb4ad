package dnd.metrics.server.yaml;

import dnd.metrics.server.yaml.YamlNode.Entry;
import dnd.metrics.server.yaml.YamlNode.Mapping;
import dnd.metrics.server.yaml.YamlNode.Scalar;
import dnd.metrics.server.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Takes values out of YAML nodes as Go's yaml package fills the fields of a struct, for the files
 * that Prometheus defines that way: numbers are welcome where a text is wanted, nothing is an empty
 * value, mappings may be merged ({@code <<}), fields that are not known are errors. The texts of
 * the errors are that package's. Reading goes on after an error, so that all of them are told. For
 * one document and one thread.
 */
public final class GoDecoder {
  /** How many nodes may be visited: aliases make a small text a huge document. */
  static final int MAX_NODES = 2_000_000;

  private final boolean ignoreUnknownFields;
  private final List<YamlProblem> problems = new ArrayList<>();
  private int visited;

  public GoDecoder() {
    this(false);
  }

  /**
   * @param ignoreUnknownFields whether a field that a struct does not have is no error
   */
  public GoDecoder(boolean ignoreUnknownFields) {
    this.ignoreUnknownFields = ignoreUnknownFields;
  }

  /** What is wrong so far. */
  public List<YamlProblem> problems() {
    return List.copyOf(problems);
  }

  /** Notes what is wrong with {@code node}. */
  public void problem(YamlNode node, String text) {
    problems.add(new YamlProblem(node.line(), node.column(), text));
  }

  /**
   * The fields of a mapping, merged ones included; empty where {@code node} is none.
   *
   * @param type the Go type that errors name
   * @param known the fields that the type has
   */
  public Map<String, YamlNode> struct(YamlNode node, String type, Collection<String> known) {
    visit(node);
    Map<String, YamlNode> fields = new LinkedHashMap<>();
    if (node instanceof Mapping mapping) {
      fill(fields, mapping, type, known);
    } else if (!isNull(node)) {
      wrongType(node, type);
    }
    return fields;
  }

  private void fill(
      Map<String, YamlNode> fields, Mapping mapping, String type, Collection<String> known) {
    Map<String, YamlNode> own = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      visit(entry.key());
      if (isMerge(entry.key())) {
        continue;
      }
      String name = text(entry.key());
      if (!known.contains(name)) {
        if (ignoreUnknownFields) {
          continue;
        }
        String hint =
            NearestWord.of(name, known).map(word -> "; did you mean '" + word + "'?").orElse("");
        problem(entry.key(), "field " + name + " not found in type " + type + hint);
      } else if (own.putIfAbsent(name, entry.value()) != null) {
        problem(entry.key(), "field " + name + " already set in type " + type);
      }
    }
    own.forEach(fields::putIfAbsent);
    for (Mapping merged : merged(mapping)) {
      fill(fields, merged, type, known);
    }
  }

  /** A mapping of texts to texts, in the document's order. */
  public Map<String, String> texts(YamlNode node) {
    visit(node);
    Map<String, String> result = new LinkedHashMap<>();
    if (node instanceof Mapping mapping) {
      fill(result, mapping);
    } else if (!isNull(node)) {
      wrongType(node, "map[string]string");
    }
    return Collections.unmodifiableMap(result);
  }

  private void fill(Map<String, String> result, Mapping mapping) {
    Map<String, Integer> lines = new LinkedHashMap<>();
    Map<String, String> own = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      visit(entry.key());
      if (isMerge(entry.key())) {
        continue;
      }
      String name = text(entry.key());
      Integer first = lines.putIfAbsent(name, entry.key().line());
      if (first != null) {
        problem(entry.key(), "mapping key \"" + name + "\" already defined at line " + first);
        continue;
      }
      own.put(name, text(entry.value()));
    }
    own.forEach(result::putIfAbsent);
    for (Mapping merged : merged(mapping)) {
      fill(result, merged);
    }
  }

  private List<Mapping> merged(Mapping mapping) {
    List<Mapping> result = new ArrayList<>();
    for (Entry entry : mapping.entries()) {
      if (!isMerge(entry.key())) {
        continue;
      }
      List<YamlNode> sources =
          entry.value() instanceof Sequence list ? list.elements() : List.of(entry.value());
      for (YamlNode source : sources) {
        visit(source);
        if (source instanceof Mapping values) {
          result.add(values);
        } else {
          problem(source, "map merge requires map or sequence of maps as the value");
        }
      }
    }
    return result;
  }

  /**
   * The elements of a list that hold anything; empty where there are none.
   *
   * @param type the Go type of the list that errors name
   */
  public List<YamlNode> list(YamlNode node, String type) {
    visit(node);
    if (node instanceof Sequence list) {
      return list.elements().stream().filter(element -> !isNull(element)).toList();
    }
    if (!isNull(node)) {
      wrongType(node, type);
    }
    return List.of();
  }

  /** A text; empty where there is none. */
  public String text(YamlNode node) {
    visit(node);
    if (node instanceof Scalar scalar) {
      return scalar.isNull() ? "" : scalar.text();
    }
    wrongType(node, "string");
    return "";
  }

  /** A whole number; 0 where there is none. A number with decimals is cut. */
  public int integer(YamlNode node) {
    visit(node);
    if (isNull(node)) {
      return 0;
    }
    if (node instanceof Scalar scalar && isNumber(scalar)) {
      OptionalLong number = GoNumberText.integer(scalar.text());
      if (number.isPresent()) {
        return (int) number.getAsLong();
      }
    }
    wrongType(node, "int");
    return 0;
  }

  /** A number; 0 where there is none. */
  public double number(YamlNode node) {
    visit(node);
    if (isNull(node)) {
      return 0;
    }
    if (node instanceof Scalar scalar && isNumber(scalar)) {
      OptionalDouble number = GoNumberText.number(scalar.text());
      if (number.isPresent()) {
        return number.getAsDouble();
      }
    }
    wrongType(node, "float64");
    return 0;
  }

  /** Yes or no; no where nothing is said. */
  public boolean bool(YamlNode node) {
    visit(node);
    if (node instanceof Scalar scalar && !scalar.tag().equals("!!str")) {
      switch (scalar.text()) {
        case "true", "True", "TRUE" -> {
          return true;
        }
        case "false", "False", "FALSE", "", "~", "null", "Null", "NULL" -> {
          return false;
        }
        default -> {}
      }
    }
    if (node instanceof Scalar scalar && scalar.tag().equals("!!str")) {
      switch (scalar.text()) {
        case "yes", "Yes", "YES", "on", "On", "ON" -> {
          return true;
        }
        case "no", "No", "NO", "off", "Off", "OFF" -> {
          return false;
        }
        default -> {}
      }
    }
    wrongType(node, "bool");
    return false;
  }

  public static boolean isNull(YamlNode node) {
    return node instanceof Scalar scalar && scalar.isNull();
  }

  private static boolean isMerge(YamlNode key) {
    return key instanceof Scalar scalar && scalar.isMerge();
  }

  private static boolean isNumber(Scalar scalar) {
    return scalar.tag().equals("!!int") || scalar.tag().equals("!!float");
  }

  private void wrongType(YamlNode node, String type) {
    String value = "";
    if (node instanceof Scalar scalar) {
      String text = scalar.text();
      value = " `" + (text.length() > 10 ? text.substring(0, 7) + "..." : text) + "`";
    }
    problem(node, "cannot unmarshal " + node.tag() + value + " into " + type);
  }

  private void visit(YamlNode node) {
    visited++;
    if (visited > MAX_NODES) {
      throw new ExcessiveAliasing(node.line(), node.column());
    }
  }

  /** The document is larger than allowed once its aliases are followed. */
  public static final class ExcessiveAliasing extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    ExcessiveAliasing(int line, int column) {
      super("document contains excessive aliasing");
      this.line = line;
      this.column = column;
    }

    public YamlProblem problem() {
      return new YamlProblem(line, column, String.valueOf(getMessage()));
    }
  }
}
