package dnd.metrics.server.hub.embedded;

import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.hub.HubContractTest;

class EmbeddedHubContractTest extends HubContractTest {
  private EmbeddedHub hub;

  @Override
  protected Hub open() throws HubStartException {
    hub = EmbeddedHub.start(TestHub.options());
    return hub;
  }

  @Override
  protected String url() {
    return hub.url();
  }
}
