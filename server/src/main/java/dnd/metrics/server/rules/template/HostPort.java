package dnd.metrics.server.rules.template;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An address as {@code host:port}, taken apart as Go's {@code net.SplitHostPort} does. */
final class HostPort {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.|$)){4}");

  private final String host;
  private final String port;

  private HostPort(String host, String port) {
    this.host = host;
    this.port = port;
  }

  static String withoutPort(String address) {
    HostPort parts = split(address);
    return parts == null ? address : parts.host;
  }

  /** The first part of a name, the port with it; addresses in numbers as they are. */
  static String withoutDomain(String address) {
    HostPort parts = split(address);
    String host = parts == null ? address : parts.host;
    if (isIpAddress(host)) {
      return address;
    }
    int dot = host.indexOf('.');
    String name = dot < 0 ? host : host.substring(0, dot);
    if (parts == null || parts.port.isEmpty()) {
      return name;
    }
    return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + parts.port;
  }

  /** Null where the address is not of that form. */
  private static @Nullable HostPort split(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    String port = address.substring(colon + 1);
    if (address.startsWith("[")) {
      int close = address.indexOf(']');
      if (close < 0 || close + 1 != colon) {
        return null;
      }
      String host = address.substring(1, close);
      boolean good =
          host.indexOf('[') < 0 && address.indexOf(']', close + 1) < 0 && port.indexOf('[') < 0;
      return good ? new HostPort(host, port) : null;
    }
    String host = address.substring(0, colon);
    boolean good = host.indexOf(':') < 0 && address.indexOf('[') < 0 && address.indexOf(']') < 0;
    return good ? new HostPort(host, port) : null;
  }

  private static boolean isIpAddress(String host) {
    if (IPV4.matcher(host).matches() && !host.endsWith(".")) {
      return true;
    }
    if (host.indexOf(':') < 0 || host.indexOf('%') >= 0 || host.indexOf('[') >= 0) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(host) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
