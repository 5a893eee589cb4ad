package dnd.metrics.server.hub.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionSetTest {
  /** Lists separated by "|"; "-" is no list at all. */
  private static SubjectPermission permission(String allow, String deny) {
    return new SubjectPermission(
        allow.equals("-") ? null : entries(allow), deny.equals("-") ? List.of() : entries(deny));
  }

  private static List<String> entries(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split("\\|"));
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, anything.at.all, true",
    "'', -, a, false",
    "a.*, -, a.b, true",
    "a.*, -, a.b.c, false",
    "a.*|b, -, b, true",
    "a.>, a.secret, a.b, true",
    "a.>, a.secret, a.secret, false",
    "-, a.>, a.b, false",
    "-, a.>, b, true",
    "*.metrics.push, -, shop.metrics.push, true",
    "shop.>, -, bank.metrics.push, false",
    // What is published to has no wildcards: these are tokens like any other.
    "-, *.metrics.push, >.metrics.push, false",
    "-, *.metrics.>, >.metrics.delete, false",
    "-, *.metrics.push, *.metrics.push, false",
    "*.metrics.push, -, >.metrics.push, true"
  })
  void publishing(String allow, String deny, String subject, boolean expected) {
    PermissionSet permissions =
        new PermissionSet(new HubPermissions(permission(allow, deny), SubjectPermission.ALL));
    assertThat(permissions.mayPublish(subject)).isEqualTo(expected);
    assertThat(permissions.maySubscribe(subject, null)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, a.>, , true",
    "'', -, a, , false",
    "a.*, -, a.b, , true",
    "a.*, -, a.*, , true",
    "a.*, -, a.>, , false",
    "a.>, -, a.*, , true",
    // A pattern that only overlaps with what is denied may be subscribed to.
    "a.>, a.secret, a.*, , true",
    "a.>, a.secret, a.secret, , false",
    "a.>, a.>, a.b, , false",
    // Queue groups, as nats-server's documentation has them.
    "foo, -, foo, any, true",
    "foo v1, -, foo, , false",
    "foo v1, -, foo, v1, true",
    "foo v1, -, foo, v2, false",
    "foo|foo v1, -, foo, , true",
    "foo|foo v1, -, foo, v1, true",
    "foo|foo v1, -, foo, v2, false",
    "foo v1.*, -, foo, v1.x, true",
    "foo v1.*, -, foo, v2.x, false",
    "foo, foo v2, foo, v1, true",
    "foo, foo v2, foo, v2, false",
    "foo, foo *.prod, foo, v1.prod, false",
    "foo, foo v2, foo, , true"
  })
  void subscribing(
      String allow, String deny, String pattern, @Nullable String group, boolean expected) {
    PermissionSet permissions =
        new PermissionSet(new HubPermissions(SubjectPermission.ALL, permission(allow, deny)));
    assertThat(permissions.maySubscribe(pattern, group)).isEqualTo(expected);
    assertThat(permissions.mayPublish(pattern)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "a.secret, a.*, , true",
    "a.secret, b.*, , false",
    "a.secret, a.open, , false",
    "a.secret v1, a.secret, v2, true",
    "-, a.*, , false"
  })
  void whatIsDeliveredIsFilteredOnlyWhereItMustBe(
      String deny, String pattern, @Nullable String group, boolean expected) {
    PermissionSet permissions =
        new PermissionSet(new HubPermissions(SubjectPermission.ALL, permission("-", deny)));
    assertThat(permissions.needsFilter(pattern, group)).isEqualTo(expected);
  }

  @Test
  void aDeniedPatternIsForTokensThatLookLikeWildcards() {
    PermissionSet permissions =
        new PermissionSet(
            new HubPermissions(SubjectPermission.ALL, SubjectPermission.denying("*.secret")));
    assertThat(permissions.needsFilter(">", null)).isTrue();
    assertThat(permissions.mayReceive(">.secret", null)).isFalse();
    assertThat(permissions.mayReceive("*.secret", null)).isFalse();
    assertThat(permissions.mayReceive(">.open", null)).isTrue();
  }

  @Test
  void entriesThatAreNoPatternsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SubjectPermission.allowing("a..b"))
        .withMessageContaining("a..b");
    assertThatIllegalArgumentException().isThrownBy(() -> SubjectPermission.denying("a b c"));
  }
}
