package dnd.metrics.server;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets tests that do not say how long they wait for a condition do so for a minute: ten seconds, as
 * Awaitility would, are not enough for a machine that is slow and busy. JUnit finds it by itself.
 */
public final class LongPatience implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
  }
}
