package dnd.metrics.server.promql.exec;

/**
 * A query that has no answer. The text and the type are Prometheus's, since tools match on them.
 */
public final class QueryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Prometheus's error types, as its API spells them. */
  public enum Type {
    /** The query is wrong: it does not parse, or cannot be asked in this way. */
    BAD_DATA("bad_data"),
    /** The query failed while it was evaluated, or asked for more than the limits allow. */
    EXECUTION("execution"),
    /** It would hold more memory or samples than a query, or all together, may. */
    TOO_LARGE("execution"),
    /** Someone cancelled it. */
    CANCELED("canceled"),
    /** It ran into its deadline. */
    TIMEOUT("timeout"),
    /** A fault of ours. */
    INTERNAL("internal");

    private final String wireName;

    Type(String wireName) {
      this.wireName = wireName;
    }

    /** The name in answers. */
    public String wireName() {
      return wireName;
    }
  }

  private final Type type;

  public QueryException(Type type, String message) {
    super(message, null, false, type == Type.INTERNAL);
    this.type = type;
  }

  public QueryException(Type type, String message, Throwable cause) {
    super(message, cause);
    this.type = type;
  }

  public Type type() {
    return type;
  }

  /** The text, never null. */
  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }

  static QueryException tooLarge(String message) {
    return new QueryException(Type.TOO_LARGE, message);
  }

  static QueryException execution(String message) {
    return new QueryException(Type.EXECUTION, message);
  }
}
