package dnd.metrics.server.storage.request;

import dnd.metrics.server.storage.Retention;
import dnd.metrics.server.yaml.YamlException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The file {@code retention.yaml} of a data folder: how long samples are kept, where somebody said
 * so while the service ran. It is written as {@code storage.retention} of the configuration is. For
 * one thread.
 */
public final class RetentionFile {
  private static final String NAME = "retention.yaml";
  private static final String HEAD =
      "# Set by the event metrics.retention, which can also set it back; goes before storage.retention"
          + " of the configuration.\n";

  private final Path folder;

  /**
   * @param folder of the service's data
   */
  public RetentionFile(Path folder) {
    this.folder = folder;
  }

  /**
   * What the file says; empty where there is none.
   *
   * @throws IOException where it cannot be used: the message is for the user, since samples that
   *     were to be kept would go
   */
  public Optional<Retention> read() throws IOException {
    Path file = folder.resolve(NAME);
    Files.deleteIfExists(partial());
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          RetentionText.parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8)));
    } catch (YamlException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Path partial() {
    return folder.resolve(NAME + ".partial");
  }

  /** Replaces the file, durably. */
  void write(Retention retention) throws IOException {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setIndent(2).build();
    String text = HEAD + new Dump(settings).dumpToString(RetentionText.print(retention));
    Path partial = partial();
    try (FileChannel out =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(
        partial,
        folder.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceFolder();
  }

  /** Removes the file, durably; where there is none, nothing. */
  void remove() throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
    forceFolder();
  }

  private void forceFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
