package dnd.metrics.server;

import dnd.metrics.events.ErrorCode;
import dnd.metrics.server.announce.AnnouncerStatus;
import dnd.metrics.server.database.DatabaseStatus;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.head.SenderStatus;
import dnd.metrics.server.hub.embedded.HubStatistics;
import dnd.metrics.server.ingest.IngestCounters;
import dnd.metrics.server.metadata.MetricMetadataStore;
import dnd.metrics.server.query.QueryFigures;
import dnd.metrics.server.query.QueryHandler;
import dnd.metrics.server.rules.RuleFigures;
import dnd.metrics.server.storage.BlockMaintenance;
import dnd.metrics.server.storage.BlocksStatus;
import dnd.metrics.server.storage.ObjectsStatus;
import dnd.metrics.server.telemetry.Metrics;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The figures of the service's parts as metrics. {@code docs/operations.md} lists them. Where there
 * are more senders than a report should hold, those with the most samples have metrics of their
 * own, and one figure says how many have not.
 */
final class OwnFigures {
  static final int MOST_SENDERS = 500;
  private static final double MILLIS_PER_SECOND = 1000;

  private OwnFigures() {}

  static void ingest(IngestCounters counters, Metrics metrics) {
    metrics
        .counter(
            "dnd_metrics_ingest_events_total",
            "Pushes and reports that came in.",
            counters.events())
        .counter(
            "dnd_metrics_ingest_predicted_events_total",
            "Events whose metrics were predicted rather than parsed.",
            counters.predictedEvents())
        .counter(
            "dnd_metrics_ingest_duplicate_events_total",
            "Events that had come before and were acknowledged again.",
            counters.duplicateEvents())
        .counter(
            "dnd_metrics_ingest_stored_metrics_total",
            "Metrics that were stored.",
            counters.storedMetrics())
        .counter(
            "dnd_metrics_ingest_unsent_replies_total",
            "Replies that the hub did not take.",
            counters.unsentReplies());
    codes(
        metrics,
        "dnd_metrics_ingest_rejected_batches_total",
        "Batches that were rejected whole, by reason.",
        counters.rejectedBatches());
    codes(
        metrics,
        "dnd_metrics_ingest_rejected_metrics_total",
        "Metrics that were rejected one by one, by reason.",
        counters.rejectedMetrics());
  }

  private static void codes(
      Metrics metrics, String name, String help, Map<ErrorCode, Long> counts) {
    counts.forEach(
        (code, count) -> metrics.counter(name, help, "", count, Map.of("code", code.text())));
  }

  static void head(Head head, Metrics metrics) {
    HeadStatus status = head.status();
    metrics
        .gauge("dnd_metrics_head_series", "Series in the head.", status.series())
        .gauge("dnd_metrics_head_senders", "Senders that have sent.", status.senders())
        .counter(
            "dnd_metrics_head_samples_appended_total",
            "Samples accepted.",
            status.samplesAppended())
        .gauge(
            "dnd_metrics_wal_bytes",
            "Size of the write-ahead log.",
            "bytes",
            status.logBytes(),
            Map.of())
        .gauge("dnd_metrics_wal_segments", "Files of the write-ahead log.", status.logSegments())
        .counter(
            "dnd_metrics_wal_forces_total",
            "How often the disk was made to force the log.",
            status.logForces())
        .gauge(
            "dnd_metrics_wal_available",
            "Whether samples can be taken in: 0 while the log cannot be written.",
            status.unavailable() == null ? 1 : 0);
    metrics
        .histogram(
            "dnd_metrics_wal_force_seconds",
            "Time to write records to the log and force them to the disk.",
            head.forceDurations())
        .histogram(
            "dnd_metrics_head_checkpoint_seconds",
            "Time to write a checkpoint.",
            head.checkpointDurations())
        .histogram(
            "dnd_metrics_head_cut_seconds",
            "Time to cut what was over into blocks.",
            head.cutDurations());
    maintenance(status.maintenance(), metrics);
    if (status.minMillis() <= status.maxMillis()) {
      metrics
          .gauge(
              "dnd_metrics_head_oldest_sample_timestamp_seconds",
              "Time of the oldest sample in the head, Unix time.",
              "seconds",
              status.minMillis() / MILLIS_PER_SECOND,
              Map.of())
          .gauge(
              "dnd_metrics_head_newest_sample_timestamp_seconds",
              "Time of the newest sample in the head, Unix time.",
              "seconds",
              status.maxMillis() / MILLIS_PER_SECOND,
              Map.of());
    }
  }

  private static void maintenance(HeadStatus.Maintenance done, Metrics metrics) {
    metrics
        .counter("dnd_metrics_head_checkpoints_total", "Checkpoints written.", done.checkpoints())
        .gauge(
            "dnd_metrics_head_checkpoint_bytes",
            "Size of the newest checkpoint.",
            "bytes",
            done.checkpointBytes(),
            Map.of())
        .counter("dnd_metrics_head_blocks_cut_total", "Blocks cut from the head.", done.blocks())
        .counter(
            "dnd_metrics_head_maintenance_failures_total",
            "Checkpoints, blocks and files of chunks that could not be written, and were tried again.",
            done.failures())
        .gauge(
            "dnd_metrics_head_chunk_files",
            "Files that hold finished chunks of the head.",
            "",
            done.chunkFiles(),
            Map.of())
        .gauge(
            "dnd_metrics_head_chunk_file_bytes",
            "Size of these files.",
            "bytes",
            done.chunkFileBytes(),
            Map.of())
        .gauge(
            "dnd_metrics_head_parked_series",
            "Series of the head that get no samples any more and wait in these files for the cut.",
            done.parkedSeries())
        .gauge(
            "dnd_metrics_head_damaged_series",
            "Series of the head that cannot be read until the service is started again.",
            done.damagedSeries())
        .counter(
            "dnd_metrics_head_mended_chunk_files_total",
            "Files of chunks that were found damaged and repaired from their parity.",
            done.mendedChunkFiles());
  }

  static void blocks(BlocksStatus status, BlockMaintenance maintenance, Metrics metrics) {
    metrics
        .histogram(
            "dnd_metrics_blocks_compaction_seconds",
            "Time of a compaction, or of a removal of what has been kept long enough.",
            maintenance.durations())
        .counter(
            "dnd_metrics_blocks_compaction_failures_total",
            "Compactions that could not be done, and are tried again.",
            maintenance.failures())
        .gauge("dnd_metrics_blocks", "Blocks that are read.", status.blocks())
        .gauge("dnd_metrics_blocks_bytes", "Size of the blocks.", "bytes", status.bytes(), Map.of())
        .gauge("dnd_metrics_blocks_samples", "Samples in blocks.", status.samples())
        .gauge(
            "dnd_metrics_blocks_tombstones",
            "Spans of series that are deleted from blocks which are yet to be written anew.",
            status.tombstones())
        .counter(
            "dnd_metrics_deletions_total", "Deletions that were carried out.", status.deletions())
        .gauge(
            "dnd_metrics_blocks_set_aside",
            "Blocks that are damaged and not read.",
            status.setAside());
    if (status.blocks() > 0) {
      metrics.gauge(
          "dnd_metrics_blocks_oldest_sample_timestamp_seconds",
          "Beginning of the first block, Unix time.",
          "seconds",
          status.minMillis() / MILLIS_PER_SECOND,
          Map.of());
    }
  }

  static void queries(QueryHandler queries, Metrics metrics) {
    QueryFigures figures = queries.figures();
    figures
        .outcomes()
        .forEach((outcome, count) ->
            metrics.counter(
                "dnd_metrics_queries_total",
                "Queries that have ended, by how; live ones not counted.",
                "",
                count,
                Map.of("outcome", outcome)));
    metrics
        .gauge(
            "dnd_metrics_queries_open",
            "Queries that wait or run, live ones among them.",
            queries.open())
        .histogram(
            "dnd_metrics_query_seconds",
            "Time from the reception of a query to the end of its answer.",
            figures.durations())
        .counter(
            "dnd_metrics_query_read_samples_total",
            "Samples that queries have read.",
            figures.samplesRead());
  }

  static void objects(ObjectsStatus status, Metrics metrics) {
    metrics
        .gauge(
            "dnd_metrics_objects_available",
            "Whether the object store could be worked with the last time.",
            status.problem() == null ? 1 : 0)
        .gauge("dnd_metrics_objects_blocks", "Blocks in the object store.", status.blocks())
        .gauge(
            "dnd_metrics_objects_waiting_blocks",
            "Blocks on the local disk that are not in the object store yet.",
            status.waitingBlocks())
        .gauge(
            "dnd_metrics_objects_unreadable_blocks",
            "Blocks in the object store whose meta.json cannot be read, so that they are not served.",
            status.unreadableBlocks())
        .counter(
            "dnd_metrics_objects_uploaded_blocks_total",
            "Blocks that were put into the object store.",
            status.uploadedBlocks())
        .counter(
            "dnd_metrics_objects_uploaded_bytes_total",
            "Bytes that were put into the object store.",
            status.uploadedBytes())
        .counter(
            "dnd_metrics_objects_fetched_bytes_total",
            "Bytes that were fetched of blocks in the object store only, to be read.",
            status.fetchedBytes())
        .counter(
            "dnd_metrics_objects_failures_total",
            "How often the object store could not be worked with.",
            status.failures())
        .gauge(
            "dnd_metrics_objects_cache_bytes",
            "What is on the local disk of blocks that are in the object store only.",
            "bytes",
            status.cacheBytes(),
            Map.of());
  }

  static void senders(Head head, Metrics metrics) {
    List<SenderStatus> all = head.senders();
    all.stream()
        .sorted(Comparator.comparingLong(SenderStatus::samplesAppended).reversed())
        .limit(MOST_SENDERS)
        .forEach(sender -> {
          Map<String, String> labels =
              Map.of(
                  "sender_service", sender.id().service(),
                  "sender_instance", sender.id().instance());
          metrics
              .gauge(
                  "dnd_metrics_sender_series",
                  "Series that a sender has made.",
                  "",
                  sender.series(),
                  labels)
              .counter(
                  "dnd_metrics_sender_samples_total",
                  "Samples accepted from a sender.",
                  "",
                  sender.samplesAppended(),
                  labels);
        });
    metrics.gauge(
        "dnd_metrics_senders_unlisted",
        "Senders that have no metrics of their own here, because there are too many.",
        Math.max(0, all.size() - MOST_SENDERS));
  }

  static void database(DatabaseStatus database, Metrics metrics) {
    metrics
        .gauge(
            "dnd_metrics_database_available",
            "Whether the tables can be read and follow the journal.",
            database.isAvailable() ? 1 : 0)
        .gauge(
            "dnd_metrics_database_waiting_writes",
            "Writes in the journal that are not yet in the tables.",
            database.waitingWrites())
        .gauge(
            "dnd_metrics_database_waiting_bytes",
            "Size of the writes that are not yet in the tables.",
            "bytes",
            database.waitingBytes(),
            Map.of())
        .counter(
            "dnd_metrics_database_refused_writes_total",
            "Writes that the database refused for what they hold.",
            database.refusedWrites());
  }

  static void metadata(MetricMetadataStore metadata, Metrics metrics) {
    metrics.counter(
        "dnd_metrics_metadata_faults_total",
        "How often a fault of the service kept type, help and unit of metrics from the tables.",
        metadata.faults());
  }

  static void alerts(AnnouncerStatus alerts, Metrics metrics) {
    String announced = "dnd_metrics_alerts_announced_total";
    String help = "Events about alerts that were published, by type.";
    metrics
        .counter(announced, help, "", alerts.triggered(), Map.of("type", "alert.triggered"))
        .counter(announced, help, "", alerts.resolved(), Map.of("type", "alert.resolved"))
        .gauge(
            "dnd_metrics_alerts_tracked",
            "Alerts that fire, or of which something is left to announce.",
            alerts.alerts())
        .gauge(
            "dnd_metrics_alerts_unsent",
            "Announcements that the hub has not taken, which are tried again.",
            alerts.unsent())
        .counter(
            "dnd_metrics_alerts_dropped_announcements_total",
            "Announcements that could not be published; the log says which.",
            alerts.dropped())
        .gauge(
            "dnd_metrics_alerts_waiting_notes",
            "Notes of what was announced that are not on disk yet.",
            alerts.waitingNotes());
  }

  static void rules(RuleFigures rules, Metrics metrics) {
    metrics
        .gauge("dnd_metrics_rule_groups", "Groups of rules that are evaluated.", rules.groups())
        .gauge("dnd_metrics_rules", "Rules that are active.", rules.rules())
        .gauge("dnd_metrics_rules_failing", "Rules whose last evaluation failed.", rules.failing())
        .gauge("dnd_metrics_alerts_pending", "Alerts that do not fire yet.", rules.pending())
        .gauge("dnd_metrics_alerts_firing", "Alerts of rules that fire.", rules.firing())
        .counter(
            "dnd_metrics_rule_interval_evaluations_total",
            "Evaluations of groups at their interval.",
            rules.intervals())
        .counter(
            "dnd_metrics_rule_at_once_evaluations_total",
            "Evaluations of groups at once, when samples came.",
            rules.atOnce())
        .counter(
            "dnd_metrics_rule_missed_evaluations_total",
            "Evaluations at an interval that were due and not made.",
            rules.missed())
        .counter(
            "dnd_metrics_rule_failed_evaluations_total",
            "Evaluations of groups that ended in a fault of the service.",
            rules.failed())
        .counter(
            "dnd_metrics_alerts_lost_steps_total",
            "Steps of alerts that a fault of the service kept from being announced; the log says"
                + " which.",
            rules.lostSteps());
  }

  static void hub(HubStatistics hub, Metrics metrics) {
    metrics
        .gauge("dnd_metrics_hub_connections", "Clients connected.", hub.connections())
        .gauge("dnd_metrics_hub_subscriptions", "Subscriptions of clients.", hub.subscriptions())
        .gauge(
            "dnd_metrics_hub_pending_bytes",
            "What waits for clients, but for what is little for each.",
            "bytes",
            hub.pendingBytes(),
            Map.of())
        .counter(
            "dnd_metrics_hub_connections_total",
            "Clients that have connected.",
            hub.totalConnections())
        .counter(
            "dnd_metrics_hub_refused_connections_total",
            "Clients that were refused because there were as many as there may be.",
            hub.refusedConnections())
        .counter(
            "dnd_metrics_hub_messages_in_total",
            "Messages that clients published.",
            hub.messagesIn())
        .counter(
            "dnd_metrics_hub_in_bytes_total",
            "Payload and headers that clients published.",
            "bytes",
            hub.bytesIn(),
            Map.of())
        .counter(
            "dnd_metrics_hub_messages_out_total", "Messages sent to clients.", hub.messagesOut())
        .counter(
            "dnd_metrics_hub_out_bytes_total",
            "Payload and headers sent to clients.",
            "bytes",
            hub.bytesOut(),
            Map.of())
        .counter(
            "dnd_metrics_hub_slow_consumers_total",
            "Clients that were cut off because too much waited for them.",
            hub.slowConsumers())
        .counter(
            "dnd_metrics_hub_stale_connections_total",
            "Clients that were cut off because they were silent.",
            hub.staleConnections())
        .counter(
            "dnd_metrics_hub_authentication_failures_total",
            "Clients with wrong credentials.",
            hub.authFailures())
        .counter(
            "dnd_metrics_hub_protocol_errors_total",
            "Clients that broke the protocol.",
            hub.protocolErrors())
        .counter(
            "dnd_metrics_hub_handler_failures_total",
            "Messages on which a part of the service failed.",
            hub.handlerFailures());
  }
}
