package dnd.metrics.server.database;

import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.RecordBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The writes that the database refused for what they hold, kept in the file {@code refused.jsonl}
 * beside the journal, a line each, for a person to look at: so one of them is neither lost nor in
 * the way of those behind it. For one thread.
 */
final class RefusedWrites {
  private final Path file;
  private final AtomicLong count = new AtomicLong();

  RefusedWrites(Path folder) throws IOException {
    this.file = folder.resolve("refused.jsonl");
    if (Files.exists(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        count.set(lines.count());
      }
    }
  }

  /** Returns when it is on disk. */
  void add(RecordBytes write, String reason) throws IOException {
    String line =
        "{\"written_at\":\"%s\",\"reason\":\"%s\",\"changes\":\"%s\",\"record\":\"%s\"}\n"
            .formatted(
                Instant.ofEpochMilli(JournalRecord.writtenAt(write)),
                JsonText.escape(reason),
                JsonText.escape(describe(write)),
                Base64.getEncoder().encodeToString(write.array()));
    boolean isNew = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Path folder = file.getParent();
    if (isNew && folder != null) {
      DiskLogFiles.forceDirectory(folder);
    }
    count.incrementAndGet();
  }

  private static String describe(RecordBytes write) {
    try {
      return JournalRecord.decode(write.array()).changes().toString();
    } catch (RuntimeException e) {
      return "unreadable: " + e.getMessage();
    }
  }

  long count() {
    return count.get();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
