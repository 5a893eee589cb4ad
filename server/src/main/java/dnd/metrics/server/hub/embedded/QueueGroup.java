package dnd.metrics.server.hub.embedded;

/** The members of a queue group at one node of the trie. The array is never written to. */
@SuppressWarnings("ArrayRecordComponent") // never compared; a list would cost the hot path
record QueueGroup(String name, Receiver[] members) {}
