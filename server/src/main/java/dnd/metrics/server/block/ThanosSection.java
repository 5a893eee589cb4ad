package dnd.metrics.server.block;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The member {@code thanos} of {@code meta.json}, version 1, as Thanos's tools want it of blocks in
 * an object store ({@code pkg/block/metadata} there).
 */
public final class ThanosSection {
  private static final String NAME = "thanos";
  private static final int VERSION = 1;
  private static final String SOURCE = "dnd-metrics";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ThanosSection() {}

  /** How far apart the samples of a downsampled block are; 0 of raw samples. */
  public static long resolutionMillis(BlockMeta meta) {
    JsonNode section = meta.others().get(NAME);
    return section == null ? 0 : section.path("downsample").path("resolution").asLong(0);
  }

  /** What {@code meta.json} says besides of a block whose samples are so far apart. */
  public static Map<String, JsonNode> ofResolution(long resolutionMillis) {
    ObjectNode section = MAPPER.createObjectNode();
    section.put("version", VERSION);
    section.putObject("downsample").put("resolution", resolutionMillis);
    return Map.of(NAME, section);
  }

  /**
   * The same block with the section for an object store. What other programs have put into it, and
   * the resolution, stay.
   *
   * @param labels whose samples they are, for Thanos; not empty
   * @param files of the block, by their paths in its folder, with their sizes
   * @param uploadedAt when it is put there, by which Thanos tells what is too fresh to be read
   */
  public static BlockMeta with(
      BlockMeta meta,
      Map<String, String> labels,
      SortedMap<String, Long> files,
      IndexStats stats,
      Instant uploadedAt) {
    ObjectNode section =
        meta.others().get(NAME) instanceof ObjectNode known
            ? known.deepCopy()
            : MAPPER.createObjectNode();
    section.put("version", VERSION);
    ObjectNode named = section.putObject("labels");
    labels.forEach(named::put);
    section.putObject("downsample").put("resolution", resolutionMillis(meta));
    section.put("source", SOURCE);
    ArrayNode list = section.putArray("files");
    files.forEach((path, bytes) -> {
      if (!path.equals(BlockLayout.META)) {
        list.addObject().put("rel_path", path).put("size_bytes", bytes);
      }
    });
    list.addObject().put("rel_path", BlockLayout.META);
    section
        .putObject("index_stats")
        .put("series_max_size", stats.seriesMaxBytes())
        .put("chunk_max_size", stats.chunkMaxBytes());
    section.put("upload_time", uploadedAt.toString());
    Map<String, JsonNode> others = new LinkedHashMap<>(meta.others());
    others.put(NAME, section);
    return new BlockMeta(
        meta.ulid(), meta.minMillis(), meta.maxMillis(), meta.stats(), meta.compaction(), others);
  }
}
