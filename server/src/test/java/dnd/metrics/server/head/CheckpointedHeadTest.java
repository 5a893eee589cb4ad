package dnd.metrics.server.head;

import java.io.IOException;

/** What holds for a head that is brought back from its log holds for one with a checkpoint. */
class CheckpointedHeadTest extends HeadTest {
  @Override
  void beforeReopen() throws IOException {
    head.checkpoint();
  }
}
