package dnd.metrics.server.head;

/** Follows how a {@link Head} is brought back from its log. Called on the opening thread. */
public interface ReplayListener {
  ReplayListener SILENT =
      new ReplayListener() {
        @Override
        public void progress(long bytesDone, long bytesTotal) {}

        @Override
        public void report(String line) {}
      };

  /** So many bytes of the log have been read; called now and then, the last time with all done. */
  void progress(long bytesDone, long bytesTotal);

  /**
   * Something a person should know, as one line: a torn tail that was cut, a damaged record with
   * file and offset.
   */
  void report(String line);
}
