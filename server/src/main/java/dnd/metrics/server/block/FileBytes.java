package dnd.metrics.server.block;

/** The bytes of a block's file, wherever they are. Safe for use by several threads. */
sealed interface FileBytes permits MappedBytes, FarBytes {
  /** How messages name the file. */
  String name();

  long byteSize();

  /**
   * Reads from there on.
   *
   * @throws DamagedBlockException where the file ends before
   */
  InputBytes at(long offset);

  /**
   * What was read is not right: it is to be taken from where it comes from the next time.
   *
   * @param damage which is thrown where it comes from nowhere else
   */
  void forget(DamagedBlockException damage);
}
