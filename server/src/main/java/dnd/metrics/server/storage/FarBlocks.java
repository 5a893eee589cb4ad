package dnd.metrics.server.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that are in an object store and not on the local disk.
 *
 * @param address of the store
 * @param problem why it cannot be looked at, so that there may be others; null where it can
 * @param names folders in the store, sorted
 */
public record FarBlocks(String address, @Nullable String problem, List<String> names) {
  public FarBlocks {
    names = List.copyOf(names);
  }
}
