package dnd.metrics.server.promql.parse;

import org.jspecify.annotations.Nullable;

/**
 * Arithmetic over durations, as in {@code foo[5m * 2] offset -step()}. {@link DurationOp#STEP} and
 * {@link DurationOp#RANGE} have no operands; {@link DurationOp#ADD} and {@link DurationOp#SUB} with
 * only {@code rhs} are unary.
 *
 * @param wrapped whether it was written in parentheses
 */
public record DurationExpr(
    DurationOp op,
    @Nullable DurationTerm lhs,
    @Nullable DurationTerm rhs,
    boolean wrapped,
    PositionRange position)
    implements DurationTerm {}
