package dnd.metrics.events;

/**
 * A metric of a batch that was not stored.
 *
 * @param index its place in {@code data.metrics}, from 0
 * @param name its name, or empty where it has none that can be read
 * @param code the text of an {@link ErrorCode}
 * @param reason what is wrong, naming the field
 */
public record RejectedMetric(int index, String name, String code, String reason) {}
