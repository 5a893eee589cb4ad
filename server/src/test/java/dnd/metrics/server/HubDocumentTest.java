package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.hub.embedded.HubOptions;
import dnd.metrics.server.hub.embedded.HubUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The settings that docs/hub.md shows are read, and the defaults that it names are the defaults.
 */
class HubDocumentTest {
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @Test
  void theExampleIsWhatTheDefaultsAreButForWhoMayConnect(@TempDir Path folder) throws Exception {
    Matcher example = YAML.matcher(Files.readString(Path.of("../docs/hub.md")));
    assertThat(example.find()).isTrue();
    Path file = Files.writeString(folder.resolve("config.yaml"), example.group(1));
    Map<String, String> environment =
        Map.of("HUB_TOKEN", "t", "HUB_ADMIN_PASSWORD", "a", "HUB_CHARACTER_PASSWORD", "c");

    HubOptions read = new ConfigReader(environment).read(file).hub();

    HubOptions defaults = HubOptions.defaults();
    assertThat(
            read.withListen(defaults.host(), defaults.port())
                .withUsers(List.of())
                .withToken(null)
                .withTls(null))
        .isEqualTo(defaults);
    assertThat(read.host()).isEqualTo("0.0.0.0");
    assertThat(read.token()).isEqualTo("t");
    assertThat(read.users())
        .extracting(HubUser::name)
        .containsExactly("admin", "character_service");
    assertThat(read.users().get(1).permissions().subscribe().deny())
        .containsExactly("metrics.rejected");
    assertThat(read.tls()).isNotNull();
  }
}
