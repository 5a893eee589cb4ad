package dnd.metrics.server.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///var/lib/objects",
        "s3://metrics",
        "s3://metrics/a/b",
        "s3://metrics/a?endpoint=http://127.0.0.1:9000",
        "s3://metrics?region=eu-central-1",
        "s3://metrics?endpoint=https://s3.example.org&region=x&path_style=false"
      })
  void whatIsReadIsPrintedAgain(String text) {
    assertThat(ObjectAddress.parse(text)).hasToString(text);
  }

  @Test
  void partsAreUnderstood() {
    assertThat(ObjectAddress.parse("s3://metrics/p/q/?endpoint=http%3A%2F%2Fh%3A1%2F"))
        .isEqualTo(new ObjectAddress.Bucket("metrics", "p/q", "http://h:1", "", true));
  }

  @Test
  void aDirectoryIsAPath() {
    assertThat(ObjectAddress.parse("file:///a%20b"))
        .isEqualTo(new ObjectAddress.Directory(Path.of("/a b")));
  }

  @ParameterizedTest
  @CsvSource({
    "objects, is neither",
    "http://metrics/x, is neither",
    "s3:///x, is neither",
    "file://host/x?y, is neither",
    "s3://metrics?endpoint=host, no URL",
    "s3://metrics?endpont=http://h, unknown option",
    "s3://metrics?path_style=yes, true or false",
    "s3://key:secret@metrics, credentials do not belong",
    "s3://me trics, no address"
  })
  void whatIsNoneIsRefused(String text, String why) {
    assertThatThrownBy(() -> ObjectAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
