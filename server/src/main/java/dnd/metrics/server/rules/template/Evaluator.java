package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.rules.template.GoValue.Boxed;
import dnd.metrics.server.rules.template.GoValue.Complex;
import dnd.metrics.server.rules.template.GoValue.Pointer;
import dnd.metrics.server.rules.template.GoValue.Real;
import dnd.metrics.server.rules.template.GoValue.Whole;
import dnd.metrics.server.rules.template.Node.Command;
import dnd.metrics.server.rules.template.Node.Operand;
import dnd.metrics.server.rules.template.Node.Pipeline;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates pipelines: commands, fields, calls. The value that a pipeline hands on is the next
 * command's last argument; null stands for none. For one thread.
 */
final class Evaluator {
  private final Place place;
  private final Variables variables;
  private final FunctionTable functions;
  private final Budget budget;

  Evaluator(Place place, Variables variables, FunctionTable functions, Budget budget) {
    this.place = place;
    this.variables = variables;
    this.functions = functions;
    this.budget = budget;
  }

  GoValue pipeline(GoValue dot, Pipeline pipeline) throws ExecutionException {
    place.at(pipeline);
    GoValue value = null;
    for (Command command : pipeline.commands()) {
      value = GoValues.unboxed(command(dot, command, value));
    }
    if (value == null) {
      throw new IllegalStateException("a pipeline without commands");
    }
    for (Node.Variable variable : pipeline.variables()) {
      if (pipeline.assign()) {
        assign(variable.name(), value);
      } else {
        variables.declare(variable.name(), value);
      }
    }
    return value;
  }

  void assign(String name, GoValue value) throws ExecutionException {
    if (!variables.set(name, value)) {
      throw place.error("undefined variable: " + name);
    }
  }

  private GoValue command(GoValue dot, Command command, @Nullable GoValue last)
      throws ExecutionException {
    List<Operand> words = command.words();
    Operand first = words.getFirst();
    switch (first) {
      case Node.Field field -> {
        return field(dot, field, words, last);
      }
      case Node.Chain chain -> {
        return chain(dot, chain, words, last);
      }
      case Node.Identifier identifier -> {
        return function(dot, identifier, command, words, last);
      }
      case Pipeline pipeline -> {
        notAFunction(words, last);
        return pipeline(dot, pipeline);
      }
      case Node.Variable variable -> {
        return variable(dot, variable, words, last);
      }
      case Node.BoolConstant n -> {}
      case Node.Dot n -> {}
      case Node.Nil n -> {}
      case Node.NumberConstant n -> {}
      case Node.StringConstant n -> {}
    }
    place.at(first);
    notAFunction(words, last);
    if (first instanceof Node.Nil) {
      throw place.error("nil is not a command");
    }
    return constant(dot, first);
  }

  /** The value of a constant where nothing says which type is wanted. */
  private GoValue constant(GoValue dot, Operand operand) throws ExecutionException {
    return switch (operand) {
      case Node.BoolConstant n -> GoValues.bool(n.value());
      case Node.Dot n -> dot;
      case Node.NumberConstant n -> ideal(n);
      case Node.StringConstant n -> GoValues.text(n.value());
      default -> throw place.error("can't evaluate command " + quote(operand.toString()));
    };
  }

  private GoValue ideal(Node.NumberConstant constant) throws ExecutionException {
    place.at(constant);
    IdealNumber number = constant.number();
    String text = constant.text();
    Double real = number.real();
    Double imaginary = number.imaginary();
    if (imaginary != null) {
      return new Complex(real == null ? 0 : real, imaginary);
    }
    boolean looksReal =
        text.chars().anyMatch(c -> ".eEpP".indexOf(c) >= 0)
            && !text.startsWith("'")
            && !isHexadecimalInteger(text);
    if (real != null && looksReal) {
      return new Real(real);
    }
    Long whole = number.whole();
    if (whole == null) {
      throw place.error(text + " overflows int");
    }
    return GoValues.integer(whole);
  }

  private static boolean isHexadecimalInteger(String text) {
    return text.length() > 2
        && (text.startsWith("0x") || text.startsWith("0X"))
        && text.chars().noneMatch(c -> c == 'p' || c == 'P');
  }

  private void notAFunction(List<Operand> words, @Nullable GoValue last) throws ExecutionException {
    if (words.size() > 1 || last != null) {
      throw place.error("can't give argument to non-function " + words.getFirst());
    }
  }

  private GoValue field(GoValue dot, Node.Field field, List<Operand> words, @Nullable GoValue last)
      throws ExecutionException {
    place.at(field);
    return fields(dot, dot, field, field.fields(), words, last);
  }

  private GoValue chain(GoValue dot, Node.Chain chain, List<Operand> words, @Nullable GoValue last)
      throws ExecutionException {
    place.at(chain);
    GoValue base = argument(dot, GoType.VALUE, chain.base());
    return fields(dot, base, chain, chain.fields(), words, last);
  }

  private GoValue variable(
      GoValue dot, Node.Variable variable, List<Operand> words, @Nullable GoValue last)
      throws ExecutionException {
    place.at(variable);
    GoValue value = variables.get(variable.name());
    if (variable.fields().isEmpty()) {
      notAFunction(words, last);
      return value;
    }
    return fields(dot, value, variable, variable.fields(), words, last);
  }

  /** Follows fields; the last may be a method, which gets the arguments. */
  private GoValue fields(
      GoValue dot,
      GoValue base,
      Operand node,
      List<String> names,
      List<Operand> words,
      @Nullable GoValue last)
      throws ExecutionException {
    GoValue value = base;
    for (String name : names.subList(0, names.size() - 1)) {
      value = field(dot, name, node, List.of(), null, value);
    }
    return field(dot, names.getLast(), node, words, last, value);
  }

  private GoValue field(
      GoValue dot,
      String name,
      Operand node,
      List<Operand> words,
      @Nullable GoValue last,
      GoValue receiver)
      throws ExecutionException {
    if (receiver instanceof GoValue.Nothing) {
      return GoValue.NOTHING;
    }
    GoType type = receiver.type();
    GoValue target = GoValues.dereferenced(receiver);
    if (target instanceof Boxed) {
      throw place.error("nil pointer evaluating " + type + "." + name);
    }
    GoFunction method = Methods.find(target, name);
    if (method != null) {
      return call(dot, method, node, name, words, last);
    }
    boolean hasArguments = words.size() > 1 || last != null;
    GoValue value = Fields.find(target, name);
    if (value != null) {
      if (hasArguments) {
        throw place.error(
            target instanceof GoValue.Mapping
                ? name + " is not a method but has arguments"
                : name + " has arguments but cannot be invoked as function");
      }
      return value;
    }
    if (Methods.isNotCallable(target, name)) {
      throw place.error(Methods.whyNotCallable(target, name));
    }
    if (target instanceof Pointer pointer && pointer.target() == null) {
      GoType to = pointer.type().element();
      if (to == null || Fields.has(to, name)) {
        throw place.error("nil pointer evaluating " + type + "." + name);
      }
    }
    throw place.error("can't evaluate field " + name + " in type " + type);
  }

  private GoValue function(
      GoValue dot,
      Node.Identifier identifier,
      Node callNode,
      List<Operand> words,
      @Nullable GoValue last)
      throws ExecutionException {
    place.at(identifier);
    GoFunction function = functions.find(identifier.name());
    if (function == null) {
      throw place.error(quote(identifier.name()) + " is not a defined function");
    }
    return call(dot, function, callNode, identifier.name(), words, last);
  }

  /**
   * Calls a function.
   *
   * @param words its name and the arguments
   */
  private GoValue call(
      GoValue dot,
      GoFunction function,
      Node callNode,
      String name,
      List<Operand> words,
      @Nullable GoValue last)
      throws ExecutionException {
    List<Operand> operands = words.isEmpty() ? words : words.subList(1, words.size());
    int count = operands.size() + (last == null ? 0 : 1);
    int fixed = function.fixedCount();
    if (function.variadic() && count < fixed) {
      throw place.error(
          "wrong number of args for "
              + name
              + ": want at least "
              + fixed
              + " got "
              + operands.size());
    }
    if (!function.variadic() && count != fixed) {
      throw place.error("wrong number of args for " + name + ": want " + fixed + " got " + count);
    }
    if (name.equals("and") || name.equals("or")) {
      return shortCircuit(dot, name.equals("or"), operands, last);
    }
    List<GoValue> arguments = new ArrayList<>(count);
    for (int i = 0; i < operands.size(); i++) {
      arguments.add(argument(dot, function.parameter(i), operands.get(i)));
    }
    if (last != null) {
      arguments.add(validated(last, function.parameter(count - 1)));
    }
    if (name.equals("call")) {
      arguments.addFirst(GoValues.text(calleeName(operands, arguments.getFirst())));
    }
    try {
      GoValue result = function.body().call(forBody(function, arguments), budget);
      if (result instanceof GoValue.Text text) {
        budget.take(text.value().length());
      }
      return result;
    } catch (CallException e) {
      place.at(callNode);
      throw place.error("error calling " + name + ": " + e.getMessage());
    }
  }

  private static String calleeName(List<Operand> operands, GoValue callee) {
    if (!operands.isEmpty()) {
      return operands.getFirst().toString();
    }
    if (callee instanceof GoValue.Text text) {
      return text.value();
    }
    return callee instanceof GoValue.Nothing ? "<invalid Value>" : "<" + callee.type() + " Value>";
  }

  /** Values as functions get them: what can be anything is not boxed. */
  private static List<GoValue> forBody(GoFunction function, List<GoValue> arguments) {
    List<GoValue> result = new ArrayList<>(arguments.size());
    for (int i = 0; i < arguments.size(); i++) {
      GoValue argument = arguments.get(i);
      boolean any = function.parameter(i).kind() == GoType.Kind.INTERFACE;
      result.add(any ? GoValues.unboxed(argument) : argument);
    }
    return result;
  }

  /** {@code and} and {@code or} evaluate no more than they need. */
  private GoValue shortCircuit(
      GoValue dot, boolean or, List<Operand> operands, @Nullable GoValue last)
      throws ExecutionException {
    GoValue value = GoValue.NOTHING;
    for (Operand operand : operands) {
      value = argument(dot, GoType.VALUE, operand);
      if (GoValues.isTrue(GoValues.unboxed(value)) == or) {
        return value;
      }
    }
    return last == null ? value : last;
  }

  private GoValue argument(GoValue dot, GoType type, Operand operand) throws ExecutionException {
    place.at(operand);
    return switch (operand) {
      case Node.Dot n -> validated(dot, type);
      case Node.Nil n -> {
        if (!type.canBeNil()) {
          throw place.error("cannot assign nil to " + type);
        }
        yield zero(type);
      }
      case Node.Field n -> validated(field(dot, n, List.of(), null), type);
      case Node.Variable n -> validated(variable(dot, n, List.of(), null), type);
      case Pipeline n -> validated(pipeline(dot, n), type);
      case Node.Identifier n -> validated(function(dot, n, n, List.of(), null), type);
      case Node.Chain n -> validated(chain(dot, n, List.of(), null), type);
      case Node.BoolConstant n -> typedConstant(dot, type, n);
      case Node.NumberConstant n -> typedConstant(dot, type, n);
      case Node.StringConstant n -> typedConstant(dot, type, n);
    };
  }

  private GoValue typedConstant(GoValue dot, GoType type, Operand operand)
      throws ExecutionException {
    if (type.kind() == GoType.Kind.INTERFACE || type.equals(GoType.VALUE)) {
      return constant(dot, operand);
    }
    IdealNumber number = operand instanceof Node.NumberConstant n ? n.number() : null;
    switch (type.kind()) {
      case BOOL -> {
        if (operand instanceof Node.BoolConstant n) {
          return GoValues.bool(n.value());
        }
        throw place.error("expected bool; found " + operand);
      }
      case STRING -> {
        if (operand instanceof Node.StringConstant n) {
          return new GoValue.Text(n.value(), type);
        }
        throw place.error("expected string; found " + operand);
      }
      case WHOLE -> {
        Long whole = number == null ? null : number.whole();
        if (whole != null) {
          return new Whole(whole, type);
        }
        throw place.error("expected integer; found " + operand);
      }
      case UNSIGNED -> {
        BigInteger unsigned = number == null ? null : number.unsigned();
        if (unsigned != null) {
          return new Whole(unsigned.longValue(), type);
        }
        throw place.error("expected unsigned integer; found " + operand);
      }
      case REAL -> {
        Double real = number == null ? null : number.real();
        if (real != null) {
          return new Real(real);
        }
        throw place.error("expected float; found " + operand);
      }
      case COMPLEX, MAP, LIST, POINTER, STRUCT, INTERFACE -> {}
    }
    throw place.error("can't handle " + operand + " for arg of type " + type);
  }

  /** The value where it can be passed for a type, perhaps without its box or pointer. */
  private GoValue validated(GoValue value, GoType type) throws ExecutionException {
    if (value instanceof GoValue.Nothing) {
      if (type.canBeNil()) {
        return zero(type);
      }
      throw place.error("invalid value; expected " + type);
    }
    if (type.equals(GoType.VALUE) || value.type().isAssignableTo(type)) {
      return value;
    }
    GoValue inner = value;
    if (value instanceof Boxed boxed && boxed.content() != null) {
      inner = boxed.orNothing();
      if (inner.type().isAssignableTo(type)) {
        return inner;
      }
    }
    GoType element = inner instanceof Pointer ? inner.type().element() : null;
    if (element != null && element.isAssignableTo(type)) {
      GoValue target = ((Pointer) inner).target();
      if (target == null) {
        throw place.error("dereference of nil pointer of type " + type);
      }
      return target;
    }
    throw place.error("wrong type for value; expected " + type + "; got " + inner.type());
  }

  private static GoValue zero(GoType type) {
    return switch (type.kind()) {
      case POINTER -> new Pointer(null, type);
      case LIST -> new GoValue.Listing(List.of(), type);
      case MAP -> new GoValue.Mapping(new TreeMap<>(), type);
      case INTERFACE -> new Boxed(null);
      case STRUCT, BOOL, WHOLE, UNSIGNED, REAL, COMPLEX, STRING -> GoValue.NOTHING;
    };
  }
}
