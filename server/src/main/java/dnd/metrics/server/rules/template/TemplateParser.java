package dnd.metrics.server.rules.template;

import static dnd.metrics.server.promql.parse.GoQuoting.quote;

import dnd.metrics.server.rules.template.Node.Operand;
import dnd.metrics.server.rules.template.Node.Pipeline;
import dnd.metrics.server.rules.template.Node.Sequence;
import dnd.metrics.server.rules.template.Node.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the statements of a template, and those of the templates that it defines. One parser reads
 * one definition; all of a text share its lexer. For one thread.
 *
 * <p>An error names the line of the token that was cut from the text last, as Go's does: that may
 * be the one behind the token that is wrong.
 */
final class TemplateParser {
  private static final String DEFINE = "define clause";
  private static final String BLOCK = "block clause";
  private static final String TEMPLATE = "template clause";

  /** How many blocks may be open at once. */
  private static final int MAX_DEPTH = 200;

  /** What ends a list of statements. */
  private enum Ending {
    END("{{end}}"),
    ELSE("{{else}}");

    private final String text;

    Ending(String text) {
      this.text = text;
    }
  }

  private final String name;
  private final TokenStream tokens;
  private final Map<String, Sequence> definitions;
  private final PipelineParser pipelines;
  private final int outerDepth;
  private int depth;
  private int openRanges;
  private @Nullable Ending ending;

  private TemplateParser(
      String name, TemplateLexer lexer, Map<String, Sequence> definitions, int outerDepth) {
    this.name = name;
    this.tokens = new TokenStream(name, lexer);
    this.definitions = definitions;
    this.pipelines = new PipelineParser(tokens);
    this.outerDepth = outerDepth;
  }

  /** The template's statements by its name, and those that it defines by theirs. */
  static Map<String, Sequence> parse(String name, String text) throws TemplateException {
    Map<String, Sequence> definitions = new HashMap<>();
    if (text.length() > Template.MAX_LENGTH) {
      throw new TemplateException(
          "template: " + name + ": text is too long: limit " + Template.MAX_LENGTH);
    }
    TemplateParser parser = new TemplateParser(name, new TemplateLexer(text), definitions, 0);
    Sequence whole = parser.whole();
    parser.define(name, whole);
    return definitions;
  }

  private Sequence whole() throws TemplateException {
    List<Statement> statements = new ArrayList<>();
    int position = tokens.peek().position();
    while (tokens.peek().type() != TokenType.END_OF_TEXT) {
      if (tokens.peek().type() == TokenType.LEFT_DELIMITER) {
        Token delimiter = tokens.next();
        if (tokens.nextWord().type() == TokenType.DEFINE) {
          definition();
          continue;
        }
        tokens.putBack(delimiter);
      }
      Statement statement = statement();
      if (statement == null) {
        throw tokens.error("unexpected " + ended().text);
      }
      statements.add(statement);
    }
    return new Sequence(position, statements);
  }

  private Ending ended() {
    if (ending == null) {
      throw new IllegalStateException("no list ended");
    }
    return ending;
  }

  private void definition() throws TemplateException {
    TemplateParser inner = inner();
    Token quoted = inner.tokens.nextWord();
    if (quoted.type() != TokenType.STRING && quoted.type() != TokenType.RAW_STRING) {
      throw inner.tokens.unexpected(quoted, DEFINE);
    }
    String defined = inner.pipelines.unquoted(quoted);
    inner.tokens.expect(TokenType.RIGHT_DELIMITER, DEFINE);
    Sequence body = inner.statements();
    if (inner.ended() != Ending.END) {
      throw inner.tokens.error("unexpected " + inner.ended().text + " in " + DEFINE);
    }
    inner.define(defined, body);
  }

  private TemplateParser inner() throws TemplateException {
    return new TemplateParser(name, tokens.lexer(), definitions, outerDepth + depth + 1);
  }

  /** An empty definition never takes another's place; two that are not empty clash. */
  private void define(String defined, Sequence body) throws TemplateException {
    Sequence known = definitions.get(defined);
    if (known == null || isEmpty(known)) {
      definitions.put(defined, body);
    } else if (!isEmpty(body)) {
      throw tokens.error("template: multiple definition of template " + quote(defined));
    }
  }

  private static boolean isEmpty(Sequence sequence) {
    return sequence.statements().stream()
        .allMatch(s -> s instanceof Node.Text text && text.text().isBlank());
  }

  /** Statements up to {@code end} or {@code else}, which {@link #ended} then tells. */
  private Sequence statements() throws TemplateException {
    depth++;
    if (outerDepth + depth > MAX_DEPTH) {
      throw tokens.error("nested too deeply: more than " + MAX_DEPTH + " blocks");
    }
    List<Statement> statements = new ArrayList<>();
    int position = tokens.peekWord().position();
    while (tokens.peekWord().type() != TokenType.END_OF_TEXT) {
      Statement statement = statement();
      if (statement == null) {
        depth--;
        return new Sequence(position, statements);
      }
      statements.add(statement);
    }
    throw tokens.error("unexpected EOF");
  }

  /** The next statement; null where it is what ends a list. */
  private @Nullable Statement statement() throws TemplateException {
    Token token = tokens.nextWord();
    if (token.type() == TokenType.TEXT) {
      return new Node.Text(token.position(), token.text());
    }
    if (token.type() != TokenType.LEFT_DELIMITER) {
      throw tokens.unexpected(token, "input");
    }
    tokens.actionStarts(token.line());
    Statement statement = action();
    tokens.actionEnds();
    return statement;
  }

  private @Nullable Statement action() throws TemplateException {
    Token token = tokens.nextWord();
    return switch (token.type()) {
      case BLOCK -> block();
      case BREAK -> {
        loopControl("{{break}}");
        yield new Node.Break(token.position());
      }
      case CONTINUE -> {
        loopControl("{{continue}}");
        yield new Node.Continue(token.position());
      }
      case ELSE -> {
        TokenType next = tokens.peekWord().type();
        if (next != TokenType.IF && next != TokenType.WITH) {
          tokens.expect(TokenType.RIGHT_DELIMITER, "else");
        }
        ending = Ending.ELSE;
        yield null;
      }
      case END -> {
        tokens.expect(TokenType.RIGHT_DELIMITER, "end");
        ending = Ending.END;
        yield null;
      }
      case IF -> control("if");
      case RANGE -> control("range");
      case TEMPLATE -> call();
      case WITH -> control("with");
      default -> {
        tokens.putBack();
        int position = tokens.peek().position();
        yield new Node.Action(position, pipelines.pipeline("command", TokenType.RIGHT_DELIMITER));
      }
    };
  }

  private void loopControl(String word) throws TemplateException {
    Token token = tokens.nextWord();
    if (token.type() != TokenType.RIGHT_DELIMITER) {
      throw tokens.unexpected(token, word);
    }
    if (openRanges == 0) {
      throw tokens.error(word + " outside {{range}}");
    }
  }

  /** {@code if}, {@code range} or {@code with}: they are built alike. */
  private Statement control(String word) throws TemplateException {
    int variables = pipelines.variableCount();
    Pipeline pipeline = pipelines.pipeline(word, TokenType.RIGHT_DELIMITER);
    boolean range = word.equals("range");
    openRanges += range ? 1 : 0;
    Sequence body = statements();
    openRanges -= range ? 1 : 0;
    Sequence otherwise = ended() == Ending.ELSE ? otherwise(word) : null;
    pipelines.forgetVariables(variables);
    int position = pipeline.position();
    return switch (word) {
      case "if" -> new Node.If(position, pipeline, body, otherwise);
      case "with" -> new Node.With(position, pipeline, body, otherwise);
      default -> new Node.Range(position, pipeline, body, otherwise);
    };
  }

  private Sequence otherwise(String word) throws TemplateException {
    Token next = tokens.peek();
    boolean sameAgain =
        (word.equals("if") && next.type() == TokenType.IF)
            || (word.equals("with") && next.type() == TokenType.WITH);
    if (sameAgain) {
      // The end of the inner one ends this one too.
      tokens.next();
      depth++;
      if (outerDepth + depth > MAX_DEPTH) {
        throw tokens.error("nested too deeply: more than " + MAX_DEPTH + " blocks");
      }
      Statement inner = control(word);
      depth--;
      return new Sequence(next.position(), List.of(inner));
    }
    Sequence otherwise = statements();
    if (ended() != Ending.END) {
      throw tokens.error("expected end; found " + ended().text);
    }
    return otherwise;
  }

  /** A definition and its call in one. */
  private Statement block() throws TemplateException {
    Token token = tokens.nextWord();
    String defined = templateName(token, BLOCK);
    Pipeline argument = pipelines.pipeline(BLOCK, TokenType.RIGHT_DELIMITER);
    TemplateParser inner = inner();
    Sequence body = inner.statements();
    if (inner.ended() != Ending.END) {
      throw tokens.error("unexpected " + inner.ended().text + " in " + BLOCK);
    }
    inner.define(defined, body);
    return new Node.Call(token.position(), defined, argument);
  }

  private Statement call() throws TemplateException {
    Token token = tokens.nextWord();
    String called = templateName(token, TEMPLATE);
    Pipeline argument = null;
    if (tokens.nextWord().type() != TokenType.RIGHT_DELIMITER) {
      tokens.putBack();
      argument = pipelines.pipeline(TEMPLATE, TokenType.RIGHT_DELIMITER);
    }
    return new Node.Call(token.position(), called, argument);
  }

  private String templateName(Token token, String context) throws TemplateException {
    if (token.type() != TokenType.STRING && token.type() != TokenType.RAW_STRING) {
      throw tokens.unexpected(token, context);
    }
    return pipelines.unquoted(token);
  }

  /** Whether an operand is one that no value can be given to. */
  static boolean isConstant(Operand operand) {
    return switch (operand) {
      case Node.BoolConstant n -> true;
      case Node.Dot n -> true;
      case Node.Nil n -> true;
      case Node.NumberConstant n -> true;
      case Node.StringConstant n -> true;
      case Node.Chain n -> false;
      case Node.Field n -> false;
      case Node.Identifier n -> false;
      case Node.Pipeline n -> false;
      case Node.Variable n -> false;
    };
  }
}
