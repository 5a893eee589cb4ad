package dnd.metrics.server.promql.parse;

/** The aggregation operators. */
public enum AggregateOp {
  SUM,
  AVG,
  COUNT,
  MIN,
  MAX,
  GROUP,
  STDDEV,
  STDVAR,
  TOPK,
  BOTTOMK,
  COUNT_VALUES,
  QUANTILE,
  LIMITK,
  LIMIT_RATIO;

  /** As PromQL writes it. */
  public String symbol() {
    return switch (this) {
      case SUM -> "sum";
      case AVG -> "avg";
      case COUNT -> "count";
      case MIN -> "min";
      case MAX -> "max";
      case GROUP -> "group";
      case STDDEV -> "stddev";
      case STDVAR -> "stdvar";
      case TOPK -> "topk";
      case BOTTOMK -> "bottomk";
      case COUNT_VALUES -> "count_values";
      case QUANTILE -> "quantile";
      case LIMITK -> "limitk";
      case LIMIT_RATIO -> "limit_ratio";
    };
  }

  public boolean hasParameter() {
    return switch (this) {
      case TOPK, BOTTOMK, COUNT_VALUES, QUANTILE, LIMITK, LIMIT_RATIO -> true;
      case SUM, AVG, COUNT, MIN, MAX, GROUP, STDDEV, STDVAR -> false;
    };
  }

  public boolean isExperimental() {
    return this == LIMITK || this == LIMIT_RATIO;
  }
}
