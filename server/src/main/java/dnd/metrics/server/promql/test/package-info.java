/**
 * Runs scripts of Prometheus's PromQL test language (specified by promql/promqltest/README.md
 * there, version 3.14) against our engine over a storage of its own in memory.
 */
@NullMarked
package dnd.metrics.server.promql.test;

import org.jspecify.annotations.NullMarked;
