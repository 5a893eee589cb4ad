package dnd.metrics.server.promql.test;

import dnd.metrics.server.promql.exec.EngineOptions;
import dnd.metrics.server.promql.exec.QueryEngine;
import dnd.metrics.server.promql.test.FileReport.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs scripts of Prometheus's PromQL test language as Prometheus's own runner does: all
 * experimental features on, a lookback of 5 minutes, subquery steps of 1 minute; every instant
 * query again pinned by {@code @} at other times, and each of these again as a range query. Scripts
 * have nothing in common: each starts with an empty storage. Not safe for use by several threads.
 */
public final class PromqlTestRunner {
  private final QueryEngine engine;

  public PromqlTestRunner() {
    this(new QueryEngine(EngineOptions.defaults()));
  }

  public PromqlTestRunner(QueryEngine engine) {
    this.engine = engine;
  }

  /**
   * Runs a file.
   *
   * @throws IOException where it cannot be read
   */
  public FileReport run(Path file) throws IOException {
    return run(file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
  }

  /** Runs a script; {@code name} is what the report calls it. */
  public FileReport run(String name, String script) {
    MemorySource source = new MemorySource();
    Loader loader = new Loader(source);
    EvalRunner evals = new EvalRunner(engine, source);
    List<Failure> failures = new ArrayList<>();
    int passed = 0;
    try {
      for (Command command : new ScriptParser(script).parse()) {
        switch (command) {
          case Command.Clear c -> source.clear();
          case LoadCommand load -> loader.load(load);
          case EvalCommand eval -> {
            int before = failures.size();
            run(evals, eval).ifPresent(text -> failures.add(new Failure(eval.line(), text)));
            passed += failures.size() == before ? 1 : 0;
          }
        }
      }
    } catch (ScriptException e) {
      failures.add(new Failure(e.line(), String.valueOf(e.getMessage())));
    }
    return new FileReport(name, passed, failures);
  }

  private static Optional<String> run(EvalRunner evals, EvalCommand eval) {
    try {
      return evals.run(eval);
    } catch (RuntimeException e) {
      // A defect of the engine; the script's other evals are to be tried all the same.
      return Optional.of("defect: " + e);
    }
  }
}
