package dnd.metrics.server.rules.template;

import dnd.metrics.server.promql.parse.GoQuoting;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A part of a template that was read. What it is as a text is what Go's errors show of it; its
 * position is where they say it is.
 */
sealed interface Node {
  int position();

  /** What stands between actions, and actions. */
  sealed interface Statement extends Node {}

  /** What may be an argument. */
  sealed interface Operand extends Node {}

  /** Statements one after another. */
  record Sequence(int position, List<Statement> statements) implements Node {
    public Sequence {
      statements = List.copyOf(statements);
    }

    @Override
    public String toString() {
      StringBuilder out = new StringBuilder();
      statements.forEach(out::append);
      return out.toString();
    }
  }

  record Text(int position, String text) implements Statement {
    @Override
    public String toString() {
      return text;
    }
  }

  /** A pipeline whose value is printed, or kept in variables. */
  record Action(int position, Pipeline pipeline) implements Statement {
    @Override
    public String toString() {
      return "{{" + pipeline + "}}";
    }
  }

  record If(int position, Pipeline condition, Sequence body, @Nullable Sequence otherwise)
      implements Statement {
    @Override
    public String toString() {
      return Branches.print("if", condition, body, otherwise);
    }
  }

  record With(int position, Pipeline value, Sequence body, @Nullable Sequence otherwise)
      implements Statement {
    @Override
    public String toString() {
      return Branches.print("with", value, body, otherwise);
    }
  }

  record Range(int position, Pipeline values, Sequence body, @Nullable Sequence otherwise)
      implements Statement {
    @Override
    public String toString() {
      return Branches.print("range", values, body, otherwise);
    }
  }

  record Break(int position) implements Statement {
    @Override
    public String toString() {
      return "{{break}}";
    }
  }

  record Continue(int position) implements Statement {
    @Override
    public String toString() {
      return "{{continue}}";
    }
  }

  /** A call of a template that is defined elsewhere. */
  record Call(int position, String name, @Nullable Pipeline argument) implements Statement {
    @Override
    public String toString() {
      String quoted = GoQuoting.quote(name);
      return "{{template " + quoted + (argument == null ? "" : " " + argument) + "}}";
    }
  }

  /**
   * Commands, each given the value of the one before.
   *
   * @param assign whether the variables are there already
   */
  record Pipeline(int position, List<Variable> variables, boolean assign, List<Command> commands)
      implements Operand {
    public Pipeline {
      variables = List.copyOf(variables);
      commands = List.copyOf(commands);
    }

    @Override
    public String toString() {
      StringBuilder out = new StringBuilder();
      if (!variables.isEmpty()) {
        StringJoiner names = new StringJoiner(", ");
        variables.forEach(variable -> names.add(variable.toString()));
        out.append(names).append(assign ? " = " : " := ");
      }
      StringJoiner stages = new StringJoiner(" | ");
      commands.forEach(command -> stages.add(command.toString()));
      return out.append(stages).toString();
    }
  }

  /** A function, method or value, and its arguments. */
  record Command(int position, List<Operand> words) implements Node {
    public Command {
      words = List.copyOf(words);
    }

    @Override
    public String toString() {
      StringJoiner out = new StringJoiner(" ");
      for (Operand word : words) {
        out.add(word instanceof Pipeline ? "(" + word + ")" : word.toString());
      }
      return out.toString();
    }
  }

  record Identifier(int position, String name) implements Operand {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A variable and fields of it: {@code $x.A.B}. */
  record Variable(int position, String name, List<String> fields) implements Operand {
    public Variable {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      return fields.isEmpty() ? name : name + "." + String.join(".", fields);
    }
  }

  /** Fields of the dot: {@code .A.B}. */
  record Field(int position, List<String> fields) implements Operand {
    public Field {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      return "." + String.join(".", fields);
    }
  }

  /** Fields of anything else: {@code (pipeline).A.B}. */
  record Chain(int position, Operand base, List<String> fields) implements Operand {
    public Chain {
      fields = List.copyOf(fields);
    }

    @Override
    public String toString() {
      String text = base instanceof Pipeline ? "(" + base + ")" : base.toString();
      return text + "." + String.join(".", fields);
    }
  }

  record Dot(int position) implements Operand {
    @Override
    public String toString() {
      return ".";
    }
  }

  record Nil(int position) implements Operand {
    @Override
    public String toString() {
      return "nil";
    }
  }

  record BoolConstant(int position, boolean value) implements Operand {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  record NumberConstant(int position, String text, IdealNumber number) implements Operand {
    @Override
    public String toString() {
      return text;
    }
  }

  record StringConstant(int position, String quoted, String value) implements Operand {
    @Override
    public String toString() {
      return quoted;
    }
  }

  /** Prints what {@code if}, {@code with} and {@code range} share. */
  final class Branches {
    private Branches() {}

    private static String print(
        String word, Pipeline pipeline, Sequence body, @Nullable Sequence otherwise) {
      String last = otherwise == null ? "" : "{{else}}" + otherwise;
      return "{{" + word + " " + pipeline + "}}" + body + last + "{{end}}";
    }
  }
}
