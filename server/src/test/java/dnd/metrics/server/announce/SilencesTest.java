package dnd.metrics.server.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.announce.Silence.State;
import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How silences are edited, begin, end and are forgotten. */
class SilencesTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long HOUR = 3_600_000;

  private final Silences silences = new Silences();

  private static Silence silence(String id, String job, long startsAt, long endsAt) {
    return new Silence(
        id, List.of(Matcher.equal("job", job)), startsAt, endsAt, "Mira", "why", NOW);
  }

  private List<String> ids(Silence draft, long now) {
    return silences.planSave(draft, "new", now).stream().map(Silence::id).toList();
  }

  @Test
  void anActiveSilenceMayEndAtAnotherTimeAndNothingElse() {
    silences.put(List.of(silence("s", "x", NOW, NOW + HOUR)), NOW);
    long now = NOW + 1000;
    assertThat(ids(silence("s", "x", NOW, NOW + 9 * HOUR), now)).containsExactly("s");
    assertThat(ids(silence("s", "x", NOW + 500, NOW + HOUR), now)).containsExactly("s");
    assertThat(ids(silence("s", "x", NOW - HOUR, NOW + HOUR), now)).containsExactly("s", "new");
    assertThat(ids(silence("s", "y", NOW, NOW + HOUR), now)).containsExactly("s", "new");

    List<Silence> plan = silences.planSave(silence("s", "y", NOW, NOW + HOUR), "new", now);
    assertThat(plan.getFirst().state(now)).isEqualTo(State.EXPIRED);
    assertThat(plan.getLast().startsAtMillis()).isEqualTo(now);
    assertThat(silences.active()).extracting(Silence::id).containsExactly("s");
    silences.put(plan, now);
    assertThat(silences.active()).extracting(Silence::id).containsExactly("new");
  }

  @Test
  void aSilenceToComeMayBeginAtAnotherTimeThatIsToCome() {
    silences.put(List.of(silence("s", "x", NOW + HOUR, NOW + 2 * HOUR)), NOW);
    assertThat(ids(silence("s", "x", NOW + 5, NOW + 2 * HOUR), NOW)).containsExactly("s");
    assertThat(ids(silence("s", "x", NOW - 5, NOW + 2 * HOUR), NOW)).containsExactly("s", "new");
  }

  @Test
  void oneThatIsOverStaysAsItWas() {
    silences.put(List.of(silence("s", "x", NOW - HOUR, NOW - 1)), NOW);
    assertThat(ids(silence("s", "x", NOW - HOUR, NOW + HOUR), NOW)).containsExactly("new");
  }

  @Test
  void turnsAreAtStartsAndEndsAndSayWhoseStateChanged() {
    silences.put(
        List.of(silence("a", "x", NOW, NOW + HOUR), silence("b", "y", NOW + HOUR, NOW + 2 * HOUR)),
        NOW);
    assertThat(silences.nextTurnMillis()).isEqualTo(NOW + HOUR);
    assertThat(silences.turn(NOW + HOUR)).extracting(Silence::id).containsExactly("a", "b");
    assertThat(silences.active()).extracting(Silence::id).containsExactly("b");
    assertThat(Silences.matching(silences.active(), Labels.of("job", "y"))).containsExactly("b");
    assertThat(Silences.matching(silences.active(), Labels.of("job", "x"))).isEmpty();
    assertThat(silences.turn(NOW + 2 * HOUR)).extracting(Silence::id).containsExactly("b");
    assertThat(silences.nextTurnMillis()).isEqualTo(NOW + HOUR + Silences.RETENTION_MILLIS);
    silences.turn(NOW + HOUR + Silences.RETENTION_MILLIS);
    assertThat(silences.all()).extracting(Silence::id).containsExactly("b");
  }
}
