package dnd.metrics.server.promql.parse;

/** What kind of value an expression has. */
public enum ValueType {
  SCALAR("scalar", "scalar"),
  VECTOR("vector", "instant vector"),
  MATRIX("matrix", "range vector"),
  STRING("string", "string");

  private final String apiName;
  private final String documentedName;

  ValueType(String apiName, String documentedName) {
    this.apiName = apiName;
    this.documentedName = documentedName;
  }

  /** As the query API's {@code resultType} names it. */
  public String apiName() {
    return apiName;
  }

  /** As the documentation and error texts name it. */
  public String documentedName() {
    return documentedName;
  }
}
