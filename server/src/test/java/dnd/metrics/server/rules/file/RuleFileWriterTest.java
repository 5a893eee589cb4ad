package dnd.metrics.server.rules.file;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.rules.file.Rule.AlertingRule;
import dnd.metrics.server.rules.file.Rule.RecordingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleFileWriterTest {
  private static final String[] PIECES = {
    "up",
    " ",
    "\n",
    "{{ $value }}",
    ":",
    "#",
    "'",
    "\"",
    "-",
    "\t",
    "é",
    "\\",
    "null",
    "~",
    "<<",
    "5",
    "yes",
    "&a",
    "*a",
    "|",
    ">",
    "%",
    "@",
    "`",
    "\r",
    "\u0007",
    "😀",
    ",",
    "[",
    "}",
    "  ",
  };

  @Test
  void aFileIsPrintedInTheOrderThatPeopleWriteIt() {
    AlertingRule rule =
        new AlertingRule(
            "TooSlow",
            "a\n  > 1\n",
            Duration.ofMinutes(5),
            Duration.ZERO,
            Map.of("severity", "page"),
            Map.of("summary", "{{ $value }} is \"slow\""));
    RuleGroup group =
        new RuleGroup(
            "g", Duration.ofSeconds(90), 5, Optional.of(Duration.ZERO), Map.of(), List.of(rule));
    assertThat(RuleFileWriter.write(new RuleFile(List.of(group))))
        .isEqualTo(
            """
            groups:
              - name: g
                interval: 1m30s
                query_offset: 0s
                limit: 5
                rules:
                  - alert: TooSlow
                    expr: |
                      a
                        > 1
                    for: 5m
                    labels:
                      severity: page
                    annotations:
                      summary: '{{ $value }} is "slow"'
            """);
  }

  @Test
  void whateverIsPrintedReadsBackEqual() {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      RuleFile file = randomFile(random);
      String text = RuleFileWriter.write(file);
      RuleFileReading reading = RuleFileReader.read(text);
      assertThat(reading.problems()).as("seed %d, round %d:%n%s", seed, i, text).isEmpty();
      assertThat(reading.file()).as("seed %d, round %d:%n%s", seed, i, text).isEqualTo(file);
    }
  }

  private static RuleFile randomFile(Random random) {
    List<RuleGroup> groups = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<Rule> rules = new ArrayList<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        rules.add(randomRule(random));
      }
      groups.add(
          new RuleGroup(
              "g" + i + text(random),
              Duration.ofMillis(random.nextInt(3) * 86_400_001L),
              random.nextInt(3),
              random.nextBoolean()
                  ? Optional.empty()
                  : Optional.of(Duration.ofSeconds(random.nextInt(2))),
              texts(random),
              rules));
    }
    return new RuleFile(groups);
  }

  private static Rule randomRule(Random random) {
    if (random.nextBoolean()) {
      return new RecordingRule(
          "r" + random.nextInt(9), "vector(1)\n+ 1\n".repeat(1), texts(random));
    }
    return new AlertingRule(
        "A" + random.nextInt(9),
        " up # " + random.nextInt() + "\n ",
        Duration.ofSeconds(random.nextInt(2)),
        Duration.ofSeconds(random.nextInt(2)),
        texts(random),
        texts(random));
  }

  private static Map<String, String> texts(Random random) {
    Map<String, String> result = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      result.put(random.nextBoolean() ? "n" + i : text(random) + i, text(random));
    }
    return result;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString().replace("{{", "{ {");
  }
}
