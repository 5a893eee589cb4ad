package dnd.metrics.server.storage;

import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.model.Deletion;
import dnd.metrics.server.model.Matcher;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A deletion, and the blocks of which an object store may have the samples still. Layout of its
 * file: docs/format/blocks.md. Immutable.
 *
 * @param hit blocks that were here, with tombstones of it: what is in the store of these, or of
 *     what they were made of, has the samples
 * @param unreadable blocks of the store of which it was not known what they have
 * @param without blocks of the store that were looked through since, and have nothing of it
 */
record OwedDeletion(
    Deletion deletion, List<BlockMeta> hit, Set<Ulid> unreadable, Set<Ulid> without) {
  private static final int MAGIC = 0x4f574544;
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 5;
  private static final int CHECKSUM_BYTES = 4;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  OwedDeletion {
    hit = List.copyOf(hit);
    unreadable = Set.copyOf(unreadable);
    without = Set.copyOf(without);
  }

  /** Whether a block may have samples that are deleted. */
  boolean concerns(BlockMeta block) {
    return block.overlaps(deletion.fromMillis(), deletion.toMillis())
        && !without.contains(block.ulid())
        && (unreadable.contains(block.ulid())
            || hit.stream()
                .anyMatch(each -> each.ulid().equals(block.ulid()) || block.isReplacedBy(each)));
  }

  /** The same of one of which nothing is known but its name: what others are made of is older. */
  boolean mayConcern(Ulid block) {
    return unreadable.contains(block)
        || hit.stream().anyMatch(each -> block.compareTo(each.ulid()) <= 0);
  }

  /** The same after one more block was looked through, and has nothing of it. */
  OwedDeletion butNotOf(Ulid block) {
    Set<Ulid> more = new TreeSet<>(without);
    more.add(block);
    return new OwedDeletion(deletion, hit, unreadable, more);
  }

  /** The file. */
  byte[] encoded() {
    byte[] json = MAPPER.writeValueAsBytes(toJson());
    byte[] bytes = new byte[HEADER_BYTES + json.length + CHECKSUM_BYTES];
    ByteBuffer out = ByteBuffer.wrap(bytes).putInt(MAGIC).put(VERSION).put(json);
    out.putInt(checksum(bytes));
    return bytes;
  }

  private ObjectNode toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("from", deletion.fromMillis());
    json.put("to", deletion.toMillis());
    ArrayNode selectors = json.putArray("selectors");
    for (List<Matcher> selector : deletion.selectors()) {
      ArrayNode matchers = selectors.addArray();
      for (Matcher matcher : selector) {
        matchers
            .addObject()
            .put("type", matcher.type().symbol())
            .put("name", matcher.name())
            .put("value", matcher.value());
      }
    }
    ArrayNode blocks = json.putArray("hit");
    hit.forEach(meta -> blocks.add(MAPPER.readTree(meta.toJson())));
    put(unreadable, json.putArray("unreadable"));
    put(without, json.putArray("without"));
    return json;
  }

  private static void put(Set<Ulid> ulids, ArrayNode names) {
    new TreeSet<>(ulids).forEach(ulid -> names.add(ulid.toString()));
  }

  /**
   * What a file says.
   *
   * @throws IllegalArgumentException where this is no such file, with what is wrong
   */
  static OwedDeletion read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES
        || in.getInt(bytes.length - CHECKSUM_BYTES) != checksum(bytes)) {
      throw new IllegalArgumentException("the checksum is wrong");
    }
    if (in.getInt() != MAGIC || in.get() != VERSION) {
      throw new IllegalArgumentException("it is no such file, or of a version that is not known");
    }
    try {
      return of(MAPPER.readTree(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES - CHECKSUM_BYTES));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it has no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static OwedDeletion of(JsonNode json) {
    List<List<Matcher>> selectors = new ArrayList<>();
    for (JsonNode selector : json.path("selectors")) {
      List<Matcher> matchers = new ArrayList<>();
      for (JsonNode matcher : selector) {
        matchers.add(
            new Matcher(
                type(matcher.path("type").asString("")),
                matcher.path("name").asString(""),
                matcher.path("value").asString("")));
      }
      selectors.add(matchers);
    }
    List<BlockMeta> hit = new ArrayList<>();
    json.path("hit").forEach(meta -> hit.add(BlockMeta.read(MAPPER.writeValueAsBytes(meta))));
    return new OwedDeletion(
        new Deletion(selectors, json.path("from").asLong(), json.path("to").asLong()),
        hit,
        ulids(json.path("unreadable")),
        ulids(json.path("without")));
  }

  private static Set<Ulid> ulids(JsonNode names) {
    Set<Ulid> ulids = new TreeSet<>();
    names.forEach(name -> ulids.add(Ulid.parse(name.asString(""))));
    return ulids;
  }

  private static Matcher.Type type(String symbol) {
    for (Matcher.Type type : Matcher.Type.values()) {
      if (type.symbol().equals(symbol)) {
        return type;
      }
    }
    throw new IllegalArgumentException("it has a matcher of type '" + symbol + "'");
  }

  /** Of all but itself. */
  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - CHECKSUM_BYTES);
    return (int) crc.getValue();
  }
}
