package dnd.metrics.server.objects;

/** The store that other tests stand on does what every store does. */
class MemoryStoreTest extends ObjectStoreContract {
  @Override
  ObjectStore open() {
    return new MemoryStore();
  }
}
