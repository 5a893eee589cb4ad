package dnd.metrics.server.head;

import dnd.metrics.server.disk.DiskPace;
import dnd.metrics.server.head.CheckpointReader.Finding;
import dnd.metrics.server.head.CheckpointReader.Summary;
import dnd.metrics.server.index.LabelIndex;
import dnd.metrics.server.wal.LogCopy;
import dnd.metrics.server.wal.LogFiles;
import dnd.metrics.server.wal.RemovedFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints in a log's folder. The newest two are kept, and of the log what is behind the
 * older of them: where the newest is damaged, the older one and the log bring everything back.
 *
 * <p>A checkpoint is written under another name, forced, renamed, and read again before anything is
 * removed on its account. Safe for use by several threads: one at a time writes, or copies the
 * folder. This lock is taken before all others, and held across I/O.
 */
final class Checkpoints {
  /** The newest, and the one before it. */
  static final int KEPT = 2;

  private static final String PARTIAL = "checkpoint.partial";
  private static final String DAMAGED = ".damaged";

  /** There as long as nothing of the log was removed. */
  private static final String FIRST_OF_LOG = "00000001.wal";

  private final LogFiles files;
  private final ChunkStore chunks;
  private @Nullable Summary newest;
  private @Nullable Summary before;
  private int lastNumber;
  private int attempts;
  private boolean foundDamage;

  /** The name of the one that the head was read from: it is mapped, and series are read there. */
  private @Nullable String mapped;

  Checkpoints(LogFiles files, ChunkStore chunks) {
    this.files = files;
    this.chunks = chunks;
  }

  /**
   * Finds the newest checkpoint that is sound. Damaged ones are set aside.
   *
   * @param reports is told, a line each, what a person should know
   * @return null where there is none
   */
  synchronized @Nullable Summary find(Consumer<String> reports) throws IOException {
    OpenedChunkFiles opened = new OpenedChunkFiles(files, reports);
    findIn(opened, reports);
    Summary found = newest;
    chunks.begin(opened, found == null ? List.of() : found.chunkFiles(), neededChunkFiles());
    return found;
  }

  /** The files of chunks that the checkpoints need that are kept. */
  private Set<Integer> neededChunkFiles() {
    Set<Integer> needed = new HashSet<>();
    addChunkFiles(newest, needed);
    addChunkFiles(before, needed);
    return needed;
  }

  private static void addChunkFiles(@Nullable Summary checkpoint, Set<Integer> needed) {
    if (checkpoint != null) {
      checkpoint.chunkFiles().forEach(use -> needed.add(use.number()));
    }
  }

  private void findIn(OpenedChunkFiles opened, Consumer<String> reports) throws IOException {
    files.delete(PARTIAL);
    files.delete(OpenedChunkFiles.PARTIAL);
    List<String> names = CheckpointFrame.FILES.in(files);
    int last = names.size() - 1;
    Lacking lacking = null;
    FutureTask<Finding> beforeLast = new FutureTask<>(() -> check(names.get(last - 1)));
    if (last > 0) { // side by side with the last one
      Thread.ofPlatform().name("checkpoint").daemon().start(beforeLast);
    }
    for (int i = last; i >= 0; i--) {
      String name = names.get(i);
      lastNumber = Math.max(lastNumber, CheckpointFrame.FILES.numberOf(name));
      switch (i == last - 1 ? result(beforeLast) : check(name)) {
        case Finding.Sound sound -> {
          String loss = opened.loss(sound.summary().chunkFiles());
          if (loss != null) {
            foundDamage = true;
            if (newest == null && lacking == null) {
              lacking = new Lacking(name, sound.summary(), loss);
            }
          } else if (newest != null) {
            before = sound.summary();
            return;
          } else {
            newest = sound.summary();
            if (lacking != null) {
              setAside(lacking, reports);
            }
          }
        }
        case Finding.Damaged damaged -> setAside(name, damaged, reports);
      }
    }
    if (newest == null && lacking != null) {
      if (files.list().contains(FIRST_OF_LOG)) {
        setAside(lacking, reports);
      } else {
        newest = lacking.summary;
        reports.accept(
            lacking.loss
                + ": what is there is lost, neither an older checkpoint nor the log has it");
      }
    }
  }

  /** A sound checkpoint that needs files of chunks of which something is lost. */
  private record Lacking(String name, Summary summary, String loss) {}

  private Finding check(String name) throws IOException {
    return new CheckpointReader(files, name, bytes -> {}).check();
  }

  private static Finding result(FutureTask<Finding> check) throws IOException {
    try {
      return check.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException reason) {
        throw reason;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a checkpoint was read");
    }
  }

  private void setAside(String name, Finding.Damaged damaged, Consumer<String> reports)
      throws IOException {
    foundDamage = true;
    files.rename(name, name + DAMAGED);
    files.forceDirectory();
    reports.accept(
        String.format(
            "%s: damaged at offset %d: not used (kept as %s); %s",
            files.describe(name),
            damaged.offset(),
            files.describe(name + DAMAGED),
            newest == null
                ? "what it held comes from the checkpoint before it, or from the log"
                : "it was the older one"));
  }

  private void setAside(Lacking lacking, Consumer<String> reports) throws IOException {
    files.rename(lacking.name, lacking.name + DAMAGED);
    files.forceDirectory();
    reports.accept(
        String.format(
            "%s: not used (kept as %s), since %s; what it held comes from %s",
            files.describe(lacking.name),
            files.describe(lacking.name + DAMAGED),
            lacking.loss,
            newest == null ? "the log" : "the checkpoint before it and the log"));
  }

  /** Whether a damaged one was found, so that there is none to spare. */
  synchronized boolean foundDamage() {
    return foundDamage;
  }

  /** Reads the newest checkpoint into a head that is empty, as {@link CheckpointReader#load}. */
  long load(Summary summary, Head head, LabelIndex index, HeadReplay replay, ReplayListener told)
      throws IOException {
    String name = CheckpointFrame.FILES.name(summary.number());
    mapped = name;
    return new CheckpointReader(files, name, done -> told.progress(done, summary.bytes()))
        .load(head, index, replay);
  }

  /**
   * Writes a checkpoint, and removes what is not needed any more with it.
   *
   * @throws IOException where that failed: all is as it was then, and it may be tried again
   */
  synchronized Summary write(Head head, LabelIndex index, DiskPace pace) throws IOException {
    int number = lastNumber + 1;
    String name = CheckpointFrame.FILES.name(number);
    CheckpointWriter writer = new CheckpointWriter(head, index, files, number, ++attempts);
    boolean renamed = false;
    try {
      writer.write(PARTIAL, pace);
      head.awaitDurable();
      files.rename(PARTIAL, name);
      renamed = true;
      files.forceDirectory();
      lastNumber = number;
      Summary written =
          switch (check(name)) {
            case Finding.Sound sound -> sound.summary();
            case Finding.Damaged damaged ->
                throw new IOException(
                    files.describe(name)
                        + ": damaged at offset "
                        + damaged.offset()
                        + " though it was just written");
          };
      before = newest;
      newest = written;
      chunks.keep(neededChunkFiles());
      removeWhatIsOver(head, pace);
      return written;
    } catch (IOException | RuntimeException e) {
      discard(renamed ? name : PARTIAL, e);
      throw e;
    }
  }

  private void discard(String name, Exception reason) {
    Summary n = newest;
    if (n != null && CheckpointFrame.FILES.name(n.number()).equals(name)) {
      return; // it is good; only what it made superfluous could not be removed
    }
    try {
      files.delete(name);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void removeWhatIsOver(Head head, DiskPace pace) throws IOException {
    Summary older = before;
    if (older == null) {
      return; // the log is the only other place where what the checkpoint holds is
    }
    List<String> over = new ArrayList<>();
    for (String name : CheckpointFrame.FILES.in(files)) {
      if (CheckpointFrame.FILES.numberOf(name) < older.number()) {
        over.add(name);
      }
    }
    String read = mapped;
    if (read != null && over.remove(read)) { // its bytes stay for as long as the head reads them
      files.delete(read);
      files.forceDirectory();
    }
    RemovedFiles.remove(files, over, pace);
    head.log().removeThrough(older.sequence(), pace);
  }

  /**
   * Copies checkpoints, the files of chunks that they need, and the log into a folder that has
   * none; how many files that were.
   */
  synchronized int copy(LogFiles to) throws IOException {
    Set<Integer> needed = neededChunkFiles();
    return copy(files, to, needed::contains);
  }

  /** The same of a folder that nobody works with, with all files of chunks. */
  static int copy(LogFiles from, LogFiles to) throws IOException {
    return copy(from, to, number -> true);
  }

  private static int copy(LogFiles from, LogFiles to, IntPredicate isNeeded) throws IOException {
    List<String> names = CheckpointFrame.FILES.in(from);
    for (String name : ChunkFile.FILES.in(from)) {
      if (isNeeded.test(ChunkFile.FILES.numberOf(name))) {
        names.add(name);
      }
    }
    return names.size() + LogCopy.copy(from, names, to).size();
  }
}
