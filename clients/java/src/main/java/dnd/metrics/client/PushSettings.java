package dnd.metrics.client;

import java.util.Map;

/**
 * How a client pushes; checked by {@link MetricsClientBuilder}. Durations are milliseconds.
 *
 * @param instance empty where the sender has none
 * @param labels what all metrics have in common
 */
record PushSettings(
    String service,
    String instance,
    Map<String, String> labels,
    int batchSize,
    long pushIntervalMillis,
    long repeatIntervalMillis,
    long reportIntervalMillis,
    int bufferEvents,
    long bufferBytes) {}
