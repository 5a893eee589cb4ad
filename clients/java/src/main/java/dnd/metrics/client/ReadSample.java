package dnd.metrics.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A point as an answer has it.
 *
 * @param sample null where an update says that there is no point any more
 */
record ReadSample(Instant time, @Nullable Sample sample) {}
