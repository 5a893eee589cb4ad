package dnd.metrics.events;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Correlation ids: taken over from the event that causes something, made where it has none. Any
 * text of 1 to {@value #MAX_LENGTH} characters is one; the service makes random UUIDs.
 */
public final class CorrelationIds {
  public static final int MAX_LENGTH = 256;

  private CorrelationIds() {}

  /**
   * A new random UUID (version 4). Not from a secure generator: it names things, it guards nothing.
   */
  public static String make() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }
}
