package dnd.metrics.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoBenchmarkOutputTest {
  @TempDir Path folder;

  @Test
  void everyRunOfARowCounts() throws IOException {
    Path file = folder.resolve("bench.txt");
    Files.writeString(
        file,
        """
        goos: linux
        BenchmarkRangeQuery/expr=a_one,steps=1-2 \t 9646\t 12693 ns/op\t 7317 B/op\t 119 allocs/op
        BenchmarkRangeQuery/expr=a_one,steps=1-2 \t 9646\t 12000.5 ns/op\t 7317 B/op\t 119 allocs/op
        BenchmarkRangeQuery/expr=a_one,steps=1-2 \t 9646\t 90000 ns/op\t 7317 B/op\t 119 allocs/op
        BenchmarkRangeQuery/expr=limit_ratio(-0.5,_a_one),steps=1 \t 12\t 7 ns/op
        PASS
        """);
    GoBenchmarkOutput output = GoBenchmarkOutput.read(file);
    assertThat(output.medianNanos(new RangeQuery("a_one", 1, 0).goName())).isEqualTo(12693);
    assertThat(output.medianNanos(new RangeQuery("limit_ratio(-0.5, a_one)", 1, 0).goName()))
        .isEqualTo(7);
    assertThat(output.medianNanos("expr=a_one,steps=1000")).isNaN();
  }

  @Test
  void aFileWithoutResultsIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("empty.txt"), "PASS\n");
    assertThatThrownBy(() -> GoBenchmarkOutput.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("go test -bench");
  }

  @Test
  void theTableIsWhole() {
    assertThat(RangeQuery.all())
        .hasSize(152)
        .allSatisfy(row -> {
          assertThat(row.steps()).isPositive();
          assertThat(row.tableNanos()).isPositive();
        });
  }
}
