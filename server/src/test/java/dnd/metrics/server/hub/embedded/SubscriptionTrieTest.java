package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTrieTest {
  private static final String[] TOKENS = {"a", "b", "c", "dd", "e1"};

  private record Entry(String pattern, @Nullable String group, Receiver receiver) {}

  private final SubscriptionTrie trie = new SubscriptionTrie();

  private Receiver receiver(String pattern) {
    HubCounters counters = new HubCounters();
    return new LocalSubscription(
        trie, new LocalDispatcher(counters, 1), counters, pattern, null, message -> {});
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void matchesWhatAListWouldMatch(long seed) {
    Random random = new Random(seed);
    List<Entry> model = new ArrayList<>();
    for (int step = 0; step < 2000; step++) {
      if (model.isEmpty() || random.nextInt(5) < 2) {
        String pattern = pattern(random);
        String group = random.nextInt(3) == 0 ? "group" + random.nextInt(2) : null;
        Entry entry = new Entry(pattern, group, receiver(pattern));
        trie.add(entry.pattern, entry.group, entry.receiver);
        model.add(entry);
      } else if (random.nextInt(3) == 0) {
        Entry entry = model.remove(random.nextInt(model.size()));
        assertThat(trie.remove(entry.pattern, entry.group, entry.receiver)).isTrue();
        assertThat(trie.remove(entry.pattern, entry.group, entry.receiver)).isFalse();
      } else {
        String subject = subject(random);
        assertThat(shape(trie.match(subject)))
            .as("seed %d, step %d, subject %s", seed, step, subject)
            .isEqualTo(expected(model, subject));
      }
      assertThat(trie.size()).isEqualTo(model.size());
    }
    for (Entry entry : model) {
      trie.remove(entry.pattern, entry.group, entry.receiver);
    }
    assertThat(trie.size()).isZero();
    assertThat(trie.match("a.b.c").isEmpty()).isTrue();
  }

  @Test
  void aSubjectWithAnEmptyTokenConcernsNobody() {
    trie.add(">", null, receiver(">"));
    for (String subject : List.of("", ".", "a.", ".a", "a..b")) {
      assertThat(trie.match(subject).isEmpty()).as(subject).isTrue();
    }
    assertThat(trie.match("a.b").isEmpty()).isFalse();
  }

  @Test
  void everyChangeMovesTheGenerationOn() {
    Receiver receiver = receiver("a.*");
    Interest before = trie.match("a.b");
    trie.add("a.*", null, receiver);
    assertThat(before.generation()).isNotEqualTo(trie.generation());
    Interest after = trie.match("a.b");
    assertThat(after.generation()).isEqualTo(trie.generation());
    trie.remove("a.*", null, receiver);
    assertThat(after.generation()).isNotEqualTo(trie.generation());
  }

  @Test
  void matchesBesideChanges() throws InterruptedException {
    Receiver steady = receiver("steady.*");
    trie.add("steady.*", null, steady);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean wrong = new AtomicBoolean();
    Thread matching =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                if (trie.match("steady.x").plain().length < 1) {
                  wrong.set(true);
                }
              }
            });
    for (int i = 0; i < 5_000; i++) {
      String pattern = i % 2 == 0 ? "steady.x" : "other." + i;
      Receiver receiver = receiver(pattern);
      trie.add(pattern, null, receiver);
      trie.remove(pattern, null, receiver);
    }
    done.set(true);
    matching.join();
    assertThat(wrong).isFalse();
  }

  private static String pattern(Random random) {
    int length = 1 + random.nextInt(4);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      int choice = random.nextInt(8);
      if (choice == 0 && i == length - 1) {
        tokens.add(">");
      } else {
        tokens.add(choice < 3 ? "*" : TOKENS[random.nextInt(TOKENS.length)]);
      }
    }
    return String.join(".", tokens);
  }

  private static String subject(Random random) {
    int length = 1 + random.nextInt(5);
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      tokens.add(TOKENS[random.nextInt(TOKENS.length)]);
    }
    return String.join(".", tokens);
  }

  /** Group names do not show in an interest, so groups are compared as sets of members. */
  private static List<Set<Set<Receiver>>> shape(Interest interest) {
    Set<Set<Receiver>> groups = new HashSet<>();
    for (Receiver[] members : interest.groups()) {
      groups.add(identity(Arrays.asList(members)));
    }
    return List.of(Set.of(identity(Arrays.asList(interest.plain()))), groups);
  }

  private static List<Set<Set<Receiver>>> expected(List<Entry> model, String subject) {
    List<Receiver> plain = new ArrayList<>();
    Map<String, List<Receiver>> groups = new TreeMap<>();
    for (Entry entry : model) {
      if (matches(entry.pattern.split("\\."), subject.split("\\."))) {
        if (entry.group == null) {
          plain.add(entry.receiver);
        } else {
          groups.computeIfAbsent(entry.group, unseen -> new ArrayList<>()).add(entry.receiver);
        }
      }
    }
    Set<Set<Receiver>> sets = new HashSet<>();
    groups.values().forEach(members -> sets.add(identity(members)));
    return List.of(Set.of(identity(plain)), sets);
  }

  private static boolean matches(String[] pattern, String[] subject) {
    for (int i = 0; i < pattern.length; i++) {
      if (pattern[i].equals(">")) {
        return i < subject.length;
      }
      if (i >= subject.length || !(pattern[i].equals("*") || pattern[i].equals(subject[i]))) {
        return false;
      }
    }
    return pattern.length == subject.length;
  }

  private static Set<Receiver> identity(List<Receiver> receivers) {
    IdentityHashMap<Receiver, Boolean> map = new IdentityHashMap<>();
    for (Receiver receiver : receivers) {
      assertThat(map.put(receiver, true)).as("a receiver comes once").isNull();
    }
    return new HashSet<>(map.keySet());
  }
}
