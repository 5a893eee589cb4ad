package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.rules.template.GoValue.Listing;
import dnd.metrics.server.rules.template.GoValue.Mapping;
import dnd.metrics.server.rules.template.GoValue.Whole;
import dnd.metrics.server.rules.template.Node.Pipeline;
import dnd.metrics.server.rules.template.Node.Sequence;
import dnd.metrics.server.rules.template.Node.Statement;
import dnd.metrics.server.rules.template.Node.Variable;
import java.util.List;
import java.util.Map;

/** Executes the statements of a template, once. For one thread. */
final class Executor {
  /** What a statement does to the loop around it. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final String name;
  private final Map<String, Sequence> definitions;
  private final FunctionTable functions;
  private final Place place;
  private final Budget budget = new Budget();
  private final StringBuilder out = new StringBuilder();

  Executor(String name, String text, Map<String, Sequence> definitions, FunctionTable functions) {
    this.name = name;
    this.definitions = definitions;
    this.functions = functions;
    this.place = new Place(name, text);
  }

  /** What the template prints with {@code dot}. */
  String execute(GoValue dot) throws ExecutionException {
    call(name, dot);
    return out.toString();
  }

  private void call(String template, GoValue dot) throws ExecutionException {
    Sequence body = definitions.get(template);
    if (body == null) {
      throw place.error("template " + quote(template) + " not defined");
    }
    String caller = place.enter(template);
    new Scope(dot).walk(dot, body);
    place.enter(caller);
  }

  /** A call of a template: it has variables of its own. */
  private final class Scope {
    private final Variables variables;
    private final Evaluator evaluator;

    Scope(GoValue dot) {
      variables = new Variables(dot);
      evaluator = new Evaluator(place, variables, functions, budget);
    }

    Flow walk(GoValue dot, Sequence sequence) throws ExecutionException {
      if (!budget.enter()) {
        throw place.error("exceeded maximum template depth (" + Budget.MAX_DEPTH + ")");
      }
      Flow flow = Flow.NEXT;
      List<Statement> statements = sequence.statements();
      for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
        flow = walk(dot, statements.get(i));
      }
      budget.leave();
      return flow;
    }

    private Flow walk(GoValue dot, Statement statement) throws ExecutionException {
      place.at(statement);
      String tooLong = budget.step(1);
      if (tooLong != null) {
        throw place.error(tooLong);
      }
      return switch (statement) {
        case Node.Text text -> {
          print(text.text());
          yield Flow.NEXT;
        }
        case Node.Action action -> {
          GoValue value = evaluator.pipeline(dot, action.pipeline());
          if (action.pipeline().variables().isEmpty()) {
            place.at(action);
            print(ValuePrinter.print(Printable.of(value)));
          }
          yield Flow.NEXT;
        }
        case Node.If n -> {
          int mark = variables.mark();
          GoValue value = evaluator.pipeline(dot, n.condition());
          Sequence chosen = isTrue(value) ? n.body() : n.otherwise();
          Flow flow = chosen == null ? Flow.NEXT : walk(dot, chosen);
          variables.forget(mark);
          yield flow;
        }
        case Node.With n -> {
          int mark = variables.mark();
          GoValue value = evaluator.pipeline(dot, n.value());
          Sequence otherwise = n.otherwise();
          Flow flow = Flow.NEXT;
          if (isTrue(value)) {
            flow = walk(value, n.body());
          } else if (otherwise != null) {
            flow = walk(dot, otherwise);
          }
          variables.forget(mark);
          yield flow;
        }
        case Node.Range range -> {
          int mark = variables.mark();
          Flow flow = range(dot, range);
          variables.forget(mark);
          yield flow;
        }
        case Node.Break n -> Flow.BREAK;
        case Node.Continue n -> Flow.CONTINUE;
        case Node.Call call -> {
          call(dot, call);
          yield Flow.NEXT;
        }
      };
    }

    private boolean isTrue(GoValue value) {
      return GoValues.isTrue(GoValues.unboxed(value));
    }

    private void call(GoValue dot, Node.Call call) throws ExecutionException {
      if (!definitions.containsKey(call.name())) {
        throw place.error("template " + quote(call.name()) + " not defined");
      }
      Pipeline argument = call.argument();
      GoValue inner = argument == null ? GoValue.NOTHING : evaluator.pipeline(dot, argument);
      Executor.this.call(call.name(), inner);
    }

    private Flow range(GoValue dot, Node.Range range) throws ExecutionException {
      GoValue values = GoValues.dereferenced(evaluator.pipeline(dot, range.values()));
      Loop loop = new Loop(range, variables.mark());
      switch (values) {
        case Whole whole -> {
          if (range.values().variables().size() > 1) {
            throw place.error(
                "can't use "
                    + ValuePrinter.print(values)
                    + " to iterate over more than one variable");
          }
          for (long i = 0; i < whole.value() && loop.goesOn(); i++) {
            loop.turn(GoValue.NOTHING, new Whole(i, whole.type()));
          }
        }
        case Listing list -> {
          for (int i = 0; i < list.elements().size() && loop.goesOn(); i++) {
            loop.turn(GoValues.integer(i), list.elements().get(i));
          }
        }
        case Mapping map -> {
          for (String key : map.entries().keySet()) {
            if (loop.goesOn()) {
              loop.turn(GoValues.text(key), map.get(key));
            }
          }
        }
        case GoValue.Nothing nothing -> {}
        default -> {
          if (!(values instanceof GoValue.Boxed)) {
            throw place.error("range can't iterate over " + ValuePrinter.print(values));
          }
          throw place.error("range can't iterate over <nil>");
        }
      }
      Sequence otherwise = range.otherwise();
      return loop.ran || otherwise == null ? Flow.NEXT : walk(dot, otherwise);
    }

    /** The turns of one range. */
    private final class Loop {
      private final Node.Range range;
      private final int mark;
      private boolean ran;
      private boolean broken;

      Loop(Node.Range range, int mark) {
        this.range = range;
        this.mark = mark;
      }

      boolean goesOn() {
        return !broken;
      }

      void turn(GoValue index, GoValue element) throws ExecutionException {
        ran = true;
        String tooLong = budget.step(1);
        if (tooLong != null) {
          throw place.error(tooLong);
        }
        set(index, element);
        broken = walk(element, range.body()) == Flow.BREAK;
        variables.forget(mark);
      }

      /** With two variables the index comes first; with one it is the element's. */
      private void set(GoValue index, GoValue element) throws ExecutionException {
        List<Variable> declared = range.values().variables();
        int count = declared.size();
        if (!range.values().assign()) {
          if (count > 0) {
            variables.setFromTop(1, element);
          }
          if (count > 1) {
            variables.setFromTop(2, index);
          }
          return;
        }
        if (count > 0) {
          evaluator.assign(declared.get(0).name(), count > 1 ? index : element);
        }
        if (count > 1) {
          evaluator.assign(declared.get(1).name(), element);
        }
      }
    }
  }

  private void print(String text) throws ExecutionException {
    if (out.length() + text.length() > Budget.MAX_OUTPUT_LENGTH) {
      throw place.error(
          "template prints too much: more than " + Budget.MAX_OUTPUT_LENGTH + " characters");
    }
    out.append(text);
  }
}
