/** Prometheus rule files: read strictly, checked as Prometheus checks them, printed. */
@NullMarked
package dnd.metrics.server.rules.file;

import org.jspecify.annotations.NullMarked;
