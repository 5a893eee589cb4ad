package dnd.metrics.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RuleRequestsTest {
  @TempDir Path folder;

  private static final String FILE =
      """
      groups:
        - name: inn
          interval: 1h
          labels: {team: hosts}
          rules:
            - record: inn:ale:sum
              expr: sum(ale)
            - alert: LowAle
              expr: ale < 5
              for: 1h
              labels: {severity: page}
              annotations: {summary: little ale}
        - name: kitchen
          rules:
            - alert: Cold
              expr: oven < 50
      """;

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }

  private static JsonNode save(RuleServiceFixture test, String content) throws Exception {
    test.awaitLoaded();
    return test.ask(
        "alert.rules",
        "{\"action\":\"save\",\"file\":\"inn.yml\",\"content\":" + quoted(content) + "}");
  }

  @Test
  void savesAndListsInPrometheussShape() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      JsonNode saved = save(test, FILE);
      assertThat(saved.get("status").asString()).isEqualTo("success");
      assertThat(saved.get("rules").asInt()).isEqualTo(3);
      JsonNode groups = test.ask("alert.rules", "{}").get("groups");
      assertThat(groups).hasSize(2);
      JsonNode inn = groups.get(0);
      assertThat(inn.get("name").asString()).isEqualTo("inn");
      assertThat(inn.get("file").asString()).isEqualTo("inn.yml");
      assertThat(inn.get("interval").asDouble()).isEqualTo(3600);
      JsonNode low = inn.get("rules").get(1);
      assertThat(low.get("type").asString()).isEqualTo("alerting");
      assertThat(low.get("query").asString()).isEqualTo("ale < 5");
      assertThat(low.get("duration").asDouble()).isEqualTo(3600);
      assertThat(low.get("labels").get("severity").asString()).isEqualTo("page");
      assertThat(low.get("labels").get("team").asString()).isEqualTo("hosts");
      assertThat(low.get("active").asBoolean()).isTrue();
      assertThat(low.get("updated_by").asString()).isEqualTo("bard");
      assertThat(inn.get("rules").get(0).get("type").asString()).isEqualTo("recording");
    }
  }

  @Test
  void namesEveryProblemOfAFileAndKeepsWhatWas() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE);
      JsonNode refused = save(test, FILE.replace("sum(ale)", "sum(ale").replace("oven < 50", "<"));
      assertThat(refused.get("code").asString()).isEqualTo("invalid_rules");
      assertThat(refused.get("field").asString()).isEqualTo("data.content");
      assertThat(refused.get("error").asString()).contains("7:", "; ", "16:");
      assertThat(test.ask("alert.rules", "{}").get("groups")).hasSize(2);
    }
  }

  @Test
  void checksWithoutSaving() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      test.awaitLoaded();
      String content = quoted(FILE.replace("sum(ale)", "sum(ale"));
      JsonNode checked =
          test.ask("alert.rules", "{\"action\":\"check\",\"content\":" + content + "}");
      assertThat(checked.get("valid").asBoolean()).isFalse();
      assertThat(checked.get("problems").get(0).get("line").asInt()).isEqualTo(7);
      assertThat(test.ask("alert.rules", "{}").get("groups")).isEmpty();
    }
  }

  @Test
  void givesTheFileBack() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE);
      JsonNode got = test.ask("alert.rules", "{\"action\":\"get\",\"file\":\"inn.yml\"}");
      JsonNode again = save(test, got.get("content").asString());
      assertThat(again.get("rules").asInt()).isEqualTo(3);
    }
  }

  @Test
  void deletesAGroupAndThenTheFile() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE);
      JsonNode deleted =
          test.ask(
              "alert.rules", "{\"action\":\"delete\",\"file\":\"inn.yml\",\"group\":\"kitchen\"}");
      assertThat(deleted.get("deleted").asInt()).isEqualTo(1);
      assertThat(test.ask("alert.rules", "{}").get("groups")).hasSize(1);
      test.ask("alert.rules", "{\"action\":\"delete\",\"file\":\"inn.yml\"}");
      assertThat(test.ask("alert.rules", "{}").get("groups")).isEmpty();
      JsonNode gone = test.ask("alert.rules", "{\"action\":\"delete\",\"file\":\"inn.yml\"}");
      assertThat(gone.get("code").asString()).isEqualTo("unknown_rules");
    }
  }

  @Test
  void aRuleThatIsNotActiveIsKeptAndStaysSoWhenTheFileIsSavedAgain() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE.replace("for: 1h", "for: 0s"));
      test.push("push-1", "ale", 3, "service", "tavern");
      test.next("alert.triggered");
      test.hub.deliver(
          "bard.alert.rules",
          "inbox",
          "{\"type\":\"alert.rules\",\"data\":{\"action\":\"deactivate\",\"file\":\"inn.yml\","
              + "\"rule\":\"LowAle\",\"correlation_id\":\"off\"}}");
      JsonNode resolved = test.next("alert.resolved");
      assertThat(resolved.get("correlation_id").asString()).isEqualTo("off");
      test.next("inbox");
      save(test, FILE);
      JsonNode low = test.ask("alert.rules", "{\"rule\":\"LowAle\"}").get("groups").get(0);
      assertThat(low.get("rules")).hasSize(1);
      assertThat(low.get("rules").get(0).get("active").asBoolean()).isFalse();
      assertThat(low.get("rules").get(0).get("state").asString()).isEqualTo("inactive");
    }
  }

  @Test
  void listsGroupByGroup() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE);
      JsonNode first = test.ask("alert.rules", "{\"group_limit\":1}");
      assertThat(first.get("groups")).hasSize(1);
      JsonNode second =
          test.ask(
              "alert.rules",
              "{\"group_limit\":1,\"group_next_token\":" + first.get("groupNextToken") + "}");
      assertThat(second.get("groups").get(0).get("name").asString()).isEqualTo("kitchen");
      assertThat(second.has("groupNextToken")).isFalse();
    }
  }

  @Test
  void anUnknownActionIsNamed() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      JsonNode refused = test.ask("alert.rules", "{\"action\":\"burn\"}");
      assertThat(refused.get("code").asString()).isEqualTo("unknown_action");
      assertThat(refused.get("error").asString()).contains("list, get, save");
    }
  }

  @Test
  void evaluatesNowWhenAskedAndSaysWhatChanged() throws Exception {
    try (RuleServiceFixture test = new RuleServiceFixture(folder)) {
      save(test, FILE.replace("ale < 5", "ale offset 1ms < 5").replace("for: 1h", "for: 0s"));
      LoadedGroup loaded = test.service.scheduler().groups().getFirst();
      await().until(() -> loaded.evaluatedAtMillis != AlertInstance.NEVER); // as a change is
      long pushedMillis = test.clock.millis();
      test.pushAt(pushedMillis, "push-1", "ale", 3, "service", "tavern");
      await().until(() -> test.clock.millis() > pushedMillis + 1); // the offset is over
      JsonNode checked =
          test.ask("alert.check", "{\"correlation_id\":\"check-1\",\"rule\":\"LowAle\"}");
      JsonNode change = checked.get("changes").get(0);
      assertThat(checked.get("rules").asInt()).isEqualTo(1);
      assertThat(change.get("status").asString()).isEqualTo("firing");
      assertThat(change.get("labels").get("service").asString()).isEqualTo("tavern");
    }
  }
}
