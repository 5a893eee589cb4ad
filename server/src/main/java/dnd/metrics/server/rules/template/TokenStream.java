package dnd.metrics.server.rules.template;

/** A template's tokens, up to three of which may be put back. For one thread. */
final class TokenStream {
  private final String name;
  private final TemplateLexer lexer;
  private final Token[] ahead = new Token[3];
  private int waiting;
  private int lastLine;
  private int actionLine;

  TokenStream(String name, TemplateLexer lexer) {
    this.name = name;
    this.lexer = lexer;
  }

  TemplateLexer lexer() {
    return lexer;
  }

  Token next() {
    if (waiting > 0) {
      waiting--;
    } else {
      read();
    }
    return ahead[waiting];
  }

  private void read() {
    ahead[0] = lexer.next();
    lastLine = ahead[0].line();
  }

  /** Puts the token that was read last back. */
  void putBack() {
    waiting++;
  }

  /** Puts the token that was read last back, and one before it. */
  void putBack(Token before) {
    ahead[1] = before;
    waiting = 2;
  }

  /** The same with two before it. */
  void putBack(Token first, Token second) {
    ahead[1] = second;
    ahead[2] = first;
    waiting = 3;
  }

  Token peek() {
    if (waiting > 0) {
      return ahead[waiting - 1];
    }
    read();
    waiting = 1;
    return ahead[0];
  }

  /** The next token that is no white space. */
  Token nextWord() {
    Token token = next();
    while (token.type() == TokenType.SPACE) {
      token = next();
    }
    return token;
  }

  Token peekWord() {
    Token token = nextWord();
    putBack();
    return token;
  }

  Token expect(TokenType type, String context) throws TemplateException {
    Token token = nextWord();
    if (token.type() != type) {
      throw unexpected(token, context);
    }
    return token;
  }

  void actionStarts(int line) {
    actionLine = line;
  }

  void actionEnds() {
    actionLine = 0;
  }

  TemplateException unexpected(Token token, String context) {
    if (token.type() != TokenType.ERROR) {
      return error("unexpected " + token + " in " + context);
    }
    String extra = "";
    if (actionLine != 0 && actionLine != token.line()) {
      String started = " started at " + name + ":" + actionLine;
      extra = token.text().endsWith(" action") ? started : " in action" + started;
    }
    return error(token + extra);
  }

  TemplateException error(String words) {
    return new TemplateException("template: " + name + ":" + lastLine + ": " + words);
  }
}
