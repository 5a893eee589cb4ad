package dnd.metrics.client;

/** A message that a subscription got. */
public final class HubMessage {
  private final String subject;
  private final byte[] payload;
  private final boolean noResponders;

  /**
   * @param payload handed over: it is not copied
   * @param noResponders whether it is the hub's word that nobody listens where the question went;
   *     the payload is empty then
   */
  public HubMessage(String subject, byte[] payload, boolean noResponders) {
    this.subject = subject;
    this.payload = payload;
    this.noResponders = noResponders;
  }

  public String subject() {
    return subject;
  }

  /** Not a copy: it must not be changed. */
  public byte[] payload() {
    return payload;
  }

  public boolean noResponders() {
    return noResponders;
  }
}
