package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The mapped files of a block's folder {@code chunks}. Each is mapped when it is first read, or all
 * at once. Safe for use by several threads.
 */
final class ChunkSegments {
  private final ReadableBlockFiles files;
  private final String folder;
  private final Arena arena;
  private final AtomicReferenceArray<@Nullable MemorySegment> segments;
  private final List<String> names;

  private ChunkSegments(ReadableBlockFiles files, String folder, Arena arena, List<String> names) {
    this.files = files;
    this.folder = folder;
    this.arena = arena;
    this.segments = new AtomicReferenceArray<>(names.size());
    this.names = names;
  }

  /**
   * Maps the files of {@code folder}.
   *
   * @throws DamagedBlockException where one is missing or none of ours
   */
  static ChunkSegments open(ReadableBlockFiles files, String folder, Arena arena)
      throws IOException {
    ChunkSegments all = openLater(files, folder, arena);
    for (int i = 0; i < all.names.size(); i++) {
      all.map(i);
    }
    return all;
  }

  /**
   * Maps each file of {@code folder} when it is first read.
   *
   * @throws DamagedBlockException where one is missing
   */
  static ChunkSegments openLater(ReadableBlockFiles files, String folder, Arena arena)
      throws IOException {
    List<String> names = new ArrayList<>();
    for (String name : files.list(folder)) {
      if (!name.matches("[0-9]+")) {
        continue; // Prometheus passes over other files too
      }
      if (!name.equals(BlockLayout.segment(names.size() + 1))) {
        throw new DamagedBlockException(
            files.describe(folder),
            0,
            "the file " + BlockLayout.segment(names.size() + 1) + " is missing");
      }
      names.add(files.describe(BlockLayout.path(folder, name)));
    }
    return new ChunkSegments(files, folder, arena, List.copyOf(names));
  }

  private MemorySegment map(int number) throws IOException {
    MemorySegment segment =
        files.map(BlockLayout.path(folder, BlockLayout.segment(number + 1)), arena);
    InputBytes in = new InputBytes(segment, names.get(number));
    if (in.int32() != BlockLayout.CHUNKS_MAGIC) {
      throw in.damage(0, "it does not begin as a file of chunks does");
    }
    int version = in.int8();
    if (version != BlockLayout.CHUNKS_VERSION) {
      throw in.damage(4, "its version is " + version + ", which is not known");
    }
    segments.set(number, segment);
    return segment;
  }

  private MemorySegment segment(int number) {
    MemorySegment known = segments.get(number);
    if (known != null) {
      return known;
    }
    try {
      return map(number);
    } catch (IOException e) {
      throw new UnreadableSamplesException(
          names.get(number) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Where one chunk is, checked. */
  private InputBytes at(long reference) {
    int number = (int) (reference >>> 32);
    if (reference < 0 || number >= names.size()) {
      throw new DamagedBlockException(
          names.isEmpty() ? "a block without chunks" : names.getFirst(),
          0,
          "the index speaks of a chunk in file " + (number + 1L) + ", which is not there");
    }
    return new InputBytes(segment(number), names.get(number)).at(reference & 0xffff_ffffL);
  }

  /**
   * Copies a chunk, encoding first, and checks it.
   *
   * @throws DamagedBlockException where it is damaged
   */
  byte[] copy(long reference) {
    InputBytes in = at(reference);
    long start = in.position();
    int length = in.length() + 1;
    byte[] bytes = in.bytes(length);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    if (in.int32() != (int) crc.getValue()) {
      throw in.damage(start, "the checksum of a chunk is wrong");
    }
    if (length < 3) {
      throw in.damage(start, "a chunk of " + (length - 1) + " bytes");
    }
    return bytes;
  }

  /** How many bytes a chunk takes, with its length, encoding and checksum. */
  long byteSize(long reference) {
    InputBytes in = at(reference);
    long start = in.position();
    int length = in.length();
    return in.position() - start + 1 + length + BlockLayout.CHECKSUM_BYTES;
  }

  /** What is wrong in a chunk whose checksum is right. */
  DamagedBlockException damage(long reference, RuntimeException problem) {
    return new DamagedBlockException(
        names.get((int) (reference >>> 32)),
        "the chunk at byte "
            + (reference & 0xffff_ffffL)
            + " cannot be read: "
            + problem.getMessage(),
        problem);
  }

  /** A chunk as it is, to be copied into another block. */
  EncodedChunk chunk(ChunkEntry entry) {
    byte[] bytes = copy(entry.reference());
    return new EncodedChunk(
        entry.firstMillis(), entry.lastMillis(), bytes[0], MemorySegment.ofArray(bytes).asSlice(1));
  }
}
