package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/** One sender and the series that it writes. Safe for use by several threads. */
@SuppressWarnings("DoNotCallSuggester") // the bodies follow
public final class Sender {
  private final SenderId id;

  Sender(SenderId id) {
    this.id = id;
  }

  public SenderId id() {
    return id;
  }

  /**
   * Begins the application of one event; waits while another thread applies one of this sender. The
   * order of begins is the order of application. The batch belongs to the calling thread and must
   * be closed by it.
   *
   * @param eventId the event's id, by which a retry is known; null where the sender gave none
   * @param receivedMillis when the event was received, Unix milliseconds
   * @throws HeadUnavailableException while the log cannot be written
   */
  public SenderBatch begin(EventKind kind, @Nullable String eventId, long receivedMillis)
      throws HeadUnavailableException {
    throw new UnsupportedOperationException();
  }
}
