package dnd.metrics.server.objects;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Where an object store is, as a configuration says it. Immutable. */
public sealed interface ObjectAddress {
  /** {@code file:///PATH}. */
  record Directory(Path path) implements ObjectAddress {
    @Override
    public ObjectStore open() {
      return new DirectoryStore(path);
    }

    @Override
    public String toString() {
      return "file://" + path.toString().replace("%", "%25").replace(" ", "%20");
    }
  }

  /**
   * {@code s3://BUCKET/PREFIX?endpoint=URL&region=REGION&path_style=true}.
   *
   * @param prefix of all names, without slashes at its ends; may be empty
   * @param endpoint empty for Amazon's own
   * @param region empty for what the environment says
   * @param isPathStyle whether the bucket is in the URL's path, not in its host
   */
  record Bucket(String bucket, String prefix, String endpoint, String region, boolean isPathStyle)
      implements ObjectAddress {
    @Override
    public ObjectStore open() {
      return S3Store.open(this); // the first use of the SDK, which takes a while to load
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("s3://").append(bucket);
      if (!prefix.isEmpty()) {
        text.append('/').append(prefix);
      }
      char separator = '?';
      if (!endpoint.isEmpty()) {
        text.append(separator).append("endpoint=").append(endpoint);
        separator = '&';
      }
      if (!region.isEmpty()) {
        text.append(separator).append("region=").append(region);
        separator = '&';
      }
      if (isPathStyle == endpoint.isEmpty()) {
        text.append(separator).append("path_style=").append(isPathStyle);
      }
      return text.toString();
    }
  }

  /** Opens it; whether it can be reached shows when it is used. */
  ObjectStore open();

  /**
   * @throws IllegalArgumentException where the text is no such address
   */
  static ObjectAddress parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is no address: " + e.getMessage(), e);
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "credentials do not belong into storage.objects: give AWS_ACCESS_KEY_ID and"
              + " AWS_SECRET_ACCESS_KEY");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    if ("file".equals(uri.getScheme())
        && uri.getRawAuthority() == null
        && path.startsWith("/")
        && uri.getRawQuery() == null) {
      return new Directory(Path.of(path));
    }
    String bucket = uri.getRawAuthority();
    if (!"s3".equals(uri.getScheme()) || bucket == null || !bucket.matches("[a-z0-9.-]{3,63}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither file:///DIR nor s3://BUCKET/PREFIX?endpoint=URL");
    }
    Map<String, String> options = options(uri);
    String endpoint = options.getOrDefault("endpoint", "");
    if (!endpoint.isEmpty() && !endpoint.matches("https?://[^/?#]+/?")) {
      throw new IllegalArgumentException(
          "endpoint is no URL such as http://127.0.0.1:9000: '" + endpoint + "'");
    }
    String style = options.getOrDefault("path_style", String.valueOf(!endpoint.isEmpty()));
    if (!style.matches("true|false")) {
      throw new IllegalArgumentException("path_style is true or false, not '" + style + "'");
    }
    return new Bucket(
        bucket,
        path.replaceAll("^/+|/+$", ""),
        endpoint.replaceAll("/$", ""),
        options.getOrDefault("region", ""),
        Boolean.parseBoolean(style));
  }

  private static Map<String, String> options(URI uri) {
    Map<String, String> options = new TreeMap<>();
    String query = uri.getRawQuery();
    if (query == null || query.isEmpty()) {
      return options;
    }
    for (String option : query.split("&", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (!name.matches("endpoint|region|path_style") || equals < 0) {
        throw new IllegalArgumentException(
            "unknown option '" + option + "'; known: endpoint, region, path_style");
      }
      options.put(name, URLDecoder.decode(option.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return options;
  }
}
