package dnd.metrics.server.objects;

/** An object that is there. */
public record StoredObject(String name, long byteSize) {}
