package dnd.metrics.server.hub.embedded;

/**
 * Who receives the messages on one subject: each of {@code plain}, and one member of each group.
 * Immutable; the arrays are never written to.
 *
 * @param generation the trie's generation that this was true for
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a list would cost the hot path
record Interest(long generation, Receiver[] plain, Receiver[][] groups) {
  static final Receiver[] NOBODY = {};
  static final Receiver[][] NO_GROUPS = {};

  boolean isEmpty() {
    return plain.length == 0 && groups.length == 0;
  }
}
