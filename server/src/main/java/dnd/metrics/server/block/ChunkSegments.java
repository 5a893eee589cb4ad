package dnd.metrics.server.block;

import dnd.metrics.server.chunk.EncodedChunk;
import dnd.metrics.server.model.UnreadableSamplesException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The files of a block's folder {@code chunks}: mapped, or far away. Safe for use by several
 * threads.
 */
final class ChunkSegments {
  /** What is read of a chunk at first; most are shorter. */
  private static final int FIRST_BYTES = 512;

  /** No chunk of anybody's comes near. */
  private static final int MOST_BYTES = 64 << 20;

  /** How messages name the files. */
  private final List<String> names;

  /** As many as names, or none where they are far away. */
  private final List<MemorySegment> mapped;

  private final @Nullable FarBlockFiles far;
  private final String folder;

  private ChunkSegments(
      List<String> names, List<MemorySegment> mapped, @Nullable FarBlockFiles far, String folder) {
    this.names = List.copyOf(names);
    this.mapped = List.copyOf(mapped);
    this.far = far;
    this.folder = folder;
  }

  /**
   * Maps the files of {@code folder}.
   *
   * @throws DamagedBlockException where one is missing or none of ours
   */
  static ChunkSegments open(ReadableBlockFiles files, String folder, Arena arena)
      throws IOException {
    List<String> names = names(files, folder);
    List<MemorySegment> mapped = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      MemorySegment segment = files.map(path(folder, i), arena);
      InputBytes in = new InputBytes(segment, names.get(i));
      if (in.int32() != BlockLayout.CHUNKS_MAGIC) {
        throw in.damage(0, "it does not begin as a file of chunks does");
      }
      int version = in.int8();
      if (version != BlockLayout.CHUNKS_VERSION) {
        throw in.damage(4, "its version is " + version + ", which is not known");
      }
      mapped.add(segment);
    }
    return new ChunkSegments(names, mapped, null, folder);
  }

  /**
   * Reads of the files of {@code folder} what is asked for, when it is.
   *
   * @throws DamagedBlockException where one is missing
   */
  static ChunkSegments openFar(FarBlockFiles files, String folder) throws IOException {
    return new ChunkSegments(names(files, folder), List.of(), files, folder);
  }

  private static List<String> names(ReadableBlockFiles files, String folder) throws IOException {
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
    return names;
  }

  private static String path(String folder, int number) {
    return BlockLayout.path(folder, BlockLayout.segment(number + 1));
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
    long offset = reference & 0xffff_ffffL;
    FarBlockFiles files = far;
    return files == null
        ? new InputBytes(mapped.get(number), names.get(number)).at(offset)
        : fetched(files, number, offset);
  }

  private InputBytes fetched(FarBlockFiles files, int number, long offset) {
    InputBytes in = fetched(files, number, offset, FIRST_BYTES);
    long length = in.uvarint();
    if (length < 0 || length > MOST_BYTES) {
      throw in.damage(offset, "a length of " + Long.toUnsignedString(length));
    }
    long whole = in.position() - offset + 1 + length + BlockLayout.CHECKSUM_BYTES;
    return whole <= FIRST_BYTES ? in.at(offset) : fetched(files, number, offset, (int) whole);
  }

  private InputBytes fetched(FarBlockFiles files, int number, long offset, int length) {
    try {
      byte[] bytes = files.read(path(folder, number), offset, length);
      return new InputBytes(MemorySegment.ofArray(bytes), offset, names.get(number));
    } catch (IOException e) {
      throw new UnreadableSamplesException(
          names.get(number) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Copies a chunk, encoding first, and checks it.
   *
   * @throws DamagedBlockException where it is damaged
   */
  byte[] copy(long reference) {
    FarBlockFiles files = far;
    if (files == null) {
      return checked(reference);
    }
    try {
      return checked(reference);
    } catch (DamagedBlockException e) {
      try { // it may have come wrong, or the local disk may be at fault
        files.forget(path(folder, (int) (reference >>> 32)));
        return checked(reference);
      } catch (IOException again) {
        e.addSuppressed(again);
        throw e;
      }
    }
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
