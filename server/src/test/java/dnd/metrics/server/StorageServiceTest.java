package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dnd.metrics.server.backup.Backup;
import dnd.metrics.server.backup.BackupException;
import dnd.metrics.server.backup.Restore;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.DatabaseOptions;
import dnd.metrics.server.database.JournaledDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.database.TestPostgres;
import dnd.metrics.server.head.HeadOptions;
import dnd.metrics.server.head.ReplayListener;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service and its storage: status, metadata that outlives the log, backups. */
class StorageServiceTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path temporary;

  private Main start(Config config, Path folder) throws Exception {
    return Main.start(config, folder, InstantSource.system(), ReplayListener.SILENT);
  }

  private static Config onFreePort(Config config) {
    return config.withHub(config.hub().withListen("127.0.0.1", 0));
  }

  private static Config sqlite() {
    return onFreePort(Config.defaults());
  }

  private static Config configured(String yaml) throws Exception {
    return onFreePort(new ConfigReader(Map.of("PGPASSWORD", "secret")).parse("test.yml", yaml));
  }

  private static JsonNode request(Connection client, String subject, String data) throws Exception {
    String type = subject.substring(subject.indexOf('.') + 1);
    String event = "{\"type\":\"" + type + "\",\"data\":" + data + "}";
    Message reply = client.request(subject, event.getBytes(StandardCharsets.UTF_8), PATIENCE);
    assertThat(reply).as("a reply to %s", event).isNotNull();
    return JSON.readTree(reply.getData()).get("data");
  }

  private static void push(Connection client, String metric, double value, double time)
      throws Exception {
    String metrics =
        "[{\"name\":\"%s\",\"type\":\"gauge\",\"value\":%s,\"help\":\"Of %s.\",\"unit\":\"points\"}]"
            .formatted(metric, value, metric);
    JsonNode reply =
        request(
            client,
            "shop.metrics.push",
            "{\"service\":\"shop\",\"timestamp\":%s,\"metrics\":%s}".formatted(time, metrics));
    assertThat(reply.get("count").asInt()).isEqualTo(1);
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }

  @Test
  void theStatusNamesEveryPart() throws Exception {
    try (Main main = start(sqlite(), temporary.resolve("data"));
        Connection client = Nats.connect(main.hubUrl())) {
      await().atMost(PATIENCE).until(() -> main.databaseStatus().isAvailable());
      JsonNode result = request(client, "ops.metrics.status", "{}").get("result");
      assertThat(result.get("hub").get("url").stringValue()).isEqualTo(main.hubUrl());
      assertThat(result.get("head").get("state").stringValue()).isEqualTo("available");
      assertThat(result.get("database").get("state").stringValue()).isEqualTo("available");
      assertThat(result.get("database").get("kind").stringValue()).startsWith("SQLite 3");
      await() // what comes with the service may be on its way
          .atMost(PATIENCE)
          .until(() -> {
            JsonNode database = request(client, "ops.metrics.status", "{}").at("/result/database");
            return database.get("waiting_writes").asInt() == 0;
          });
    }
  }

  @Test
  void theServiceServesAndSaysSoWhileItsPostgresIsAway() throws Exception {
    try (TestPostgres postgres = TestPostgres.start()) {
      String url = postgres.url("postgres").replace("secret", "${PGPASSWORD}");
      Config config = configured("storage: {database: \"" + url + "\"}");
      assertThat(ConfigPrinter.print(config)).contains("postgres:***@").doesNotContain("secret");
      postgres.stop();
      try (Main main = start(config, temporary.resolve("data"));
          Connection client = Nats.connect(main.hubUrl())) {
        push(client, "gold", 3, now());
        await()
            .atMost(PATIENCE)
            .until(() ->
                request(client, "ops.metrics.status", "{}")
                    .at("/result/database/state")
                    .stringValue()
                    .equals("away"));
        String status = request(client, "ops.metrics.status", "{}").toString();
        assertThat(status).contains("away_since", "postgres:***@").doesNotContain("secret");
        postgres.resume();
        await().atMost(PATIENCE).until(() -> main.databaseStatus().isAvailable());
      }
    }
  }

  @Test
  void metadataOutlivesTheMetricsThatItIsAbout() throws Exception {
    Path folder = temporary.resolve("data");
    try (Main main = start(sqlite(), folder);
        Connection client = Nats.connect(main.hubUrl())) {
      push(client, "gold", 3, now());
      for (int event = 0; event < 5; event++) {
        request(client, "shop.metrics.push", manyMetrics(event));
      }
    }
    deleteAll(folder.resolve("wal"));
    String gold = "[{\"type\":\"gauge\",\"help\":\"Of gold.\",\"unit\":\"points\"}]";
    try (Main main = start(sqlite(), folder);
        Connection client = Nats.connect(main.hubUrl())) {
      await().atMost(PATIENCE).until(() -> main.databaseStatus().isAvailable());
      await().atMost(PATIENCE).until(() -> metadata(client).has("gold"));
      JsonNode all = metadata(client);
      assertThat(all.get("gold").toString()).isEqualTo(gold);
      for (int i = 0; i < 500; i++) {
        assertThat(all.at("/many" + i + "/0/help").asString()).isEqualTo("Help " + i + ".");
      }
      request(
          client,
          "shop.metrics.push",
          "{\"service\":\"shop\",\"metrics\":[{\"name\":\"gold\",\"type\":\"gauge\",\"value\":1}]}");
      assertThat(metadata(client).get("gold").toString()).as("help stays").isEqualTo(gold);
    }
  }

  private static String manyMetrics(int event) {
    StringBuilder metrics = new StringBuilder();
    for (int i = event * 100; i < (event + 1) * 100; i++) {
      metrics
          .append(metrics.isEmpty() ? "" : ",")
          .append(
              "{\"name\":\"many%d\",\"type\":\"gauge\",\"value\":1,\"help\":\"Help %d.\"}"
                  .formatted(i, i));
    }
    return "{\"service\":\"shop\",\"metrics\":[" + metrics + "]}";
  }

  private static JsonNode metadata(Connection client) throws Exception {
    return request(client, "shop.metrics.metadata", "{}").get("result");
  }

  @Test
  void aBackupMadeUnderLoadAnswersElsewhereWithTheSameNumbers() throws Exception {
    Path folder = temporary.resolve("data");
    double begin = now() - 600;
    AtomicInteger acknowledged = new AtomicInteger();
    JsonNode answer;
    Backup backup;
    List<Row> metadata;
    try (Main main = start(sqlite(), folder);
        Connection client = Nats.connect(main.hubUrl())) {
      Thread load = Thread.ofPlatform().start(() -> load(main.hubUrl(), begin, acknowledged));
      await().atMost(PATIENCE).until(() -> acknowledged.get() > 100);
      int before = acknowledged.get();
      JsonNode made = request(client, "ops.metrics.backup", "{\"action\":\"create\"}");
      assertThat(made.get("status").stringValue()).as("%s", made).isEqualTo("success");
      backup = Backup.open(Path.of(made.get("result").get("path").stringValue()));
      assertThat(backup.problems()).isEmpty();
      int during = acknowledged.get();
      await().atMost(PATIENCE).until(() -> acknowledged.get() > during + 50);
      load.interrupt();
      load.join();
      double at = begin + before * 0.1;
      answer = loadAt(client, at);
      assertThat(answer.at("/result/0/value/1").stringValue()).isEqualTo("" + before);

      assertThat(
              request(client, "ops.metrics.backup", "{\"action\":\"steal\"}")
                  .get("error")
                  .stringValue())
          .isEqualTo("action: must be create, not 'steal'");
    }
    try (TestPostgres postgres = TestPostgres.start()) {
      Config onPostgres = configured("storage: {database: \"" + postgres.url("postgres") + "\"}");
      Path second = temporary.resolve("second");
      restore(backup, onPostgres, second);
      assertThat(answers(onPostgres, second, answer)).isEqualTo(answer.toString());
      metadata = rows(onPostgres, second, Table.METADATA);
      assertThat(metadata).extracting(row -> row.text("metric")).contains("load", "gold0");
      assertThatThrownBy(() -> restore(backup, onPostgres, temporary.resolve("other")))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("is not empty: it has")
          .hasMessageNotContaining("secret");
      assertThatThrownBy(() -> restore(backup, sqlite(), second))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("is not empty");

      Backup again = Main.backup(onPostgres, second, InstantSource.system());
      Path third = temporary.resolve("third");
      restore(again, sqlite(), third);
      assertThat(rows(sqlite(), third, Table.METADATA)).isEqualTo(metadata);
      assertThat(answers(sqlite(), third, answer)).isEqualTo(answer.toString());
    }
  }

  private void load(String url, double begin, AtomicInteger acknowledged) {
    try (Connection client = Nats.connect(url)) {
      for (int i = 1; !Thread.interrupted(); i++) {
        push(client, "gold" + i % 20, i, begin + i * 0.1);
        push(client, "load", i, begin + i * 0.1);
        acknowledged.set(i);
      }
    } catch (InterruptedException e) {
      // told to stop
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode loadAt(Connection client, double time) throws Exception {
    JsonNode data =
        request(
            client,
            "ops.metrics.query",
            "{\"query\":\"count_over_time(load[10m])\",\"time\":%s,\"correlation_id\":\"x\"}"
                .formatted(time));
    assertThat(data.get("status").stringValue()).as("%s", data).isEqualTo("success");
    return data;
  }

  private String answers(Config config, Path folder, JsonNode first) throws Exception {
    try (Main main = start(config, folder);
        Connection client = Nats.connect(main.hubUrl())) {
      return loadAt(client, first.at("/result/0/value/0").asDouble()).toString();
    }
  }

  private static void restore(Backup backup, Config config, Path folder) throws IOException {
    Restore.run(
        backup, config.databaseOptions(folder), HeadOptions.DEFAULT, InstantSource.system());
  }

  private static List<Row> rows(Config config, Path folder, Table table) throws Exception {
    try (JournaledDatabase database = open(config.databaseOptions(folder))) {
      return database.read(table, Map.of());
    }
  }

  private static JournaledDatabase open(DatabaseOptions options) throws IOException {
    return JournaledDatabase.open(
        options,
        InstantSource.system(),
        line -> {
          throw new AssertionError(line);
        });
  }

  @Test
  void aDamagedBackupIsNotRestored() throws Exception {
    Path folder = temporary.resolve("data");
    start(sqlite(), folder).close();
    Config config = sqlite();
    try (JournaledDatabase database = open(config.databaseOptions(folder))) {
      database.write(
          List.of(
              new Change.Put(
                  Table.SILENCES, Row.builder().text("id", "s").json("matchers", "[]").build())));
    }
    Backup backup = Main.backup(config, folder, InstantSource.system());
    assertThat(Backup.list(folder.resolve("backups"), Assertions::fail)).containsExactly(backup);
    Path rows = backup.folder().resolve("tables/silences.jsonl");
    assertThat(rows).hasContent("{\"id\":\"s\",\"matchers\":\"[]\"}");
    Files.writeString(rows, "{\"id\":\"t\"}\n");
    Files.delete(backup.folder().resolve("tables/alerts.jsonl"));
    assertThat(backup.problems())
        .containsExactly(
            "tables/silences.jsonl: is not what was written: its checksum differs",
            "tables/alerts.jsonl: is missing");
    Path target = temporary.resolve("target");
    assertThatThrownBy(() -> restore(backup, config, target))
        .isInstanceOf(BackupException.class)
        .hasMessageStartingWith("the backup is not whole: tables/silences.jsonl");
    assertThat(target).doesNotExist();
  }

  @Test
  void aBackupIsPutIntoAnotherFolderOnce() throws Exception {
    Path folder = temporary.resolve("data");
    start(sqlite(), folder).close();
    Backup backup = Main.backup(sqlite(), folder, InstantSource.system());
    Path kept = temporary.resolve("kept");
    Backup copy = backup.copyTo(kept, System.currentTimeMillis());
    assertThat(Backup.list(kept, Assertions::fail)).containsExactly(copy);
    assertThat(copy.problems()).isEmpty();
    assertThatThrownBy(() -> backup.copyTo(kept, System.currentTimeMillis()))
        .isInstanceOf(BackupException.class)
        .hasMessage("there is a backup " + copy.folder() + " already");
    Files.delete(backup.folder().resolve("tables/silences.jsonl"));
    Path other = temporary.resolve("other");
    assertThatThrownBy(() -> backup.copyTo(other, System.currentTimeMillis()))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("tables/silences.jsonl: is missing");
    assertThat(other).as("nothing is left of it").isEmptyDirectory();
  }

  private static Path unfinished(Path parent, String name) throws IOException {
    Path partial = parent.resolve(name + ".partial");
    Files.createDirectories(partial.resolve("tables"));
    Files.writeString(partial.resolve("tables/alerts.jsonl"), "{\"id\":");
    return partial;
  }

  @Test
  void whatIsLeftOfBackupsThatWereKilledGoesWithTheNext() throws Exception {
    Path folder = temporary.resolve("data");
    start(sqlite(), folder).close();
    Path left = unfinished(folder.resolve("backups"), "20260101T000000.000Z");
    Path somebodys = unfinished(folder.resolve("backups"), "notes");
    Backup backup = Main.backup(sqlite(), folder, InstantSource.system());
    assertThat(left).doesNotExist();
    assertThat(somebodys).isNotEmptyDirectory();
    assertThat(Backup.list(folder.resolve("backups"), Assertions::fail)).containsExactly(backup);

    Path kept = temporary.resolve("kept");
    Path perhapsBeingMade = unfinished(kept, "20260101T000000.000Z");
    long now = System.currentTimeMillis();
    Backup copy = backup.copyTo(kept, now);
    assertThat(perhapsBeingMade).isNotEmptyDirectory();
    copy.delete();
    copy = backup.copyTo(kept, now + Duration.ofMinutes(61).toMillis());
    assertThat(perhapsBeingMade).doesNotExist();
    assertThat(Backup.list(kept, Assertions::fail)).containsExactly(copy);
  }

  @Test
  void oneBadBackupIsNamedAndTheOthersAreListed() throws Exception {
    Path folder = temporary.resolve("data");
    start(sqlite(), folder).close();
    Backup backup = Main.backup(sqlite(), folder, InstantSource.system());
    Path backups = folder.resolve("backups");
    for (String bad : List.of("", "{\"format\":1", "{\"format\":7}", "\u00e4")) {
      Path manifest =
          Files.createDirectories(backups.resolve("bad" + bad.length())).resolve("manifest.json");
      Files.write(manifest, bad.getBytes(StandardCharsets.ISO_8859_1));
    }
    List<String> problems = new ArrayList<>();
    assertThat(Backup.list(backups, problems::add)).containsExactly(backup);
    assertThat(problems).hasSize(4).allMatch(line -> line.startsWith(backups + "/bad"));
    assertThat(problems.getLast()).contains("is a backup of format 7");
  }

  @Test
  void largeRowsComeBackHoweverManyThereAre() throws Exception {
    Path folder = temporary.resolve("data");
    start(sqlite(), folder).close();
    List<Row> rows = new ArrayList<>();
    try (JournaledDatabase database = open(sqlite().databaseOptions(folder))) {
      for (int i = 0; i < 68; i++) { // more than may be written to the tables at once
        String document = "[\"" + "x".repeat(i == 0 ? 2 << 20 : 1 << 20) + "\"]";
        Row row = Row.builder().text("id", "s" + (100 + i)).json("matchers", document).build();
        rows.add(row);
        database.write(List.of(new Change.Put(Table.SILENCES, row)));
      }
    }
    Backup backup = Main.backup(sqlite(), folder, InstantSource.system());
    Path target = temporary.resolve("target");
    restore(backup, sqlite(), target);
    assertThat(rows(sqlite(), target, Table.SILENCES).equals(rows)).isTrue();
  }

  @Test
  void aFolderThatAServiceHoldsIsNotSavedBehindItsBack() throws Exception {
    Path folder = temporary.resolve("data");
    Main main = start(sqlite(), folder);
    try (main) {
      assertThatThrownBy(() -> Main.backup(sqlite(), folder, InstantSource.system()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use");
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
