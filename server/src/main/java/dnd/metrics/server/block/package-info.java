/**
 * Blocks: immutable folders of samples in the format of Prometheus's TSDB, written and read.
 * Format: docs/format/blocks.md.
 */
@NullMarked
package dnd.metrics.server.block;

import org.jspecify.annotations.NullMarked;
