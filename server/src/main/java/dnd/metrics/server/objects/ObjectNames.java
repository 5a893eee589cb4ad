package dnd.metrics.server.objects;

/** What names of objects may be. */
final class ObjectNames {
  private ObjectNames() {}

  /**
   * @throws IllegalArgumentException where that is no name
   */
  static void check(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\\') >= 0) {
        throw new IllegalArgumentException("no name of an object: \"" + name + "\"");
      }
    }
  }
}
