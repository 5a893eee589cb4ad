package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that speaks the protocol by hand. What does not come within ten seconds fails. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  final String info;

  RawClient(InetSocketAddress address) throws IOException {
    this(connected(address, 0));
  }

  /** With a receive buffer of that size, for a client that is to be slow. */
  RawClient(InetSocketAddress address, int receiveBufferBytes) throws IOException {
    this(connected(address, receiveBufferBytes));
  }

  RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    info = line();
    assertThat(info).startsWith("INFO {");
  }

  static Socket connected(InetSocketAddress address, int receiveBufferBytes) throws IOException {
    Socket socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.connect(address);
    return socket;
  }

  void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The next line, without its end; null at the end of the connection. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        return line.isEmpty() ? null : line.toString();
      }
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
  }

  RawClient expect(String... lines) throws IOException {
    for (String expected : lines) {
      assertThat(line()).isEqualTo(expected);
    }
    return this;
  }

  /** Everything that was sent has been taken, and nothing is on its way but what was expected. */
  RawClient sync() throws IOException {
    send("PING\r\n");
    return expect("PONG");
  }

  void expectEnd() throws IOException {
    assertThat(line()).as("the connection ends").isNull();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
