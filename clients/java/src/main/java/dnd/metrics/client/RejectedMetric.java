package dnd.metrics.client;

import java.util.Optional;

/**
 * What the service refused.
 *
 * @param name the metric's name; empty where the whole event was refused
 * @param code the code of the contract (docs/icd.md), such as {@code series_limit_reached}
 * @param reason what is wrong, in the service's words
 */
public record RejectedMetric(Optional<String> name, String code, String reason) {}
