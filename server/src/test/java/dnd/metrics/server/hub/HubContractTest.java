package dnd.metrics.server.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.NatsMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Hub} promises, for every implementation: each inherits this test. */
public abstract class HubContractTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  private Hub hub;
  private Connection client;

  /** Opens the hub. */
  protected abstract Hub open() throws Exception;

  /** Where a NATS client can meet the hub that was opened. */
  protected abstract String url();

  @BeforeEach
  void openHub() throws Exception {
    hub = open();
    client = Nats.connect(new Options.Builder().server(url()).connectionTimeout(SOON).build());
  }

  @AfterEach
  void closeHub() throws Exception {
    client.close();
    hub.close();
  }

  /** A message as it was received, with a copy of its payload. */
  private record Received(
      String subject, @Nullable String replyTo, Headers headers, String payload) {
    static Received of(Message message) {
      return new Received(
          message.subject(),
          message.replyTo(),
          message.headers(),
          new String(message.copyPayload(), UTF_8));
    }
  }

  private BlockingQueue<Received> subscribe(String subject, @Nullable String group) {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    hub.subscribe(subject, group, message -> received.add(Received.of(message)));
    return received;
  }

  private static Received next(BlockingQueue<Received> received) throws InterruptedException {
    Received message = received.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(message).as("a message within %s", SOON).isNotNull();
    return message;
  }

  private void publish(String subject, String payload) {
    hub.publish(subject, null, Headers.NONE, payload.getBytes(UTF_8));
  }

  @Test
  void aClientsMessageArrivesWhole() throws Exception {
    BlockingQueue<Received> received = subscribe("orders.*.placed", null);
    io.nats.client.impl.Headers headers = new io.nats.client.impl.Headers();
    headers.add("Trace", "a", "b");
    client.publish(
        NatsMessage.builder()
            .subject("orders.eu.placed")
            .replyTo("answers.1")
            .headers(headers)
            .data("grüße")
            .build());
    assertThat(next(received))
        .isEqualTo(
            new Received(
                "orders.eu.placed",
                "answers.1",
                new Headers(Map.of("Trace", List.of("a", "b"))),
                "grüße"));
  }

  @Test
  void whatTheServicePublishesArrivesWhole() throws Exception {
    var subscription = client.subscribe("answers.>");
    client.flush(SOON);
    hub.publish("answers.x.y", "back.here", Headers.of("Kind", "test"), "hello".getBytes(UTF_8));
    io.nats.client.Message message = subscription.nextMessage(SOON);
    assertThat(message.getSubject()).isEqualTo("answers.x.y");
    assertThat(message.getReplyTo()).isEqualTo("back.here");
    assertThat(message.getHeaders().get("Kind")).containsExactly("test");
    assertThat(message.getData()).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void theServiceHearsItself() throws Exception {
    BlockingQueue<Received> received = subscribe("inner.*", null);
    hub.publish("inner.a", "back", Headers.of("K", "v"), "one".getBytes(UTF_8));
    assertThat(next(received))
        .isEqualTo(new Received("inner.a", "back", Headers.of("K", "v"), "one"));
  }

  @Test
  void requestsAreAnswered() throws Exception {
    hub.subscribe(
        "square.*",
        null,
        message -> {
          String replyTo = message.replyTo();
          assertThat(replyTo).isNotNull();
          int number = Integer.parseInt(new String(message.copyPayload(), UTF_8));
          publish(replyTo, Integer.toString(number * number));
        });
    for (int i = 0; i < 50; i++) {
      byte[] number = Integer.toString(i).getBytes(UTF_8);
      io.nats.client.Message answer = client.request("square.it", number, SOON);
      assertThat(answer).as("the answer to %d", i).isNotNull();
      assertThat(new String(answer.getData(), UTF_8)).isEqualTo(Integer.toString(i * i));
    }
  }

  @Test
  void wildcardsStandForWhatTheyDoInNats() throws Exception {
    BlockingQueue<Received> star = subscribe("a.*.c", null);
    BlockingQueue<Received> rest = subscribe("a.>", null);
    BlockingQueue<Received> exact = subscribe("a.b.c", null);
    for (String subject : List.of("a.b.c", "a.x.c", "a.b", "a.b.c.d", "b.b.c", "a")) {
      client.publish(subject, subject.getBytes(UTF_8));
    }
    client.flush(SOON);
    await().atMost(SOON).until(() -> rest.size() == 4 && star.size() == 2 && exact.size() == 1);
    assertThat(star).extracting(Received::subject).containsExactly("a.b.c", "a.x.c");
    assertThat(rest)
        .extracting(Received::subject)
        .containsExactly("a.b.c", "a.x.c", "a.b", "a.b.c.d");
    assertThat(exact).extracting(Received::subject).containsExactly("a.b.c");
  }

  @Test
  void oneMemberOfAGroupGetsEachMessage() throws Exception {
    int messages = 1000;
    BlockingQueue<Received> inner = subscribe("work.*", "workers");
    BlockingQueue<Received> inner2 = subscribe("work.>", "workers");
    BlockingQueue<Received> watcher = subscribe("work.*", null);
    AtomicInteger outer = new AtomicInteger();
    client.createDispatcher(message -> outer.incrementAndGet()).subscribe("work.*", "workers");
    client.flush(SOON);
    for (int i = 0; i < messages; i++) {
      client.publish("work.a", Integer.toString(i).getBytes(UTF_8));
    }
    client.flush(SOON);
    await().atMost(SOON).until(() -> watcher.size() == messages);
    await().atMost(SOON).until(() -> inner.size() + inner2.size() + outer.get() == messages);
    assertThat(List.of(inner.size(), inner2.size(), outer.get()))
        .as("each member's share")
        .allSatisfy(share -> assertThat(share).isBetween(messages / 5, messages / 2));
  }

  @Test
  void messagesOfOneClientArriveInOrder() throws Exception {
    int messages = 20_000;
    BlockingQueue<Received> received = subscribe("ordered.*", "group");
    for (int i = 0; i < messages; i++) {
      client.publish("ordered." + i % 7, Integer.toString(i).getBytes(UTF_8));
    }
    client.flush(SOON);
    await().atMost(SOON).until(() -> received.size() == messages);
    assertThat(received.stream().map(Received::payload))
        .containsExactlyElementsOf(IntStream.range(0, messages).mapToObj(String::valueOf).toList());
  }

  @Test
  void whatOneThreadPublishesArrivesInOrder() throws Exception {
    int messages = 20_000;
    BlockingQueue<Received> inner = subscribe("out.*", null);
    List<String> outer = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(messages);
    client
        .createDispatcher(message -> {
          outer.add(new String(message.getData(), UTF_8));
          all.countDown();
        })
        .subscribe("out.*");
    client.flush(SOON);
    hub.publishTogether(() -> {
      for (int i = 0; i < messages; i++) {
        publish("out." + i % 3, Integer.toString(i));
      }
    });
    List<String> expected = IntStream.range(0, messages).mapToObj(String::valueOf).toList();
    assertThat(all.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    assertThat(outer).containsExactlyElementsOf(expected);
    await().atMost(SOON).until(() -> inner.size() == messages);
    assertThat(inner.stream().map(Received::payload)).containsExactlyElementsOf(expected);
  }

  @Test
  void aPayloadMayBeReusedAfterPublish() throws Exception {
    BlockingQueue<Received> inner = subscribe("reused", null);
    var outer = client.subscribe("reused");
    client.flush(SOON);
    byte[] payload = "first".getBytes(UTF_8);
    hub.publish("reused", null, Headers.NONE, payload);
    payload[0] = 'F';
    assertThat(next(inner).payload()).isEqualTo("first");
    assertThat(outer.nextMessage(SOON).getData()).isEqualTo("first".getBytes(UTF_8));
  }

  @Test
  void publishRefusesWhatIsNoSubjectAndWhatIsTooLarge() {
    for (String subject : List.of("", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "a\r\nPING")) {
      assertThatIllegalArgumentException().as(subject).isThrownBy(() -> publish(subject, "x"));
    }
    byte[] tooLarge = new byte[hub.maxPayloadBytes() + 1];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hub.publish("a", null, Headers.NONE, tooLarge));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hub.publish("a", "b c", Headers.NONE, new byte[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> hub.publish("a", null, Headers.of("K", "v\r\nX: y"), new byte[0]));
  }

  @Test
  void subscribeRefusesWhatIsNoPattern() {
    for (String pattern : List.of("", "a..b", "a.>.b", "a b", ".")) {
      assertThatIllegalArgumentException()
          .as(pattern)
          .isThrownBy(() -> hub.subscribe(pattern, null, message -> {}));
    }
  }

  @Test
  void theLargestPayloadPasses() throws Exception {
    AtomicInteger length = new AtomicInteger();
    CountDownLatch came = new CountDownLatch(1);
    hub.subscribe(
        "large",
        null,
        message -> {
          length.set(message.length());
          came.countDown();
        });
    client.publish("large", new byte[hub.maxPayloadBytes()]);
    assertThat(came.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    assertThat(length).hasValue(hub.maxPayloadBytes());
  }

  @Test
  void interestFollowsSubscriptions() throws Exception {
    assertThat(hub.hasInterest("wanted.x")).isFalse();
    Hub.Subscription inner = hub.subscribe("wanted.*", null, message -> {});
    assertThat(hub.hasInterest("wanted.x")).isTrue();
    assertThat(hub.hasInterest("wanted.x.y")).isFalse();
    inner.close();
    assertThat(hub.hasInterest("wanted.x")).isFalse();
    var outer = client.subscribe("wanted.>");
    client.flush(SOON);
    assertThat(hub.hasInterest("wanted.x.y")).isTrue();
    outer.unsubscribe();
    client.flush(SOON);
    assertThat(hub.hasInterest("wanted.x.y")).isFalse();
  }

  @Test
  void aClosedSubscriptionGetsNothing() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Hub.Subscription subscription =
        hub.subscribe("closing", null, message -> count.incrementAndGet());
    client.publish("closing", new byte[0]);
    client.flush(SOON);
    await().atMost(SOON).until(() -> count.get() == 1);
    subscription.close();
    subscription.close();
    client.publish("closing", new byte[0]);
    client.flush(SOON);
    assertThat(count).hasValue(1);
  }

  @Test
  void aHandlerThatThrowsKeepsItsSubscription() throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    hub.subscribe(
        "shaky",
        null,
        message -> {
          received.add(Received.of(message));
          throw new IllegalStateException("meant to fail");
        });
    client.publish("shaky", "1".getBytes(UTF_8));
    client.publish("shaky", "2".getBytes(UTF_8));
    assertThat(next(received).payload()).isEqualTo("1");
    assertThat(next(received).payload()).isEqualTo("2");
    publish("shaky", "3");
    assertThat(next(received).payload()).isEqualTo("3");
    assertThat(client.getStatus()).isEqualTo(Connection.Status.CONNECTED);
  }

  @Test
  void publishDoesNotWaitForHandlers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean handled = new AtomicBoolean();
    hub.subscribe(
        "slow",
        null,
        message -> {
          awaitUninterruptibly(release);
          handled.set(true);
        });
    publish("slow", "x");
    assertThat(handled).isFalse();
    release.countDown();
    await().atMost(SOON).untilTrue(handled);
  }

  @Test
  void closeLetsARunningHandlerFinish() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    hub.subscribe(
        "finishing",
        null,
        message -> {
          entered.countDown();
          awaitUninterruptibly(release);
          finished.set(true);
        });
    client.publish("finishing", new byte[0]);
    assertThat(entered.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    AtomicBoolean finishedAtClose = new AtomicBoolean();
    Thread closing =
        Thread.ofPlatform()
            .start(() -> {
              hub.close();
              finishedAtClose.set(finished.get());
            });
    await()
        .atMost(SOON)
        .until(() ->
            closing.getState() == Thread.State.WAITING
                || closing.getState() == Thread.State.TIMED_WAITING);
    release.countDown();
    assertThat(closing.join(SOON)).isTrue();
    assertThat(finishedAtClose).isTrue();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
