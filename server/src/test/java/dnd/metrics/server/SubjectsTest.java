package dnd.metrics.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubjectsTest {
  @Test
  void withoutPatternsEverySenderIsHeard() {
    assertThat(Subjects.subscriptions("metrics.push", List.of())).containsExactly("*.metrics.push");
  }

  @Test
  void patternsDecideWhatIsSubscribed() {
    List<String> patterns = List.of("*.metrics.push", "*.alerts.*");
    assertThat(Subjects.subscriptions("metrics.push", patterns)).containsExactly("*.metrics.push");
    assertThat(Subjects.subscriptions("metrics.query", patterns)).isEmpty();
    assertThat(Subjects.subscriptions("metrics.query", List.of(">")))
        .containsExactly("*.metrics.query");
    assertThat(Subjects.subscriptions("metrics.query", List.of("*.metrics.>")))
        .containsExactly("*.metrics.query");
    assertThat(Subjects.subscriptions("metrics.query", List.of("*.metrics"))).isEmpty();
    assertThat(Subjects.subscriptions("metrics.query", List.of("*.metrics.query.>"))).isEmpty();
  }

  @Test
  void aNarrowPatternHearsOnlyThatSender() {
    assertThat(Subjects.subscriptions("metrics.push", List.of("combat.metrics.*", "dice.>")))
        .containsExactly("combat.metrics.push", "dice.metrics.push");
  }

  @Test
  void noSubjectIsSubscribedTwice() {
    assertThat(
            Subjects.subscriptions(
                "metrics.push", List.of("combat.metrics.push", "*.metrics.push", "*.metrics.*")))
        .containsExactly("*.metrics.push");
    assertThat(Subjects.subscriptions("metrics.push", List.of("combat.>", "combat.metrics.*")))
        .containsExactly("combat.metrics.push");
  }

  @Test
  void patternsWithoutEffectAreNamed() {
    assertThat(Subjects.withoutEffect(List.of("*.metrics.*", "*.logs.*", "*.alerts.*")))
        .containsExactly("*.logs.*");
  }

  @Test
  void singularAndPluralAreTheSame() {
    assertThat(Subjects.subscriptions("alert.status", List.of()))
        .containsExactly("*.alert.status", "*.alerts.status");
    assertThat(Subjects.subscriptions("alert.status", List.of("*.alerts.*")))
        .containsExactly("*.alert.status", "*.alerts.status");
    assertThat(Subjects.subscriptions("dashboard.request", List.of("combat.dashboard.request")))
        .containsExactly("combat.dashboard.request", "combat.dashboards.request");
    assertThat(Subjects.subscriptions("dashboard.request", List.of("*.alerts.*"))).isEmpty();
  }
}
