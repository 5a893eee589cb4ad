package dnd.metrics.server.backup;

import dnd.metrics.events.StrictJson;
import dnd.metrics.server.database.DatabaseUnavailableException;
import dnd.metrics.server.database.JournaledDatabase;
import dnd.metrics.server.database.Row;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.disk.RemovalSteps;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.storage.FarBlocks;
import dnd.metrics.server.wal.DiskLogFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A folder with everything that the service keeps: {@code manifest.json}, {@code
 * tables/NAME.jsonl}, {@code wal/}, {@code blocks/} and {@code downsampled/} (copies of the
 * write-ahead log and of the blocks, which hold the metrics), {@code retention.yaml} where there is
 * one, and {@code SHA256SUMS}. What is in an object store only is named in the manifest. Its name
 * is the time at which it was made; one that was not finished ends in {@code .partial}, and is
 * removed when the next backup is put into the same folder.
 */
public record Backup(Path folder, Manifest manifest) {
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
  static final String PARTIAL = ".partial";

  /** For what is large, while a service may write its log to the same disk. */
  public static final DiskPace BESIDE_THE_LOG = new DiskPace(() -> false);

  /**
   * Makes a backup while the service runs.
   *
   * @param parent where it is put, made where it does not exist
   * @param tables which tables
   * @param head what was collected lately
   * @param files what was collected before
   * @param pace how fast that is copied
   * @param version of the program
   */
  public static Backup create(
      Path parent,
      JournaledDatabase database,
      List<Table> tables,
      Head head,
      StoredFiles files,
      DiskPace pace,
      String version,
      long nowMillis)
      throws IOException {
    String name = NAME.format(Instant.ofEpochMilli(nowMillis));
    Path target = parent.resolve(name);
    if (Files.exists(target)) {
      throw new BackupException("there is a backup " + target + " already");
    }
    Path partial = parent.resolve(name + PARTIAL);
    makeFolder(parent);
    for (Path left : Unfinished.in(parent)) { // nobody else makes one in a data folder
      Unfinished.remove(left);
    }
    Files.createDirectories(partial.resolve("tables"));
    boolean finished = false;
    try {
      Map<Table, List<Row>> rows = read(database, tables);
      Map<String, Long> counts = new LinkedHashMap<>();
      for (Table table : tables) {
        List<Row> some = rows.getOrDefault(table, List.of());
        TableFile.write(file(partial, table), table, some);
        counts.put(table.name(), (long) some.size());
      }
      Path log = partial.resolve("wal");
      int logFiles = head.copyLog(log);
      // After the log: what leaves the head meanwhile is in a block before it does. And before the
      // object store is asked: what goes there only meanwhile is in both.
      Map<String, Integer> blocks = files.copy(partial, pace);
      Optional<FarBlocks> far = files.far().map(Supplier::get);
      int blockCount = blocks.getOrDefault(StoredFiles.BLOCKS, 0);
      Manifest manifest =
          new Manifest(
              nowMillis,
              version,
              database.status().kind(),
              counts,
              logFiles,
              bytes(log),
              blockCount,
              bytes(partial.resolve(StoredFiles.BLOCKS)),
              blocks.values().stream().mapToInt(Integer::intValue).sum() - blockCount,
              far);
      Files.writeString(
          partial.resolve(Manifest.FILE),
          StrictJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(manifest.toJson())
              + "\n");
      Checksums.write(partial);
      giveName(partial, target);
      finished = true;
      return new Backup(target, manifest);
    } finally {
      if (!finished && !Thread.currentThread().isInterrupted()) { // else the next one removes it
        deleteAll(partial);
      }
    }
  }

  private static Map<Table, List<Row>> read(JournaledDatabase database, List<Table> tables)
      throws BackupException {
    try {
      return database.snapshot(tables);
    } catch (DatabaseUnavailableException e) {
      throw new BackupException("the tables cannot be saved: " + e.getMessage(), e);
    }
  }

  static Path file(Path folder, Table table) {
    return folder.resolve("tables").resolve(table.name() + ".jsonl");
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  static void deleteAll(Path folder) throws IOException {
    for (Path each : RemovalSteps.deepestFirst(folder)) {
      Files.delete(each);
    }
  }

  /** It counts as a backup from then on, and survives a power cut as a whole. */
  private static void giveName(Path partial, Path target) throws IOException {
    forceFolders(partial);
    Files.move(partial, target);
    forceName(target);
  }

  private static void forceName(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      DiskLogFiles.forceDirectory(parent);
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      forceName(folder);
    }
  }

  /** Makes the names of all files and folders in it survive a power cut; files are forced. */
  private static void forceFolders(Path folder) throws IOException {
    for (Path each : RemovalSteps.deepestFirst(folder)) {
      if (Files.isDirectory(each)) {
        DiskLogFiles.forceDirectory(each);
      }
    }
  }

  /** The backup in a folder. */
  public static Backup open(Path folder) throws IOException {
    return new Backup(folder, Manifest.read(folder));
  }

  /**
   * The backups in a folder, oldest first; those that were not finished are left out.
   *
   * @param problems is told of each of which nothing can be read, a line each
   */
  public static List<Backup> list(Path parent, Consumer<String> problems) throws IOException {
    List<Backup> found = new ArrayList<>();
    if (Files.isDirectory(parent)) {
      List<Path> folders;
      try (Stream<Path> all = Files.list(parent)) {
        folders = all.sorted().toList();
      }
      for (Path folder : folders) {
        if (!folder.toString().endsWith(PARTIAL) && Files.exists(folder.resolve(Manifest.FILE))) {
          try {
            found.add(open(folder));
          } catch (IOException e) {
            problems.accept(
                e instanceof BackupException ? String.valueOf(e.getMessage()) : folder + ": " + e);
          }
        }
      }
    }
    return found;
  }

  /**
   * What is wrong with the backup's files, a line each; empty where all are as they were written.
   */
  public List<String> problems() throws IOException {
    return Checksums.problems(folder);
  }

  /**
   * Puts the backup also into another folder, as a backup of the same name; checks the copy. What
   * is left there of others that were not finished goes, unless somebody may still be at it.
   */
  public Backup copyTo(Path parent, long nowMillis) throws IOException {
    Path target = parent.resolve(String.valueOf(folder.getFileName()));
    Path partial = parent.resolve(folder.getFileName() + PARTIAL);
    if (Files.exists(target)) {
      throw new BackupException("there is a backup " + target + " already");
    }
    makeFolder(parent);
    for (Path left : Unfinished.in(parent)) {
      if (Unfinished.isLeft(left, nowMillis)) {
        Unfinished.remove(left);
      }
    }
    if (Files.exists(partial)) {
      throw new BackupException("somebody copies to " + partial + ", or did so within the hour");
    }
    boolean finished = false;
    try {
      BlockCopy.copy(folder, partial, BESIDE_THE_LOG);
      List<String> problems = Checksums.problems(partial);
      if (!problems.isEmpty()) {
        throw new BackupException("the copy is not right: " + String.join("; ", problems));
      }
      giveName(partial, target);
      finished = true;
      return new Backup(target, manifest);
    } finally {
      if (!finished) {
        deleteAll(partial);
      }
    }
  }

  /** Removes the backup, which counts as one that was not finished meanwhile. */
  public void delete() throws IOException {
    Path partial = folder.resolveSibling(folder.getFileName() + PARTIAL);
    Files.move(folder, partial);
    forceName(partial);
    new RemovalSteps(BESIDE_THE_LOG).removeAll(partial);
  }
}
