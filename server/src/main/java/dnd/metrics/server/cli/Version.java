package dnd.metrics.server.cli;

/** The program's version, as the build wrote it into the jar's manifest. */
public final class Version {
  private Version() {}

  /** Such as {@code 0.1.0}; {@code development} where the classes do not come from a jar. */
  public static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** One line: program, version, and the Java it runs on. */
  public static String text() {
    return "dnd-metrics " + number() + " (Java " + Runtime.version() + ")";
  }
}
