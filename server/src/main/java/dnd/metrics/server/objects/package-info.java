/** Places for large objects by name: a directory, an S3-compatible store. */
@NullMarked
package dnd.metrics.server.objects;

import org.jspecify.annotations.NullMarked;
