package dnd.metrics.server.ingest;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.events.Problem;
import dnd.metrics.server.head.CommitCallback;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is sent once a batch is on disk. Two things must have happened, in whichever order: the log
 * has told the outcome (on its thread), and the reply has been written with the sequence that the
 * commit gave (on the handler's thread). Who comes second sends.
 */
final class Acknowledgement implements CommitCallback {
  private final Replies replies;
  private final Recipient recipient;
  private final InFlight inFlight;
  private final int size;
  private final AtomicInteger arrived = new AtomicInteger();

  /** Set before the first arrival of each side, read after the second: the counter orders them. */
  private byte @Nullable [] collected;

  private byte @Nullable [] rejected;
  private boolean duplicate;
  private @Nullable IOException failure;

  /**
   * @param size of the event, which is in flight until the log has told its outcome
   */
  Acknowledgement(Replies replies, Recipient recipient, InFlight inFlight, int size) {
    this.replies = replies;
    this.recipient = recipient;
    this.inFlight = inFlight;
    this.size = size;
    inFlight.add(size);
  }

  /**
   * Hands over what to send.
   *
   * @param rejectedEvent of the metrics that were refused, or null where none was
   */
  void ready(byte[] collectedEvent, byte @Nullable [] rejectedEvent, boolean isDuplicate) {
    collected = collectedEvent;
    rejected = rejectedEvent;
    duplicate = isDuplicate;
    arrive();
  }

  @Override
  public String correlationId() {
    return recipient.correlationId();
  }

  @Override
  public void committed() {
    inFlight.remove(size);
    arrive();
  }

  @Override
  public void failed(IOException reason) {
    failure = reason;
    inFlight.remove(size);
    arrive();
  }

  private void arrive() {
    if (arrived.incrementAndGet() < 2) {
      return;
    }
    byte[] event = collected;
    if (failure != null || event == null) {
      String reason = failure == null ? "no reply" : String.valueOf(failure.getMessage());
      replies.reject(
          recipient,
          new Problem(ErrorCode.STORAGE_UNAVAILABLE, "", "not yet safe on disk: " + reason));
      return;
    }
    replies.collected(recipient, event, rejected, duplicate);
  }
}
