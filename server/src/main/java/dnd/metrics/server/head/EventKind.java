package dnd.metrics.server.head;

/** What a batch stands for. */
public enum EventKind {
  /** Some samples; says nothing about the sender's other series. */
  PUSH,

  /**
   * All that its sender has: a series that the sender's last report had and this one lacks has
   * ended.
   */
  REPORT,

  /** The sender is gone: every series of it has ended, those that it pushed too. Has no samples. */
  END
}
