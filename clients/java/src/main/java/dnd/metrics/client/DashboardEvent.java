package dnd.metrics.client;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code dashboard.updated}: a dashboard was saved, deleted or restored. Texts are empty where the
 * event does not have them.
 *
 * @param id the event's id
 * @param action what was done: saved, deleted, restored
 * @param project the dashboard's project
 * @param name its name
 * @param displayName its title
 * @param version the version that it has now; a deletion counts as one, too
 * @param updatedBy the service that asked for it, and the author that it named behind a slash
 * @param json the whole event as it came
 */
public record DashboardEvent(
    String id,
    String action,
    String project,
    String name,
    String displayName,
    OptionalLong version,
    String updatedBy,
    Optional<Instant> updatedAt,
    String correlationId,
    String json) {}
