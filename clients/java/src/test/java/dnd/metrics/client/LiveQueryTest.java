package dnd.metrics.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dnd.metrics.events.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveQueryTest {
  private final HubDouble hub = new HubDouble();
  private final MetricsClient client =
      MetricsClient.builder().serviceId("dm_screen").messageHub(hub).buildWithoutThread();
  private final List<LiveUpdate> updates = new CopyOnWriteArrayList<>();

  private HubDouble.Got asked() {
    List<HubDouble.Got> asked = new CopyOnWriteArrayList<>();
    await()
        .until(() -> {
          asked.addAll(hub.takePublished());
          return asked.stream().anyMatch(got -> got.subject().equals("dm_screen.metrics.query"));
        });
    return asked.get(asked.size() - 1);
  }

  private void answer(HubDouble.Got asked, String data) {
    hub.deliver(
        String.valueOf(asked.replyTo()),
        "{\"type\":\"metrics.result\",\"data\":{\"correlation_id\":\"c\"," + data + "}}");
  }

  private static String vector(int update, String more, String... series) {
    return "\"status\":\"success\",\"resultType\":\"vector\",\"update\":"
        + update
        + more
        + ",\"result\":["
        + String.join(",", series)
        + "]";
  }

  private static String series(String name, int value) {
    return "{\"metric\":{\"n\":\"" + name + "\"},\"value\":[1795514400,\"" + value + "\"]}";
  }

  private LiveUpdate update(int number) {
    await().until(() -> updates.size() > number);
    return updates.get(number);
  }

  @Test
  void updatesChangeTheAnswer() {
    LiveQuery live = client.live("up", updates::add);
    HubDouble.Got asked = asked();
    assertThat(asked.text()).contains("\"live\":true").contains("\"parts\":true");
    answer(asked, vector(0, "", series("a", 1), series("b", 2)));
    answer(asked, vector(1, ",\"gone\":[{\"n\":\"b\"}]", series("a", 3)));
    answer(asked, vector(2, ",\"full\":true", series("c", 9)));

    assertThat(update(0).result().series()).hasSize(2);
    assertThat(update(1).result().value()).isEqualTo(3);
    assertThat(update(1).changed())
        .singleElement()
        .satisfies(changed -> assertThat(changed.label("n")).isEqualTo("a"));
    assertThat(update(1).gone()).containsExactly(Map.of("n", "b"));
    assertThat(update(2).result().value()).isEqualTo(9);
    assertThat(update(2).gone()).containsExactly(Map.of("n", "a"));

    live.close();
    assertThat(hub.takePublished())
        .extracting(HubDouble.Got::subject)
        .containsExactly("dm_screen.metrics.cancel");
    assertThat(hub.listeners()).isZero();
  }

  @Test
  void updateInParts() {
    client.live("up", updates::add);
    HubDouble.Got asked = asked();
    answer(asked, vector(0, ",\"part\":1", series("a", 1)));
    answer(asked, vector(0, ",\"part\":2,\"last\":true", series("b", 2)));
    assertThat(update(0).result().series()).hasSize(2);
    assertThat(update(0).changed()).hasSize(2);
  }

  @Test
  void windowSlides() {
    LiveQuery live = client.liveRange("up", Duration.ofSeconds(30), Duration.ofSeconds(15));
    live.subscribe(new CallbackSubscriber(updates::add));
    HubDouble.Got asked = asked();
    assertThat(asked.text()).contains("\"step\":\"15s\"");
    String matrix = "\"status\":\"success\",\"resultType\":\"matrix\",\"update\":";
    answer(
        asked,
        matrix
            + "0,\"result\":[{\"metric\":{},\"values\":[[1795514400,\"1\"],[1795514415,\"2\"],[1795514430,\"3\"]]}]");
    answer(
        asked,
        matrix
            + "1,\"result\":[{\"metric\":{},\"values\":[[1795514430,null],[1795514445,\"4\"]]}]");

    assertThat(update(0).result().series().get(0).samples()).hasSize(3);
    assertThat(update(1).result().series().get(0).samples())
        .extracting(Sample::value)
        .containsExactly(2.0, 4.0);
  }

  @Test
  void asksAgainAfterWhatMayPass() {
    client.live("up", updates::add);
    HubDouble.Got first = asked();
    answer(first, vector(0, "", series("a", 1)));
    answer(first, vector(2, "", series("a", 3))); // update 1 was lost
    HubDouble.Got second = asked();
    assertThat(second.replyTo()).isNotEqualTo(first.replyTo());
    answer(first, vector(1, "", series("a", 77))); // too late, and looked at by nobody
    answer(second, vector(0, "", series("a", 4)));
    assertThat(update(1).result().value()).isEqualTo(4);

    answer(
        second,
        "\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"stopping\",\"code\":\"shutting_down\"");
    HubDouble.Got third = asked();
    hub.deliver(new HubMessage(String.valueOf(third.replyTo()), new byte[0], true));
    HubDouble.Got fourth = asked();
    answer(fourth, vector(0, "", series("a", 5)));
    assertThat(update(2).result().value()).isEqualTo(5);

    hub.reconnect();
    HubDouble.Got fifth = asked();
    answer(fifth, vector(0, "", series("a", 6)));
    assertThat(update(3).result().value()).isEqualTo(6);
  }

  @Test
  void asksAgainWhereTheServiceHasForgottenIt() {
    MetricsClient watchful =
        MetricsClient.builder()
            .serviceId("dm_screen")
            .messageHub(hub)
            .liveCheckMillis(20)
            .buildWithoutThread();
    String unlisted =
        "{\"type\":\"metrics.result\",\"data\":{\"status\":\"error\",\"warnings\":[],\"correlation_id\":\"q\"}}";
    hub.reply(unlisted);
    LiveQuery live = watchful.live("up", updates::add);
    HubDouble.Got first = asked();
    String id =
        StrictJson.mapper().readTree(first.text()).path("data").path("correlation_id").asString("");
    hub.reply(listed(id));
    answer(first, vector(0, "", series("a", 1)));
    List<HubDouble.Got> checks = new CopyOnWriteArrayList<>();
    await()
        .until(() -> {
          checks.addAll(hub.takeRequests());
          return checks.size() > 2;
        });
    assertThat(checks).allMatch(got -> got.subject().equals("dm_screen.metrics.queries"));
    assertThat(hub.takePublished()).isEmpty();

    hub.reply(listed("another"));
    asked();
    hub.reply(unlisted);
    hub.reconnect(); // so that the question that is open now is one of which no check is under way
    answer(asked(), vector(0, "", series("a", 2)));
    assertThat(update(1).result().value()).isEqualTo(2);
    live.close();
  }

  private static String listed(String correlationId) {
    return "{\"type\":\"metrics.result\",\"data\":{\"status\":\"success\",\"result\":[{\"correlation_id\":\""
        + correlationId
        + "\",\"state\":\"live\"}],\"warnings\":[],\"infos\":[],\"correlation_id\":\"q\"}}";
  }

  @Test
  void endsWithWhatAskingAgainWillNotMend() {
    LiveQuery live = client.live("sum(");
    List<Throwable> ends = new CopyOnWriteArrayList<>();
    live.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
          }

          @Override
          public void onNext(LiveUpdate update) {
            updates.add(update);
          }

          @Override
          public void onError(@Nullable Throwable error) {
            ends.add(error);
          }

          @Override
          public void onComplete() {}
        });
    answer(
        asked(),
        "\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\",\"code\":\"invalid_query\"");
    await().until(() -> ends.size() == 1);
    assertThat(ends.get(0)).isInstanceOf(MetricsException.QueryFailed.class).hasMessage("no");
    assertThat(hub.listeners()).isZero();
  }
}
