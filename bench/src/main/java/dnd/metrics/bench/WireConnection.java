package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection that speaks just enough of the NATS client protocol to load a hub without spending
 * the machine on it: pipelined publishes with reply subjects, and deliveries handed over in place.
 * One thread may write, another read.
 */
final class WireConnection implements AutoCloseable {
  /**
   * Takes a delivery; the arrays are valid during the call only. {@code token} is the subject's
   * last one as a number.
   */
  @FunctionalInterface
  interface Delivery {
    void take(int sid, long token, byte[] buffer, int offset, int length);
  }

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final AtomicBoolean closed = new AtomicBoolean();
  private byte[] buffer = new byte[1 << 20];
  private int from;
  private int to;

  WireConnection(URI hub) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(hub.getHost(), hub.getPort()), 5_000);
    in = socket.getInputStream();
    out = socket.getOutputStream();
    String info = readLine();
    if (!info.startsWith("INFO ")) {
      throw new IOException("not a hub: " + info);
    }
    String user = "";
    if (hub.getUserInfo() != null) {
      String[] parts = hub.getUserInfo().split(":", 2);
      user = ",\"user\":\"" + parts[0] + "\",\"pass\":\"" + parts[1] + "\"";
    }
    send(
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1"
            + user
            + "}\r\nPING\r\n");
    String line = readLine();
    while (!line.equals("PONG")) {
      if (line.startsWith("-ERR")) {
        throw new IOException(line);
      }
      line = readLine();
    }
  }

  void subscribe(String subject, int sid) throws IOException {
    send("SUB " + subject + " " + sid + "\r\n");
  }

  private synchronized void send(String text) throws IOException {
    out.write(text.getBytes(UTF_8));
  }

  synchronized void send(WireBuffer bytes) throws IOException {
    out.write(bytes.array(), 0, bytes.size());
  }

  /** Reads until the connection is closed, on the caller's thread. */
  void readAll(Delivery delivery) throws IOException {
    try {
      while (true) {
        readOne(delivery);
      }
    } catch (IOException e) {
      if (!closed.get()) {
        throw e;
      }
    }
  }

  /** Reads one line of the protocol, and with a message its payload. */
  void readOne(Delivery delivery) throws IOException {
    int end = lineEnd();
    int start = from;
    from = end + 1;
    switch (buffer[start]) {
      case 'M' -> { // MSG subject sid [reply] size
        int subjectEnd = start + 4;
        while (buffer[subjectEnd] != ' ') {
          subjectEnd++;
        }
        long token = 0;
        for (int i = subjectEnd - 1, scale = 1;
            buffer[i] >= '0' && buffer[i] <= '9';
            i--, scale *= 10) {
          token += (long) scale * (buffer[i] - '0');
        }
        int sid = 0;
        int p = subjectEnd + 1;
        while (buffer[p] != ' ') {
          sid = sid * 10 + buffer[p++] - '0';
        }
        int size = 0;
        int sizeStart = end - 2;
        while (buffer[sizeStart - 1] != ' ') {
          sizeStart--;
        }
        for (int i = sizeStart; i < end - 1; i++) {
          size = size * 10 + buffer[i] - '0';
        }
        need(size + 2);
        delivery.take(sid, token, buffer, from, size);
        from += size + 2;
      }
      case 'P' -> {
        if (buffer[start + 1] == 'I') {
          send("PONG\r\n");
        }
      }
      case 'I', '+' -> {}
      default ->
          throw new IOException(
              "the hub said: " + new String(buffer, start, end - start, UTF_8).strip());
    }
  }

  private String readLine() throws IOException {
    int end = lineEnd();
    String line = new String(buffer, from, end - from, UTF_8).strip();
    from = end + 1;
    return line;
  }

  /** The index of the next line's LF. */
  private int lineEnd() throws IOException {
    int scanned = 0;
    while (true) {
      for (int i = from + scanned; i < to; i++) {
        if (buffer[i] == '\n') {
          return i;
        }
      }
      scanned = to - from;
      fill();
    }
  }

  private void need(int bytes) throws IOException {
    while (to - from < bytes) {
      fill();
    }
  }

  private void fill() throws IOException {
    if (to == buffer.length) {
      if (from > 0) {
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
      } else {
        buffer = java.util.Arrays.copyOf(buffer, buffer.length * 2);
      }
    }
    int n = in.read(buffer, to, buffer.length - to);
    if (n < 0) {
      throw new EOFException("the hub closed the connection");
    }
    to += n;
  }

  @Override
  public void close() throws IOException {
    closed.set(true);
    socket.close();
  }
}
