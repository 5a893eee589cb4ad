package dnd.metrics.server;

/**
 * An address to listen on, as people write it: {@code HOST:PORT}, or {@code [ADDRESS]:PORT} for
 * IPv6. Port 0 stands for any free one.
 */
public record ListenAddress(String host, int port) {
  public ListenAddress {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host is named");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not within 0 and 65535");
    }
  }

  /**
   * @throws IllegalArgumentException where {@code text} is no such address
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String port = text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    if (host.isEmpty() || !port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not HOST:PORT, such as 127.0.0.1:4222 or [::1]:4222");
    }
    return new ListenAddress(host, Integer.parseInt(port));
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
