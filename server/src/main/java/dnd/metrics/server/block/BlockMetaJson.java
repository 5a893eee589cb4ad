package dnd.metrics.server.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code meta.json} as Prometheus writes it, version 1. What it does not know it keeps as it is.
 */
final class BlockMetaJson {
  private static final int VERSION = 1;
  private static final Set<String> KNOWN =
      Set.of("ulid", "minTime", "maxTime", "stats", "compaction", "version");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private BlockMetaJson() {}

  /** The file. */
  static OutputBytes encoded(BlockMeta meta) {
    byte[] bytes = write(meta);
    OutputBytes out = new OutputBytes();
    out.put(bytes, 0, bytes.length);
    return out;
  }

  static byte[] write(BlockMeta meta) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("ulid", meta.ulid().toString());
    json.put("minTime", meta.minMillis());
    json.put("maxTime", meta.maxMillis());
    ObjectNode stats = json.putObject("stats");
    putCount(stats, "numSamples", meta.stats().samples());
    putCount(stats, "numFloatSamples", meta.stats().floatSamples());
    putCount(stats, "numHistogramSamples", meta.stats().histogramSamples());
    putCount(stats, "numSeries", meta.stats().series());
    putCount(stats, "numChunks", meta.stats().chunks());
    putCount(stats, "numTombstones", meta.stats().tombstones());
    ObjectNode compaction = json.putObject("compaction");
    compaction.put("level", meta.compaction().level());
    if (!meta.compaction().sources().isEmpty()) {
      ArrayNode sources = compaction.putArray("sources");
      meta.compaction().sources().forEach(ulid -> sources.add(ulid.toString()));
    }
    if (!meta.compaction().parents().isEmpty()) {
      ArrayNode parents = compaction.putArray("parents");
      for (BlockReference parent : meta.compaction().parents()) {
        parents
            .addObject()
            .put("ulid", parent.ulid().toString())
            .put("minTime", parent.minMillis())
            .put("maxTime", parent.maxMillis());
      }
    }
    if (!meta.compaction().hints().isEmpty()) {
      ArrayNode hints = compaction.putArray("hints");
      meta.compaction().hints().forEach(hints::add);
    }
    json.put("version", VERSION);
    meta.others().forEach(json::set);
    DefaultIndenter tabs = new DefaultIndenter("\t", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(tabs)
            .withArrayIndenter(tabs);
    return MAPPER.writer().with(printer).writeValueAsBytes(json);
  }

  private static void putCount(ObjectNode stats, String name, long count) {
    if (count != 0) {
      stats.put(name, count);
    }
  }

  /**
   * @throws IllegalArgumentException where this is no such file, with what is wrong
   */
  static BlockMeta read(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      int version = json.path("version").asInt(0);
      if (version != VERSION) {
        throw new IllegalArgumentException("its version is " + version + ", not " + VERSION);
      }
      JsonNode stats = json.path("stats");
      JsonNode compaction = json.path("compaction");
      return new BlockMeta(
          ulid(json),
          requiredLong(json, "minTime"),
          requiredLong(json, "maxTime"),
          new BlockStats(
              stats.path("numSamples").asLong(0),
              stats.path("numFloatSamples").asLong(0),
              stats.path("numHistogramSamples").asLong(0),
              stats.path("numSeries").asLong(0),
              stats.path("numChunks").asLong(0),
              stats.path("numTombstones").asLong(0)),
          new BlockCompaction(
              compaction.path("level").asInt(1),
              list(compaction.path("sources"), source -> Ulid.parse(source.asString())),
              list(compaction.path("parents"), BlockMetaJson::reference),
              list(compaction.path("hints"), JsonNode::asString)),
          others(json));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static Map<String, JsonNode> others(JsonNode json) {
    Map<String, JsonNode> others = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      if (!KNOWN.contains(member.getKey())) {
        others.put(member.getKey(), member.getValue());
      }
    }
    return others;
  }

  private static BlockReference reference(JsonNode json) {
    return new BlockReference(
        ulid(json), requiredLong(json, "minTime"), requiredLong(json, "maxTime"));
  }

  private static Ulid ulid(JsonNode json) {
    return Ulid.parse(json.path("ulid").asString(""));
  }

  private static long requiredLong(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("it has no number \"" + name + "\"");
    }
    return value.asLong();
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
    List<T> all = new ArrayList<>();
    array.forEach(each -> all.add(element.apply(each)));
    return all;
  }
}
