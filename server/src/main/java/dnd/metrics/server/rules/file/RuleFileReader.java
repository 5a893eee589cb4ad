package dnd.metrics.server.rules.file;

import static java.util.Comparator.comparingInt;

import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.rules.file.Rule.AlertingRule;
import dnd.metrics.server.rules.file.Rule.RecordingRule;
import dnd.metrics.server.yaml.GoDecoder;
import dnd.metrics.server.yaml.GoDecoder.ExcessiveAliasing;
import dnd.metrics.server.yaml.YamlDocument;
import dnd.metrics.server.yaml.YamlNode;
import dnd.metrics.server.yaml.YamlProblem;
import dnd.metrics.server.yaml.YamlSyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads rule files as Prometheus 3.14 does (model/rulefmt there), strictly: every problem is
 * reported, in Prometheus's words, with its place. For one file.
 */
public final class RuleFileReader {
  private static final List<String> FILE_FIELDS = List.of("groups");
  private static final List<String> GROUP_FIELDS =
      List.of("name", "interval", "query_offset", "limit", "rules", "labels");
  private static final List<String> RULE_FIELDS =
      List.of("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations");
  private static final String FILE_TYPE = "rulefmt.RuleGroups";
  private static final String GROUP_TYPE = "rulefmt.RuleGroup";
  private static final String RULE_TYPE = "rulefmt.Rule";

  private final GoDecoder decoder;
  private final RuleFileCheck check = new RuleFileCheck();

  private RuleFileReader(boolean ignoreUnknownFields) {
    this.decoder = new GoDecoder(ignoreUnknownFields);
  }

  /** Reads {@code text}; an empty text is a file without groups. */
  public static RuleFileReading read(String text) {
    return read(text, false);
  }

  /** The same; unknown fields may be taken for somebody else's. */
  public static RuleFileReading read(String text, boolean ignoreUnknownFields) {
    try {
      YamlDocument document = YamlDocument.read(text);
      return new RuleFileReader(ignoreUnknownFields).read(document);
    } catch (YamlSyntaxException e) {
      String words = "yaml: line " + e.line() + ": " + e.getMessage();
      RuleFileProblem problem = new RuleFileProblem(e.line(), e.column(), words);
      return new RuleFileReading(new RuleFile(List.of()), List.of(problem), List.of());
    }
  }

  private RuleFileReading read(YamlDocument document) {
    List<RuleGroup> groups = List.of();
    List<YamlProblem> unreadable;
    try {
      groups = groups(document.root());
      unreadable = decoder.problems();
    } catch (ExcessiveAliasing e) {
      unreadable = List.of(e.problem());
    }
    List<RuleFileProblem> problems =
        unreadable.isEmpty()
            ? check.problems()
            : unreadable.stream()
                .sorted(comparingInt(YamlProblem::line).thenComparingInt(YamlProblem::column))
                .map(p -> new RuleFileProblem(p.line(), p.column(), p.text()))
                .toList();
    List<RuleFileProblem> warnings = new ArrayList<>();
    if (document.followedByOthers()) {
      String words =
          "Multiple document yaml rules files are not supported, only the first document is"
              + " processed";
      warnings.add(new RuleFileProblem(1, 1, words));
    }
    return new RuleFileReading(new RuleFile(groups), problems, warnings);
  }

  private List<RuleGroup> groups(YamlNode root) {
    YamlNode list = decoder.struct(root, FILE_TYPE, FILE_FIELDS).get("groups");
    List<RuleGroup> groups = new ArrayList<>();
    if (list != null) {
      for (YamlNode node : decoder.list(list, "[]" + GROUP_TYPE)) {
        groups.add(group(node));
      }
    }
    return groups;
  }

  private RuleGroup group(YamlNode node) {
    Map<String, YamlNode> fields = decoder.struct(node, GROUP_TYPE, GROUP_FIELDS);
    String name = text(fields.get("name"));
    Map<String, String> labels = texts(fields.get("labels"));
    check.group(node, name, fields.get("labels"), labels);
    YamlNode limit = fields.get("limit");
    YamlNode list = fields.get("rules");
    List<Rule> rules = new ArrayList<>();
    if (list != null) {
      int position = 0;
      for (YamlNode rule : decoder.list(list, "[]" + RULE_TYPE)) {
        position++;
        rule(rule, name, position).ifPresent(rules::add);
      }
    }
    return new RuleGroup(
        name,
        duration(fields.get("interval")).orElse(Duration.ZERO),
        limit == null ? 0 : decoder.integer(limit),
        duration(fields.get("query_offset")),
        labels,
        rules);
  }

  private Optional<Rule> rule(YamlNode node, String group, int position) {
    Map<String, YamlNode> fields = decoder.struct(node, RULE_TYPE, RULE_FIELDS);
    RuleSource source =
        new RuleSource(
            group,
            position,
            node,
            fields,
            text(fields.get("record")),
            text(fields.get("alert")),
            text(fields.get("expr")),
            duration(fields.get("for")).orElse(Duration.ZERO),
            duration(fields.get("keep_firing_for")).orElse(Duration.ZERO),
            texts(fields.get("labels")),
            texts(fields.get("annotations")));
    check.rule(source);
    if (!source.alert().isEmpty()) {
      return Optional.of(
          new AlertingRule(
              source.alert(),
              source.expr(),
              source.holdDuration(),
              source.keepFiringFor(),
              source.labels(),
              source.annotations()));
    }
    return source.record().isEmpty()
        ? Optional.empty()
        : Optional.of(new RecordingRule(source.record(), source.expr(), source.labels()));
  }

  private String text(@Nullable YamlNode node) {
    return node == null ? "" : decoder.text(node);
  }

  private Map<String, String> texts(@Nullable YamlNode node) {
    return node == null ? Map.of() : decoder.texts(node);
  }

  private Optional<Duration> duration(@Nullable YamlNode node) {
    if (node == null || GoDecoder.isNull(node)) {
      return Optional.empty();
    }
    int before = decoder.problems().size();
    String text = decoder.text(node);
    if (decoder.problems().size() > before) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.ofMillis(DurationText.parseMillis(text)));
    } catch (IllegalArgumentException e) {
      decoder.problem(node, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
