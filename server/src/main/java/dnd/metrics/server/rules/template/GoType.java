package dnd.metrics.server.rules.template;

import org.jspecify.annotations.Nullable;

/**
 * A Go type: what errors call it, and what the template language may do with its values.
 *
 * @param element what a map or list holds, or a pointer points to
 */
record GoType(String name, Kind kind, @Nullable GoType element) {
  /** The kinds of types that there are. */
  enum Kind {
    BOOL,
    WHOLE,
    UNSIGNED,
    REAL,
    COMPLEX,
    STRING,
    MAP,
    LIST,
    POINTER,
    STRUCT,
    INTERFACE
  }

  static final GoType BOOL = new GoType("bool", Kind.BOOL, null);
  static final GoType INT = new GoType("int", Kind.WHOLE, null);
  static final GoType INT32 = new GoType("int32", Kind.WHOLE, null);
  static final GoType INT64 = new GoType("int64", Kind.WHOLE, null);
  static final GoType UINT8 = new GoType("uint8", Kind.UNSIGNED, null);
  static final GoType FLOAT64 = new GoType("float64", Kind.REAL, null);
  static final GoType COMPLEX128 = new GoType("complex128", Kind.COMPLEX, null);
  static final GoType STRING = new GoType("string", Kind.STRING, null);
  static final GoType HTML = new GoType("template.HTML", Kind.STRING, null);
  static final GoType ANY = new GoType("interface {}", Kind.INTERFACE, null);
  static final GoType STRINGS = new GoType("map[string]string", Kind.MAP, STRING);
  static final GoType ARGUMENTS = new GoType("map[string]interface {}", Kind.MAP, ANY);
  static final GoType SAMPLE = new GoType("template.sample", Kind.STRUCT, null);
  static final GoType SAMPLE_POINTER = pointer(SAMPLE);
  static final GoType QUERY_RESULT = new GoType("template.queryResult", Kind.LIST, SAMPLE_POINTER);
  static final GoType ALERT_DATA =
      new GoType(
          "struct { Labels map[string]string; ExternalLabels map[string]string;"
              + " ExternalURL string; Value interface {} }",
          Kind.STRUCT,
          null);
  static final GoType TIME = new GoType("time.Time", Kind.STRUCT, null);
  static final GoType DURATION = new GoType("time.Duration", Kind.WHOLE, null);
  static final GoType MONTH = new GoType("time.Month", Kind.WHOLE, null);
  static final GoType WEEKDAY = new GoType("time.Weekday", Kind.WHOLE, null);
  static final GoType HISTOGRAM = new GoType("histogram.FloatHistogram", Kind.STRUCT, null);

  /** What the functions of the language itself take: any value, as it is. */
  static final GoType VALUE = new GoType("reflect.Value", Kind.STRUCT, null);

  static GoType pointer(GoType to) {
    return new GoType("*" + to.name, Kind.POINTER, to);
  }

  boolean canBeNil() {
    return switch (kind) {
      case INTERFACE, MAP, POINTER, LIST -> true;
      case STRUCT -> equals(VALUE);
      case BOOL, WHOLE, UNSIGNED, REAL, COMPLEX, STRING -> false;
    };
  }

  boolean isAssignableTo(GoType to) {
    return equals(to) || to.kind == Kind.INTERFACE;
  }

  @Override
  public String toString() {
    return name;
  }
}
