/**
 * The data model that engine and query language share: labels, matchers, samples, native
 * histograms. It depends on nothing.
 */
@NullMarked
package dnd.metrics.server.model;

import org.jspecify.annotations.NullMarked;
