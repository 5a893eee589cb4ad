package dnd.metrics.server.hub.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dnd.metrics.server.database.UnspeakableError;
import dnd.metrics.server.hub.MessageHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalDispatcherTest {
  private final HubCounters counters = new HubCounters();
  private final LocalDispatcher dispatcher = new LocalDispatcher(counters, 10);
  private final SubscriptionTrie trie = new SubscriptionTrie();

  private static Publication publication(String payload) {
    Publication publication = new Publication(null, new WakeUps());
    publication.subject = "a";
    publication.payloadBuffer = payload.getBytes(UTF_8);
    publication.payloadTo = publication.payloadBuffer.length;
    return publication;
  }

  private LocalSubscription subscription(MessageHandler handler) {
    return new LocalSubscription(trie, dispatcher, counters, "a", null, handler);
  }

  @Test
  void whatFindsNoRoomIsCountedAndNotDelivered() throws Exception {
    List<String> handled = new ArrayList<>();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    LocalSubscription slow =
        subscription(message -> {
          entered.countDown();
          try {
            assertThat(release.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          handled.add(new String(message.copyPayload(), UTF_8));
        });
    dispatcher.start();
    assertThat(slow.deliver(publication("first"))).isTrue();
    assertThat(entered.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(slow.deliver(publication("second"))).isTrue();
    assertThat(slow.deliver(publication("third!"))).isFalse();
    assertThat(slow.deliver(publication("4"))).isTrue();
    assertThat(counters.slowConsumers.sum()).isEqualTo(1);
    release.countDown();
    dispatcher.close();
    assertThat(handled).containsExactly("first", "second", "4");
    assertThat(slow.deliver(publication("late"))).isFalse();
  }

  @Test
  void aTaskThatThrowsKeepsNothingFromBeingDelivered() {
    List<String> handled = new ArrayList<>();
    LocalSubscription subscription =
        subscription(message -> handled.add(new String(message.copyPayload(), UTF_8)));
    dispatcher.start();
    dispatcher.run(() -> {
      throw new IllegalStateException("a mistake");
    });
    dispatcher.run(() -> {
      throw new StackOverflowError("a deep one");
    });
    assertThat(subscription.deliver(publication("behind"))).isTrue();
    dispatcher.close();
    assertThat(handled).containsExactly("behind");
  }

  @Test
  void whatFailsWithoutMemoryToSaySoKeepsNothingFromBeingDelivered() {
    List<String> handled = new ArrayList<>();
    LocalSubscription failing =
        subscription(message -> {
          throw new UnspeakableError();
        });
    LocalSubscription subscription =
        subscription(message -> handled.add(new String(message.copyPayload(), UTF_8)));
    dispatcher.start();
    assertThat(failing.deliver(publication("f"))).isTrue(); // leaves room for the other
    dispatcher.run(() -> {
      throw new UnspeakableError();
    });
    assertThat(subscription.deliver(publication("behind"))).isTrue();
    dispatcher.close();
    assertThat(handled).containsExactly("behind");
    assertThat(counters.handlerFailures.sum()).isEqualTo(1);
  }
}
