package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.promql.exec.QueryValue.VectorSample;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one evaluation made of the alerts of a rule.
 *
 * @param alerts by labels, those that are over but kept among them; not to be changed
 * @param changes what happened, in order
 * @param samples of {@code ALERTS} and {@code ALERTS_FOR_STATE}
 * @param error why there are no samples, in Prometheus's words; null where all went well
 */
record AlertAdvance(
    Map<Labels, AlertInstance> alerts,
    List<AlertChange> changes,
    List<VectorSample> samples,
    @Nullable String error) {}
