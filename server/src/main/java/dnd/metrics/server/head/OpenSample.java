package dnd.metrics.server.head;

import dnd.metrics.server.model.Histogram;
import org.jspecify.annotations.Nullable;

/** A copy of a sample; {@code value} counts where {@code histogram} is null. */
record OpenSample(long timeMillis, double value, @Nullable Histogram histogram) {}
