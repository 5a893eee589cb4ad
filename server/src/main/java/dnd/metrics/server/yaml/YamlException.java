package dnd.metrics.server.yaml;

import java.util.List;

/** A YAML file says something that cannot be taken; the message has one line for each problem. */
public final class YamlException extends Exception {
  private static final long serialVersionUID = 1L;

  public YamlException(List<String> lines) {
    super(String.join("\n", lines));
  }
}
