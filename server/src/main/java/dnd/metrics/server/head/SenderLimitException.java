package dnd.metrics.server.head;

import java.io.IOException;

/**
 * A sender that is not known is refused, since its service has as many as it may; the ones that are
 * known go on. It ends by itself once one of them leaves, which is a day after its last sample.
 */
public final class SenderLimitException extends IOException {
  SenderLimitException(String service, int limit) {
    super(
        "service "
            + service
            + " has "
            + limit
            + " instances that have sent within a day, as many as limits.senders_per_service allows;"
            + " they go on, and who leaves makes room: give instances names that stay, or raise the"
            + " limit");
  }
}
