package dnd.metrics.server.announce;

/** Who brings alerts, and after a restart those of before it. */
public enum Origin {
  /** The service's own rules. */
  RULES,
  /** Services that report alerts themselves. */
  SERVICES
}
