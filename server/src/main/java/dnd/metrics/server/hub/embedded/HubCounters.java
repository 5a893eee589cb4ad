package dnd.metrics.server.hub.embedded;

import java.util.concurrent.atomic.LongAdder;

/**
 * What {@link HubStatistics} counts, while it is being counted. Safe for use by several threads.
 */
final class HubCounters {
  final LongAdder totalConnections = new LongAdder();
  final LongAdder refusedConnections = new LongAdder();
  final LongAdder messagesIn = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder messagesOut = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder localPublished = new LongAdder();
  final LongAdder localDelivered = new LongAdder();
  final LongAdder slowConsumers = new LongAdder();
  final LongAdder staleConnections = new LongAdder();
  final LongAdder authFailures = new LongAdder();
  final LongAdder protocolErrors = new LongAdder();
  final LongAdder handlerFailures = new LongAdder();

  HubStatistics read(int connections, long subscriptions, long pendingBytes) {
    return new HubStatistics(
        connections,
        subscriptions,
        pendingBytes,
        totalConnections.sum(),
        refusedConnections.sum(),
        messagesIn.sum(),
        bytesIn.sum(),
        messagesOut.sum(),
        bytesOut.sum(),
        localPublished.sum(),
        localDelivered.sum(),
        slowConsumers.sum(),
        staleConnections.sum(),
        authFailures.sum(),
        protocolErrors.sum(),
        handlerFailures.sum());
  }
}
