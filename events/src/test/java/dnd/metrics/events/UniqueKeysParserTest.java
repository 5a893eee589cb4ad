package dnd.metrics.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Random objects, with keys that come twice, against what Jackson's own detection says of them. */
class UniqueKeysParserTest {
  private static final long SEED = 20261127;
  private static final int OBJECTS = 20_000;

  private final Random random = new Random(SEED);

  @Test
  void refusesWhatJacksonRefuses() {
    int refused = 0;
    for (int i = 0; i < OBJECTS; i++) {
      StringBuilder json = new StringBuilder();
      object(json, 0);
      byte[] bytes = json.toString().getBytes(UTF_8);
      boolean unique = isUniqueToJackson(bytes);
      assertThat(isUnique(bytes, i % 3)).as("seed %d: %s", SEED, json).isEqualTo(unique);
      refused += unique ? 0 : 1;
    }
    assertThat(refused).isBetween(OBJECTS / 20, OBJECTS * 19 / 20);
  }

  private void object(StringBuilder json, int depth) {
    json.append('{');
    int keys = random.nextInt(20) == 0 ? 10 + random.nextInt(60) : random.nextInt(6);
    int twice = random.nextInt(6) == 0 && keys > 1 ? 1 + random.nextInt(keys - 1) : -1;
    for (int k = 0; k < keys; k++) {
      json.append(k == 0 ? "" : ",").append("\"key");
      json.append(k == twice ? random.nextInt(k) : k).append("\":");
      value(json, depth);
    }
    json.append('}');
  }

  private void value(StringBuilder json, int depth) {
    switch (depth > 4 ? 0 : random.nextInt(8)) {
      case 1 -> object(json, depth + 1);
      case 2 -> {
        json.append('[');
        for (int n = random.nextInt(3); n >= 0; n--) {
          value(json, depth + 1);
          json.append(n > 0 ? "," : "");
        }
        json.append(']');
      }
      default -> json.append(random.nextInt(100));
    }
  }

  private static boolean isUniqueToJackson(byte[] bytes) {
    try {
      StrictJson.object(bytes, 0, bytes.length);
      return true;
    } catch (InvalidEventException e) {
      assertThat(e.problem().code()).isEqualTo(ErrorCode.DUPLICATE_KEY);
      return false;
    }
  }

  /**
   * @param way of reading: 0 token by token, 1 by names, 2 by skipping what is in the first object
   */
  private static boolean isUnique(byte[] bytes, int way) {
    try (JsonParser parser = StrictJson.parser(bytes, 0, bytes.length)) {
      assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      if (way == 1) {
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          assertThat(name).startsWith("key").isEqualTo(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
      } else if (way == 2) {
        parser.skipChildren();
      } else {
        while (parser.nextToken() != null) {
          assertThat(parser.currentToken()).isNotNull();
        }
      }
      if (way > 0) {
        assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
        assertThat(parser.nextToken()).isNull();
      }
      return true;
    } catch (JacksonException e) {
      assertThat(StrictJson.problem(e).code()).isEqualTo(ErrorCode.DUPLICATE_KEY);
      return false;
    }
  }
}
