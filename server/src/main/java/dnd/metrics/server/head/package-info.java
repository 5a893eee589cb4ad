/**
 * What was collected lately, in memory: senders, their series, their open chunks; behind the log.
 */
@NullMarked
package dnd.metrics.server.head;

import org.jspecify.annotations.NullMarked;
