package dnd.metrics.server.head;

import java.io.IOException;

/**
 * Nothing can be taken in at present, since the log cannot be written: a full disk, a failed
 * device. Queries go on. It ends by itself once the log can be written again.
 */
public final class HeadUnavailableException extends IOException {
  public HeadUnavailableException(String reason) {
    super(reason);
  }
}
