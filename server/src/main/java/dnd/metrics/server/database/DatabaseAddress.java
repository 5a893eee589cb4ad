package dnd.metrics.server.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the tables are. Its text holds no secret. */
public sealed interface DatabaseAddress {
  /** The file {@code database/SCHEMA.sqlite} of the data folder. */
  record DataFolder() implements DatabaseAddress {
    @Override
    public String toString() {
      return "sqlite";
    }
  }

  /**
   * A database of a PostgreSQL server.
   *
   * @param hosts one {@code host:port} or several with commas between them, of which the one that
   *     takes writes is used
   * @param options what follows the question mark, as in libpq
   */
  record PostgreSql(
      String hosts, String database, String user, String password, Map<String, String> options)
      implements DatabaseAddress {
    private static final Set<String> OPTIONS =
        Set.of("sslmode", "sslrootcert", "sslcert", "sslkey", "application_name");

    public PostgreSql {
      options = Map.copyOf(options);
      for (String option : options.keySet()) {
        if (!OPTIONS.contains(option)) {
          throw new IllegalArgumentException(
              "'" + option + "' is no option of a database; known: " + new TreeSet<>(OPTIONS));
        }
      }
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("postgresql://");
      if (!user.isEmpty()) {
        text.append(user).append(password.isEmpty() ? "" : ":***").append('@');
      }
      text.append(hosts).append('/').append(database);
      char separator = '?';
      for (Map.Entry<String, String> option : new TreeMap<>(options).entrySet()) {
        text.append(separator).append(option.getKey()).append('=').append(option.getValue());
        separator = '&';
      }
      return text.toString();
    }
  }

  /** What {@link #parse} takes. */
  Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<hosts>[A-Za-z0-9._:,\\[\\]-]+)/(?<database>[^?/]+)(?:\\?(?<options>.*))?");

  /**
   * Reads {@code sqlite} or {@code postgresql://user:password@host:port/database?option=value}; in
   * user and password {@code %40} stands for {@code @}, and so on. Names of variables may stand for
   * the whole and in user and password, where their values need no such care.
   *
   * @param secrets puts the values of variables in the places of their names
   * @throws IllegalArgumentException with a message that repeats nothing of the text, which may
   *     hold a password
   */
  static DatabaseAddress parse(String source, UnaryOperator<String> secrets) {
    String text = source.startsWith("${") ? secrets.apply(source) : source;
    if (text.equals("sqlite")) {
      return new DataFolder();
    }
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "is neither sqlite nor of the form postgresql://user:password@host:5432/database"
              + " (in user and password, / : @ and % are written %2F %3A %40 %25)");
    }
    Map<String, String> options = new TreeMap<>();
    if (url.group("options") != null) {
      for (String option : url.group("options").split("&")) {
        int equals = option.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("has an option without a value behind the ?");
        }
        options.put(option.substring(0, equals), decode(option.substring(equals + 1)));
      }
    }
    return new PostgreSql(
        url.group("hosts"),
        decode(url.group("database")),
        secrets.apply(decode(url.group("user"))),
        secrets.apply(decode(url.group("password"))),
        options);
  }

  private static String decode(@Nullable String part) {
    return part == null ? "" : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
