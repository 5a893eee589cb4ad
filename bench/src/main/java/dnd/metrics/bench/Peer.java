package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;

/**
 * Another metrics server to compare with, by its address: Prometheus or VictoriaMetrics over their
 * HTTP APIs.
 */
record Peer(String name, URI address) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Of {@code prometheus=URL} or {@code victoriametrics=URL}. */
  static Peer parse(String text) {
    int eq = text.indexOf('=');
    String name = eq < 0 ? "" : text.substring(0, eq).toLowerCase(Locale.ROOT);
    if (!List.of("prometheus", "victoriametrics").contains(name)) {
      throw new IllegalArgumentException(
          "--against takes prometheus=URL or victoriametrics=URL, not '" + text + "'");
    }
    return new Peer(name, URI.create(text.substring(eq + 1).replaceAll("/+$", "")));
  }

  /** Whether anything answers at the address. */
  boolean answers() {
    try {
      return HTTP.send(
                  HttpRequest.newBuilder(URI.create(address + "/api/v1/query?query=1")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void write(byte[] snappyRequest) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(address + "/api/v1/write"))
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(snappyRequest))
                .build());
    if (response.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          name + " refused a write: " + response.statusCode() + " " + response.body());
    }
  }

  /**
   * Makes what was written visible to queries at once; VictoriaMetrics otherwise waits up to 30 s.
   */
  void flush() {
    if (name.equals("victoriametrics")) {
      send(HttpRequest.newBuilder(URI.create(address + "/internal/force_flush")).build());
    }
  }

  /** Processor time of its process so far, in seconds. */
  double cpuSeconds() {
    return figure("process_cpu_seconds_total");
  }

  double residentMegabytes() {
    return figure("process_resident_memory_bytes") / 1e6;
  }

  /** The part that is no file's; NaN where the peer does not say. */
  double anonymousMegabytes() {
    return figure("process_resident_memory_anon_bytes") / 1e6;
  }

  /** What it has on disk of samples and index: a Prometheus's blocks, a VictoriaMetrics' parts. */
  double diskBytes() {
    return figure(
        name.equals("prometheus") ? "prometheus_tsdb_storage_blocks_bytes" : "vm_data_size_bytes");
  }

  /** Lets VictoriaMetrics merge its parts, as it would by itself in time; returns when it has. */
  void merge() {
    if (name.equals("victoriametrics")) {
      send(HttpRequest.newBuilder(URI.create(address + "/internal/force_merge")).build());
    }
  }

  /** The sum of all series of a metric in its own metrics; NaN where there is none. */
  private double figure(String metric) {
    String text = send(HttpRequest.newBuilder(URI.create(address + "/metrics")).build()).body();
    double sum = Double.NaN;
    for (String line : text.split("\n")) {
      if (line.startsWith(metric + " ") || line.startsWith(metric + "{")) {
        double value = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        sum = Double.isNaN(sum) ? value : sum + value;
      }
    }
    return sum;
  }

  /** Path and parameters of the query API that ask for a query; no cache is to be used. */
  String path(DashboardQuery query, long fromMillis, long toMillis) {
    String parameters = "query=" + URLEncoder.encode(query.expression(), UTF_8);
    String path;
    if (query.stepSeconds() == 0) {
      path = "/api/v1/query";
      parameters += "&time=" + toMillis / 1000;
    } else {
      path = "/api/v1/query_range";
      parameters +=
          "&start="
              + fromMillis / 1000
              + "&end="
              + toMillis / 1000
              + "&step="
              + query.stepSeconds();
    }
    if (name.equals("victoriametrics")) {
      parameters += "&nocache=1";
    }
    return path + "?" + parameters;
  }

  /** The whole answer of the query API. */
  String query(DashboardQuery query, long fromMillis, long toMillis) {
    URI uri = URI.create(address + path(query, fromMillis, toMillis));
    HttpResponse<String> response = send(HttpRequest.newBuilder(uri).build());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          name + " refused " + query.expression() + ": " + response.body());
    }
    return response.body();
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(request.uri() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + request.uri(), e);
    }
  }
}
