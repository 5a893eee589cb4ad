/** What senders say of their metrics, kept in the storage service. */
@NullMarked
package dnd.metrics.server.metadata;

import org.jspecify.annotations.NullMarked;
