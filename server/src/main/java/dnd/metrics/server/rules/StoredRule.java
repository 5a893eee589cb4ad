package dnd.metrics.server.rules;

import dnd.metrics.server.rules.file.Rule;

/**
 * A rule as the service keeps it.
 *
 * @param active whether it is evaluated
 * @param updatedAtMillis when it was saved last, in Unix milliseconds
 * @param updatedBy the service that saved it
 */
record StoredRule(Rule rule, boolean active, long updatedAtMillis, String updatedBy) {
  StoredRule withActive(boolean newActive, long atMillis, String by) {
    return newActive == active ? this : new StoredRule(rule, newActive, atMillis, by);
  }
}
