package dnd.metrics.server.rules.file;

import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.file.Rule.AlertingRule;
import dnd.metrics.server.rules.file.Rule.RecordingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Prints rule files as YAML; what it prints reads back equal, here and in Prometheus. */
public final class RuleFileWriter {
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setSplitLines(false)
          .setIndicatorIndent(2)
          .setIndentWithIndicator(true)
          .build();

  /** Texts that YAML readers, Go's among them, take for nothing or for a merge. */
  private static final Set<String> MEANS_SOMETHING_ELSE =
      Set.of("", "~", "null", "Null", "NULL", "<<");

  private RuleFileWriter() {}

  public static String write(RuleFile file) {
    List<Node> groups = file.groups().stream().map(RuleFileWriter::group).toList();
    Fields fields = new Fields();
    fields.put("groups", new SequenceNode(Tag.SEQ, groups, FlowStyle.BLOCK));
    List<Event> events = new Serialize(SETTINGS).serializeOne(fields.node());
    return new Present(SETTINGS).emitToString(events.iterator());
  }

  private static Node group(RuleGroup group) {
    Fields fields = new Fields();
    fields.put("name", text(group.name()));
    fields.put("interval", group.interval());
    if (group.queryOffset().isPresent()) {
      fields.put("query_offset", duration(group.queryOffset().get()));
    }
    if (group.limit() != 0) {
      fields.put(
          "limit", new ScalarNode(Tag.INT, Integer.toString(group.limit()), ScalarStyle.PLAIN));
    }
    fields.put("labels", group.labels());
    List<Node> rules = group.rules().stream().map(RuleFileWriter::rule).toList();
    fields.put("rules", new SequenceNode(Tag.SEQ, rules, FlowStyle.BLOCK));
    return fields.node();
  }

  private static Node rule(Rule rule) {
    Fields fields = new Fields();
    switch (rule) {
      case AlertingRule alerting -> {
        fields.put("alert", text(alerting.name()));
        fields.put("expr", text(alerting.expr()));
        fields.put("for", alerting.holdDuration());
        fields.put("keep_firing_for", alerting.keepFiringFor());
        fields.put("labels", alerting.labels());
        fields.put("annotations", alerting.annotations());
      }
      case RecordingRule recording -> {
        fields.put("record", text(recording.record()));
        fields.put("expr", text(recording.expr()));
        fields.put("labels", recording.labels());
      }
    }
    return fields.node();
  }

  /** A text; the emitter takes another style where the one wished for would read back otherwise. */
  private static Node text(String text) {
    ScalarStyle style = ScalarStyle.PLAIN;
    if (text.indexOf('\n') >= 0) {
      style = ScalarStyle.LITERAL;
    } else if (MEANS_SOMETHING_ELSE.contains(text)) {
      style = ScalarStyle.DOUBLE_QUOTED;
    }
    return new ScalarNode(Tag.STR, text, style);
  }

  private static Node duration(Duration duration) {
    return text(DurationText.format(duration.toMillis()));
  }

  /** The fields of a mapping to be printed; those that hold nothing are left out. */
  private static final class Fields {
    private final List<NodeTuple> tuples = new ArrayList<>();

    void put(String name, Node value) {
      tuples.add(new NodeTuple(text(name), value));
    }

    void put(String name, Duration value) {
      if (!value.isZero()) {
        put(name, duration(value));
      }
    }

    void put(String name, Map<String, String> values) {
      if (!values.isEmpty()) {
        Fields fields = new Fields();
        values.forEach((key, value) -> fields.put(key, text(value)));
        put(name, fields.node());
      }
    }

    Node node() {
      return new MappingNode(Tag.MAP, tuples, FlowStyle.BLOCK);
    }
  }
}
