package dnd.metrics.server.rules;

import dnd.metrics.server.model.Labels;

/** Which events changes of alerts are owed to. */
public interface Cause {
  /** Nobody asks. */
  Cause UNKNOWN =
      new Cause() {
        @Override
        public String eventOf(Labels alertLabels) {
          return "";
        }

        @Override
        public String evaluation() {
          return "";
        }
      };

  /** The correlation id of the event that changed the alert with these labels; empty if unknown. */
  String eventOf(Labels alertLabels);

  /** The correlation id of the evaluation itself, for what begins without a known event. */
  String evaluation();
}
