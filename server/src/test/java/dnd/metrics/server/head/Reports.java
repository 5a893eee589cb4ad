package dnd.metrics.server.head;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a start says. */
final class Reports implements ReplayListener {
  final List<String> lines = new ArrayList<>();

  @Override
  public void progress(long bytesDone, long bytesTotal) {
    assertThat(bytesDone).isLessThanOrEqualTo(bytesTotal);
  }

  @Override
  public void report(String line) {
    lines.add(line);
  }
}
