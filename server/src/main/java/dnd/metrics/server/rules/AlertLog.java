package dnd.metrics.server.rules;

import dnd.metrics.server.announce.Alert;
import dnd.metrics.server.announce.Announcer;
import dnd.metrics.server.database.Change;
import dnd.metrics.server.database.Database;
import dnd.metrics.server.model.Labels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes steps of alerts lasting and then, never before, hands them to the announcer, in their
 * order. Steps that cannot be made lasting wait, and everything after them waits behind them. Safe
 * for use by several threads; a caller waits for the disk.
 */
final class AlertLog {
  private static final Logger LOG = LoggerFactory.getLogger(AlertLog.class);

  private final Database database;
  private final Announcer announcer;
  private final Labels externalLabels;

  private final Object owedLock = new Object();
  private final List<Change> owedRows = new ArrayList<>();
  private final List<Alert> owedAlerts = new ArrayList<>();

  AlertLog(Database database, Announcer announcer, Labels externalLabels) {
    this.database = database;
    this.announcer = announcer;
    this.externalLabels = externalLabels;
  }

  /** Takes over the steps of one evaluation. */
  void write(PreparedGroup group, List<AlertChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    List<Change> rows = new ArrayList<>(changes.size());
    List<Alert> alerts = new ArrayList<>();
    for (AlertChange change : changes) {
      rows.add(AlertRows.change(group, change));
      switch (change) {
        case AlertChange.Fired fired -> alerts.add(announced(group, fired.alert()));
        case AlertChange.Resolved resolved -> alerts.add(announced(group, resolved.alert()));
        case AlertChange.Pending _, AlertChange.Kept _, AlertChange.Dropped _ -> {}
      }
    }
    write(rows, alerts);
  }

  private Alert announced(PreparedGroup group, AlertInstance alert) {
    return AlertRows.announced(group.file(), group.name(), alert, externalLabels);
  }

  /** Tries again what is owed. For one thread. */
  void retry() {
    List<Change> rows;
    List<Alert> alerts;
    synchronized (owedLock) {
      rows = List.copyOf(owedRows);
      alerts = List.copyOf(owedAlerts);
    }
    if (rows.isEmpty()) {
      return;
    }
    try {
      database.write(rows);
    } catch (IOException e) {
      LOG.warn("{} steps of alerts are still not lasting: {}", rows.size(), e.getMessage());
      return;
    }
    synchronized (owedLock) {
      owedRows.subList(0, rows.size()).clear();
      owedAlerts.subList(0, alerts.size()).clear();
    }
    announcer.accept(alerts);
  }

  private void write(List<Change> rows, List<Alert> alerts) {
    if (owes(rows, alerts)) {
      return;
    }
    try {
      database.write(rows);
    } catch (IOException e) {
      LOG.error(
          "{} steps of alerts cannot be made lasting and are not announced yet: {}",
          rows.size(),
          e.getMessage());
      synchronized (owedLock) {
        owedRows.addAll(rows);
        owedAlerts.addAll(alerts);
      }
      return;
    }
    announcer.accept(alerts);
  }

  /** Puts the steps behind those that are owed; false where none are. */
  private boolean owes(List<Change> rows, List<Alert> alerts) {
    synchronized (owedLock) {
      if (owedRows.isEmpty()) {
        return false;
      }
      owedRows.addAll(rows);
      owedAlerts.addAll(alerts);
      return true;
    }
  }
}
