package dnd.metrics.server.hub.embedded;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribed to what: a tree with one level for each token of a pattern. Subjects and patterns
 * are wire text. Safe for use by several threads.
 *
 * <p>{@code lock} guards every change. Matching takes no lock: what a node holds are immutable
 * arrays behind volatile fields, replaced as a whole. A match that runs beside a change sees it or
 * does not. Each change, once it is made, moves {@link #generation} on; who keeps an {@link
 * Interest} compares its generation before use, and so never misses a change that was complete
 * before.
 */
final class SubscriptionTrie {
  private final ReentrantLock lock = new ReentrantLock();
  private final Node root = new Node();
  private volatile long generation;
  private volatile int size;

  /** Adds a receiver. The pattern must be valid. */
  void add(String pattern, @Nullable String queueGroup, Receiver receiver) {
    lock.lock();
    try {
      Node node = root;
      for (String token : pattern.split("\\.", -1)) {
        node = node.childOrNew(token);
      }
      node.add(queueGroup, receiver);
      advance(1);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes a receiver that was added with the same pattern and group; false where it is not there.
   */
  boolean remove(String pattern, @Nullable String queueGroup, Receiver receiver) {
    lock.lock();
    try {
      boolean removed = remove(root, pattern.split("\\.", -1), 0, queueGroup, receiver);
      if (removed) {
        advance(-1);
      }
      return removed;
    } finally {
      lock.unlock();
    }
  }

  /** Everybody who subscribed to a pattern that stands for {@code subject}. */
  Interest match(String subject) {
    long seen = generation;
    InterestCollector collector = new InterestCollector();
    if (!hasEmptyToken(subject)) {
      collect(root, subject, 0, collector);
    }
    return collector.finish(seen);
  }

  /** Moves on with every change. */
  long generation() {
    return generation;
  }

  int size() {
    return size;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only under the lock
  private void advance(int added) {
    size += added;
    generation++;
  }

  private static boolean remove(
      Node node, String[] tokens, int depth, @Nullable String queueGroup, Receiver receiver) {
    if (depth == tokens.length) {
      return node.remove(queueGroup, receiver);
    }
    Node child = node.child(tokens[depth]);
    if (child == null || !remove(child, tokens, depth + 1, queueGroup, receiver)) {
      return false;
    }
    if (child.isEmpty()) {
      node.drop(tokens[depth]);
    }
    return true;
  }

  private static void collect(Node node, String subject, int start, InterestCollector collector) {
    int dot = subject.indexOf('.', start);
    Node rest = node.rest;
    if (rest != null) {
      rest.collectHere(collector);
    }
    Node any = node.any;
    if (any != null) {
      collectNext(any, subject, dot, collector);
    }
    Map<String, Node> literals = node.literals;
    if (literals != null) {
      String token = dot < 0 ? subject.substring(start) : subject.substring(start, dot);
      Node literal = literals.get(token);
      if (literal != null) {
        collectNext(literal, subject, dot, collector);
      }
    }
  }

  private static void collectNext(Node node, String subject, int dot, InterestCollector collector) {
    if (dot < 0) {
      node.collectHere(collector);
    } else {
      collect(node, subject, dot + 1, collector);
    }
  }

  private static boolean hasEmptyToken(String subject) {
    return subject.isEmpty()
        || subject.charAt(0) == '.'
        || subject.charAt(subject.length() - 1) == '.'
        || subject.contains("..");
  }

  /** One token's place in the tree. Written only under the trie's lock. */
  private static final class Node {
    private static final QueueGroup[] NO_GROUPS = {};

    private volatile @Nullable Map<String, Node> literals;
    private volatile @Nullable Node any;
    private volatile @Nullable Node rest;
    private volatile Receiver[] plain = Interest.NOBODY;
    private volatile QueueGroup[] groups = NO_GROUPS;

    @Nullable Node child(String token) {
      return switch (token) {
        case "*" -> any;
        case ">" -> rest;
        default -> {
          Map<String, Node> map = literals;
          yield map == null ? null : map.get(token);
        }
      };
    }

    Node childOrNew(String token) {
      Node child = child(token);
      if (child != null) {
        return child;
      }
      Node fresh = new Node();
      switch (token) {
        case "*" -> any = fresh;
        case ">" -> rest = fresh;
        default -> {
          Map<String, Node> map = literals;
          if (map == null) {
            map = new ConcurrentHashMap<>();
            literals = map;
          }
          map.put(token, fresh);
        }
      }
      return fresh;
    }

    void drop(String token) {
      switch (token) {
        case "*" -> any = null;
        case ">" -> rest = null;
        default -> {
          Map<String, Node> map = literals;
          if (map != null) {
            map.remove(token);
            if (map.isEmpty()) {
              literals = null;
            }
          }
        }
      }
    }

    boolean isEmpty() {
      return plain.length == 0
          && groups.length == 0
          && literals == null
          && any == null
          && rest == null;
    }

    void collectHere(InterestCollector collector) {
      Receiver[] receivers = plain;
      if (receivers.length > 0) {
        collector.add(receivers);
      }
      for (QueueGroup group : groups) {
        collector.add(group);
      }
    }

    void add(@Nullable String queueGroup, Receiver receiver) {
      if (queueGroup == null) {
        plain = with(plain, receiver);
        return;
      }
      int at = indexOf(queueGroup);
      if (at < 0) {
        QueueGroup[] more = Arrays.copyOf(groups, groups.length + 1);
        more[groups.length] = new QueueGroup(queueGroup, new Receiver[] {receiver});
        groups = more;
      } else {
        QueueGroup[] changed = groups.clone();
        changed[at] = new QueueGroup(queueGroup, with(changed[at].members(), receiver));
        groups = changed;
      }
    }

    boolean remove(@Nullable String queueGroup, Receiver receiver) {
      if (queueGroup == null) {
        Receiver[] less = without(plain, receiver);
        boolean found = less.length < plain.length;
        plain = less;
        return found;
      }
      int at = indexOf(queueGroup);
      if (at < 0) {
        return false;
      }
      Receiver[] members = groups[at].members();
      Receiver[] less = without(members, receiver);
      if (less.length == members.length) {
        return false;
      }
      if (less.length > 0) {
        QueueGroup[] changed = groups.clone();
        changed[at] = new QueueGroup(queueGroup, less);
        groups = changed;
      } else {
        QueueGroup[] fewer = new QueueGroup[groups.length - 1];
        System.arraycopy(groups, 0, fewer, 0, at);
        System.arraycopy(groups, at + 1, fewer, at, fewer.length - at);
        groups = fewer;
      }
      return true;
    }

    private int indexOf(String queueGroup) {
      for (int i = 0; i < groups.length; i++) {
        if (groups[i].name().equals(queueGroup)) {
          return i;
        }
      }
      return -1;
    }

    private static Receiver[] with(Receiver[] receivers, Receiver receiver) {
      Receiver[] more = Arrays.copyOf(receivers, receivers.length + 1);
      more[receivers.length] = receiver;
      return more;
    }

    private static Receiver[] without(Receiver[] receivers, Receiver receiver) {
      for (int i = 0; i < receivers.length; i++) {
        if (receivers[i] == receiver) {
          Receiver[] less = new Receiver[receivers.length - 1];
          System.arraycopy(receivers, 0, less, 0, i);
          System.arraycopy(receivers, i + 1, less, i, less.length - i);
          return less;
        }
      }
      return receivers;
    }
  }
}
