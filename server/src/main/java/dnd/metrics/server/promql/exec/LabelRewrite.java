package dnd.metrics.server.promql.exec;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.model.Labels;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code label_replace} and {@code label_join}: the same series under other labels. Only labels are
 * looked at, not samples.
 */
final class LabelRewrite implements SeriesOperator {
  private final SeriesOperator inner;

  /** Gives null where the labels stay as they are. */
  private final Function<Labels, @Nullable Labels> rewrite;

  private final String target;

  private LabelRewrite(
      SeriesOperator inner, Function<Labels, @Nullable Labels> rewrite, String target) {
    this.inner = inner;
    this.rewrite = rewrite;
    this.target = target;
  }

  static LabelRewrite replace(
      SeriesOperator inner, String target, String replacement, String source, String regex) {
    Pattern pattern;
    try {
      pattern = Pattern.compile("^(?s:" + regex + ")$");
    } catch (PatternSyntaxException e) {
      throw QueryException.execution("invalid regular expression in label_replace(): " + regex);
    }
    checkName(target, "destination", "label_replace");
    Template template = new Template(pattern, replacement);
    return new LabelRewrite(
        inner,
        labels -> {
          String value = template.expand(labels.get(source));
          return value == null ? null : labels.with(target, value);
        },
        target);
  }

  static LabelRewrite join(
      SeriesOperator inner, String target, String separator, List<String> sources) {
    for (String source : sources) {
      checkName(source, "source", "label_join");
    }
    checkName(target, "destination", "label_join");
    return new LabelRewrite(
        inner,
        labels ->
            labels.with(target, String.join(separator, sources.stream().map(labels::get).toList())),
        target);
  }

  private static void checkName(String name, String role, String function) {
    if (name.isEmpty()) {
      throw QueryException.execution(
          "invalid " + role + " label name in " + function + "(): " + name);
    }
  }

  @Override
  public @Nullable StepSeries next() {
    StepSeries series = inner.next();
    if (series == null) {
      return null;
    }
    Labels rewritten = rewrite.apply(series.labels());
    if (rewritten != null) {
      series.relabel(rewritten, StepSeries.textBytes(rewritten.get(target).length()));
      series.dropName &= !target.equals(Labels.METRIC_NAME);
    }
    return series;
  }
}
