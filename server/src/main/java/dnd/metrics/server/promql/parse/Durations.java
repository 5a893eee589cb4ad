package dnd.metrics.server.promql.parse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts values in the place of {@linkplain DurationExpr duration expressions}. */
public final class Durations {
  /** What fits Prometheus's durations, which are 64-bit nanoseconds. */
  private static final double LIMIT_SECONDS = (double) Long.MAX_VALUE / 1e9;

  private final double stepSeconds;
  private final double rangeSeconds;

  private Durations(long stepMillis, long rangeMillis) {
    this.stepSeconds = stepMillis / 1000.0;
    this.rangeSeconds = rangeMillis / 1000.0;
  }

  /**
   * The same expression with the value of every duration expression in the field beside it ({@code
   * rangeMillis} for {@code rangeExpr} and so on).
   *
   * @param stepMillis the query's step, which {@code step()} stands for; 0 for an instant query
   * @param rangeMillis the time between the query's start and end, which {@code range()} stands for
   * @throws DurationException where one has no usable value
   */
  public static Expr resolve(Expr expr, long stepMillis, long rangeMillis) {
    return new Durations(stepMillis, rangeMillis).resolve(expr);
  }

  /** Whether a number of seconds is too large for a duration. */
  static boolean outOfRange(double seconds) {
    return seconds > LIMIT_SECONDS || seconds < -LIMIT_SECONDS;
  }

  /** Seconds, as a literal gives them, as milliseconds. */
  static long literalMillis(double seconds) {
    return Math.round(seconds * 1e9) / 1_000_000;
  }

  private Expr resolve(Expr expr) {
    return switch (expr) {
      case NumberLiteral e -> e;
      case StringLiteral e -> e;
      case VectorSelector e -> resolveSelector(e);
      case MatrixSelector e -> {
        long range = value(e.rangeExpr(), e.rangeMillis(), false);
        yield new MatrixSelector(resolveSelector(e.selector()), range, e.rangeExpr(), e.position());
      }
      case Subquery e -> resolveSubquery(e);
      case ParenExpr e -> new ParenExpr(resolve(e.expr()), e.position());
      case UnaryExpr e -> new UnaryExpr(e.negative(), resolve(e.expr()), e.position());
      case BinaryExpr e ->
          new BinaryExpr(e.op(), resolve(e.lhs()), resolve(e.rhs()), e.returnBool(), e.matching());
      case AggregateExpr e -> {
        Expr inner = resolve(e.expr());
        Expr param = e.param() == null ? null : resolve(e.param());
        yield new AggregateExpr(e.op(), inner, param, e.grouping(), e.without(), e.position());
      }
      case Call e -> {
        List<Expr> args = new ArrayList<>(e.args().size());
        for (Expr arg : e.args()) {
          args.add(resolve(arg));
        }
        yield new Call(e.function(), args, e.position());
      }
    };
  }

  private VectorSelector resolveSelector(VectorSelector e) {
    if (e.offsetExpr() == null) {
      return e;
    }
    return new VectorSelector(
        e.name(),
        e.matchers(),
        value(e.offsetExpr(), 0, true),
        e.offsetExpr(),
        e.at(),
        e.mode(),
        e.labelsOnly(),
        e.position());
  }

  private Subquery resolveSubquery(Subquery e) {
    long offset = value(e.offsetExpr(), e.offsetMillis(), true);
    long step = value(e.stepExpr(), e.stepMillis(), false);
    long range = value(e.rangeExpr(), e.rangeMillis(), false);
    return new Subquery(
        resolve(e.expr()),
        range,
        e.rangeExpr(),
        step,
        e.stepExpr(),
        offset,
        e.offsetExpr(),
        e.at(),
        e.position());
  }

  private long value(@Nullable DurationExpr expr, long literalMillis, boolean mayBeNegative) {
    if (expr == null) {
      return literalMillis;
    }
    double seconds = seconds(expr);
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      throw new DurationException(expr.position(), "duration is NaN or infinite");
    }
    if (seconds <= 0 && !mayBeNegative) {
      throw new DurationException(expr.position(), "duration must be greater than 0");
    }
    if (outOfRange(seconds)) {
      throw new DurationException(expr.position(), "duration is out of range");
    }
    return (long) (seconds * 1000);
  }

  private double seconds(@Nullable DurationTerm term) {
    return switch (term) {
      case null -> 0;
      case NumberLiteral literal -> literal.value();
      case DurationExpr e -> seconds(e);
    };
  }

  private double seconds(DurationExpr e) {
    double lhs = seconds(e.lhs());
    double rhs = seconds(e.rhs());
    return switch (e.op()) {
      case ADD -> lhs + rhs;
      case SUB -> lhs - rhs;
      case MUL -> lhs * rhs;
      case DIV -> {
        if (rhs == 0) {
          throw new DurationException(e.position(), "division by zero");
        }
        yield lhs / rhs;
      }
      case MOD -> {
        if (rhs == 0) {
          throw new DurationException(e.position(), "modulo by zero");
        }
        yield lhs % rhs;
      }
      case POW -> Math.pow(lhs, rhs);
      case STEP -> stepSeconds;
      case RANGE -> rangeSeconds;
      case MIN_OF -> Math.min(lhs, rhs);
      case MAX_OF -> Math.max(lhs, rhs);
    };
  }
}
