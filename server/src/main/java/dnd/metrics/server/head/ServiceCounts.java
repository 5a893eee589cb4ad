package dnd.metrics.server.head;

/** How many series and senders a service has. Guarded by the head's lock for new series. */
final class ServiceCounts {
  int series;
  int senders;
}
