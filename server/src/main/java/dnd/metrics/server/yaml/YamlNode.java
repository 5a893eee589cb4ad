package dnd.metrics.server.yaml;

import java.util.List;

/**
 * A part of a YAML document, where it stands in the text: lines and columns count from 1. What an
 * alias stands for is shared, so that a document may be far larger than its text: who walks it
 * counts what it visits ({@link GoDecoder} does).
 */
public sealed interface YamlNode {
  int line();

  int column();

  /** The short tag of the kind of value, such as {@code !!str}, as Go's yaml package names it. */
  String tag();

  /** A text or what YAML takes for a number, a truth value or nothing. */
  record Scalar(String text, String tag, int line, int column) implements YamlNode {
    public boolean isNull() {
      return tag.equals("!!null");
    }

    boolean isMerge() {
      return tag.equals("!!merge");
    }
  }

  /** A list. */
  record Sequence(List<YamlNode> elements, int line, int column) implements YamlNode {
    public Sequence {
      elements = List.copyOf(elements);
    }

    @Override
    public String tag() {
      return "!!seq";
    }
  }

  /** Keys and values in the document's order; a key may be there twice. */
  record Mapping(List<Entry> entries, int line, int column) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    @Override
    public String tag() {
      return "!!map";
    }
  }

  /** A key and its value. */
  record Entry(YamlNode key, YamlNode value) {}

  /** The same node at another place: where an alias to it stands. */
  default YamlNode at(int line, int column) {
    return switch (this) {
      case Scalar n -> new Scalar(n.text, n.tag, line, column);
      case Sequence n -> new Sequence(n.elements, line, column);
      case Mapping n -> new Mapping(n.entries, line, column);
    };
  }
}
