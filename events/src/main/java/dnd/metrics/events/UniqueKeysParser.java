package dnd.metrics.events;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * A parser that takes each key of an object once. Jackson would see to it itself, with a hash set
 * for every object; here the keys of an object that has few are compared one by one, which
 * allocates nothing, and only one that has many gets a set. It is read by {@link #nextToken},
 * {@link #nextName} and {@link #skipChildren}.
 */
final class UniqueKeysParser extends JsonParserDelegate {
  private static final int FEW = 16;

  /** The keys so far of all objects that are open, the innermost one's last. */
  private String[] keys = new String[2 * FEW];

  private int count;

  /** Where in {@link #keys} those of each object begin that is open. */
  private final int[] begins = new int[StrictJson.MAX_DEPTH + 1];

  private int depth;

  /** By depth the keys of objects with many; null where there are none. */
  private @Nullable List<Set<String>> sets;

  UniqueKeysParser(JsonParser parser) {
    super(parser);
  }

  @Override
  public @Nullable JsonToken nextToken() {
    JsonToken token = delegate.nextToken();
    follow(token);
    return token;
  }

  @Override
  public @Nullable String nextName() {
    String name = delegate.nextName();
    follow(delegate.currentToken());
    return name;
  }

  @Override
  public JsonParser skipChildren() {
    JsonToken current = delegate.currentToken();
    if (current == JsonToken.START_OBJECT || current == JsonToken.START_ARRAY) {
      for (int open = 1; open > 0; ) {
        JsonToken token = nextToken();
        if (token == null) {
          break; // the parser below has thrown where that is wrong
        }
        open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
    }
    return this;
  }

  private void follow(@Nullable JsonToken token) {
    if (token == JsonToken.PROPERTY_NAME) {
      take(delegate.currentName());
    } else if (token == JsonToken.START_OBJECT) {
      begins[++depth] = count;
    } else if (token == JsonToken.END_OBJECT) {
      leave();
    }
  }

  private void take(String key) {
    int begin = begins[depth];
    if (sets != null && !sets.get(depth).isEmpty()) {
      if (!sets.get(depth).add(key)) {
        throw twice(key);
      }
      return;
    }
    for (int i = begin; i < count; i++) {
      if (keys[i].equals(key)) {
        throw twice(key);
      }
    }
    if (count - begin == FEW) {
      Set<String> set = setOf(depth);
      set.addAll(Arrays.asList(keys).subList(begin, count));
      set.add(key);
      return;
    }
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, 2 * count);
    }
    keys[count++] = key;
  }

  private Set<String> setOf(int at) {
    List<Set<String>> made = sets;
    if (made == null) {
      made = new ArrayList<>();
      for (int i = 0; i < begins.length; i++) {
        made.add(new HashSet<>());
      }
      sets = made;
    }
    return made.get(at);
  }

  private void leave() {
    count = begins[depth];
    if (sets != null && !sets.get(depth).isEmpty()) {
      sets.set(depth, new HashSet<>()); // a set that was large is slow to clear
    }
    depth--;
  }

  private StreamReadException twice(String key) {
    return new StreamReadException(
        delegate, "Duplicate key \"" + key + "\"", delegate.currentTokenLocation());
  }
}
