package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // the protocol's lines end with CR LF
class ProtocolParserTest {
  private static final int MAX_CONTROL_LINE = 128;
  private static final int MAX_PAYLOAD = 64;

  /** Writes down what it is asked for. */
  private static final class Recorder implements ProtocolParser.Operations {
    private final List<String> calls = new ArrayList<>();
    private boolean awaitsConnect;
    private boolean headersSupported = true;
    private boolean refusesConnect;
    private boolean ended;

    private static String text(byte[] buffer, int from, int to) {
      return new String(buffer, from, to - from, ISO_8859_1);
    }

    @Override
    public void connect(byte[] buffer, int from, int to) {
      awaitsConnect = false;
      ended |= refusesConnect;
      calls.add("CONNECT " + text(buffer, from, to));
    }

    @Override
    public void publish(
        byte[] buffer,
        int subjectFrom,
        int subjectTo,
        int replyFrom,
        int replyTo,
        int headerSize,
        int payloadFrom,
        int payloadTo) {
      calls.add(
          "PUB %s [%s] %d <%s>"
              .formatted(
                  text(buffer, subjectFrom, subjectTo),
                  text(buffer, replyFrom, replyTo),
                  headerSize,
                  text(buffer, payloadFrom, payloadTo)));
    }

    @Override
    public void subscribe(
        byte[] buffer,
        int subjectFrom,
        int subjectTo,
        int groupFrom,
        int groupTo,
        int sidFrom,
        int sidTo) {
      calls.add(
          "SUB %s [%s] %s"
              .formatted(
                  text(buffer, subjectFrom, subjectTo),
                  text(buffer, groupFrom, groupTo),
                  text(buffer, sidFrom, sidTo)));
    }

    @Override
    public void unsubscribe(byte[] buffer, int sidFrom, int sidTo, int max) {
      calls.add("UNSUB %s %d".formatted(text(buffer, sidFrom, sidTo), max));
    }

    @Override
    public void ping() {
      calls.add("PING");
    }

    @Override
    public void pong() {
      calls.add("PONG");
    }

    @Override
    public void error(byte[] buffer, int from, int to) {
      calls.add("ERR " + text(buffer, from, to));
    }

    @Override
    public void violation(String text) {
      ended = true;
      calls.add("VIOLATION " + text);
    }

    @Override
    public boolean awaitsConnect() {
      return awaitsConnect;
    }

    @Override
    public boolean headersSupported() {
      return headersSupported;
    }

    @Override
    public boolean ended() {
      return ended;
    }
  }

  private final Recorder recorder = new Recorder();
  private final ProtocolParser parser = new ProtocolParser(recorder, MAX_CONTROL_LINE, MAX_PAYLOAD);

  private List<String> parse(String input) {
    byte[] bytes = input.getBytes(ISO_8859_1);
    parser.parse(bytes, 0, bytes.length);
    return recorder.calls;
  }

  @Test
  void everyOperation() {
    assertThat(
            parse(
                "CONNECT {\"a\":1}\r\nPING\r\nPONG\r\n+OK\r\nINFO {}\r\n"
                    + "SUB a.b 1\r\nSUB a.* group 2\r\nUNSUB 1\r\nUNSUB 2 5\r\n"
                    + "PUB a.b 3\r\nabc\r\nPUB a.b re.ply 0\r\n\r\n"
                    + "HPUB a 12 14\r\nNATS/1.0\r\n\r\nhi\r\nHPUB a r 12 12\r\nNATS/1.0\r\n\r\n\r\n"
                    + "-ERR 'oops'\r\n"))
        .containsExactly(
            "CONNECT {\"a\":1}",
            "PING",
            "PONG",
            "SUB a.b [] 1",
            "SUB a.* [group] 2",
            "UNSUB 1 -1",
            "UNSUB 2 5",
            "PUB a.b [] -1 <abc>",
            "PUB a.b [re.ply] -1 <>",
            "PUB a [] 12 <NATS/1.0\r\n\r\nhi>",
            "PUB a [r] 12 <NATS/1.0\r\n\r\n>",
            "ERR 'oops'");
  }

  @Test
  void caseBlanksAndLineEndsAreFree() {
    assertThat(
            parse(
                "connect{}\npInG\nsub\t a \t\tq  1 \r\nPub \t a\t2  \r\n\r\n\r\nunsub 1\n"
                    + "ping and more\r\n+ok whatever\n"))
        .containsExactly(
            "CONNECT {}", "PING", "SUB a [q] 1", "PUB a [] -1 <\r\n>", "UNSUB 1 -1", "PING");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void arrivingInPiecesMakesNoDifference(long seed) {
    String input =
        "CONNECT {}\r\nSUB a.* 1\r\nPUB a.b 5\r\nhello\r\nPING\r\nHPUB a 12 14\r\n"
            + "NATS/1.0\r\n\r\nhi\r\nUNSUB 1 2\r\nPUB x y 10\r\n0123\r\n6789\r\n";
    List<String> whole = List.copyOf(parse(input));
    Recorder pieces = new Recorder();
    ProtocolParser inPieces = new ProtocolParser(pieces, MAX_CONTROL_LINE, MAX_PAYLOAD);
    Random random = new Random(seed);
    byte[] bytes = input.getBytes(ISO_8859_1);
    int from = 0;
    int to = 0;
    while (to < bytes.length) {
      to = Math.min(bytes.length, to + 1 + random.nextInt(9));
      from = inPieces.parse(bytes, from, to);
    }
    assertThat(pieces.calls).as("seed %d", seed).isEqualTo(whole);
    assertThat(from).isEqualTo(bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "GET / HTTP/1.1\r\n",
        "PXB a 1\r\n",
        "PU\r\n",
        "P\n",
        "PUB\r\n",
        "PUBa 1\r\n",
        "PUB a\r\n",
        "PUB a b c 1\r\n",
        "PUB a x\r\n",
        "PUB a -1\r\n",
        "PUB a 1234567890\r\n",
        "PUB a 1\r\nab\r\n",
        "PUB a 1\r\na\nb",
        "SUB\r\n",
        "SUB a\r\n",
        "SUB a b c d\r\n",
        "UNSUB\r\n",
        "UNSUB 1 2 3\r\n",
        "HPUB a 5\r\n",
        "HPUB a 5 4\r\n",
        "HPUB a b c 5 6\r\n",
        "MSG a 1 1\r\n",
        "CONNEKT {}\r\n",
        "+NO\r\n",
        "-ERROR\r\n",
        "A+ x\r\n",
        "RS+ x\r\n",
        "\0\0\0",
        "{}\r\n"
      })
  void whatIsNoOperationEndsIt(String input) {
    List<String> calls = parse("PING\r\n" + input + "                         \r\nPING\r\n");
    assertThat(calls.getFirst()).isEqualTo("PING");
    assertThat(calls.getLast()).isEqualTo("VIOLATION Unknown Protocol Operation");
    assertThat(calls).doesNotHaveDuplicates();
  }

  @Test
  void aPayloadThatIsTooLargeIsRefusedBeforeItCame() {
    assertThat(parse("PUB a 64\r\n")).isEmpty();
    recorder.calls.clear();
    Recorder other = new Recorder();
    byte[] line = "PUB a 65\r\n".getBytes(ISO_8859_1);
    new ProtocolParser(other, MAX_CONTROL_LINE, MAX_PAYLOAD).parse(line, 0, line.length);
    assertThat(other.calls).containsExactly("VIOLATION Maximum Payload Violation");
  }

  @Test
  void aLineThatIsTooLongIsRefusedWithOrWithoutItsEnd() {
    for (String end : List.of("", " 1\r\n")) {
      Recorder other = new Recorder();
      byte[] line = ("SUB " + "a".repeat(MAX_CONTROL_LINE + 10) + end).getBytes(ISO_8859_1);
      new ProtocolParser(other, MAX_CONTROL_LINE, MAX_PAYLOAD).parse(line, 0, line.length);
      assertThat(other.calls).containsExactly("VIOLATION maximum control line exceeded");
    }
  }

  @Test
  void nothingButConnectComesFirstWhereCredentialsAreAskedFor() {
    recorder.awaitsConnect = true;
    assertThat(parse("CONNECT {}\r\nPING\r\n")).containsExactly("CONNECT {}", "PING");
    Recorder other = new Recorder();
    other.awaitsConnect = true;
    byte[] line = "PING\r\n".getBytes(ISO_8859_1);
    new ProtocolParser(other, MAX_CONTROL_LINE, MAX_PAYLOAD).parse(line, 0, line.length);
    assertThat(other.calls).containsExactly("VIOLATION Authorization Violation");
  }

  @Test
  void nothingBehindWhatEndsTheConnectionIsTaken() {
    recorder.refusesConnect = true;
    assertThat(parse("PING\r\nCONNECT {}\r\nCONNECT {}\r\nPUB a 2\r\nhi\r\n"))
        .containsExactly("PING", "CONNECT {}");
  }

  @Test
  void headersMustHaveBeenAgreedOn() {
    recorder.headersSupported = false;
    assertThat(parse("HPUB a 12 12\r\nNATS/1.0\r\n\r\n\r\n"))
        .containsExactly("VIOLATION message headers not supported");
  }

  @Test
  void saysHowMuchIsMissing() {
    byte[] bytes = "PUB a 10\r\n01234".getBytes(ISO_8859_1);
    assertThat(parser.parse(bytes, 0, bytes.length)).isZero();
    assertThat(parser.needed()).isEqualTo("PUB a 10\r\n".length() + 12);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void noBytesBreakIt(long seed) {
    Random random = new Random(seed);
    String[] words = {
      "PUB",
      "HPUB",
      "SUB",
      "UNSUB",
      "PING",
      "PONG",
      "CONNECT",
      "+OK",
      "-ERR",
      " ",
      "\t",
      "\r\n",
      "\n",
      "a.b",
      "*",
      ">",
      "1",
      "12",
      "99999999999",
      "NATS/1.0\r\n\r\n",
      "\0",
      "{}",
      "é"
    };
    for (int run = 0; run < 2000; run++) {
      StringBuilder input = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++) {
        input.append(words[random.nextInt(words.length)]);
      }
      Recorder other = new Recorder();
      ProtocolParser fresh = new ProtocolParser(other, MAX_CONTROL_LINE, MAX_PAYLOAD);
      byte[] bytes = input.toString().getBytes(ISO_8859_1);
      int taken = fresh.parse(bytes, 0, bytes.length);
      assertThat(taken).as("seed %d, run %d: %s", seed, run, input).isBetween(0, bytes.length);
      long violations = other.calls.stream().filter(call -> call.startsWith("VIOLATION")).count();
      assertThat(violations)
          .as("seed %d, run %d: %s", seed, run, Arrays.toString(bytes))
          .isLessThanOrEqualTo(1);
    }
  }
}
