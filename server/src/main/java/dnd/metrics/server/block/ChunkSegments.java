package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The files of a block's folder {@code chunks}: mapped, or far away. Safe for use by several
 * threads.
 */
final class ChunkSegments {
  private final List<FileBytes> segments;

  private ChunkSegments(List<FileBytes> segments) {
    this.segments = List.copyOf(segments);
  }

  /**
   * Opens the files of {@code folder}; of those that are far away nothing is read yet.
   *
   * @throws DamagedBlockException where one is missing, or is mapped and none of ours
   */
  static ChunkSegments open(ReadableBlockFiles files, String folder, Arena arena)
      throws IOException {
    List<FileBytes> segments = new ArrayList<>();
    for (String path : paths(files, folder)) {
      FileBytes segment = FileBytes.of(files, path, arena);
      if (segment instanceof MappedBytes) {
        checkBeginning(segment.at(0));
      }
      segments.add(segment);
    }
    return new ChunkSegments(segments);
  }

  private static void checkBeginning(InputBytes in) {
    if (in.int32() != BlockLayout.CHUNKS_MAGIC) {
      throw in.damage(0, "it does not begin as a file of chunks does");
    }
    int version = in.int8();
    if (version != BlockLayout.CHUNKS_VERSION) {
      throw in.damage(4, "its version is " + version + ", which is not known");
    }
  }

  private static List<String> paths(ReadableBlockFiles files, String folder) throws IOException {
    List<String> paths = new ArrayList<>();
    for (String name : files.list(folder)) {
      if (!name.matches("[0-9]+")) {
        continue; // Prometheus passes over other files too
      }
      if (!name.equals(BlockLayout.segment(paths.size() + 1))) {
        throw new DamagedBlockException(
            files.describe(folder),
            0,
            "the file " + BlockLayout.segment(paths.size() + 1) + " is missing");
      }
      paths.add(BlockLayout.path(folder, name));
    }
    return paths;
  }

  private FileBytes segment(long reference) {
    int number = (int) (reference >>> 32);
    if (reference < 0 || number >= segments.size()) {
      throw new DamagedBlockException(
          segments.isEmpty() ? "a block without chunks" : segments.getFirst().name(),
          0,
          "the index speaks of a chunk in file " + (number + 1L) + ", which is not there");
    }
    return segments.get(number);
  }

  private InputBytes at(long reference) {
    return segment(reference).at(reference & 0xffff_ffffL);
  }

  /**
   * Copies a chunk, encoding first, and checks it.
   *
   * @throws DamagedBlockException where it is damaged
   */
  byte[] copy(long reference) {
    return segment(reference).atMostTwice(() -> checked(reference));
  }

  private byte[] checked(long reference) {
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
        segment(reference).name(),
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
