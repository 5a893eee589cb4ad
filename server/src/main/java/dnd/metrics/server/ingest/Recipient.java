package dnd.metrics.server.ingest;

import org.jspecify.annotations.Nullable;

/**
 * Who is told what became of an event.
 *
 * @param service the subject's first token
 * @param replyTo the message's reply subject, or null
 */
record Recipient(String service, @Nullable String replyTo, String correlationId) {}
