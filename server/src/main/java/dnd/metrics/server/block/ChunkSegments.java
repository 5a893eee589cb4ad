package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** The mapped files of a block's folder {@code chunks}. Safe for use by several threads. */
final class ChunkSegments {
  private final List<MemorySegment> segments;
  private final List<String> names;

  private ChunkSegments(List<MemorySegment> segments, List<String> names) {
    this.segments = segments;
    this.names = names;
  }

  /**
   * Maps the files of {@code folder}.
   *
   * @throws DamagedBlockException where one is missing or none of ours
   */
  static ChunkSegments open(BlockFiles files, String folder, Arena arena) throws IOException {
    List<MemorySegment> segments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String name : files.list(folder)) {
      if (!name.matches("[0-9]+")) {
        continue; // Prometheus passes over other files too
      }
      String path = BlockLayout.path(folder, name);
      String describe = files.describe(path);
      if (!name.equals(BlockLayout.segment(segments.size() + 1))) {
        throw new DamagedBlockException(
            files.describe(folder),
            0,
            "the file " + BlockLayout.segment(segments.size() + 1) + " is missing");
      }
      MemorySegment segment = files.map(path, arena);
      InputBytes in = new InputBytes(segment, describe);
      if (in.int32() != BlockLayout.CHUNKS_MAGIC) {
        throw in.damage(0, "it does not begin as a file of chunks does");
      }
      int version = in.int8();
      if (version != BlockLayout.CHUNKS_VERSION) {
        throw in.damage(4, "its version is " + version + ", which is not known");
      }
      segments.add(segment);
      names.add(describe);
    }
    return new ChunkSegments(List.copyOf(segments), List.copyOf(names));
  }

  /** Where one chunk is, checked. */
  private InputBytes at(long reference) {
    int number = (int) (reference >>> 32);
    if (reference < 0 || number >= segments.size()) {
      throw new DamagedBlockException(
          names.isEmpty() ? "a block without chunks" : names.getFirst(),
          0,
          "the index speaks of a chunk in file " + (number + 1L) + ", which is not there");
    }
    return new InputBytes(segments.get(number), names.get(number)).at(reference & 0xffff_ffffL);
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
