package dnd.metrics.server.block;

import java.io.IOException;

/**
 * A block that is written and forced, under a name that says that it is not there yet. Either
 * {@link #publish} or {@link #discard} is called, once.
 */
public final class PreparedBlock {
  private final BlockFiles files;
  private final String temporary;
  private final BlockMeta meta;

  PreparedBlock(BlockFiles files, String temporary, BlockMeta meta) {
    this.files = files;
    this.temporary = temporary;
    this.meta = meta;
  }

  public BlockMeta meta() {
    return meta;
  }

  /**
   * Lets it be there: when this returns, also after a power cut.
   *
   * @throws IOException where that failed; it is removed then
   */
  public void publish() throws IOException {
    String name = meta.ulid().toString();
    boolean renamed = false;
    try {
      files.rename(temporary, name);
      renamed = true;
      files.forceFolder("");
    } catch (IOException e) {
      remove(renamed ? name : temporary, e); // renamed, but that might not last
      throw e;
    }
  }

  /** Takes it back after {@link #publish}, since it cannot be read: for that reason. */
  public void withdraw(Exception reason) {
    remove(meta.ulid().toString(), reason);
  }

  /** What cannot be removed now is removed at the next start; why it is not there is told. */
  private void remove(String folder, Exception reason) {
    try {
      files.delete(folder);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Removes it. */
  public void discard() throws IOException {
    files.delete(temporary);
  }
}
