package dnd.metrics.server.database;

import dnd.metrics.server.wal.DiskLogFiles;
import dnd.metrics.server.wal.RecordBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The writes that the database refused for what they hold, kept in the file {@code refused.jsonl}
 * beside the journal, a line each, for a person to look at: so one of them is neither lost nor in
 * the way of those behind it. A start applies again what the journal still holds, so the same write
 * may be refused again: it is kept once. For one thread.
 */
final class RefusedWrites {
  /** What is between this and {@link #END} is a record in Base64. */
  private static final String RECORD = ",\"record\":\"";

  private static final String END = "\"}";

  private final Path file;
  private final Set<String> sums = new HashSet<>();
  private final AtomicLong count = new AtomicLong();

  RefusedWrites(Path folder) throws IOException {
    this.file = folder.resolve("refused.jsonl");
    if (Files.exists(file)) {
      // A crash may have torn a line in the middle of a character, and what is sought is ASCII.
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          int begin = line.lastIndexOf(RECORD);
          if (begin >= 0 && line.endsWith(END)) {
            sums.add(sum(line.substring(begin + RECORD.length(), line.length() - END.length())));
          }
        }
      }
    }
    count.set(sums.size());
  }

  /**
   * Returns when it is on disk.
   *
   * @return false where it was there already
   */
  boolean add(RecordBytes write, String reason) throws IOException {
    String record = Base64.getEncoder().encodeToString(write.array());
    String sum = sum(record);
    if (sums.contains(sum)) {
      return false;
    }
    String line =
        "{\"written_at\":\"%s\",\"reason\":\"%s\",\"changes\":\"%s\"%s%s%s\n"
            .formatted(
                Instant.ofEpochMilli(JournalRecord.writtenAt(write)),
                JsonText.escape(reason),
                JsonText.escape(describe(write)),
                RECORD,
                record,
                END);
    boolean isNew = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      append(channel, line);
      channel.force(true);
    }
    Path folder = file.getParent();
    if (isNew && folder != null) {
      DiskLogFiles.forceDirectory(folder);
    }
    sums.add(sum);
    count.incrementAndGet();
    return true;
  }

  /** Behind what is there; where that is a line that was not finished, on a line of its own. */
  private static void append(FileChannel channel, String line) throws IOException {
    long at = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    boolean torn = at > 0 && channel.read(last, at - 1) == 1 && last.get(0) != '\n';
    ByteBuffer bytes =
        ByteBuffer.wrap(((torn ? "\n" : "") + line).getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  private static String sum(String record) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(record.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
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
