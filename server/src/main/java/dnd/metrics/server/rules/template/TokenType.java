package dnd.metrics.server.rules.template;

import java.util.Map;

/** What a template's text is made of. */
enum TokenType {
  ERROR,
  END_OF_TEXT,
  TEXT,
  LEFT_DELIMITER,
  RIGHT_DELIMITER,
  SPACE,
  BOOL,
  CHARACTER_CONSTANT,
  COMPLEX,
  NUMBER,
  STRING,
  RAW_STRING,
  IDENTIFIER,
  FIELD,
  VARIABLE,
  ASSIGN,
  DECLARE,
  PIPE,
  LEFT_PAREN,
  RIGHT_PAREN,
  OTHER,
  BLOCK,
  BREAK,
  CONTINUE,
  DOT,
  DEFINE,
  ELSE,
  END,
  IF,
  NIL,
  RANGE,
  TEMPLATE,
  WITH;

  private static final Map<String, TokenType> KEYWORDS =
      Map.ofEntries(
          Map.entry(".", DOT),
          Map.entry("block", BLOCK),
          Map.entry("break", BREAK),
          Map.entry("continue", CONTINUE),
          Map.entry("define", DEFINE),
          Map.entry("else", ELSE),
          Map.entry("end", END),
          Map.entry("if", IF),
          Map.entry("nil", NIL),
          Map.entry("range", RANGE),
          Map.entry("template", TEMPLATE),
          Map.entry("true", BOOL),
          Map.entry("false", BOOL),
          Map.entry("with", WITH));

  boolean isKeyword() {
    return compareTo(BLOCK) >= 0;
  }

  static TokenType ofWord(String word) {
    return KEYWORDS.getOrDefault(word, IDENTIFIER);
  }
}
