package dnd.metrics.client;

import java.nio.file.Path;

/** The program that ships, for the bridges' tests in their packages. */
public final class ServiceForBridges implements AutoCloseable {
  private final ServiceProcess service;

  public ServiceForBridges(Path folder) {
    service = new ServiceProcess(folder.resolve("data"));
  }

  public String url() {
    return service.url();
  }

  @Override
  public void close() throws InterruptedException {
    service.close();
  }
}
