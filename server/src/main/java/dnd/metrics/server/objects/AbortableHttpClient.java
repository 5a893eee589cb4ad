package dnd.metrics.server.objects;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Requests that are broken off when this is closed: the JDK's connections wait for an answer until
 * their timeout, whatever becomes of the thread. Whoever reads an answer already reads on. Safe for
 * use by several threads.
 */
final class AbortableHttpClient implements SdkHttpClient {
  private final SdkHttpClient connections;
  private final Set<ExecutableHttpRequest> unanswered = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  AbortableHttpClient(SdkHttpClient connections) {
    this.connections = connections;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Abortable(connections.prepareRequest(request));
  }

  @Override
  public String clientName() {
    return connections.clientName();
  }

  @Override
  public void close() {
    closed = true;
    // Each by a thread of its own: to close a connection may take as long as its peer wants.
    unanswered.forEach(
        each -> Thread.ofPlatform().name("objects-abort").daemon().start(each::abort));
    connections.close();
  }

  private final class Abortable implements ExecutableHttpRequest {
    private final ExecutableHttpRequest request;

    Abortable(ExecutableHttpRequest request) {
      this.request = request;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      unanswered.add(request);
      try {
        if (closed) { // thrown as what is not tried again
          throw AbortedException.create("the object store is closed");
        }
        return request.call();
      } finally {
        unanswered.remove(request);
      }
    }

    @Override
    public void abort() {
      request.abort();
    }
  }
}
