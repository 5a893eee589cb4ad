package dnd.metrics.server.announce;

import dnd.metrics.server.announce.Group.Member;
import dnd.metrics.server.announce.route.AlertsConfig;
import dnd.metrics.server.announce.route.Route;
import dnd.metrics.server.model.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Decides what is announced, and when: sorts alerts into groups by the routing tree, and looks at a
 * group when its time has come. Knows neither hub nor database nor clock. Not safe for use by
 * several threads.
 *
 * <p>A group is looked at {@code group_wait} after its first alert and every {@code group_interval}
 * from then on. A look announces of each alert what has not been said: that it fires, or that it is
 * over where it was said that it fires. When that was said longer than {@code repeat_interval} ago
 * of one of them, it is said again of all in the group that fire. What is muted at a look is held
 * back, and announced when nothing mutes it any more, without waiting for the next look; of what
 * began and ended in between nothing is said. So each change is said once to each receiver, where
 * Alertmanager sends the whole group each time (docs/decisions/alert-announcements.md).
 */
final class Dispatcher {
  private static final long MINUTE_MILLIS = 60_000;

  /** How many of the alerts that are over are remembered, should they be handed in again. */
  private static final int MAX_SETTLED = 1 << 16;

  private record Timer(long atMillis, Group group) {}

  private final Route root;
  private final Muting muting;
  private final Map<String, TrackedAlert> alerts = new LinkedHashMap<>();

  /** By what the alerts of a group have in common, for each node of the routing tree. */
  private final IdentityHashMap<Route, Map<Labels, Group>> groups = new IdentityHashMap<>();

  /** Looks to come; one that is not at its group's time any more is passed over. */
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::atMillis));

  /** What a former run of the program said, of alerts that were not handed in again so far. */
  private final Map<String, Map<String, NotedAnnouncement>> former = new HashMap<>();

  /** Ids of alerts of which everything has been said, the latest last. */
  private final Set<String> settled = new LinkedHashSet<>();

  private final Set<Group> holdingBack = new LinkedHashSet<>();

  /** When the time intervals are asked again for the groups that hold something back. */
  private long nextIntervalCheckMillis = Long.MAX_VALUE;

  Dispatcher(AlertsConfig config) {
    this.root = config.route();
    this.muting = new Muting(config);
  }

  /**
   * What was said before this process began; to be called before all else.
   *
   * @param kind as {@link Announcement#kind} has it
   */
  void remember(String alertId, String kind, long atMillis, int repeats) {
    int slash = kind.indexOf('/');
    String receiver = slash < 0 ? "" : kind.substring(slash + 1);
    boolean resolved = kind.startsWith(NotedAnnouncement.RESOLVED);
    NotedAnnouncement noted = new NotedAnnouncement(!resolved, resolved, atMillis, repeats);
    former
        .computeIfAbsent(alertId, id -> new HashMap<>())
        .merge(receiver, noted, NotedAnnouncement::with);
  }

  /** That everything was said of an alert before this process began. */
  void rememberSettled(String alertId) {
    settle(alertId);
    former.remove(alertId);
  }

  private void settle(String alertId) {
    settled.add(alertId);
    if (settled.size() > MAX_SETTLED) {
      Iterator<String> oldest = settled.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  Silences silences() {
    return muting.silences;
  }

  /** How many alerts there are of which something is left to say. */
  int size() {
    return alerts.size();
  }

  /** Takes in alerts as they are now. */
  Turn accept(Collection<Alert> changed, long nowMillis) {
    Turn turn = new Turn();
    boolean inhibitionEnded = false;
    Set<Group> due = new LinkedHashSet<>();
    for (Alert alert : changed) {
      TrackedAlert tracked = alerts.get(alert.id());
      if (tracked == null) {
        if (settled.contains(alert.id())) {
          continue;
        }
        tracked = track(alert);
      } else if (!tracked.alert.firing()) {
        continue; // it is over, and another one would have another id
      }
      tracked.alert = alert;
      inhibitionEnded |= muting.inhibitor.update(alert);
      for (Member member : tracked.members) {
        if (joined(member, nowMillis)) {
          due.add(member.group);
        }
      }
    }
    for (Group group : due) {
      look(group, nowMillis, turn, false);
    }
    if (inhibitionEnded) {
      release(nowMillis, turn);
    }
    return turn;
  }

  private TrackedAlert track(Alert alert) {
    TrackedAlert tracked = new TrackedAlert(alert);
    alerts.put(alert.id(), tracked);
    Map<String, NotedAnnouncement> said = former.remove(alert.id());
    for (Route route : root.match(alert.labels())) {
      String receiver = route.receiver();
      if (tracked.members.stream().anyMatch(m -> m.group.route.receiver().equals(receiver))) {
        continue; // who hears of it by one route need not hear it by another
      }
      Labels groupLabels = route.groupLabels(alert.labels());
      Group group =
          groups
              .computeIfAbsent(route, key -> new HashMap<>())
              .computeIfAbsent(groupLabels, key -> new Group(route, groupLabels));
      NotedAnnouncement noted =
          said == null
              ? NotedAnnouncement.NOTHING
              : said.getOrDefault(receiver, NotedAnnouncement.NOTHING);
      Member member = new Member(group, tracked, noted);
      group.members.put(alert.id(), member);
      tracked.members.add(member);
    }
    return tracked;
  }

  /** Sees when the group of a member that has changed is looked at; true where that is now. */
  private boolean joined(Member member, long nowMillis) {
    Group group = member.group;
    Route route = group.route;
    if (!group.flushed && group.flushAtMillis == Group.NEVER) {
      long waitUntil = nowMillis + route.groupWaitMillis();
      boolean old = member.alert().startedAtMillis() + route.groupWaitMillis() < nowMillis;
      if (old || route.groupWaitMillis() == 0) {
        return true;
      }
      schedule(group, waitUntil);
      return false;
    }
    return group.flushed && route.groupIntervalMillis() == 0;
  }

  /** Does what is due. */
  Turn advance(long nowMillis) {
    Turn turn = new Turn();
    boolean mutingMayHaveEnded = false;
    if (muting.silences.nextTurnMillis() <= nowMillis) {
      turn.silences.addAll(muting.silences.turn(nowMillis));
      mutingMayHaveEnded = true;
    }
    if (nextIntervalCheckMillis <= nowMillis) {
      nextIntervalCheckMillis = Long.MAX_VALUE;
      mutingMayHaveEnded = true;
    }
    for (Timer timer = timers.peek();
        timer != null && timer.atMillis <= nowMillis;
        timer = timers.peek()) {
      timers.poll();
      if (timer.group.flushAtMillis == timer.atMillis) {
        look(timer.group, nowMillis, turn, true);
      }
    }
    if (mutingMayHaveEnded) {
      release(nowMillis, turn);
    }
    return turn;
  }

  /** Lets changed silences hold, and announces what nothing holds back any more. */
  Turn put(Collection<Silence> changed, long nowMillis) {
    Turn turn = new Turn();
    turn.silences.addAll(muting.silences.put(changed, nowMillis));
    release(nowMillis, turn);
    return turn;
  }

  /** When {@link #advance} has something to do; {@link Long#MAX_VALUE} where nothing is to come. */
  long nextMillis() {
    while (!timers.isEmpty() && timers.peek().group.flushAtMillis != timers.peek().atMillis) {
      timers.poll();
    }
    long next = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().atMillis;
    return Math.min(next, Math.min(muting.silences.nextTurnMillis(), nextIntervalCheckMillis));
  }

  /** Announces what a group has to say. */
  private void look(Group group, long nowMillis, Turn turn, boolean atItsTime) {
    group.flushed = true;
    say(group, List.copyOf(group.members.values()), nowMillis, turn);
    if (group.members.isEmpty()) {
      forget(group);
    } else if (group.route.groupIntervalMillis() > 0) {
      if (atItsTime || group.flushAtMillis == Group.NEVER) {
        schedule(group, nowMillis + group.route.groupIntervalMillis());
      }
    } else {
      schedule(group, nextRepeatMillis(group, nowMillis));
    }
  }

  /** Announces what groups held back and nothing holds back any more. */
  private void release(long nowMillis, Turn turn) {
    for (Group group : List.copyOf(holdingBack)) {
      List<Member> held =
          group.members.values().stream().filter(member -> member.heldBack).toList();
      say(group, held, nowMillis, turn);
      if (group.members.isEmpty()) {
        forget(group);
      } else if (group.route.groupIntervalMillis() == 0) {
        schedule(group, nextRepeatMillis(group, nowMillis));
      }
    }
  }

  /** Says what is to be said of some members of a group. */
  private void say(Group group, List<Member> members, long nowMillis, Turn turn) {
    boolean repeat = false;
    for (Member member : members) {
      say(member, nowMillis, turn);
      if (repeatsAtMillis(member) <= nowMillis) {
        member.heldBack = muting.mutes(member.alert().labels(), group.route, nowMillis);
        repeat |= !member.heldBack;
      }
    }
    if (repeat) {
      for (Member member : group.members.values()) {
        repeat(member, nowMillis, turn);
      }
    }
    noteHeldBack(group, nowMillis);
  }

  /** Says of one alert what was not said, unless it is muted. */
  private void say(Member member, long nowMillis, Turn turn) {
    Alert alert = member.alert();
    NotedAnnouncement noted = member.noted;
    member.heldBack = false;
    if (!alert.firing() && (!noted.triggered() || noted.resolved())) {
      leave(member, turn, false);
      return;
    }
    if (alert.firing() && noted.triggered()) {
      return;
    }
    if (muting.mutes(alert.labels(), member.group.route, nowMillis)) {
      member.heldBack = true;
      return;
    }
    turn.announce(new Announcement(alert, member.group.route, member.group.labels, 0));
    if (alert.firing()) {
      member.noted = new NotedAnnouncement(true, false, nowMillis, 0);
    } else {
      leave(member, turn, member.group.route.receiver().isEmpty());
    }
  }

  /** When it is to be said again that the alert fires; {@link Group#NEVER} where it is not. */
  private static long repeatsAtMillis(Member member) {
    long interval = member.group.route.repeatIntervalMillis();
    return interval > 0 && member.alert().firing() && member.noted.triggered()
        ? member.noted.atMillis() + interval
        : Group.NEVER;
  }

  private void repeat(Member member, long nowMillis, Turn turn) {
    NotedAnnouncement noted = member.noted;
    if (repeatsAtMillis(member) == Group.NEVER
        || noted.atMillis() == nowMillis
        || muting.mutes(member.alert().labels(), member.group.route, nowMillis)) {
      return;
    }
    int repeats = noted.repeats() + 1;
    member.noted = new NotedAnnouncement(true, false, nowMillis, repeats);
    turn.announce(
        new Announcement(member.alert(), member.group.route, member.group.labels, repeats));
  }

  /** When something is to be repeated; what is due already is muted, and waits for that to end. */
  private static long nextRepeatMillis(Group group, long nowMillis) {
    long next = Group.NEVER;
    for (Member member : group.members.values()) {
      long due = repeatsAtMillis(member);
      if (due > nowMillis) {
        next = Math.min(next, due);
      }
    }
    return next;
  }

  /**
   * @param noted whether what was just announced notes already that all is said
   */
  private void leave(Member member, Turn turn, boolean noted) {
    TrackedAlert tracked = member.tracked;
    member.group.members.remove(tracked.alert.id());
    tracked.members.remove(member);
    if (tracked.members.isEmpty()) {
      String alertId = tracked.alert.id();
      alerts.remove(alertId);
      settle(alertId);
      if (!noted) {
        turn.settle(alertId);
      }
    }
  }

  private void noteHeldBack(Group group, long nowMillis) {
    boolean holds = group.members.values().stream().anyMatch(member -> member.heldBack);
    if (holds) {
      holdingBack.add(group);
      if (!muting.mutedBy(group.route, nowMillis).isEmpty()) {
        long nextMinute = (Math.floorDiv(nowMillis, MINUTE_MILLIS) + 1) * MINUTE_MILLIS;
        nextIntervalCheckMillis = Math.min(nextIntervalCheckMillis, nextMinute);
      }
    } else {
      holdingBack.remove(group);
    }
  }

  private void schedule(Group group, long atMillis) {
    if (group.flushAtMillis != atMillis) {
      group.flushAtMillis = atMillis;
      if (atMillis != Group.NEVER) {
        timers.add(new Timer(atMillis, group));
      }
    }
  }

  private void forget(Group group) {
    group.flushAtMillis = Group.NEVER;
    holdingBack.remove(group);
    groups.getOrDefault(group.route, Map.of()).remove(group.labels);
  }

  /** Every alert that fires, with what becomes of it, in the order of arrival. */
  List<AlertView> views(long nowMillis) {
    List<AlertView> views = new ArrayList<>();
    for (TrackedAlert tracked : alerts.values()) {
      if (tracked.alert.firing()) {
        views.add(view(tracked, nowMillis));
      }
    }
    return views;
  }

  private AlertView view(TrackedAlert tracked, long nowMillis) {
    Labels labels = tracked.alert.labels();
    List<String> receivers = new ArrayList<>(1);
    Set<String> mutedBy = new LinkedHashSet<>();
    boolean announced = false;
    for (Member member : tracked.members) {
      if (!member.group.route.receiver().isEmpty()) {
        receivers.add(member.group.route.receiver());
      }
      mutedBy.addAll(muting.mutedBy(member.group.route, nowMillis));
      announced |= member.noted.triggered();
    }
    Suppression suppression =
        new Suppression(
            Silences.matching(muting.silences.active(), labels),
            muting.inhibitor.inhibitedBy(labels),
            List.copyOf(mutedBy));
    return AlertView.of(tracked.alert, announced, suppression, receivers);
  }
}
