package dnd.metrics.server.announce.route;

import dnd.metrics.server.yaml.YamlException;
import dnd.metrics.server.yaml.YamlFile;

/** Configurations for tests. */
public final class AlertsConfigs {
  private AlertsConfigs() {}

  /** What stands below {@code alerts:}. */
  public static AlertsConfig parse(String yaml) {
    try {
      return read(yaml);
    } catch (YamlException e) {
      throw new AssertionError(e);
    }
  }

  static AlertsConfig read(String yaml) throws YamlException {
    YamlFile file = YamlFile.parse("alerts.yml", yaml);
    AlertsConfig config = AlertsConfigReader.read(file.root());
    file.problems().throwIfAny();
    return config;
  }
}
