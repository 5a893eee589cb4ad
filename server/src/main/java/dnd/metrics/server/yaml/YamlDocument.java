package dnd.metrics.server.yaml;

import dnd.metrics.server.yaml.YamlNode.Scalar;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The first document of a YAML text, aliases resolved. Its size and depth are bounded.
 *
 * @param root a null where the document is empty
 * @param followedByOthers whether the text holds more documents, which were not read
 */
public record YamlDocument(YamlNode root, boolean followedByOthers) {
  /** The longest text, in characters. */
  public static final int MAX_LENGTH = 16 << 20;

  /** How many mappings and lists may be open at once. */
  public static final int MAX_DEPTH = 100;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder().setUseMarks(true).setCodePointLimit(MAX_LENGTH).build();

  /**
   * Reads {@code text}.
   *
   * @throws YamlSyntaxException where it is not YAML, or too large or too deep
   */
  public static YamlDocument read(String text) throws YamlSyntaxException {
    if (text.length() > MAX_LENGTH) {
      throw new YamlSyntaxException(
          1, 1, "document is too large: " + text.length() + " characters, limit " + MAX_LENGTH);
    }
    try {
      EventReader reader = new EventReader(new Parse(SETTINGS).parseString(text).iterator());
      YamlNode root = reader.document().orElse(new Scalar("", "!!null", 1, 1));
      return new YamlDocument(root, reader.hasAnother());
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      throw new YamlSyntaxException(
          mark.map(Mark::getLine).orElse(0) + 1,
          mark.map(Mark::getColumn).orElse(0) + 1,
          problem(e));
    } catch (YamlEngineException e) {
      throw new YamlSyntaxException(1, 1, String.valueOf(e.getMessage()));
    }
  }

  private static String problem(MarkedYamlEngineException e) {
    String problem = String.valueOf(e.getProblem() == null ? e.getMessage() : e.getProblem());
    return e.getContext() == null ? problem : e.getContext() + ", " + problem;
  }
}
