/**
 * The bridge to Micrometer. Its classes need {@code io.micrometer:micrometer-core}, which who has a
 * registry has.
 */
@NullMarked
package dnd.metrics.client.micrometer;

import org.jspecify.annotations.NullMarked;
