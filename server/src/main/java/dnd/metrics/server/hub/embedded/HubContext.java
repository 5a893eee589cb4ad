package dnd.metrics.server.hub.embedded;

import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What all connections of a hub share. */
record HubContext(
    HubOptions options,
    ServerInfo info,
    SubscriptionTrie subscriptions,
    HubCounters counters,
    Authorizer authorizer,
    ConnectionRegistry connections,
    PendingTotal pending,
    LocalDispatcher dispatcher,
    LocalPublisher publisher,
    @Nullable SSLContext tls,
    LongSupplier nanoClock) {}
