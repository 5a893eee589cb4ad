/**
 * Unit tests of rules in the format of Prometheus's promtool: series go in, rules are evaluated
 * over time by the evaluator of the service, alerts and queries are compared with what is expected.
 */
@NullMarked
package dnd.metrics.server.rules.unittest;

import org.jspecify.annotations.NullMarked;
