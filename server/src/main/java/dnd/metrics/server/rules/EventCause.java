package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event that changed an alert: the last one of the sender that the alert's labels {@code
 * service} and {@code instance} name; where that sent none, the last event of all that came.
 *
 * <p>Queries see samples a moment before they are on disk, and only then is their event known. So
 * where the sender's event is not known, this waits for what is on its way to the disk and looks
 * again, once. For one evaluation.
 */
final class EventCause implements Cause {
  private final Triggers.Drained drained;
  private final Triggers triggers;
  private final RuleSender sender;
  private Triggers.@Nullable Drained later;

  EventCause(Triggers.Drained drained, Triggers triggers, RuleSender sender) {
    this.drained = drained;
    this.triggers = triggers;
    this.sender = sender;
  }

  @Override
  public String eventOf(Labels alertLabels) {
    String event = drained.eventOfSender(alertLabels);
    if (event == null && (alertLabels.has("service") || drained.lastEvent().isEmpty())) {
      event = later().eventOfSender(alertLabels);
    }
    if (event != null) {
      return event;
    }
    return drained.lastEvent().isEmpty() ? later().lastEvent() : drained.lastEvent();
  }

  private Triggers.Drained later() {
    Triggers.Drained known = later;
    if (known == null) {
      sender.mark().await();
      known = triggers.peek();
      later = known;
    }
    return known;
  }

  @Override
  public String evaluation() {
    return drained.evaluation();
  }
}
