package dnd.metrics.server.rules.template;

import java.util.List;

/**
 * A function or method that templates can call.
 *
 * @param parameters types of what it takes; of a variadic one the last is that of each further
 *     argument
 */
record GoFunction(List<GoType> parameters, boolean variadic, Costly body) {
  GoFunction {
    parameters = List.copyOf(parameters);
  }

  /** What a function does. It gets a value of each type asked for; {@link GoType#ANY} unboxed. */
  @FunctionalInterface
  interface Body {
    GoValue call(List<GoValue> arguments) throws CallException;
  }

  /** The same, of a function that may cost far more than its result is long. */
  @FunctionalInterface
  interface Costly {
    /**
     * @throws CallException also where the budget does not allow what it costs
     */
    GoValue call(List<GoValue> arguments, Budget budget) throws CallException;
  }

  static GoFunction of(Body body, GoType... parameters) {
    return costly((arguments, budget) -> body.call(arguments), parameters);
  }

  static GoFunction costly(Costly body, GoType... parameters) {
    return new GoFunction(List.of(parameters), false, body);
  }

  static GoFunction variadic(Body body, GoType... parameters) {
    return new GoFunction(List.of(parameters), true, (arguments, budget) -> body.call(arguments));
  }

  /** How many arguments it takes at least. */
  int fixedCount() {
    return variadic ? parameters.size() - 1 : parameters.size();
  }

  GoType parameter(int index) {
    return parameters.get(Math.min(index, parameters.size() - 1));
  }
}
