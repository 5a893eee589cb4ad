package dnd.metrics.server.storage;

import dnd.metrics.server.objects.ObjectAddress;
import java.util.Optional;

/**
 * Where blocks are kept beside the local disk, and how long they stay there too.
 *
 * @param address of the object store; empty for none
 * @param cacheBytes what may be on the local disk of blocks that are in the store only
 * @param localMillis how long a block that is in the store is on the local disk too; {@link
 *     Retention#FOR_EVER} for as long as it is kept at all
 * @param localBytes of all blocks on the local disk: those that are in the store go above it, the
 *     oldest first, of which nothing is to be made any more; {@link Long#MAX_VALUE} for no limit
 */
public record ObjectSettings(
    Optional<ObjectAddress> address, long cacheBytes, long localMillis, long localBytes) {
  /** A block is at most this part of the local time long, so that it is whole when it goes. */
  private static final int PARTS = 3;

  public static final ObjectSettings NONE =
      new ObjectSettings(Optional.empty(), 10L << 30, Retention.FOR_EVER, Long.MAX_VALUE);

  /** How long blocks may be so that those that go from the local disk are not to grow any more. */
  public long longestBlockMillis() {
    return address.isEmpty() || localMillis == Retention.FOR_EVER
        ? Long.MAX_VALUE
        : localMillis / PARTS;
  }

  /** The same for blocks that do not count: only their age lets them go from the local disk. */
  ObjectSettings withoutLocalBytes() {
    return new ObjectSettings(address, cacheBytes, localMillis, Long.MAX_VALUE);
  }
}
