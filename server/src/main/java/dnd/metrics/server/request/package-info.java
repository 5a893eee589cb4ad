/** Request events and their replies, for the parts that answer in one message each. */
@NullMarked
package dnd.metrics.server.request;

import org.jspecify.annotations.NullMarked;
