package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.events.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The cases that the clients of all languages run. */
class SharedCasesTest {
  @TestFactory
  List<DynamicTest> sharedCases() throws IOException {
    Path folder = Project.folder().resolve("conformance/clients");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (JsonNode each : StrictJson.mapper().readTree(file.toFile()).get("cases")) {
          String name = file.getFileName() + ": " + each.get("name").stringValue();
          tests.add(DynamicTest.dynamicTest(name, () -> new SharedCase(each).run()));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(30);
    return tests;
  }
}
