package dnd.metrics.client;

/**
 * An event that was given up before the service acknowledged it, because too much waited or the
 * client was closed. What it counted is not lost where the client goes on: later events hold the
 * totals.
 *
 * @param id the event's id
 * @param metrics how many metrics it held
 * @param reason why it was given up, for a person
 */
public record DroppedEvent(String id, int metrics, String reason) {}
