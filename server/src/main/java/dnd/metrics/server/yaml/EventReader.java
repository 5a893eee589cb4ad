package dnd.metrics.server.yaml;

import dnd.metrics.server.yaml.YamlNode.Entry;
import dnd.metrics.server.yaml.YamlNode.Mapping;
import dnd.metrics.server.yaml.YamlNode.Scalar;
import dnd.metrics.server.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Builds the nodes of a document from the parser's events. For one document. */
final class EventReader {
  private final Iterator<Event> events;
  private final Map<Anchor, YamlNode> anchors = new HashMap<>();
  private final Set<Anchor> open = new HashSet<>();
  private int depth;

  EventReader(Iterator<Event> events) {
    this.events = events;
  }

  /** The next document's root; empty where there is no document. */
  Optional<YamlNode> document() throws YamlSyntaxException {
    return findDocument() ? Optional.of(node(events.next())) : Optional.empty();
  }

  boolean hasAnother() {
    return findDocument();
  }

  private boolean findDocument() {
    while (events.hasNext()) {
      if (events.next() instanceof DocumentStartEvent) {
        return true;
      }
    }
    return false;
  }

  private YamlNode node(Event event) throws YamlSyntaxException {
    int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    int column = event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    if (event instanceof AliasEvent alias) {
      return alias(alias.getAlias(), line, column);
    }
    Optional<Anchor> anchor =
        event instanceof NodeEvent named ? named.getAnchor() : Optional.empty();
    anchor.ifPresent(open::add);
    YamlNode node =
        switch (event) {
          case ScalarEvent scalar -> {
            String tag = ScalarTags.tag(scalar.getTag(), scalar.getValue(), scalar.isPlain());
            yield new Scalar(scalar.getValue(), tag, line, column);
          }
          case MappingStartEvent ignored -> mapping(line, column);
          case CollectionStartEvent ignored -> sequence(line, column);
          default -> throw new YamlSyntaxException(line, column, "unexpected " + event);
        };
    anchor.ifPresent(name -> {
      open.remove(name);
      anchors.put(name, node);
    });
    return node;
  }

  private YamlNode alias(Anchor name, int line, int column) throws YamlSyntaxException {
    if (open.contains(name)) {
      throw new YamlSyntaxException(line, column, "anchor '" + name + "' value contains itself");
    }
    YamlNode node = anchors.get(name);
    if (node == null) {
      throw new YamlSyntaxException(line, column, "unknown anchor '" + name + "' referenced");
    }
    return node.at(line, column);
  }

  private YamlNode mapping(int line, int column) throws YamlSyntaxException {
    enter(line, column);
    List<Entry> entries = new ArrayList<>();
    for (Event event = events.next(); !isEnd(event); event = events.next()) {
      YamlNode key = node(event);
      entries.add(new Entry(key, node(events.next())));
    }
    depth--;
    return new Mapping(entries, line, column);
  }

  private YamlNode sequence(int line, int column) throws YamlSyntaxException {
    enter(line, column);
    List<YamlNode> elements = new ArrayList<>();
    for (Event event = events.next(); !isEnd(event); event = events.next()) {
      elements.add(node(event));
    }
    depth--;
    return new Sequence(elements, line, column);
  }

  private void enter(int line, int column) throws YamlSyntaxException {
    depth++;
    if (depth > YamlDocument.MAX_DEPTH) {
      throw new YamlSyntaxException(
          line, column, "nested too deeply: more than " + YamlDocument.MAX_DEPTH + " levels");
    }
  }

  private static boolean isEnd(Event event) {
    return event instanceof CollectionEndEvent;
  }
}
