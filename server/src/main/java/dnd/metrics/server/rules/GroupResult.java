package dnd.metrics.server.rules;

import java.util.List;

/**
 * What came of one evaluation of a group.
 *
 * @param atMillis its time
 * @param state to begin the next one with
 * @param outcomes of the rules that were evaluated, in order
 */
public record GroupResult(long atMillis, GroupState state, List<RuleOutcome> outcomes) {}
