package dnd.metrics.server.wal;

/**
 * Figures of a log at one moment.
 *
 * @param durableSequence number of the last record that is known to be on disk
 * @param bytes what its files hold, zeros that wait for records not counted
 * @param segments how many files it has
 * @param forces how often the disk was made to force since the start
 */
public record LogStatistics(long durableSequence, long bytes, int segments, long forces) {}
