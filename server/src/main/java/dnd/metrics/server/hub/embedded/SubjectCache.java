package dnd.metrics.server.hub.embedded;

import java.util.Arrays;

/**
 * What a connection knows of the subjects that it published to lately: repeated bytes give the same
 * string, the same permission and the same interest, without allocation. One place for each hash:
 * what comes later takes it. Belongs to the connection's reading thread.
 */
final class SubjectCache {
  private static final int PLACES = 256;

  /** A subject. {@code interest} may be of an older generation. */
  static final class Entry {
    final String subject;
    final boolean permitted;
    private final byte[] bytes;
    private Interest interest;

    private Entry(byte[] bytes, String subject, boolean permitted, Interest interest) {
      this.bytes = bytes;
      this.subject = subject;
      this.permitted = permitted;
      this.interest = interest;
    }
  }

  private final SubscriptionTrie subscriptions;
  private final PermissionSet permissions;
  private final Entry[] places = new Entry[PLACES];

  SubjectCache(SubscriptionTrie subscriptions, PermissionSet permissions) {
    this.subscriptions = subscriptions;
    this.permissions = permissions;
  }

  Entry find(byte[] buffer, int from, int to) {
    int place = place(buffer, from, to);
    Entry entry = places[place];
    if (entry == null || !Arrays.equals(buffer, from, to, entry.bytes, 0, entry.bytes.length)) {
      String subject = WireText.ofBytes(buffer, from, to);
      entry =
          new Entry(
              Arrays.copyOfRange(buffer, from, to),
              subject,
              permissions.mayPublish(subject),
              subscriptions.match(subject));
      places[place] = entry;
    }
    return entry;
  }

  /** Forgets everything, so that nothing is held on to. */
  void clear() {
    Arrays.fill(places, null);
  }

  /** Who receives what is published on it now. */
  Interest interest(Entry entry) {
    if (entry.interest.generation() != subscriptions.generation()) {
      entry.interest = subscriptions.match(entry.subject);
    }
    return entry.interest;
  }

  private static int place(byte[] buffer, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + buffer[i];
    }
    return (hash ^ hash >>> 8 ^ hash >>> 16) & (PLACES - 1);
  }
}
