package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.rules.template.Node.Command;
import dnd.metrics.server.rules.template.Node.Operand;
import dnd.metrics.server.rules.template.Node.Pipeline;
import dnd.metrics.server.rules.template.Node.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the pipelines of one definition, and knows its variables. For one thread. */
final class PipelineParser {
  /** How many parentheses may be open at once. */
  private static final int MAX_DEPTH = 200;

  private final TokenStream tokens;
  private final List<String> variables = new ArrayList<>(List.of("$"));
  private int openParens;

  PipelineParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  int variableCount() {
    return variables.size();
  }

  /** Forgets the variables that were declared since there were so many. */
  void forgetVariables(int count) {
    variables.subList(count, variables.size()).clear();
  }

  /**
   * Reads up to {@code end}.
   *
   * @param context what the pipeline is for, as errors say
   */
  Pipeline pipeline(String context, TokenType end) throws TemplateException {
    int position = tokens.peekWord().position();
    List<Variable> declared = new ArrayList<>();
    boolean assign = declarations(context, declared);
    List<Command> commands = new ArrayList<>();
    while (true) {
      Token token = tokens.nextWord();
      if (token.type() == end) {
        check(commands, context);
        return new Pipeline(position, declared, assign, commands);
      }
      if (!startsOperand(token.type())) {
        throw tokens.unexpected(token, context);
      }
      tokens.putBack();
      commands.add(command());
    }
  }

  /** Reads what is declared or assigned to, if anything; whether it is assigned to. */
  private boolean declarations(String context, List<Variable> declared) throws TemplateException {
    while (tokens.peekWord().type() == TokenType.VARIABLE) {
      Token variable = tokens.next();
      Token behind = tokens.peek();
      Token next = tokens.peekWord();
      boolean comma = next.type() == TokenType.OTHER && next.text().equals(",");
      if (next.type() == TokenType.ASSIGN || next.type() == TokenType.DECLARE || comma) {
        tokens.nextWord();
        declared.add(variable(variable.position(), variable.text()));
        variables.add(variable.text());
        if (!comma) {
          return next.type() == TokenType.ASSIGN;
        }
        if (!context.equals("range") || declared.size() >= 2) {
          throw tokens.error("too many declarations in " + context);
        }
        switch (tokens.peekWord().type()) {
          case VARIABLE, RIGHT_DELIMITER, RIGHT_PAREN -> {}
          default -> throw tokens.error("range can only initialize variables");
        }
        continue;
      }
      if (behind.type() == TokenType.SPACE) {
        tokens.putBack(variable, behind);
      } else {
        tokens.putBack(variable);
      }
      return false;
    }
    return false;
  }

  private void check(List<Command> commands, String context) throws TemplateException {
    if (commands.isEmpty()) {
      throw tokens.error("missing value for " + context);
    }
    for (int i = 1; i < commands.size(); i++) {
      if (TemplateParser.isConstant(commands.get(i).words().getFirst())) {
        throw tokens.error("non executable command in pipeline stage " + (i + 1));
      }
    }
  }

  private static boolean startsOperand(TokenType type) {
    return switch (type) {
      case BOOL,
          CHARACTER_CONSTANT,
          COMPLEX,
          DOT,
          FIELD,
          IDENTIFIER,
          NUMBER,
          NIL,
          RAW_STRING,
          STRING,
          VARIABLE,
          LEFT_PAREN ->
          true;
      default -> false;
    };
  }

  private Command command() throws TemplateException {
    int position = tokens.peekWord().position();
    List<Operand> words = new ArrayList<>();
    while (true) {
      tokens.peekWord();
      Operand operand = operand();
      if (operand != null) {
        words.add(operand);
      }
      Token token = tokens.next();
      if (token.type() == TokenType.SPACE) {
        continue;
      }
      switch (token.type()) {
        case RIGHT_DELIMITER, RIGHT_PAREN -> tokens.putBack();
        case PIPE -> {}
        default -> throw tokens.unexpected(token, "operand");
      }
      if (words.isEmpty()) {
        throw tokens.error("empty command");
      }
      return new Command(position, words);
    }
  }

  private @Nullable Operand operand() throws TemplateException {
    Operand term = term();
    if (term == null || tokens.peek().type() != TokenType.FIELD) {
      return term;
    }
    int position = tokens.peek().position();
    List<String> fields = new ArrayList<>();
    while (tokens.peek().type() == TokenType.FIELD) {
      fields.add(tokens.next().text().substring(1));
    }
    if (TemplateParser.isConstant(term)) {
      throw tokens.error("unexpected . after term " + quote(term.toString()));
    }
    return switch (term) {
      case Node.Field field -> new Node.Field(position, joined(field.fields(), fields));
      case Variable variable ->
          new Variable(position, variable.name(), joined(variable.fields(), fields));
      default -> new Node.Chain(position, term, fields);
    };
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private @Nullable Operand term() throws TemplateException {
    Token token = tokens.nextWord();
    int position = token.position();
    String text = token.text();
    return switch (token.type()) {
      case IDENTIFIER -> {
        if (!FunctionTable.isDefined(text)) {
          throw tokens.error("function " + quote(text) + " not defined");
        }
        yield new Node.Identifier(position, text);
      }
      case DOT -> new Node.Dot(position);
      case NIL -> new Node.Nil(position);
      case VARIABLE -> {
        Variable variable = variable(position, text);
        if (!variables.contains(variable.name())) {
          throw tokens.error("undefined variable " + quote(variable.name()));
        }
        yield variable;
      }
      case FIELD -> new Node.Field(position, List.of(text.substring(1)));
      case BOOL -> new Node.BoolConstant(position, text.equals("true"));
      case CHARACTER_CONSTANT, COMPLEX, NUMBER -> {
        try {
          yield new Node.NumberConstant(position, text, IdealNumber.parse(text, token.type()));
        } catch (IllegalArgumentException e) {
          throw tokens.error(String.valueOf(e.getMessage()));
        }
      }
      case LEFT_PAREN -> {
        if (openParens >= MAX_DEPTH) {
          throw tokens.error("max expression depth exceeded");
        }
        openParens++;
        Pipeline inner = pipeline("parenthesized pipeline", TokenType.RIGHT_PAREN);
        openParens--;
        yield inner;
      }
      case STRING, RAW_STRING -> new Node.StringConstant(position, text, unquoted(token));
      default -> {
        tokens.putBack();
        yield null;
      }
    };
  }

  String unquoted(Token token) throws TemplateException {
    try {
      return GoUnquoting.string(token.text());
    } catch (IllegalArgumentException e) {
      throw tokens.error(String.valueOf(e.getMessage()));
    }
  }

  private static Variable variable(int position, String text) {
    return new Variable(position, text, List.of());
  }
}
