package dnd.metrics.server.storage;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How the object store does.
 *
 * @param problem why it could not be worked with the last time; null where it could
 * @param awaySinceMillis since when that is so
 * @param blocks that are whole there
 * @param waitingBlocks blocks on the local disk that are not there yet
 * @param unreadableBlocks blocks there whose {@code meta.json} cannot be read: they are not served,
 *     and stay
 * @param uploadedBlocks since the process began
 * @param fetchedBytes pieces of blocks that are there only, which were read since the process began
 */
public record ObjectsStatus(
    String address,
    @Nullable String problem,
    OptionalLong awaySinceMillis,
    int blocks,
    int waitingBlocks,
    int unreadableBlocks,
    long uploadedBlocks,
    long uploadedBytes,
    long fetchedBytes,
    long cacheBytes,
    long failures) {}
