package dnd.metrics.client;

import java.util.concurrent.CompletableFuture;

/** What somebody asked for: a push now, and word when all is acknowledged. */
record Flush(String correlationId, CompletableFuture<Void> done) {}
