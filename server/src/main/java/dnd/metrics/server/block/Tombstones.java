package dnd.metrics.server.block;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What of a block's series is deleted: by series reference, spans of time. Immutable; safe for use
 * by several threads.
 */
public final class Tombstones {
  public static final Tombstones NONE = new Tombstones(Map.of());

  private static final int HEADER_BYTES = 5;

  /** Sorted and apart from each other. */
  private final Map<Integer, List<DeletedSpan>> spans;

  private Tombstones(Map<Integer, List<DeletedSpan>> spans) {
    this.spans = spans;
  }

  /** What of a series is deleted, in order of time. */
  List<DeletedSpan> of(int seriesReference) {
    return spans.getOrDefault(seriesReference, List.of());
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  /** How many spans there are. */
  public long size() {
    return spans.values().stream().mapToLong(List::size).sum();
  }

  void forEach(BiConsumer<Integer, List<DeletedSpan>> action) {
    spans.forEach(action);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Tombstones other && other.spans.equals(spans);
  }

  @Override
  public int hashCode() {
    return spans.hashCode();
  }

  /** These and some more. */
  Tombstones with(Map<Integer, DeletedSpan> more) {
    Map<Integer, List<DeletedSpan>> lists = new TreeMap<>(Integer::compareUnsigned);
    more.forEach((reference, span) -> lists.put(reference, List.of(span)));
    return with(new Tombstones(lists));
  }

  /** These and those of another copy of the same block. */
  public Tombstones with(Tombstones others) {
    Map<Integer, List<DeletedSpan>> all = new TreeMap<>(Integer::compareUnsigned);
    all.putAll(spans);
    others.spans.forEach((reference, more) -> {
      for (DeletedSpan span : more) {
        all.merge(reference, List.of(span), (before, one) -> united(before, one.getFirst()));
      }
    });
    return new Tombstones(all);
  }

  private static List<DeletedSpan> united(List<DeletedSpan> before, DeletedSpan added) {
    List<DeletedSpan> after = new ArrayList<>();
    DeletedSpan grown = added;
    int at = 0;
    while (at < before.size() && before.get(at).lastMillis() < grown.firstMillis() - 1) {
      after.add(before.get(at++));
    }
    while (at < before.size() && before.get(at).firstMillis() - 1 <= grown.lastMillis()) {
      grown = grown.with(before.get(at++));
    }
    after.add(grown);
    after.addAll(before.subList(at, before.size()));
    return List.copyOf(after);
  }

  /** The file {@code tombstones}. */
  OutputBytes encoded() {
    OutputBytes out = new OutputBytes();
    out.putInt(BlockLayout.TOMBSTONES_MAGIC);
    out.putByte(BlockLayout.TOMBSTONES_VERSION);
    spans.forEach((reference, deleted) -> {
      for (DeletedSpan span : deleted) {
        out.putUvarint(Integer.toUnsignedLong(reference));
        out.putVarint(span.firstMillis());
        out.putVarint(span.lastMillis());
      }
    });
    out.putChecksum(HEADER_BYTES);
    return out;
  }

  /**
   * Those of a block.
   *
   * @param folder of the block
   * @return none where there is no such file: Prometheus and Thanos leave an empty one out
   * @throws DamagedBlockException where something in it cannot be right
   */
  public static Tombstones read(ReadableBlockFiles files, String folder) throws IOException {
    String path = BlockLayout.path(folder, BlockLayout.TOMBSTONES);
    try (Arena arena = Arena.ofConfined()) {
      return read(files.map(path, arena), files.describe(path));
    } catch (NoSuchFileException e) {
      return NONE;
    }
  }

  /**
   * @param describe how messages name the file
   * @throws DamagedBlockException where this is no such file
   */
  static Tombstones read(MemorySegment file, String describe) {
    InputBytes in = new InputBytes(file, describe);
    if (in.int32() != BlockLayout.TOMBSTONES_MAGIC) {
      throw in.damage(0, "it does not begin as a file of tombstones does");
    }
    int version = in.int8();
    if (version != BlockLayout.TOMBSTONES_VERSION) {
      throw in.damage(4, "its version is " + version + ", which is not known");
    }
    int length = (int) (file.byteSize() - HEADER_BYTES - BlockLayout.CHECKSUM_BYTES);
    if (length < 0) {
      throw in.damage(0, "it is too short");
    }
    CRC32C crc = new CRC32C();
    crc.update(file.asSlice(HEADER_BYTES, length).toArray(ValueLayout.JAVA_BYTE));
    Map<Integer, List<DeletedSpan>> all = new TreeMap<>(Integer::compareUnsigned);
    while (in.position() < HEADER_BYTES + length) {
      int reference = (int) in.uvarint();
      DeletedSpan span = new DeletedSpan(in.varint(), in.varint());
      all.merge(reference, List.of(span), (before, one) -> united(before, one.getFirst()));
    }
    if (in.int32() != (int) crc.getValue()) {
      throw in.damage(HEADER_BYTES, "the checksum is wrong");
    }
    return new Tombstones(all);
  }
}
