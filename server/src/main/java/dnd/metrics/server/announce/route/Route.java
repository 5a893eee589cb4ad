package dnd.metrics.server.announce.route;

import dnd.metrics.server.model.Labels;
import dnd.metrics.server.model.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A node of the routing tree: which alerts it is for, how they are grouped, and when a group is
 * announced. What a node does not set it has from its parent. Immutable.
 *
 * <p>Two values go beyond Alertmanager's: a {@code groupIntervalMillis} of 0 announces each change
 * at once, and a {@code repeatIntervalMillis} of 0 repeats nothing.
 *
 * @param key the matchers from the root to here, as Alertmanager's group keys begin
 * @param receiver who is meant by what is announced; empty in {@link #AT_ONCE} only
 * @param groupBy the labels that the alerts of a group have in common
 * @param groupByAll whether all labels are meant, so that each alert is a group of its own
 * @param groupWaitMillis from a group's first alert to its first announcement
 * @param groupIntervalMillis from one announcement of a group's changes to the next
 * @param repeatIntervalMillis after which what still fires is announced again
 * @param matchers what an alert's labels must fulfil
 * @param goesOn whether the siblings that follow are looked at too ({@code continue})
 * @param muteTimeIntervals names of the times in which nothing is announced
 * @param activeTimeIntervals names of the times in which alone something is announced, if any
 */
public record Route(
    String key,
    String receiver,
    Set<String> groupBy,
    boolean groupByAll,
    long groupWaitMillis,
    long groupIntervalMillis,
    long repeatIntervalMillis,
    List<Matcher> matchers,
    boolean goesOn,
    List<String> muteTimeIntervals,
    List<String> activeTimeIntervals,
    List<Route> routes) {

  /** Announces each alert at once and by itself: what holds where no route is configured. */
  public static final Route AT_ONCE =
      new Route(
          "{}", "", Set.of(), true, 0, 0, 0, List.of(), false, List.of(), List.of(), List.of());

  public Route {
    groupBy = Set.copyOf(groupBy);
    matchers = List.copyOf(matchers);
    muteTimeIntervals = List.copyOf(muteTimeIntervals);
    activeTimeIntervals = List.copyOf(activeTimeIntervals);
    routes = List.copyOf(routes);
  }

  Route withRoutes(List<Route> children) {
    return new Route(
        key,
        receiver,
        groupBy,
        groupByAll,
        groupWaitMillis,
        groupIntervalMillis,
        repeatIntervalMillis,
        matchers,
        goesOn,
        muteTimeIntervals,
        activeTimeIntervals,
        children);
  }

  /** The nodes that announce an alert with these labels, as Alertmanager finds them. */
  public List<Route> match(Labels labels) {
    List<Route> found = new ArrayList<>(1);
    collect(labels, found);
    return found;
  }

  private boolean collect(Labels labels, List<Route> found) {
    if (!Matcher.allMatch(matchers, labels)) {
      return false;
    }
    int before = found.size();
    for (Route route : routes) {
      if (route.collect(labels, found) && !route.goesOn) {
        break;
      }
    }
    if (found.size() == before) {
      found.add(this);
    }
    return true;
  }

  /** What an alert has in common with the others of its group. */
  public Labels groupLabels(Labels labels) {
    return groupByAll ? labels : labels.keep(groupBy);
  }

  /** Matchers in braces, as keys have them. */
  static String text(List<Matcher> matchers) {
    return matchers.stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
