package dnd.metrics.server;

import dnd.metrics.events.EventTypes;
import dnd.metrics.server.announce.AlertEvents;
import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.announce.AnnouncerStatus;
import dnd.metrics.server.announce.Origin;
import dnd.metrics.server.backup.Backup;
import dnd.metrics.server.backup.BackupException;
import dnd.metrics.server.backup.BackupHandler;
import dnd.metrics.server.backup.StoredFiles;
import dnd.metrics.server.block.BlockMeta;
import dnd.metrics.server.block.DiskBlockFiles;
import dnd.metrics.server.block.Ulid;
import dnd.metrics.server.cli.Version;
import dnd.metrics.server.dashboards.DashboardHandler;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.database.DatabaseStatus;
import dnd.metrics.server.database.JournaledDatabase;
import dnd.metrics.server.database.Table;
import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.Head;
import dnd.metrics.server.head.HeadStatus;
import dnd.metrics.server.head.ReplayListener;
import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.embedded.EmbeddedHub;
import dnd.metrics.server.hub.embedded.HubStartException;
import dnd.metrics.server.hub.embedded.HubStatistics;
import dnd.metrics.server.ingest.IngestHandler;
import dnd.metrics.server.metadata.MetricMetadataStore;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.query.QueryHandler;
import dnd.metrics.server.request.Requests;
import dnd.metrics.server.rules.RuleFigures;
import dnd.metrics.server.rules.RuleRequests;
import dnd.metrics.server.rules.RuleService;
import dnd.metrics.server.rules.unittest.EventRuleTester;
import dnd.metrics.server.status.Sections;
import dnd.metrics.server.status.StatusHandler;
import dnd.metrics.server.storage.BlockMaintenance;
import dnd.metrics.server.storage.Blocks;
import dnd.metrics.server.storage.Compactor;
import dnd.metrics.server.storage.CurrentRetention;
import dnd.metrics.server.storage.Deleter;
import dnd.metrics.server.storage.DownsampledBlocks;
import dnd.metrics.server.storage.Downsampler;
import dnd.metrics.server.storage.HeadBlocks;
import dnd.metrics.server.storage.ObjectMaintenance;
import dnd.metrics.server.storage.ObjectSettings;
import dnd.metrics.server.storage.Storage;
import dnd.metrics.server.storage.request.DeletionHandler;
import dnd.metrics.server.storage.request.Operators;
import dnd.metrics.server.storage.request.RetentionFile;
import dnd.metrics.server.storage.request.RetentionHandler;
import dnd.metrics.server.telemetry.JvmFigures;
import dnd.metrics.server.telemetry.MetricSource;
import dnd.metrics.server.telemetry.OwnReport;
import dnd.metrics.server.telemetry.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The service as a whole: the embedded hub, what was collected, and the handlers between them. It
 * serves from {@link #start} to {@link #close}. This is the one place that knows all the parts.
 */
public final class Main implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final String BLOCKS_FOLDER = "blocks";
  private static final String CACHE_FOLDER = "objects-cache";
  private static final String DOWNSAMPLED_FOLDER = "downsampled";

  private final Head head;
  private final Blocks blocks;
  private final BlockMaintenance blockMaintenance;
  private final Optional<ObjectMaintenance> objects;
  private final Database database;
  private final MetricMetadataStore metadata;
  private final EmbeddedHub hub;
  private final IngestHandler ingest;
  private final QueryHandler queries;
  private final Announcer announcer;
  private final RuleService rules;
  private final RuleRequests ruleRequests;
  private final AlertEvents alertEvents;
  private final DashboardHandler dashboards;
  private final OwnReport ownReport;
  private final HeapUpkeep heapUpkeep = new HeapUpkeep();
  private final Requests statusRequests;
  private final BackupHandler backups;
  private final Requests backupRequests;
  private final Requests storageRequests;

  private Main(
      Config config,
      Path folder,
      Head head,
      Blocks blocks,
      DownsampledBlocks downsampled,
      Downsampler downsampler,
      CurrentRetention retention,
      Optional<ObjectMaintenance> objects,
      JournaledDatabase database,
      EmbeddedHub hub,
      InstantSource clock) {
    Hub subscribed = new SubscribedHub(hub, config);
    this.head = head;
    this.blocks = blocks;
    Storage storage = new Storage(head, blocks, downsampled);
    RandomGenerator random = new SecureRandom();
    this.objects = objects;
    this.blockMaintenance =
        new BlockMaintenance(downsampler, new Compactor(blocks, retention, clock, random));
    this.database = database;
    this.hub = hub;
    this.metadata = new MetricMetadataStore(head::metadata, database, clock);
    this.ingest = new IngestHandler(subscribed, head, config.ingest(), clock);
    QueryEngine engine = new QueryEngine(config.engine());
    this.queries =
        new QueryHandler(
            subscribed,
            storage,
            metadata::all,
            (selectors, listener) -> head.watch(selectors, listener)::close,
            engine,
            config.queries(),
            clock);
    this.announcer = new Announcer(subscribed, database, config.alerts(), clock);
    this.rules =
        new RuleService(
            subscribed, head, storage, engine, database, announcer, config.rules(), clock);
    this.ruleRequests =
        new RuleRequests(subscribed, rules, config.rules(), new EventRuleTester(), clock);
    this.alertEvents =
        new AlertEvents(
            subscribed, database, announcer, config.alerts(), clock, rules::pendingAlerts);
    this.dashboards = new DashboardHandler(subscribed, database, clock);
    this.ownReport = new OwnReport(hub, instance(hub), ownFigures(), clock);
    this.statusRequests = new Requests(subscribed, clock, "status");
    this.backupRequests = new Requests(subscribed, clock, "backup");
    this.storageRequests = new Requests(subscribed, clock, "storage");
    head.callBackTogether(hub::publishTogether);
    head.watchMetadata(metadata::heardOf);
    head.startMaintenance(new HeadBlocks(blocks, clock, random));
    blockMaintenance.start();
    objects.ifPresent(ObjectMaintenance::start);
    metadata.start();
    ingest.start();
    queries.start();
    dashboards.start();
    announcer.start(EnumSet.allOf(Origin.class));
    alertEvents.start();
    rules.start();
    ruleRequests.start();
    ownReport.start();
    heapUpkeep.start();
    statusRequests.subscribe(
        EventTypes.METRICS_STATUS, EventTypes.METRICS_RESULT, new StatusHandler(sections()));
    this.backups =
        new BackupHandler(() ->
            backup(
                config,
                head,
                new StoredFiles(folder, blocks, downsampled, objects.map(store -> store::far)),
                Backup.BESIDE_THE_LOG,
                database,
                clock));
    backupRequests.subscribe(EventTypes.METRICS_BACKUP, EventTypes.METRICS_RESULT, backups);
    Operators operators = new Operators(Set.copyOf(config.operators()));
    storageRequests.subscribe(
        EventTypes.METRICS_DELETE,
        EventTypes.METRICS_RESULT,
        new DeletionHandler(new Deleter(head, blocks, downsampled), operators, clock, random));
    storageRequests.subscribe(
        EventTypes.METRICS_RETENTION,
        EventTypes.METRICS_RESULT,
        new RetentionHandler(retention, new RetentionFile(folder), operators));
  }

  /**
   * Brings back what the folder holds, then listens.
   *
   * @param folder where everything that must last is kept; made where it does not exist
   * @throws IOException where the folder cannot be used; the message is for the user
   * @throws HubStartException where the hub cannot listen; the message is for the user
   */
  public static Main start(Config config, Path folder, InstantSource clock, ReplayListener replay)
      throws IOException, HubStartException {
    for (String pattern : Subjects.withoutEffect(config.subjectPatterns())) {
      LOG.info("no subject that is handled matches the configured pattern \"{}\"", pattern);
    }
    Head head = Head.open(folder, config.head(), replay);
    try {
      Blocks blocks =
          Blocks.open(new DiskBlockFiles(folder.resolve(BLOCKS_FOLDER)), replay::report);
      DownsampledBlocks downsampled = openDownsampled(config, folder, replay::report);
      CurrentRetention retention = retention(config, folder);
      Downsampler downsampler =
          new Downsampler(
              blocks,
              downsampled,
              retention,
              config.storage().objects().localMillis(),
              config.head().outOfOrderWindow().toMillis(),
              clock,
              new SecureRandom());
      Optional<ObjectMaintenance> objects =
          objects(config, folder, blocks, downsampled, downsampler::waiting, retention, clock);
      JournaledDatabase database =
          JournaledDatabase.open(config.databaseOptions(folder), clock, replay::report);
      try {
        return new Main(
            config,
            folder,
            head,
            blocks,
            downsampled,
            downsampler,
            retention,
            objects,
            database,
            EmbeddedHub.start(config.hub()),
            clock);
      } catch (HubStartException e) {
        database.close();
        throw e;
      }
    } catch (HubStartException | IOException e) {
      head.close();
      throw e;
    }
  }

  private static Optional<ObjectMaintenance> objects(
      Config config,
      Path folder,
      Blocks blocks,
      DownsampledBlocks downsampled,
      Function<List<BlockMeta>, Set<Ulid>> waitingOf,
      CurrentRetention retention,
      InstantSource clock)
      throws IOException {
    ObjectSettings settings = config.storage().objects();
    if (settings.address().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        ObjectMaintenance.open(
            blocks,
            downsampled,
            waitingOf,
            settings.address().get().open(),
            new DiskBlockFiles(folder.resolve(CACHE_FOLDER)),
            Map.of("dnd_metrics", config.serviceName()),
            settings,
            retention,
            clock));
  }

  /** Makes the folders one by one, so that each is durable. */
  private static DiskBlockFiles downsampledFiles(Path folder, String name) throws IOException {
    DiskBlockFiles all = new DiskBlockFiles(folder);
    if (!all.list("").contains(name)) {
      all.createFolder(name);
      all.forceFolder("");
    }
    return new DiskBlockFiles(folder.resolve(name));
  }

  /**
   * Makes a backup in the folder {@code backups} of a data folder that no service holds.
   *
   * @throws IOException where a service holds it, or the tables are away
   */
  public static Backup backup(Config config, Path folder, InstantSource clock) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new BackupException("there is no data folder " + folder);
    }
    Head head = Head.open(folder, config.head(), ReplayListener.SILENT); // locks the folder
    try (head;
        Blocks blocks =
            Blocks.open(
                new DiskBlockFiles(folder.resolve(BLOCKS_FOLDER)), line -> LOG.warn("{}", line));
        DownsampledBlocks downsampled =
            openDownsampled(config, folder, line -> LOG.warn("{}", line));
        JournaledDatabase database =
            JournaledDatabase.open(
                config.databaseOptions(folder), clock, line -> LOG.warn("{}", line))) {
      CurrentRetention retention = retention(config, folder);
      Optional<ObjectMaintenance> objects = // which only looks: nothing goes from here
          objects(config, folder, blocks, downsampled, raw -> Set.of(), retention, clock);
      try {
        objects.ifPresent(ObjectMaintenance::look);
        return backup(
            config,
            head,
            new StoredFiles(folder, blocks, downsampled, objects.map(store -> store::far)),
            DiskPace.UNPACED,
            database,
            clock);
      } finally {
        if (objects.isPresent()) {
          objects.get().close();
        }
      }
    }
  }

  private static DownsampledBlocks openDownsampled(
      Config config, Path folder, Consumer<String> report) throws IOException {
    return DownsampledBlocks.open(
        config.storage().downsampling(),
        name -> downsampledFiles(folder.resolve(DOWNSAMPLED_FOLDER), name),
        report);
  }

  private static CurrentRetention retention(Config config, Path folder) throws IOException {
    return new CurrentRetention(
        config.storage().retention(),
        new RetentionFile(folder).read(),
        config.storage().objects().longestBlockMillis());
  }

  private static Backup backup(
      Config config,
      Head head,
      StoredFiles files,
      DiskPace pace,
      JournaledDatabase database,
      InstantSource clock)
      throws IOException {
    List<Table> tables =
        Table.ALL.stream().filter(table -> config.storage().of(table).backup()).toList();
    return Backup.create(
        files.folder().toAbsolutePath().normalize().resolve("backups"),
        database,
        tables,
        head,
        files,
        pace,
        Version.number(),
        clock.millis());
  }

  private Map<String, Supplier<ObjectNode>> sections() {
    Map<String, Supplier<ObjectNode>> sections = new LinkedHashMap<>();
    sections.put("hub", this::hubSection);
    sections.put("head", () -> Sections.of(head.status()));
    sections.put("blocks", () -> Sections.of(blocks.status()));
    objects.ifPresent(store -> sections.put("objects", () -> Sections.of(store.status())));
    sections.put("database", () -> Sections.of(database.status()));
    sections.put("rules", () -> ruleSection(rules.figures()));
    sections.put("announcements", () -> announcementSection(announcer.status()));
    return sections;
  }

  private static ObjectNode ruleSection(RuleFigures figures) {
    ObjectNode section = Sections.object();
    section.put("groups", figures.groups());
    section.put("rules", figures.rules());
    section.put("failing", figures.failing());
    section.put("pending", figures.pending());
    section.put("firing", figures.firing());
    section.put("intervals", figures.intervals());
    section.put("at_once", figures.atOnce());
    section.put("missed", figures.missed());
    section.put("failed", figures.failed());
    section.put("lost_steps", figures.lostSteps());
    return section;
  }

  private static ObjectNode announcementSection(AnnouncerStatus status) {
    ObjectNode section = Sections.object();
    section.put("triggered", status.triggered());
    section.put("resolved", status.resolved());
    section.put("alerts", status.alerts());
    section.put("unsent", status.unsent());
    section.put("dropped", status.dropped());
    section.put("waiting_notes", status.waitingNotes());
    return section;
  }

  private ObjectNode hubSection() {
    HubStatistics statistics = hub.statistics();
    ObjectNode section = Sections.object();
    section.put("url", hub.url());
    section.put("connections", statistics.connections());
    section.put("subscriptions", statistics.subscriptions());
    section.put("messages_in", statistics.messagesIn());
    section.put("messages_out", statistics.messagesOut());
    section.put("slow_consumers", statistics.slowConsumers());
    return section;
  }

  /** What tells this process from others of the service: where it listens. */
  private static String instance(EmbeddedHub hub) {
    return hub.url().substring(hub.url().indexOf("://") + 3);
  }

  private List<MetricSource> ownFigures() {
    return List.of(
        metrics -> OwnFigures.ingest(ingest.counters(), metrics),
        metrics -> OwnFigures.head(head, metrics),
        metrics -> OwnFigures.blocks(blocks.status(), blockMaintenance, metrics),
        metrics -> OwnFigures.queries(queries, metrics),
        metrics -> OwnFigures.senders(head, metrics),
        metrics -> OwnFigures.hub(hub.statistics(), metrics),
        metrics -> OwnFigures.database(database.status(), metrics),
        metrics -> OwnFigures.metadata(metadata, metrics),
        metrics -> OwnFigures.rules(rules.figures(), metrics),
        metrics -> OwnFigures.alerts(announcer.status(), metrics),
        metrics -> objects.ifPresent(store -> OwnFigures.objects(store.status(), metrics)),
        new JvmFigures(),
        new ProcessFigures());
  }

  /** Where clients connect: {@code nats://host:port} or {@code tls://host:port}. */
  public String hubUrl() {
    return hub.url();
  }

  public HeadStatus status() {
    return head.status();
  }

  /** How the storage service's tables do. */
  public DatabaseStatus databaseStatus() {
    return database.status();
  }

  /**
   * Stops: takes in no more, finishes what is in flight, so that every event that was taken in is
   * answered, and gives the folder free.
   */
  @Override
  public void close() throws IOException {
    ownReport.close();
    heapUpkeep.close();
    hub.drain();
    backups.stop(); // and so it is at its end when it is waited for
    ingest.close();
    queries.close();
    ruleRequests.close();
    rules.close();
    dashboards.close();
    alertEvents.close();
    announcer.close();
    statusRequests.close();
    backupRequests.close();
    storageRequests.close();
    metadata.close();
    blockMaintenance.close();
    if (objects.isPresent()) {
      objects.get().close();
    }
    try (hub;
        blocks;
        head) {
      database.close();
    }
  }
}
