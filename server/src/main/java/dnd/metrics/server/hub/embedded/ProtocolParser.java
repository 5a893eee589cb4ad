package dnd.metrics.server.hub.embedded;

/**
 * Cuts a client's bytes into the operations of the NATS client protocol, in place. Verbs in either
 * case, arguments separated by blanks and tabs, lines that end with LF or CR LF, payloads that end
 * with CR LF, as nats-server's {@code parser.go} takes them. Belongs to one thread.
 *
 * <p>Nothing is kept between calls but how many bytes the next operation needs: an operation that
 * has not arrived completely is parsed again when it has.
 */
final class ProtocolParser {
  /** What a client asks for. The views are valid during the call. */
  interface Operations {
    void connect(byte[] buffer, int from, int to);

    /**
     * A message: subject and reply ({@code replyFrom == replyTo} without one) and {@code
     * headerSize} bytes of headers at the beginning of the payload, -1 for PUB.
     */
    void publish(
        byte[] buffer,
        int subjectFrom,
        int subjectTo,
        int replyFrom,
        int replyTo,
        int headerSize,
        int payloadFrom,
        int payloadTo);

    /** A subscription; {@code groupFrom == groupTo} without a queue group. */
    void subscribe(
        byte[] buffer,
        int subjectFrom,
        int subjectTo,
        int groupFrom,
        int groupTo,
        int sidFrom,
        int sidTo);

    /** The end of a subscription, after {@code max} messages in all where that is positive. */
    void unsubscribe(byte[] buffer, int sidFrom, int sidTo, int max);

    void ping();

    void pong();

    /** The client reports an error. */
    void error(byte[] buffer, int from, int to);

    /** The bytes are not what the protocol allows: the connection ends with this text. */
    void violation(String text);

    /** Whether anything but CONNECT is refused so far. */
    boolean awaitsConnect();

    /** Whether the client may send HPUB. */
    boolean headersSupported();

    /** Whether one of these has ended the connection: nothing that follows it is taken. */
    boolean ended();
  }

  static final String UNKNOWN_OPERATION = "Unknown Protocol Operation";
  static final String CONTROL_LINE_EXCEEDED = "maximum control line exceeded";
  static final String PAYLOAD_VIOLATION = "Maximum Payload Violation";
  static final String HEADERS_NOT_SUPPORTED = "message headers not supported";
  static final String AUTHORIZATION_VIOLATION = "Authorization Violation";

  private static final int LONGEST_VERB = 7;
  private static final int MAX_ARGUMENTS = 4;
  private static final int MAX_DIGITS = 9;

  private final Operations operations;
  private final int maxControlLine;
  private final int maxPayload;

  private final int[] argumentFrom = new int[MAX_ARGUMENTS + 1];
  private final int[] argumentTo = new int[MAX_ARGUMENTS + 1];
  private int arguments;
  private int needed = 1;

  ProtocolParser(Operations operations, int maxControlLine, int maxPayload) {
    this.operations = operations;
    this.maxControlLine = maxControlLine;
    this.maxPayload = maxPayload;
  }

  /**
   * Takes the operations that are complete, up to one that ends the connection.
   *
   * @return where the first one begins that is not
   */
  int parse(byte[] buffer, int from, int to) {
    int position = from;
    while (to - position >= needed && !operations.ended()) {
      int next = operation(buffer, position, to);
      if (next == position) {
        break;
      }
      position = next;
      needed = 1;
    }
    return position;
  }

  /** How many bytes from the first incomplete operation on are needed to go on. */
  int needed() {
    return needed;
  }

  /** One operation: where it ends, or {@code from} where it is not complete or not allowed. */
  private int operation(byte[] buffer, int from, int to) {
    int newline = newline(buffer, from, to);
    int end = newline < 0 ? to : newline;
    int verb = buffer[from] | 0x20;
    if (verb != 'c' && operations.awaitsConnect()) {
      return refuse(from, AUTHORIZATION_VIOLATION);
    }
    return switch (verb) {
      case 'p' -> {
        int second = from + 1 < end ? buffer[from + 1] | 0x20 : 0;
        yield switch (second) {
          case 'u' -> publish(buffer, from, end, newline, to, "pub");
          case 'i' -> bare(buffer, from, end, newline, "ping");
          case 'o' -> bare(buffer, from, end, newline, "pong");
          default -> end == from + 1 && newline < 0 ? more(from, 2) : refuse(from);
        };
      }
      case 'h' -> publish(buffer, from, end, newline, to, "hpub");
      case 's' -> line(buffer, from, end, newline, "sub");
      case 'u' -> line(buffer, from, end, newline, "unsub");
      case 'c' -> line(buffer, from, end, newline, "connect");
      case 'i' -> line(buffer, from, end, newline, "info");
      case '+' -> bare(buffer, from, end, newline, "+ok");
      case '-' -> line(buffer, from, end, newline, "-err");
      default -> refuse(from);
    };
  }

  private int bare(byte[] buffer, int from, int end, int newline, String verb) {
    if (!beginsWith(buffer, from, end, newline, verb)) {
      return refuse(from);
    }
    if (newline < 0) {
      return incompleteLine(from, end);
    }
    switch (verb) {
      case "ping" -> operations.ping();
      case "pong" -> operations.pong();
      default -> {
        // +OK asks for nothing.
      }
    }
    return newline + 1;
  }

  private int line(byte[] buffer, int from, int end, int newline, String verb) {
    if (!beginsWith(buffer, from, end, newline, verb)) {
      return refuse(from);
    }
    int start = from + verb.length();
    boolean blankOptional = verb.equals("connect") || verb.equals("info");
    if (!blankOptional && start < end && !isBlank(buffer[start])) {
      return refuse(from);
    }
    if (newline < 0) {
      return incompleteLine(from, end);
    }
    int stop = lineEnd(buffer, start, newline);
    start = skipBlanks(buffer, start, stop);
    if (stop - start > maxControlLine) {
      return refuse(from, CONTROL_LINE_EXCEEDED);
    }
    boolean taken =
        switch (verb) {
          case "sub" -> subscribe(buffer, start, stop);
          case "unsub" -> unsubscribe(buffer, start, stop);
          case "connect" -> {
            operations.connect(buffer, start, stop);
            yield true;
          }
          case "-err" -> {
            operations.error(buffer, start, stop);
            yield true;
          }
          default -> true; // INFO is for servers.
        };
    return taken ? newline + 1 : refuse(from);
  }

  private boolean subscribe(byte[] buffer, int start, int stop) {
    split(buffer, start, stop);
    if (arguments != 2 && arguments != 3) {
      return false;
    }
    int sid = arguments - 1;
    int group = arguments == 3 ? 1 : -1;
    operations.subscribe(
        buffer,
        argumentFrom[0],
        argumentTo[0],
        group < 0 ? 0 : argumentFrom[group],
        group < 0 ? 0 : argumentTo[group],
        argumentFrom[sid],
        argumentTo[sid]);
    return true;
  }

  private boolean unsubscribe(byte[] buffer, int start, int stop) {
    split(buffer, start, stop);
    if (arguments != 1 && arguments != 2) {
      return false;
    }
    int max = arguments == 2 ? number(buffer, argumentFrom[1], argumentTo[1]) : -1;
    operations.unsubscribe(buffer, argumentFrom[0], argumentTo[0], max);
    return true;
  }

  private int publish(byte[] buffer, int from, int end, int newline, int to, String verb) {
    if (!beginsWith(buffer, from, end, newline, verb)) {
      return refuse(from);
    }
    int start = from + verb.length();
    if (start < end && !isBlank(buffer[start])) {
      return refuse(from);
    }
    if (newline < 0) {
      return incompleteLine(from, end);
    }
    boolean withHeaders = verb.equals("hpub");
    if (withHeaders && !operations.headersSupported()) {
      return refuse(from, HEADERS_NOT_SUPPORTED);
    }
    int stop = lineEnd(buffer, start, newline);
    start = skipBlanks(buffer, start, stop);
    if (stop - start > maxControlLine) {
      return refuse(from, CONTROL_LINE_EXCEEDED);
    }
    split(buffer, start, stop);
    int sizes = withHeaders ? 2 : 1;
    int subjects = arguments - sizes;
    if (subjects != 1 && subjects != 2) {
      return refuse(from);
    }
    int total = number(buffer, argumentFrom[arguments - 1], argumentTo[arguments - 1]);
    int headerSize =
        withHeaders ? number(buffer, argumentFrom[subjects], argumentTo[subjects]) : -1;
    if (total < 0 || headerSize > total || (withHeaders && headerSize < 0)) {
      return refuse(from);
    }
    if (total > maxPayload) {
      return refuse(from, PAYLOAD_VIOLATION);
    }
    int payload = newline + 1;
    int next = payload + total + 2;
    if (next > to) {
      return more(from, next - from);
    }
    if (buffer[next - 2] != '\r' || buffer[next - 1] != '\n') {
      return refuse(from);
    }
    boolean withReply = subjects == 2;
    operations.publish(
        buffer,
        argumentFrom[0],
        argumentTo[0],
        withReply ? argumentFrom[1] : 0,
        withReply ? argumentTo[1] : 0,
        headerSize,
        payload,
        payload + total);
    return next;
  }

  /** Splits at blanks and tabs; one argument more than any operation takes is enough to know. */
  private void split(byte[] buffer, int start, int stop) {
    arguments = 0;
    int position = start;
    while (position < stop && arguments <= MAX_ARGUMENTS) {
      int argument = position;
      while (position < stop && !isBlank(buffer[position])) {
        position++;
      }
      argumentFrom[arguments] = argument;
      argumentTo[arguments] = position;
      arguments++;
      position = skipBlanks(buffer, position, stop);
    }
  }

  /** The decimal number, or -1 where it is none or has more than nine digits. */
  private static int number(byte[] buffer, int from, int to) {
    if (to == from || to - from > MAX_DIGITS) {
      return -1;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = buffer[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  /** Whether what is there of the line is, or may become, this verb. */
  private static boolean beginsWith(byte[] buffer, int from, int end, int newline, String verb) {
    int present = Math.min(end - from, verb.length());
    for (int i = 0; i < present; i++) {
      if ((buffer[from + i] | 0x20) != verb.charAt(i)) {
        return false;
      }
    }
    return present == verb.length() || newline < 0;
  }

  private int incompleteLine(int from, int end) {
    if (end - from > maxControlLine + LONGEST_VERB + 2) {
      return refuse(from, CONTROL_LINE_EXCEEDED);
    }
    return more(from, end - from + 1);
  }

  private int more(int from, int bytes) {
    needed = bytes;
    return from;
  }

  private int refuse(int from) {
    return refuse(from, UNKNOWN_OPERATION);
  }

  private int refuse(int from, String text) {
    operations.violation(text);
    return from;
  }

  private static int newline(byte[] buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static int lineEnd(byte[] buffer, int start, int newline) {
    return newline > start && buffer[newline - 1] == '\r' ? newline - 1 : newline;
  }

  private static int skipBlanks(byte[] buffer, int from, int to) {
    int position = from;
    while (position < to && isBlank(buffer[position])) {
      position++;
    }
    return position;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}
