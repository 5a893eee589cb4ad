package dnd.metrics.server.rules.template;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dnd.metrics.server.promql.parse.DurationText;
import dnd.metrics.server.promql.parse.GoQuoting;
import dnd.metrics.server.rules.template.GoValue.Boxed;
import dnd.metrics.server.rules.template.GoValue.Listing;
import dnd.metrics.server.rules.template.GoValue.Mapping;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Struct;
import dnd.metrics.server.rules.template.GoValue.Text;
import dnd.metrics.server.rules.template.GoValue.Time;
import dnd.metrics.server.rules.template.GoValue.Whole;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The functions that Prometheus 3.14 adds to the template language. */
final class PrometheusFunctions {
  private static final GoType DURATION_POINTER = GoType.pointer(GoType.DURATION);

  /** Those that need nothing but their arguments. */
  static final Map<String, GoFunction> FIXED =
      Map.ofEntries(
          Map.entry("first", GoFunction.of(a -> first(list(a.getFirst())), GoType.QUERY_RESULT)),
          Map.entry("label", GoFunction.of(a -> label(a), GoType.STRING, GoType.SAMPLE_POINTER)),
          Map.entry(
              "value", GoFunction.of(a -> valueOf(sample(a.getFirst())), GoType.SAMPLE_POINTER)),
          Map.entry(
              "strvalue",
              GoFunction.of(
                  a -> labels(sample(a.getFirst())).get("__value__"), GoType.SAMPLE_POINTER)),
          Map.entry("args", GoFunction.variadic(PrometheusFunctions::args, GoType.ANY)),
          Map.entry(
              "reReplaceAll",
              GoFunction.costly(
                  PrometheusFunctions::replaceAll, GoType.STRING, GoType.STRING, GoType.STRING)),
          Map.entry(
              "safeHtml", GoFunction.of(a -> new Text(string(a, 0), GoType.HTML), GoType.STRING)),
          Map.entry(
              "match", GoFunction.costly(PrometheusFunctions::match, GoType.STRING, GoType.STRING)),
          Map.entry("title", text(TitleCase::of)),
          Map.entry("toUpper", text(TitleCase::upper)),
          Map.entry("toLower", text(TitleCase::lower)),
          Map.entry("graphLink", text(expr -> link(expr, 0))),
          Map.entry("tableLink", text(expr -> link(expr, 1))),
          Map.entry(
              "sortByLabel",
              GoFunction.of(PrometheusFunctions::sortByLabel, GoType.STRING, GoType.QUERY_RESULT)),
          Map.entry("stripPort", text(HostPort::withoutPort)),
          Map.entry("stripDomain", text(HostPort::withoutDomain)),
          Map.entry("humanize", number(Humanizing::number)),
          Map.entry("humanize1024", number(Humanizing::number1024)),
          Map.entry("humanizeDuration", number(Humanizing::duration)),
          Map.entry("humanizePercentage", number(Humanizing::percentage)),
          Map.entry("humanizeTimestamp", number(Humanizing::timestamp)),
          Map.entry(
              "toTime",
              GoFunction.of(
                  a -> Pointer.to(new Time(Humanizing.time(Humanizing.real(a.getFirst())))),
                  GoType.ANY)),
          Map.entry("toDuration", GoFunction.of(PrometheusFunctions::toDuration, GoType.ANY)),
          Map.entry(
              "parseDuration",
              GoFunction.of(a -> new Real(parseDuration(string(a, 0))), GoType.STRING)),
          Map.entry("urlQueryEscape", text(Escaping::urlQuery)));

  private PrometheusFunctions() {}

  /** Those that ask the service, the clock or the configuration. */
  static Map<String, GoFunction> of(String externalUrl, TemplateQuery query, long nowMillis) {
    return Map.of(
        "query",
            GoFunction.of(
                a -> {
                  try {
                    List<TemplateSample> samples = query.query(string(a, 0), nowMillis);
                    return new Listing(
                        samples.stream().map(GoValues::sample).toList(), GoType.QUERY_RESULT);
                  } catch (TemplateException e) {
                    throw new CallException(String.valueOf(e.getMessage()));
                  }
                },
                GoType.STRING),
        "now", GoFunction.of(none -> new Real(nowMillis / 1000.0)),
        "externalURL", GoFunction.of(none -> GoValues.text(externalUrl)),
        "pathPrefix", GoFunction.of(none -> GoValues.text(path(externalUrl))));
  }

  private static String path(String url) {
    try {
      String path = URI.create(url).getPath();
      return path == null ? "" : path;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static GoValue first(Listing list) throws CallException {
    if (list.elements().isEmpty()) {
      throw new CallException("first() called on vector with no elements");
    }
    return list.elements().getFirst();
  }

  private static GoValue label(List<GoValue> arguments) throws CallException {
    return labels(sample(arguments.get(1))).get(string(arguments, 0));
  }

  /** The arguments as a map, by the names arg0, arg1 and so on. */
  private static GoValue args(List<GoValue> arguments) {
    TreeMap<String, GoValue> named = new TreeMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      GoValue argument = arguments.get(i);
      named.put("arg" + i, argument instanceof GoValue.Nothing ? new Boxed(null) : argument);
    }
    return new Mapping(named, GoType.ARGUMENTS);
  }

  private static GoValue replaceAll(List<GoValue> arguments, Budget budget) throws CallException {
    String regex = string(arguments, 0);
    Pattern pattern;
    try {
      pattern = Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      String quoted = regex.indexOf('`') < 0 ? "`" + regex + "`" : GoQuoting.quote(regex);
      throw new CallException("regexp: Compile(" + quoted + "): " + e.getMessage());
    }
    return GoValues.text(
        RegexReplacement.replaceAll(pattern, string(arguments, 1), string(arguments, 2), budget));
  }

  private static GoValue match(List<GoValue> arguments, Budget budget) throws CallException {
    String text = string(arguments, 1);
    budget.take(text.length());
    try {
      return GoValues.bool(Pattern.compile(string(arguments, 0)).matcher(text).find());
    } catch (PatternSyntaxException e) {
      throw new CallException(String.valueOf(e.getMessage()));
    }
  }

  private static String link(String expr, int tab) {
    return "/graph?g0.expr=" + Escaping.urlQuery(expr) + "&g0.tab=" + tab;
  }

  private static GoValue sortByLabel(List<GoValue> arguments) throws CallException {
    String label = string(arguments, 0);
    List<GoValue> samples = new ArrayList<>(list(arguments.get(1)).elements());
    Comparator<GoValue> byLabel =
        (a, b) -> Comparisons.compareUtf8(labelOf(a, label), labelOf(b, label));
    samples.sort(byLabel);
    return new Listing(samples, GoType.QUERY_RESULT);
  }

  private static String labelOf(GoValue element, String label) {
    return element instanceof Pointer pointer
            && pointer.target() instanceof Struct struct
            && struct.fields().get("Labels") instanceof Mapping labels
            && labels.get(label) instanceof Text text
        ? text.value()
        : "";
  }

  private static GoValue toDuration(List<GoValue> arguments) throws CallException {
    double nanos = Humanizing.real(arguments.getFirst()) * 1e9;
    boolean fits = nanos < 0x1p63 && nanos >= -0x1p63;
    return new Pointer(
        new Whole(fits ? (long) nanos : Long.MIN_VALUE, GoType.DURATION), DURATION_POINTER);
  }

  private static double parseDuration(String text) throws CallException {
    boolean negative = text.startsWith("-");
    try {
      long millis = DurationText.parseMillis(negative ? text.substring(1) : text);
      return (negative ? -millis : millis) / 1000.0;
    } catch (IllegalArgumentException e) {
      throw new CallException(String.valueOf(e.getMessage()));
    }
  }

  /** A function of one text to another. */
  private interface TextFunction {
    String apply(String text);
  }

  private static GoFunction text(TextFunction function) {
    return GoFunction.of(a -> GoValues.text(function.apply(string(a, 0))), GoType.STRING);
  }

  /** Prints a number. */
  private interface NumberText {
    String apply(double number) throws CallException;
  }

  private static GoFunction number(NumberText function) {
    return GoFunction.of(
        a -> GoValues.text(function.apply(Humanizing.real(a.getFirst()))), GoType.ANY);
  }

  private static String string(List<GoValue> arguments, int index) {
    return ((Text) arguments.get(index)).value();
  }

  private static Listing list(GoValue value) {
    return (Listing) value;
  }

  private static Struct sample(GoValue value) throws CallException {
    if (value instanceof Pointer pointer && pointer.target() instanceof Struct struct) {
      return struct;
    }
    throw new CallException("runtime error: invalid memory address or nil pointer dereference");
  }

  private static GoValue valueOf(Struct sample) {
    GoValue value = sample.fields().get("Value");
    return value == null ? new Boxed(null) : value;
  }

  private static Mapping labels(Struct sample) {
    return sample.fields().get("Labels") instanceof Mapping labels
        ? labels
        : new Mapping(new TreeMap<>(), GoType.STRINGS);
  }
}
