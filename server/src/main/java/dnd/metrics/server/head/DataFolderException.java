package dnd.metrics.server.head;

import java.io.IOException;

/** A folder cannot be used for data; the message is one line for whoever started the program. */
public final class DataFolderException extends IOException {
  public DataFolderException(String message) {
    super(message);
  }

  public DataFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
