package dnd.metrics.client;

/**
 * {@code dashboard.updated}: a dashboard was saved or deleted.
 *
 * @param id the event's id
 * @param project the dashboard's project, or empty
 * @param name its name, or empty
 * @param json the whole event as it came
 */
public record DashboardEvent(
    String id, String project, String name, String correlationId, String json) {}
