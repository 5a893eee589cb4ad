package dnd.metrics.server.rules.unittest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePatternTest {
  @TempDir private Path folder;

  @Test
  void namesMayBePatterns() throws IOException, UnitTestException {
    Files.createDirectories(folder.resolve("b/deep"));
    for (String name :
        List.of("a.yml", "b.yml", "c.yaml", "b/x1.yml", "b/x2.yml", "b/deep/y.yml")) {
      Files.writeString(folder.resolve(name), "");
    }
    assertMatches("a.yml", "a.yml");
    assertMatches("./b/../a.yml", "a.yml");
    assertMatches("*.yml", "a.yml", "b.yml");
    assertMatches("[ac].y*", "a.yml", "c.yaml");
    assertMatches("[^a].yml", "b.yml");
    assertMatches("?/x?.yml", "b/x1.yml", "b/x2.yml");
    assertMatches("*/*/*", "b/deep/y.yml");
    assertMatches("b/x[2-9].yml", "b/x2.yml");
    assertMatches("\\*.yml");
    assertMatches("missing.yml");
    assertMatches(folder.toAbsolutePath() + "/b.*", "b.yml");
    for (String wrong : List.of("[", "[]", "a\\", "[b-a]")) {
      assertThatThrownBy(() -> FilePattern.matches(folder, wrong))
          .as(wrong)
          .isInstanceOf(UnitTestException.class)
          .hasMessage("syntax error in pattern");
    }
  }

  private void assertMatches(String pattern, String... expected) throws UnitTestException {
    List<String> found =
        FilePattern.matches(folder, pattern).stream()
            .map(path -> folder.toAbsolutePath().relativize(path.toAbsolutePath()).toString())
            .toList();
    assertThat(found).as(pattern).containsExactly(expected);
  }
}
