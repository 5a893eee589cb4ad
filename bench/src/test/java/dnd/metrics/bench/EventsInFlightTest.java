package dnd.metrics.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventsInFlightTest {
  private static final String RIGHT = "{\"data\":{\"count\":10,\"rejected\":[]}}";

  private final Workers workers = new Workers("test");
  private final EventsInFlight pushes = new EventsInFlight(4, workers);

  private void push(long... numbers) {
    for (long number : numbers) {
      assertThat(pushes.hasRoomFor(number)).isTrue();
      pushes.pushing(number, System.nanoTime());
      pushes.pushedAllBefore(number + 1);
    }
  }

  private void reply(long number, String answer) {
    byte[] bytes = answer.getBytes(UTF_8);
    pushes.reply(1, number, bytes, 0, bytes.length);
  }

  private void assertFailed(String message) {
    assertThatThrownBy(workers::check).hasMessage(message);
  }

  @Test
  void repliesMayComeInAnyOrder() {
    push(0, 1, 2, 3);
    assertThat(pushes.hasRoomFor(4)).isFalse();
    reply(2, RIGHT);
    reply(1, RIGHT);
    assertThat(pushes.acknowledgedAllBefore()).isZero();
    reply(0, RIGHT);
    assertThat(pushes.acknowledgedAllBefore()).isEqualTo(3);
    push(4, 5, 6);
    reply(6, RIGHT);
    reply(4, RIGHT);
    reply(3, RIGHT);
    reply(5, RIGHT);
    pushes.await();
    assertThat(pushes.acknowledgedAllBefore()).isEqualTo(7);
    assertThat(pushes.acknowledged()).isEqualTo(7);
    assertThatCode(workers::check).doesNotThrowAnyException();
  }

  @Test
  void aSecondReplyIsAFailureAndStandsForNoOtherEvent() {
    push(0, 1);
    reply(0, RIGHT);
    reply(0, RIGHT);
    assertFailed("event 0 was answered twice");
    reply(1, RIGHT);
    push(2, 3, 4);
    reply(2, RIGHT);
    reply(3, RIGHT);
    assertThat(pushes.acknowledgedAllBefore()).isEqualTo(4);
  }

  @Test
  void soIsOneWhileAnEarlierEventWaits() {
    push(0, 1);
    reply(1, RIGHT);
    reply(1, RIGHT);
    assertFailed("event 1 was answered twice");
    assertThat(pushes.acknowledged()).isEqualTo(1);
  }

  @Test
  void whatHadNoReplyIsPushedAgain() {
    push(0, 1, 2, 3);
    reply(0, RIGHT);
    reply(2, RIGHT);
    assertThat(pushes.unanswered()).containsExactly(1, 3);
    reply(1, RIGHT);
    reply(3, RIGHT);
    assertThat(pushes.unanswered()).isEmpty();
    push(4);
    assertThat(pushes.unanswered()).containsExactly(4);
    assertThatCode(workers::check).doesNotThrowAnyException();
  }

  @Test
  void aReplyThatLacksASampleIsAFailure() {
    push(0);
    String nine = RIGHT.replace("10", "9");
    reply(0, nine);
    assertFailed("a push was answered with " + nine);
  }
}
