package dnd.metrics.server.promql.parse;

import java.util.List;

/**
 * What a function takes and returns.
 *
 * @param argumentTypes the types of the arguments; further ones are of the last type
 * @param variadic 0 where exactly these arguments are wanted; n &gt; 0 where the last may be left
 *     out or come up to n times; -1 where the last may come any number of times, or not at all
 * @param experimental whether it must be switched on ({@link ParserOptions})
 */
public record FunctionSignature(
    String name,
    List<ValueType> argumentTypes,
    int variadic,
    ValueType returnType,
    boolean experimental) {
  public FunctionSignature {
    argumentTypes = List.copyOf(argumentTypes);
  }
}
