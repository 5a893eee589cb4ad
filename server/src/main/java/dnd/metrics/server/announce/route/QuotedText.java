package dnd.metrics.server.announce.route;

import dnd.metrics.server.announce.route.MatcherLexer.Token;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a text in double quotes as Go's {@code strconv.Unquote} does. */
final class QuotedText {
  private final Token token;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int at = 1;

  private QuotedText(Token token) {
    this.token = token;
  }

  static String unquote(Token token) {
    return new QuotedText(token).read();
  }

  private String read() {
    String text = token.text();
    int end = text.length() - 1;
    while (at < end) {
      int point = text.codePointAt(at);
      at += Character.charCount(point);
      if (point == '\n') {
        throw invalid();
      }
      if (point == '\\') {
        escape();
      } else {
        append(point);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw token.error(text + ": quoted string contains invalid UTF-8 code points");
    }
  }

  private void escape() {
    char c = token.text().charAt(at++);
    switch (c) {
      case 'a' -> bytes.write(7);
      case 'b' -> bytes.write('\b');
      case 'f' -> bytes.write('\f');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case 't' -> bytes.write('\t');
      case 'v' -> bytes.write(11);
      case '\\', '"' -> bytes.write(c);
      case 'x' -> bytes.write(digits(2, 16));
      case 'u' -> append(point(digits(4, 16)));
      case 'U' -> append(point(digits(8, 16)));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        int value = digits(3, 8);
        if (value > 255) {
          throw invalid();
        }
        bytes.write(value);
      }
      default -> throw invalid();
    }
  }

  private int digits(int count, int radix) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      int digit =
          at < token.text().length() - 1 ? Character.digit(token.text().charAt(at), radix) : -1;
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        throw invalid();
      }
      value = value * radix + digit;
      at++;
    }
    return value;
  }

  private int point(int value) {
    if (value > Character.MAX_CODE_POINT || (value >= 0xd800 && value <= 0xdfff)) {
      throw invalid();
    }
    return value;
  }

  private void append(int point) {
    bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
  }

  private MatcherSyntaxException invalid() {
    return token.error(token.text() + ": invalid input");
  }
}
