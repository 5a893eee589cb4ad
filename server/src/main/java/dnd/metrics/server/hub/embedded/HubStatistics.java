package dnd.metrics.server.hub.embedded;

/**
 * Counts since the hub started, except {@code connections}, {@code subscriptions} and {@code
 * pendingBytes}, which are those of this moment; the last is what waits for clients, but for what
 * is little for each. Messages and bytes (payload and headers) are counted in when a client
 * publishes and out for each client that one is sent to; what the service itself publishes or
 * receives is not "in" or "out" but {@code localPublished} and {@code localDelivered}.
 */
public record HubStatistics(
    int connections,
    long subscriptions,
    long pendingBytes,
    long totalConnections,
    long refusedConnections,
    long messagesIn,
    long bytesIn,
    long messagesOut,
    long bytesOut,
    long localPublished,
    long localDelivered,
    long slowConsumers,
    long staleConnections,
    long authFailures,
    long protocolErrors,
    long handlerFailures) {}
