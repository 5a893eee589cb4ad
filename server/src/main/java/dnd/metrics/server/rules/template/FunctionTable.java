package dnd.metrics.server.rules.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of one expansion: the language's own and Prometheus's. */
final class FunctionTable {
  private static final Map<String, GoFunction> BUILT_IN = BuiltIns.table();
  private static final Set<String> NAMES = names();

  private final Map<String, GoFunction> functions;

  private FunctionTable(Map<String, GoFunction> functions) {
    this.functions = functions;
  }

  static FunctionTable forAlert(TemplateData data, TemplateQuery query, long nowMillis) {
    Map<String, GoFunction> functions = new HashMap<>(BUILT_IN);
    functions.putAll(PrometheusFunctions.FIXED);
    functions.putAll(PrometheusFunctions.of(data.externalUrl(), query, nowMillis));
    return new FunctionTable(functions);
  }

  static boolean isDefined(String name) {
    return NAMES.contains(name);
  }

  private static Set<String> names() {
    Map<String, GoFunction> all = new HashMap<>(BUILT_IN);
    all.putAll(PrometheusFunctions.FIXED);
    all.putAll(PrometheusFunctions.of("", (promql, atMillis) -> List.of(), 0));
    return Set.copyOf(all.keySet());
  }

  @Nullable GoFunction find(String name) {
    return functions.get(name);
  }
}
