package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/**
 * An event whose samples are on disk, as those hear of it who watch series. Immutable.
 *
 * @param number greater than those of all events that were on disk before
 * @param sender who sent the samples
 * @param correlationId the event's; null where the samples were made of none
 * @param oldestMillis the time of the oldest sample
 * @param newestMillis the time of the newest sample; it may lie ahead of the clock
 */
public record AppendedEvent(
    long number,
    SenderId sender,
    @Nullable String correlationId,
    long oldestMillis,
    long newestMillis) {}
