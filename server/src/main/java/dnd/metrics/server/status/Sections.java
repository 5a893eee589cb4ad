package dnd.metrics.server.status;

import dnd.metrics.events.StrictJson;
import dnd.metrics.events.Timestamps;
import dnd.metrics.server.database.DatabaseStatus;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.storage.BlocksStatus;
import dnd.metrics.server.storage.ObjectsStatus;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** How the parts of the service describe themselves in {@code metrics.status}. */
public final class Sections {
  private Sections() {}

  /** An object to be filled. */
  public static ObjectNode object() {
    return StrictJson.mapper().createObjectNode();
  }

  /** What was collected, and its log. */
  public static ObjectNode of(HeadStatus head) {
    ObjectNode section = object();
    long damaged = head.maintenance().damagedSeries();
    if (head.unavailable() != null) {
      section.put("state", "unavailable");
      section.put("problem", head.unavailable());
    } else if (damaged > 0) {
      section.put("state", "damaged");
      section.put("problem", damaged + " series cannot be read, and come back with the next start");
    } else {
      section.put("state", "available");
    }
    section.put("series", head.series());
    section.put("senders", head.senders());
    section.put("samples_appended", head.samplesAppended());
    section.put("log_bytes", head.logBytes());
    section.put("log_segments", head.logSegments());
    section.put("log_sequence", head.lastSequence());
    section.put("checkpoints", head.maintenance().checkpoints());
    section.put("checkpoint_bytes", head.maintenance().checkpointBytes());
    section.put("blocks_cut", head.maintenance().blocks());
    section.put("maintenance_failures", head.maintenance().failures());
    return section;
  }

  /** What is in blocks. */
  public static ObjectNode of(BlocksStatus blocks) {
    ObjectNode section = object();
    section.put("state", blocks.setAside() == 0 ? "available" : "damaged");
    section.put("blocks", blocks.blocks());
    section.put("bytes", blocks.bytes());
    section.put("samples", blocks.samples());
    if (blocks.blocks() > 0) {
      section.put("from", Timestamps.format(blocks.minMillis()));
      section.put("to", Timestamps.format(blocks.maxMillis()));
    }
    section.put("tombstones", blocks.tombstones());
    section.put("deletions", blocks.deletions());
    section.put("set_aside", blocks.setAside());
    return section;
  }

  /** The object store. */
  public static ObjectNode of(ObjectsStatus objects) {
    ObjectNode section = object();
    section.put("state", objects.problem() == null ? "available" : "away");
    section.put("address", objects.address());
    if (objects.problem() != null) {
      section.put("problem", objects.problem());
    }
    objects
        .awaySinceMillis()
        .ifPresent(millis -> section.put("away_since", Timestamps.format(millis)));
    section.put("blocks", objects.blocks());
    section.put("waiting_blocks", objects.waitingBlocks());
    section.put("unreadable_blocks", objects.unreadableBlocks());
    section.put("uploaded_blocks", objects.uploadedBlocks());
    section.put("uploaded_bytes", objects.uploadedBytes());
    section.put("fetched_bytes", objects.fetchedBytes());
    section.put("cache_bytes", objects.cacheBytes());
    section.put("failures", objects.failures());
    return section;
  }

  /** The storage service's tables, and the journal in front of them. */
  public static ObjectNode of(DatabaseStatus database) {
    ObjectNode section = object();
    section.put("state", database.state().name().toLowerCase(Locale.ROOT));
    section.put("kind", database.kind());
    section.put("place", database.place());
    if (database.problem() != null) {
      section.put("problem", database.problem());
    }
    database
        .awaySinceMillis()
        .ifPresent(millis -> section.put("away_since", Timestamps.format(millis)));
    section.put("waiting_writes", database.waitingWrites());
    section.put("waiting_bytes", database.waitingBytes());
    database
        .oldestWaitingMillis()
        .ifPresent(millis -> section.put("oldest_waiting_at", Timestamps.format(millis)));
    section.put("refused_writes", database.refusedWrites());
    return section;
  }
}
