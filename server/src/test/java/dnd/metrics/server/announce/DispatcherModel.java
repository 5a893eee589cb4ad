package dnd.metrics.server.announce;

import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.InhibitRule;
import dnd.metrics.server.announce.route.Route;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Dispatcher} does, in the simplest way: one list of who is to hear of what, gone
 * through at every step, without timers or indexes. Asked at every full second.
 */
final class DispatcherModel {
  private static final class Hearing {
    final Route route;
    Alert alert;
    long saidAt = -1;
    int repeats;
    boolean held;

    Hearing(Route route, Alert alert) {
      this.route = route;
      this.alert = alert;
    }

    String group() {
      return route.receiver() + route.groupLabels(alert.labels());
    }
  }

  private final AlertsConfig config;
  private final List<Hearing> hearings = new ArrayList<>();
  private final Map<String, Silence> silences = new HashMap<>();
  private final Map<String, Long> lookAt = new HashMap<>();
  private final Map<String, Boolean> looked = new HashMap<>();
  private final Map<String, Alert> firing = new HashMap<>();
  private final List<String> over = new ArrayList<>();

  DispatcherModel(AlertsConfig config) {
    this.config = config;
  }

  List<String> accept(List<Alert> changes, long now) {
    List<String> said = new ArrayList<>();
    List<String> lookNow = new ArrayList<>();
    for (Alert alert : changes) {
      if (over.contains(alert.id())) {
        continue;
      }
      if (alert.firing()) {
        if (firing.put(alert.id(), alert) == null) {
          for (Route route : config.route().match(alert.labels())) {
            hearings.add(new Hearing(route, alert));
          }
        }
      } else {
        firing.remove(alert.id());
        over.add(alert.id());
      }
      for (Hearing hearing : hearings) {
        if (hearing.alert.id().equals(alert.id())) {
          hearing.alert = alert;
          String group = hearing.group();
          long wait = hearing.route.groupWaitMillis();
          if (looked.containsKey(group)) {
            if (hearing.route.groupIntervalMillis() == 0) {
              lookNow.add(group);
            }
          } else if (!lookAt.containsKey(group)) {
            if (wait == 0 || alert.startedAtMillis() + wait < now) {
              lookNow.add(group);
            } else {
              lookAt.put(group, now + wait);
            }
          }
        }
      }
    }
    for (String group : lookNow) {
      look(group, now, said);
    }
    release(now, said);
    return said;
  }

  List<String> put(Silence silence, long now) {
    silences.put(silence.id(), silence);
    List<String> said = new ArrayList<>();
    release(now, said);
    return said;
  }

  List<String> advance(long now) {
    List<String> said = new ArrayList<>();
    for (String group : List.copyOf(lookAt.keySet())) {
      if (lookAt.get(group) <= now) {
        look(group, now, said);
      }
    }
    release(now, said);
    return said;
  }

  private List<Hearing> of(String group) {
    return hearings.stream().filter(hearing -> hearing.group().equals(group)).toList();
  }

  private void look(String group, long now, List<String> said) {
    List<Hearing> members = of(group);
    if (members.isEmpty()) {
      return;
    }
    Route route = members.getFirst().route;
    say(members, now, said);
    looked.put(group, true);
    boolean wasScheduled = lookAt.containsKey(group) && lookAt.get(group) > now;
    if (of(group).isEmpty()) {
      forget(group);
    } else if (route.groupIntervalMillis() > 0) {
      if (!wasScheduled) {
        lookAt.put(group, now + route.groupIntervalMillis());
      }
    } else {
      scheduleRepeat(group, route, now);
    }
  }

  private void scheduleRepeat(String group, Route route, long now) {
    long interval = route.repeatIntervalMillis();
    long next = Long.MAX_VALUE;
    for (Hearing each : of(group)) {
      if (canRepeat(each) && each.saidAt + interval > now) {
        next = Math.min(next, each.saidAt + interval);
      }
    }
    lookAt.put(group, next);
  }

  private static boolean canRepeat(Hearing hearing) {
    return hearing.route.repeatIntervalMillis() > 0
        && hearing.alert.firing()
        && hearing.saidAt >= 0;
  }

  /** Says what is to be said of some members of one group. */
  private void say(List<Hearing> members, long now, List<String> said) {
    boolean repeat = false;
    String group = members.getFirst().group();
    for (Hearing hearing : members) {
      say(hearing, now, said);
      if (canRepeat(hearing) && hearing.saidAt + hearing.route.repeatIntervalMillis() <= now) {
        hearing.held = isMuted(hearing, now);
        repeat |= !hearing.held;
      }
    }
    for (Hearing hearing : of(group)) {
      if (repeat && canRepeat(hearing) && hearing.saidAt < now && !isMuted(hearing, now)) {
        hearing.saidAt = now;
        hearing.repeats++;
        said.add(id(hearing) + "/" + (hearing.repeats + 1));
      }
    }
  }

  private void forget(String group) {
    looked.remove(group);
    lookAt.remove(group);
  }

  private void release(long now, List<String> said) {
    for (Hearing hearing : List.copyOf(hearings)) {
      if (hearing.held && !isMuted(hearing, now)) {
        String group = hearing.group();
        say(List.of(hearing), now, said);
        if (of(group).isEmpty()) {
          forget(group);
        } else if (hearing.route.groupIntervalMillis() == 0) {
          scheduleRepeat(group, hearing.route, now);
        }
      }
    }
  }

  private void say(Hearing hearing, long now, List<String> said) {
    hearing.held = false;
    boolean heard = hearing.saidAt >= 0;
    if (!hearing.alert.firing() && !heard) {
      hearings.remove(hearing);
    } else if (hearing.alert.firing() != heard) {
      if (isMuted(hearing, now)) {
        hearing.held = true;
      } else {
        said.add(id(hearing));
        hearing.saidAt = now;
        if (!hearing.alert.firing()) {
          hearings.remove(hearing);
        }
      }
    }
  }

  private static String id(Hearing hearing) {
    return hearing.alert.id()
        + '/'
        + Announcement.kind(hearing.alert.firing(), hearing.route.receiver());
  }

  private boolean isMuted(Hearing hearing, long now) {
    Labels labels = hearing.alert.labels();
    boolean silenced =
        silences.values().stream()
            .anyMatch(each ->
                each.startsAtMillis() <= now && now < each.endsAtMillis() && each.matches(labels));
    boolean inTime =
        hearing.route.muteTimeIntervals().stream()
            .flatMap(name -> config.timeIntervals().get(name).stream())
            .anyMatch(interval -> interval.contains(now));
    return silenced
        || inTime
        || config.inhibitRules().stream().anyMatch(rule -> inhibits(rule, labels));
  }

  private boolean inhibits(InhibitRule rule, Labels target) {
    return rule.isTarget(target)
        && firing.values().stream()
            .map(Alert::labels)
            .anyMatch(source ->
                rule.isSource(source)
                    && rule.common(source).equals(rule.common(target))
                    && !(rule.isSource(target) && rule.isTarget(source)));
  }
}
