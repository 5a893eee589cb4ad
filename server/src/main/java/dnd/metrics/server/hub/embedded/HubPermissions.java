package dnd.metrics.server.hub.embedded;

/** What a user may do on the hub. */
public record HubPermissions(SubjectPermission publish, SubjectPermission subscribe) {
  /** Everything is permitted. */
  public static final HubPermissions ALL =
      new HubPermissions(SubjectPermission.ALL, SubjectPermission.ALL);
}
