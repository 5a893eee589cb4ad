package dnd.metrics.server.announce;

/**
 * How announcing goes at one moment.
 *
 * @param triggered how many times {@code alert.triggered} was published since the start
 * @param resolved how many times {@code alert.resolved} was published since the start
 * @param alerts how many alerts there are of which something is left to say
 * @param unsent what the hub did not take, and is tried again
 * @param dropped what the hub did not take for so long that it is left to the next start
 * @param waitingNotes notes of announcements that are not on disk yet
 */
public record AnnouncerStatus(
    long triggered, long resolved, int alerts, int unsent, long dropped, int waitingNotes) {}
