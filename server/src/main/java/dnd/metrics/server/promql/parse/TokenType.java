package dnd.metrics.server.promql.parse;

import static java.util.Map.entry;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kinds of tokens of PromQL. Keywords may be written in any case. */
enum TokenType {
  EOF,
  /** The text is the message. */
  ERROR,
  IDENTIFIER,
  /** An identifier with a colon in it. */
  METRIC_IDENTIFIER,
  NUMBER,
  DURATION,
  STRING,

  LEFT_PAREN,
  RIGHT_PAREN,
  LEFT_BRACE,
  RIGHT_BRACE,
  LEFT_BRACKET,
  RIGHT_BRACKET,
  COMMA,
  COLON,
  ASSIGN,

  ADD,
  SUB,
  MUL,
  DIV,
  MOD,
  POW,
  EQUAL,
  NOT_EQUAL,
  LESS,
  LESS_OR_EQUAL,
  GREATER,
  GREATER_OR_EQUAL,
  TRIM_UPPER,
  TRIM_LOWER,
  REGEX,
  NOT_REGEX,
  AT,
  AND,
  OR,
  UNLESS,
  ATAN2,

  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO,

  OFFSET,
  SMOOTHED,
  ANCHORED,
  BY,
  WITHOUT,
  ON,
  IGNORING,
  GROUP_LEFT,
  GROUP_RIGHT,
  FILL,
  FILL_LEFT,
  FILL_RIGHT,
  BOOL,

  START,
  END,
  STEP,
  RANGE,
  MAX_OF,
  MIN_OF;

  private static final Map<String, TokenType> KEYWORDS =
      Map.ofEntries(
          entry("and", AND),
          entry("or", OR),
          entry("unless", UNLESS),
          entry("atan2", ATAN2),
          entry("sum", SUM),
          entry("avg", AVG),
          entry("count", COUNT),
          entry("min", MIN),
          entry("max", MAX),
          entry("group", GROUP),
          entry("stddev", STDDEV),
          entry("stdvar", STDVAR),
          entry("topk", TOPK),
          entry("bottomk", BOTTOMK),
          entry("count_values", COUNT_VALUES),
          entry("quantile", QUANTILE),
          entry("limitk", LIMITK),
          entry("limit_ratio", LIMIT_RATIO),
          entry("offset", OFFSET),
          entry("smoothed", SMOOTHED),
          entry("anchored", ANCHORED),
          entry("by", BY),
          entry("without", WITHOUT),
          entry("on", ON),
          entry("ignoring", IGNORING),
          entry("group_left", GROUP_LEFT),
          entry("group_right", GROUP_RIGHT),
          entry("fill", FILL),
          entry("fill_left", FILL_LEFT),
          entry("fill_right", FILL_RIGHT),
          entry("bool", BOOL),
          entry("start", START),
          entry("end", END),
          entry("step", STEP),
          entry("range", RANGE),
          entry("max_of", MAX_OF),
          entry("min_of", MIN_OF),
          entry("inf", NUMBER),
          entry("nan", NUMBER));

  private static final Set<TokenType> OPERATORS = EnumSet.range(ADD, ATAN2);
  private static final Set<TokenType> AGGREGATORS = EnumSet.range(SUM, LIMIT_RATIO);
  private static final Set<TokenType> WORDS_OF_MODIFIERS = EnumSet.range(OFFSET, BOOL);

  /** What {@code word} is as a keyword or a number's name, or null where it is just a word. */
  static @Nullable TokenType keyword(String word) {
    return KEYWORDS.get(word.toLowerCase(Locale.ROOT));
  }

  boolean isDurationFunction() {
    return this == STEP || this == RANGE || this == MAX_OF || this == MIN_OF;
  }

  boolean isOperator() {
    return OPERATORS.contains(this);
  }

  boolean isAggregator() {
    return AGGREGATORS.contains(this);
  }

  boolean isKeyword() {
    return WORDS_OF_MODIFIERS.contains(this);
  }

  /** Whether a metric may be called so without quotes. */
  boolean mayNameMetric() {
    return switch (this) {
      case IDENTIFIER, METRIC_IDENTIFIER, AND, OR, UNLESS -> true;
      case OFFSET, SMOOTHED, ANCHORED, BY, WITHOUT, FILL, FILL_LEFT, FILL_RIGHT -> true;
      case START, END, STEP, RANGE, MAX_OF, MIN_OF -> true;
      default -> isAggregator();
    };
  }

  boolean mayBeginExpression() {
    return switch (this) {
      case NUMBER, DURATION, STRING, LEFT_BRACE, LEFT_PAREN, ADD, SUB -> true;
      default -> mayNameMetric();
    };
  }

  /** Whether a label may be called so in {@code by(...)} and the like without quotes. */
  boolean mayNameGroupingLabel() {
    return (mayNameMetric() && this != WITHOUT)
        || this == BOOL
        || this == ON
        || this == IGNORING
        || this == GROUP_LEFT
        || this == GROUP_RIGHT
        || this == ATAN2;
  }
}
