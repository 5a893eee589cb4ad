package dnd.metrics.server.head;

/** How many series a service has. Guarded by the head's lock for new series. */
final class ServiceSeries {
  int count;
}
