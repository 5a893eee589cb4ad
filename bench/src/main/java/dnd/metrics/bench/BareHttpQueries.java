package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Asks a peer queries over one kept connection of HTTP/1.1, without a client library. For one
 * thread.
 */
final class BareHttpQueries implements QueryClient {
  private final Peer peer;
  private Socket socket;
  private InputStream in;

  BareHttpQueries(Peer peer) throws IOException {
    this.peer = peer;
    socket = connect(peer);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
  }

  private static Socket connect(Peer peer) throws IOException {
    URI address = peer.address();
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), 5_000);
    return socket;
  }

  @Override
  public List<byte[]> ask(DashboardQuery query, long fromMillis, long toMillis) throws IOException {
    String request =
        "GET "
            + peer.path(query, fromMillis, toMillis)
            + " HTTP/1.1\r\nHost: "
            + peer.address().getAuthority()
            + "\r\n\r\n";
    String status = send(request);
    long length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
    }
    byte[] body = chunked ? chunks() : exactly((int) length);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException(
          peer.name() + " refused " + query.expression() + ": " + new String(body, ISO_8859_1));
    }
    return List.of(body);
  }

  /** Returns the answer's first line; peers end a connection that was silent for a minute. */
  private String send(String request) throws IOException {
    byte[] bytes = request.getBytes(ISO_8859_1);
    try {
      socket.getOutputStream().write(bytes);
      return line();
    } catch (IOException e) {
      socket.close();
      socket = connect(peer);
      in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      socket.getOutputStream().write(bytes);
      return line();
    }
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = size(); size > 0; size = size()) {
      body.write(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int size() throws IOException {
    return Integer.parseInt(line().strip(), 16);
  }

  private byte[] exactly(int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException(peer.name() + " ended the connection");
    }
    return read;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException(peer.name() + " ended the connection");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
