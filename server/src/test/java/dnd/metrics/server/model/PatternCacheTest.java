package dnd.metrics.server.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.PatternSyntaxException;
import org.junit.jupiter.api.Test;

class PatternCacheTest {
  private final PatternCache cache = new PatternCache();

  @Test
  void theSameTextIsCompiledOnce() {
    assertThat(cache.anchored("a.*[0-4]")).isSameAs(cache.anchored("a.*[0-4]"));
    assertThat(cache.anchored("a.*[0-4]").matches("ab3")).isTrue();
    assertThat(cache.anchored("a.*[0-4]").matches("xab3")).isFalse();
  }

  @Test
  void itStaysBounded() {
    for (int i = 0; i < 5_000; i++) {
      cache.anchored("a" + i + "[bc]");
    }
    assertThat(cache.size()).isEqualTo(512);
    cache.anchored("long[ab]".repeat(100));
    assertThat(cache.size()).isEqualTo(512);
  }

  @Test
  void whatIsWrongStaysWrong() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> cache.anchored("a(")).isInstanceOf(PatternSyntaxException.class);
    }
    assertThat(cache.size()).isZero();
  }
}
