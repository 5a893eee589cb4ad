package dnd.metrics.events;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the CloudEvents ids of what one process sends: a random UUID of the process and a number.
 * Unique as a CloudEvents id must be, and cheaper than a random UUID for each. Safe for use by
 * several threads.
 */
public final class EventIds {
  private final String prefix;
  private final AtomicLong next = new AtomicLong();

  public EventIds() {
    prefix = CorrelationIds.make() + "-";
  }

  public String next() {
    return prefix + next.incrementAndGet();
  }
}
