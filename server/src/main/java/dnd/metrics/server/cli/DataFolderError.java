package dnd.metrics.server.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What to tell a person whose data folder cannot be used, on one line. */
final class DataFolderError {
  private DataFolderError() {}

  static String describe(Path folder, IOException e) {
    String about = "cannot use the data folder " + folder.toAbsolutePath().normalize() + ": ";
    return switch (e) {
      case AccessDeniedException denied -> about + "no permission for " + denied.getFile();
      case FileAlreadyExistsException file -> about + file.getFile() + " is not a folder";
      case FileSystemException file when file.getReason() != null ->
          about + file.getFile() + ": " + file.getReason();
      default -> {
        String message = String.valueOf(e.getMessage());
        yield message.contains(folder.toString()) ? message : about + message;
      }
    };
  }
}
