package dnd.metrics.server.hub.embedded;

/** Someone who may connect with a user name and a password. The password never shows in text. */
public record HubUser(String name, String password, HubPermissions permissions) {
  /**
   * @throws IllegalArgumentException where name or password are empty
   */
  public HubUser {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a hub user has no name");
    }
    if (password.isEmpty()) {
      throw new IllegalArgumentException("hub user \"" + name + "\" has an empty password");
    }
  }

  @Override
  public String toString() {
    return "HubUser[name=" + name + ", permissions=" + permissions + "]";
  }
}
