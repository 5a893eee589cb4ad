package dnd.metrics.client;

import java.lang.System.Logger.Level;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** Hands each update of a live query to a callback; what ends the query is logged. */
record CallbackSubscriber(Consumer<LiveUpdate> callback) implements Flow.Subscriber<LiveUpdate> {
  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(LiveUpdate update) {
    ClientCallbacks.safely(callback, update);
  }

  @Override
  public void onError(Throwable error) {
    System.getLogger(MetricsClient.class.getName()).log(Level.WARNING, "a live query ended", error);
  }

  @Override
  public void onComplete() {}
}
