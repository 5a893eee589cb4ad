package dnd.metrics.client;

/** A subscription that can be ended; ending it twice is the same as once. */
@FunctionalInterface
public interface HubSubscription extends AutoCloseable {
  @Override
  void close();
}
