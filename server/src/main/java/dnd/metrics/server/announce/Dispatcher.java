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
import java.util.function.UnaryOperator;

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

  /** A clock that goes back by more is believed, as by rules. */
  private static final long SMALL_STEP_MILLIS = 5000;

  /** How many of the alerts that are over are remembered, should they be handed in again. */
  private static final int MAX_SETTLED = 1 << 16;

  private record Timer(long atMillis, Group group) {}

  private final Route root;
  private final Muting muting;
  private final UnaryOperator<Alert> current;
  private final Turn turn = new Turn();
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

  /** Whether something that was muted may not be any more. */
  private boolean releaseIsDue;

  private long newestMillis;

  Dispatcher(AlertsConfig config) {
    this(config, UnaryOperator.identity());
  }

  /**
   * @param current gives an alert that fires with the value and the annotations that it has now
   */
  Dispatcher(AlertsConfig config, UnaryOperator<Alert> current) {
    this.root = config.route();
    this.muting = new Muting(config);
    this.current = current;
  }

  /** What was decided; whoever carries it out takes it out. */
  Turn turn() {
    return turn;
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

  /**
   * Takes in alerts as they are now. Doing it again, as where memory was missing, has no further
   * effect.
   */
  void accept(Collection<Alert> changed, long nowMillis) {
    lookAtClock(nowMillis);
    Set<Group> due = new LinkedHashSet<>();
    for (Alert alert : changed) {
      TrackedAlert tracked = alerts.get(alert.id());
      if (tracked == null) {
        if (settled.contains(alert.id())) {
          continue;
        }
        tracked = track(alert, nowMillis);
      } else if (!tracked.alert.firing() && alert.firing()) {
        continue; // it is over, and another one would have another id
      }
      tracked.alert = alert;
      tracked.ending = false;
      releaseIsDue |= muting.inhibitor.update(alert);
      for (Member member : tracked.members) {
        member.group.members.put(alert.id(), member);
        if (joined(member, nowMillis)) {
          due.add(member.group);
        }
      }
    }
    for (Group group : due) {
      look(group, nowMillis, false);
    }
    releaseIfDue(nowMillis);
  }

  /**
   * Of these alerts it is about to become durable that they are over: nothing more is said of them
   * until they are handed in again.
   */
  void end(Collection<String> alertIds) {
    for (String id : alertIds) {
      TrackedAlert tracked = alerts.get(id);
      if (tracked != null) {
        tracked.ending = true;
      }
    }
  }

  private TrackedAlert track(Alert alert, long nowMillis) {
    TrackedAlert tracked = new TrackedAlert(alert);
    Map<String, NotedAnnouncement> said = former.getOrDefault(alert.id(), Map.of());
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
      NotedAnnouncement noted = said.getOrDefault(receiver, NotedAnnouncement.NOTHING);
      tracked.members.add(new Member(group, tracked, noted.saidBy(nowMillis)));
    }
    alerts.put(alert.id(), tracked); // when it is whole
    former.remove(alert.id());
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
  void advance(long nowMillis) {
    lookAtClock(nowMillis);
    if (muting.silences.nextTurnMillis() <= nowMillis) {
      turnSilences(nowMillis);
    }
    if (nextIntervalCheckMillis <= nowMillis) {
      nextIntervalCheckMillis = Long.MAX_VALUE;
      releaseIsDue = true;
    }
    for (Timer timer = timers.peek();
        timer != null && timer.atMillis <= nowMillis;
        timer = timers.peek()) {
      timers.poll();
      if (timer.group.flushAtMillis == timer.atMillis) {
        lookAtItsTime(timer, nowMillis);
      }
    }
    releaseIfDue(nowMillis);
  }

  private void lookAtItsTime(Timer timer, long nowMillis) {
    boolean looked = false;
    try {
      look(timer.group, nowMillis, true);
      looked = true;
    } finally {
      if (!looked) {
        timers.add(timer); // takes no memory: there is the room that it had
      }
    }
  }

  /** Lets changed silences hold, and announces what nothing holds back any more. */
  void put(Collection<Silence> changed, long nowMillis) {
    lookAtClock(nowMillis);
    releaseIsDue = true;
    noteTurned(muting.silences.put(changed, nowMillis));
    releaseIfDue(nowMillis);
  }

  private void turnSilences(long nowMillis) {
    releaseIsDue = true;
    noteTurned(muting.silences.turn(nowMillis));
  }

  private void noteTurned(List<Silence> silences) {
    silences.forEach(silence -> turn.silences.add(silence.id()));
  }

  private void releaseIfDue(long nowMillis) {
    if (releaseIsDue) {
      release(nowMillis);
    }
  }

  /** Where the clock was set back, no wait is longer for it than the one that its route wants. */
  private void lookAtClock(long nowMillis) {
    if (newestMillis - nowMillis <= SMALL_STEP_MILLIS) {
      newestMillis = Math.max(newestMillis, nowMillis);
      return;
    }
    for (Map<Labels, Group> ofRoute : groups.values()) {
      for (Group group : ofRoute.values()) {
        group.members.values().forEach(member -> member.noted = member.noted.saidBy(nowMillis));
        if (group.flushAtMillis != Group.NEVER) {
          schedule(group, Math.min(group.flushAtMillis, nowMillis + longestWaitMillis(group)));
        }
      }
    }
    if (nextIntervalCheckMillis != Long.MAX_VALUE) {
      nextIntervalCheckMillis = nowMillis;
    }
    turnSilences(nowMillis);
    newestMillis = nowMillis;
  }

  private static long longestWaitMillis(Group group) {
    Route route = group.route;
    if (!group.flushed) {
      return route.groupWaitMillis();
    }
    return route.groupIntervalMillis() > 0
        ? route.groupIntervalMillis()
        : route.repeatIntervalMillis();
  }

  /** When {@link #advance} has something to do; {@link Long#MAX_VALUE} where nothing is to come. */
  long nextMillis() {
    if (releaseIsDue) {
      return 0; // memory was missing for it
    }
    while (!timers.isEmpty() && timers.peek().group.flushAtMillis != timers.peek().atMillis) {
      timers.poll();
    }
    long next = timers.isEmpty() ? Long.MAX_VALUE : timers.peek().atMillis;
    return Math.min(next, Math.min(muting.silences.nextTurnMillis(), nextIntervalCheckMillis));
  }

  /** Announces what a group has to say. */
  private void look(Group group, long nowMillis, boolean atItsTime) {
    say(group, List.copyOf(group.members.values()), nowMillis);
    if (group.members.isEmpty()) {
      forget(group);
    } else if (group.route.groupIntervalMillis() > 0) {
      if (atItsTime || group.flushAtMillis == Group.NEVER) {
        schedule(group, nowMillis + group.route.groupIntervalMillis());
      }
    } else {
      schedule(group, nextRepeatMillis(group, nowMillis));
    }
    group.flushed = true;
  }

  /** Announces what groups held back and nothing holds back any more. */
  private void release(long nowMillis) {
    for (Group group : List.copyOf(holdingBack)) {
      List<Member> held =
          group.members.values().stream().filter(member -> member.heldBack).toList();
      say(group, held, nowMillis);
      if (group.members.isEmpty()) {
        forget(group);
      } else if (group.route.groupIntervalMillis() == 0) {
        schedule(group, nextRepeatMillis(group, nowMillis));
      }
    }
    releaseIsDue = false;
  }

  /** Says what is to be said of some members of a group. */
  private void say(Group group, List<Member> members, long nowMillis) {
    boolean repeat = false;
    for (Member member : members) {
      say(member, nowMillis);
      if (repeatsAtMillis(member) <= nowMillis) {
        member.heldBack = muting.mutes(member.alert().labels(), group.route, nowMillis);
        repeat |= !member.heldBack;
      }
    }
    if (repeat) {
      for (Member member : group.members.values()) {
        repeat(member, nowMillis);
      }
    }
    noteHeldBack(group, nowMillis);
  }

  /** Says of one alert what was not said, unless it is muted. */
  private void say(Member member, long nowMillis) {
    boolean firing = member.alert().firing();
    NotedAnnouncement noted = member.noted;
    if (!firing && (!noted.triggered() || noted.resolved())) {
      leave(member, false);
      return;
    }
    if (firing && (noted.triggered() || member.tracked.ending)) {
      member.heldBack = false;
      return;
    }
    if (muting.mutes(member.alert().labels(), member.group.route, nowMillis)) {
      member.heldBack = true;
      return;
    }
    NotedAnnouncement said =
        firing
            ? new NotedAnnouncement(true, false, nowMillis, 0)
            : new NotedAnnouncement(true, true, noted.atMillis(), noted.repeats());
    turn.announce(announcement(member, 0));
    member.noted = said; // what comes after this may fail, and the turn has it
    member.heldBack = false;
    if (!firing) {
      leave(member, member.group.route.receiver().isEmpty());
    }
  }

  private Announcement announcement(Member member, int repeat) {
    return new Announcement(
        asItIsNow(member.tracked), member.group.route, member.group.labels, repeat);
  }

  private Alert asItIsNow(TrackedAlert tracked) {
    if (tracked.alert.firing()) {
      tracked.alert = current.apply(tracked.alert);
    }
    return tracked.alert;
  }

  /** When it is to be said again that the alert fires; {@link Group#NEVER} where it is not. */
  private static long repeatsAtMillis(Member member) {
    long interval = member.group.route.repeatIntervalMillis();
    return interval > 0 && member.isFiring() && member.noted.triggered()
        ? member.noted.atMillis() + interval
        : Group.NEVER;
  }

  private void repeat(Member member, long nowMillis) {
    NotedAnnouncement noted = member.noted;
    if (repeatsAtMillis(member) == Group.NEVER
        || noted.atMillis() == nowMillis
        || muting.mutes(member.alert().labels(), member.group.route, nowMillis)) {
      return;
    }
    int repeats = noted.repeats() + 1;
    NotedAnnouncement said = new NotedAnnouncement(true, false, nowMillis, repeats);
    turn.announce(announcement(member, repeats));
    member.noted = said;
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
  private void leave(Member member, boolean noted) {
    TrackedAlert tracked = member.tracked;
    String alertId = tracked.alert.id();
    boolean isLast = tracked.members.size() == 1;
    if (isLast) {
      if (!noted) {
        turn.settle(alertId);
      }
      settle(alertId);
    }
    member.group.members.remove(alertId);
    tracked.members.remove(member);
    if (isLast) {
      alerts.remove(alertId);
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
      if (atMillis != Group.NEVER) {
        timers.add(new Timer(atMillis, group)); // first: there may be no memory for it
      }
      group.flushAtMillis = atMillis;
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
    Alert alert = asItIsNow(tracked);
    Labels labels = alert.labels();
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
    return AlertView.of(alert, announced, suppression, receivers);
  }
}
