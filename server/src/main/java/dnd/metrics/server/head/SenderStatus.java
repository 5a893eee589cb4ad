package dnd.metrics.server.head;

/**
 * Figures of a sender at one moment.
 *
 * @param series how many series it has made
 * @param samplesAppended samples accepted since the process began, replayed ones not counted
 */
public record SenderStatus(SenderId id, long series, long samplesAppended) {}
