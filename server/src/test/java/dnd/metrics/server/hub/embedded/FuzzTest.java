package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send anything, beside one that behaves and must not notice. */
class FuzzTest {
  private static final int CLIENTS = 300;
  private static final String[] WORDS = {
    "PUB ",
    "HPUB ",
    "SUB ",
    "UNSUB ",
    "PING\r\n",
    "PONG\r\n",
    "CONNECT {}\r\n",
    "CONNECT {\"verbose\":true,\"headers\":true,\"no_responders\":true,\"echo\":false}\r\n",
    "+OK\r\n",
    "-ERR 'x'\r\n",
    "INFO {}\r\n",
    " ",
    "\t",
    "\r\n",
    "\n",
    "\r",
    "a.b",
    "fuzz.*",
    ">",
    "1",
    "12",
    "0",
    "4294967296",
    "999999999",
    "NATS/1.0\r\n\r\n",
    "\0",
    "{",
    "}",
    "é",
    "PUB fuzz.x 2\r\nhi\r\n",
    "SUB fuzz.* 1\r\n",
    "SUB > 2\r\n",
    "UNSUB 1\r\n",
    "PUB fuzz.x fuzz.y 0\r\n\r\n",
    "HPUB fuzz.x 12 12\r\nNATS/1.0\r\n\r\n\r\n",
    "UNSUB 1 3\r\n"
  };

  @ParameterizedTest
  @ValueSource(longs = {20261124, 4222, 99})
  void aHealthyClientIsNotDisturbed(long seed) throws Exception {
    Random random = new Random(seed);
    EmbeddedHub hub = EmbeddedHub.start(TestHub.options());
    AtomicLong heard = new AtomicLong();
    hub.subscribe(
        "fuzz.>", "readers", message -> heard.addAndGet(message.copyPayload().length + 1));
    try (RawClient healthy = new RawClient(hub.address())) {
      healthy.send("CONNECT {\"headers\":true}\r\nSUB safe.* 1\r\n");
      healthy.sync();
      for (int i = 0; i < CLIENTS; i++) {
        byte[] input = input(random);
        attack(hub, input, random);
        healthy.send("PUB safe.x 3\r\nabc\r\n");
        assertThat(healthy.line())
            .as(
                "seed %d, client %d sent %s",
                seed, i, Printable.quoted(new String(input, ISO_8859_1)))
            .isEqualTo("MSG safe.x 1 3");
        assertThat(healthy.line()).isEqualTo("abc");
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> hub.statistics().connections() == 1);
      assertThat(hub.statistics().subscriptions()).isEqualTo(2);
      assertThat(hub.statistics().handlerFailures()).isZero();
    } finally {
      hub.close();
    }
    assertThat(heard.get()).as("some of it was valid").isPositive();
  }

  private static void attack(EmbeddedHub hub, byte[] input, Random random) {
    try (RawClient client = new RawClient(hub.address())) {
      int split = random.nextInt(input.length + 1);
      client.send(java.util.Arrays.copyOf(input, split));
      client.send(java.util.Arrays.copyOfRange(input, split, input.length));
      if (random.nextBoolean()) {
        client.socket.shutdownOutput();
        while (client.line() != null) {
          // To its end, whatever it answers.
        }
      } else if (random.nextBoolean()) {
        client.socket.setSoLinger(true, 0);
      }
    } catch (IOException ended) {
      // The hub may have ended the connection at any point.
    }
  }

  private static byte[] input(Random random) {
    if (random.nextInt(5) == 0) {
      byte[] noise = new byte[random.nextInt(2000)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder();
    int words = random.nextInt(30);
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    byte[] bytes = text.toString().getBytes(ISO_8859_1);
    if (bytes.length > 0 && random.nextInt(3) == 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }
}
