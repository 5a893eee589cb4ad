package dnd.metrics.client;

import org.jspecify.annotations.Nullable;

/**
 * Whatever can go wrong with a client, in one tree. All are unchecked: a service that counts must
 * not be made to catch. Thrown where the caller stands; what goes wrong later, in the background,
 * is told to the callbacks of {@link MetricsClientBuilder}.
 */
public abstract sealed class MetricsException extends RuntimeException {
  private final String code;

  private MetricsException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * A word for programs, such as {@code invalid_metric_name}: the same in the clients of all
   * languages; of the service's own errors, the code that its contract (docs/icd.md) names.
   */
  public final String code() {
    return code;
  }

  /** A setting that a client cannot be built with. */
  public static final class InvalidConfig extends MetricsException {
    InvalidConfig(String message) {
      super("invalid_config", message, null);
    }
  }

  /** A name, a label or a value that no metric can have. */
  public static final class InvalidMetric extends MetricsException {
    InvalidMetric(String code, String message) {
      super(code, message, null);
    }
  }

  /** The client was closed before. */
  public static final class ClientClosed extends MetricsException {
    ClientClosed() {
      super("closed", "the client is closed", null);
    }
  }

  /** The hub cannot be reached, or nobody behind it answers. */
  public static final class HubUnavailable extends MetricsException {
    public HubUnavailable(String message, @Nullable Throwable cause) {
      super("hub_unavailable", message, cause);
    }
  }

  /** No answer came within the time that the call was given. */
  public static final class TimedOut extends MetricsException {
    public TimedOut(String message) {
      super("timed_out", message, null);
    }
  }

  /** The answer is not one that this client can read. */
  public static final class InvalidAnswer extends MetricsException {
    InvalidAnswer(String message, @Nullable Throwable cause) {
      super("invalid_answer", message, cause);
    }
  }

  /** The service could not answer the query; the message is the service's own. */
  public static final class QueryFailed extends MetricsException {
    private final String errorType;

    QueryFailed(String errorType, String code, String message) {
      super(code, message, null);
      this.errorType = errorType;
    }

    /** Prometheus's word for it, such as {@code bad_data}, {@code execution}, {@code timeout}. */
    public String errorType() {
      return errorType;
    }
  }
}
