package dnd.metrics.server.head;

import org.jspecify.annotations.Nullable;

/**
 * Figures of a {@link Head} at one moment.
 *
 * @param series how many series it holds
 * @param senders how many senders have sent
 * @param samplesAppended samples accepted since the process began, replayed ones not counted
 * @param lastSequence the number of the last event in the log
 * @param logBytes size of the log on disk
 * @param logSegments files of the log
 * @param logForces how often the disk was made to force the log since the process began
 * @param minMillis the oldest sample's time, Unix milliseconds; above maxMillis where there is no
 *     sample
 * @param maxMillis the newest sample's time there ever was, Unix milliseconds
 * @param maintenance how often checkpoints were written and ranges cut
 * @param unavailable why nothing can be taken in at present (a full disk), null when all is well
 */
public record HeadStatus(
    long series,
    int senders,
    long samplesAppended,
    long lastSequence,
    long logBytes,
    int logSegments,
    long logForces,
    long minMillis,
    long maxMillis,
    Maintenance maintenance,
    @Nullable String unavailable) {
  /**
   * What was done since the process began.
   *
   * @param checkpoints how many were written
   * @param checkpointBytes size of the newest; 0 for none
   * @param blocks how many were cut from the head
   * @param failures how often one of these could not be written, and was tried again later
   * @param chunkFiles how many files hold finished chunks now
   * @param chunkFileBytes how large these are together
   * @param parkedSeries how many series that get no samples any more are in them but for their
   *     labels
   * @param damagedSeries how many series, these or chunks of others, cannot be read until the
   *     service is started again; no checkpoint is written meanwhile
   * @param mendedChunkFiles how often a file of chunks was found damaged and repaired from its
   *     parity, by the start too
   */
  public record Maintenance(
      long checkpoints,
      long checkpointBytes,
      long blocks,
      long failures,
      long chunkFiles,
      long chunkFileBytes,
      long parkedSeries,
      long damagedSeries,
      long mendedChunkFiles) {}
}
