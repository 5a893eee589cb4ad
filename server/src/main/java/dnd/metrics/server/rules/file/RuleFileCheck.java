package dnd.metrics.server.rules.file;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.parse.ParseException;
import dnd.metrics.server.promql.parse.Parser;
import dnd.metrics.server.promql.parse.ParserOptions;
import dnd.metrics.server.rules.template.Template;
import dnd.metrics.server.rules.template.TemplateException;
import dnd.metrics.server.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus checks of a rule file that could be read, in its order and words. For one file.
 */
final class RuleFileCheck {
  /** Prometheus has no such limit; here a group's name is a part of keys of a table. */
  private static final int MAX_GROUP_NAME = 256;

  private final List<RuleFileProblem> problems = new ArrayList<>();
  private final Set<String> groupNames = new HashSet<>();

  List<RuleFileProblem> problems() {
    return List.copyOf(problems);
  }

  void group(
      YamlNode node, String name, @Nullable YamlNode labelsNode, Map<String, String> labels) {
    if (name.isEmpty()) {
      add(node, "Groupname must not be empty");
    }
    if (name.length() > MAX_GROUP_NAME) {
      add(node, "Groupname has more than " + MAX_GROUP_NAME + " characters");
    }
    if (!groupNames.add(name)) {
      add(node, "groupname: \"" + name + "\" is repeated in the same file");
    }
    for (String label : labels.keySet()) {
      if (!isLabelName(label)) {
        YamlNode at = labelsNode == null ? node : RuleSource.valueOf(labelsNode, label);
        add(at, "invalid label name: " + label);
      }
    }
  }

  void rule(RuleSource rule) {
    if (!rule.record().isEmpty() && !rule.alert().isEmpty()) {
      add(rule, rule.place("record"), "only one of 'record' and 'alert' must be set");
    }
    if (rule.record().isEmpty() && rule.alert().isEmpty()) {
      add(rule, rule.node(), "one of 'record' or 'alert' must be set");
    }
    expr(rule);
    if (!rule.record().isEmpty()) {
      recording(rule);
    }
    for (String label : rule.labels().keySet()) {
      if (!isLabelName(label)) {
        add(rule, rule.place("labels", label), "invalid label name: " + label);
      }
    }
    for (String annotation : rule.annotations().keySet()) {
      if (annotation.isEmpty()) {
        add(rule, rule.place("annotations", annotation), "invalid annotation name: ");
      }
    }
    if (!rule.alert().isEmpty()) {
      templates(rule, "labels", "label", rule.labels());
      templates(rule, "annotations", "annotation", rule.annotations());
    }
  }

  private void templates(RuleSource rule, String field, String one, Map<String, String> texts) {
    texts.forEach((name, text) -> {
      try {
        Template.forAlert(rule.alert(), text);
      } catch (TemplateException e) {
        add(rule, rule.place(field, name), one + " " + quote(name) + ": " + e.getMessage());
      }
    });
  }

  private void expr(RuleSource rule) {
    YamlNode at = rule.place("expr");
    if (rule.expr().isEmpty()) {
      add(rule, at, "field 'expr' must be set in rule");
      return;
    }
    try {
      Parser.parse(rule.expr(), ParserOptions.ALL);
    } catch (ParseException e) {
      add(rule, at, "could not parse expression: " + e.getMessage());
    }
  }

  private void recording(RuleSource rule) {
    YamlNode at = rule.place("record");
    if (!rule.annotations().isEmpty()) {
      add(rule, at, "invalid field 'annotations' in recording rule");
    }
    if (!rule.holdDuration().isZero()) {
      add(rule, at, "invalid field 'for' in recording rule");
    }
    if (!rule.keepFiringFor().isZero()) {
      add(rule, at, "invalid field 'keep_firing_for' in recording rule");
    }
    if (rule.record().indexOf('{') >= 0 || rule.record().indexOf('}') >= 0) {
      String words = "braces present in the recording rule name; should it be in expr?: ";
      add(rule, at, words + rule.record());
    }
  }

  /** Any text but none, and but the one that holds the metric's name. */
  private static boolean isLabelName(String name) {
    return !name.isEmpty() && !name.equals(Labels.METRIC_NAME);
  }

  private void add(RuleSource rule, YamlNode at, String words) {
    String place =
        "group " + quote(rule.group()) + ", rule " + rule.position() + ", " + quote(rule.name());
    add(at, place + ": " + words);
  }

  private void add(YamlNode at, String words) {
    problems.add(new RuleFileProblem(at.line(), at.column(), words));
  }
}
