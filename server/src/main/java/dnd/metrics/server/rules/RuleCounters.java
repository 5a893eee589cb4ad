package dnd.metrics.server.rules;

import java.util.concurrent.atomic.LongAdder;

/** How often groups were evaluated, all together since the service began. */
final class RuleCounters {
  /** At their interval. */
  final LongAdder intervals = new LongAdder();

  /** At once. */
  final LongAdder atOnce = new LongAdder();

  /** Slots that were missed. */
  final LongAdder missed = new LongAdder();

  /** Evaluations that ended in a fault of ours. */
  final LongAdder failed = new LongAdder();
}
