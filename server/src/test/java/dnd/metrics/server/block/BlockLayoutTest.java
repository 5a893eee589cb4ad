package dnd.metrics.server.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dnd.metrics.server.block.SampleList.Sample;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A small block, byte for byte. It moves only with docs/format/blocks.md, and that never. */
class BlockLayoutTest {
  private static final Ulid ULID = Ulid.parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");

  private static SortedMap<Labels, SampleList> twoSeries() {
    return new TreeMap<>(
        Map.of(
            Labels.of("__name__", "a", "x", "1"),
            new SampleList(List.of(new Sample(1000, 1, null), new Sample(2000, 1, null))),
            Labels.of("__name__", "a", "x", "2"),
            new SampleList(List.of(new Sample(1500, 2, null)))));
  }

  private static String hex(MemoryBlockFiles files, String name) throws IOException {
    return HexFormat.of().formatHex(files.contentOf(ULID + "/" + name));
  }

  @Test
  void theLayoutStays() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    new BlockWriter(files)
        .write(BlockMeta.ofHead(ULID, 0, 7_200_000), new ModelCursor(twoSeries()));

    assertThat(hex(files, "chunks/000001"))
        .isEqualTo(
            "85bd40dd010000000f010002d00f3ff0000000000000e807"
                + "008c4093600c010001b81740000000000000001c647048");
    assertThat(hex(files, "index"))
        .isEqualTo(
            "baaad70002000000150000000501310132085f5f6e616d655f5f016101783a2b"
                + "b94100000000000000000000000000000b020203040001d00fe80708996aeda1"
                + "0a020203040101b817001d0508708c000000000c000000020000000300000004"
                + "495848d70000000c000000020000000300000004495848d70000000800000001"
                + "00000003a7692ed200000008000000010000000473a34a390000002200000004"
                + "0200005002085f5f6e616d655f5f01616402017801317802017801328801bd69"
                + "344700000000000000050000000000000022000000000000004f000000000000"
                + "0098000000000000004f00000000000000986af3e9a7");
    assertThat(hex(files, "tombstones")).isEqualTo("0130ba300100000000");
    assertThat(new String(files.contentOf(ULID + "/meta.json"), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
            	"ulid": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            	"minTime": 0,
            	"maxTime": 7200000,
            	"stats": {
            		"numSamples": 3,
            		"numFloatSamples": 3,
            		"numSeries": 2,
            		"numChunks": 2
            	},
            	"compaction": {
            		"level": 1,
            		"sources": [
            			"01ARZ3NDEKTSV4RRFFQ69G5FAV"
            		]
            	},
            	"version": 1
            }\
            """);
  }

  @Test
  void aCursorThatBreaksItsPromiseIsRefused() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    assertThatThrownBy(() ->
            new BlockWriter(files)
                .write(BlockMeta.ofHead(ULID, 0, 2000), new ModelCursor(twoSeries())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "series {__name__=\"a\", x=\"1\"} has a chunk from 1000 to 2000, outside of the block"
                + " from 0 to before 2000");
    assertThat(files.everything()).isEmpty();
  }

  @Test
  void withoutSamplesThereIsNoBlock() throws IOException {
    MemoryBlockFiles files = new MemoryBlockFiles();
    TreeMap<Labels, SampleList> empty =
        new TreeMap<>(Map.of(Labels.of("__name__", "a"), new SampleList(List.of())));
    assertThat(
            new BlockWriter(files).write(BlockMeta.ofHead(ULID, 0, 2000), new ModelCursor(empty)))
        .isEmpty();
    assertThat(files.everything()).isEmpty();
  }
}
