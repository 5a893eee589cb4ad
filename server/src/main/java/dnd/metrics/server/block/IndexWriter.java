package dnd.metrics.server.block;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.model.Labels;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * Writes a block's index, Prometheus's version 2. A series in the file names its labels by their
 * places in the sorted table of all names and values, which stands in front of the series; so
 * series go to a file aside first, and into the index when all are known. In memory are the names
 * and values, and for each pair the series that have it.
 */
final class IndexWriter implements Closeable {
  private final BlockFiles files;
  private final String folder;
  private final DiskPace pace;
  private final LabelPairs pairs = new LabelPairs();
  private final FileOutput spill;
  private final OutputBytes entry = new OutputBytes();
  private final OutputBytes frame = new OutputBytes();
  private long series;

  IndexWriter(BlockFiles files, String folder, DiskPace pace) throws IOException {
    this.files = files;
    this.folder = folder;
    this.pace = pace;
    this.spill =
        new FileOutput(files.create(BlockLayout.path(folder, BlockLayout.SERIES_SPILL)), pace);
  }

  /** Adds a series; its labels are greater than those before. */
  void add(Labels labels, ChunkTable chunks) throws IOException {
    entry.clear();
    LabelPair[] of = pairs.of(labels);
    entry.putUvarint(of.length);
    for (LabelPair pair : of) {
      entry.putUvarint(pair.number);
    }
    OutputBytes table = chunks.encoded();
    entry.putUvarint(table.size());
    entry.put(table.array(), 0, table.size());
    spill.write(entry);
    series++;
  }

  /** Writes the index and forces it. */
  void finish() throws IOException {
    spill.flush();
    try (FileOutput out =
        new FileOutput(files.create(BlockLayout.path(folder, BlockLayout.INDEX)), pace)) {
      writeHeader(out);
      long symbolsAt = out.position();
      writeSymbols(out, pairs.symbols());
      long seriesAt = out.position();
      LabelPair everything = new LabelPair("", "", -1);
      writeSeries(out, everything);
      long labelIndicesAt = out.position(); // none are written: nobody reads them any more
      long postingsAt = out.position();
      OutputBytes offsets = writePostings(out, everything);
      long labelOffsetsAt = out.position();
      long postingsTableAt = out.position();
      out.write(offsets);
      entry.clear();
      entry.putLong(symbolsAt);
      entry.putLong(seriesAt);
      entry.putLong(labelIndicesAt);
      entry.putLong(labelOffsetsAt);
      entry.putLong(postingsAt);
      entry.putLong(postingsTableAt);
      entry.putChecksum(0);
      out.write(entry);
      out.force();
    }
    spill.close();
    files.deleteInSteps(BlockLayout.path(folder, BlockLayout.SERIES_SPILL), pace, () -> false);
  }

  private void writeHeader(FileOutput out) throws IOException {
    entry.clear();
    entry.putInt(BlockLayout.INDEX_MAGIC);
    entry.putByte(BlockLayout.INDEX_VERSION);
    out.write(entry);
  }

  private static void writeSymbols(FileOutput out, List<String> symbols) throws IOException {
    OutputBytes section = new OutputBytes();
    section.putInt(0);
    section.putInt(symbols.size());
    symbols.forEach(section::putString);
    writeSection(out, section);
  }

  /** Writes bytes that begin with four for their length, and their checksum behind them. */
  private static void writeSection(FileOutput out, OutputBytes section) throws IOException {
    section.setInt(0, section.size() - 4L);
    section.putChecksum(4);
    out.write(section);
  }

  private void writeSeries(FileOutput out, LabelPair everything) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      InputBytes in =
          new InputBytes(
              files.map(BlockLayout.path(folder, BlockLayout.SERIES_SPILL), arena),
              files.describe(BlockLayout.path(folder, BlockLayout.SERIES_SPILL)));
      for (long i = 0; i < series; i++) {
        out.pad(BlockLayout.SERIES_ALIGNMENT);
        long unit = out.position() / BlockLayout.SERIES_ALIGNMENT;
        if (unit > 0xffff_ffffL) {
          throw new IOException(
              files.describe(folder) + " would have an index of more than 64 GiB");
        }
        int reference = (int) unit;
        everything.add(reference);
        entry.clear();
        int labels = (int) in.uvarint();
        entry.putUvarint(labels);
        for (int label = 0; label < labels; label++) {
          LabelPair pair = pairs.get((int) in.uvarint());
          entry.putUvarint(pair.nameSymbol);
          entry.putUvarint(pair.valueSymbol);
          pair.add(reference);
        }
        byte[] chunks = in.bytes((int) in.uvarint());
        entry.put(chunks, 0, chunks.length);
        frame.clear();
        frame.putUvarint(entry.size());
        out.write(frame);
        entry.putChecksum(0);
        out.write(entry);
      }
    }
  }

  /** Returns the table of where each list is. */
  private OutputBytes writePostings(FileOutput out, LabelPair everything) throws IOException {
    List<LabelPair> sorted = pairs.sorted();
    OutputBytes table = new OutputBytes();
    table.putInt(0);
    table.putInt(sorted.size() + 1L);
    writePostings(out, everything, table);
    for (LabelPair pair : sorted) {
      writePostings(out, pair, table);
    }
    table.setInt(0, table.size() - 4L);
    table.putChecksum(4);
    return table;
  }

  private void writePostings(FileOutput out, LabelPair pair, OutputBytes table) throws IOException {
    out.pad(4);
    table.putUvarint(2);
    table.putString(pair.name);
    table.putString(pair.value);
    table.putUvarint(out.position());
    entry.clear();
    entry.putInt(0);
    pair.writeTo(entry);
    writeSection(out, entry);
  }

  @Override
  public void close() throws IOException {
    spill.close();
  }
}
