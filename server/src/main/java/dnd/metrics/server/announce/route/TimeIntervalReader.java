package dnd.metrics.server.announce.route;

import dnd.metrics.server.announce.route.TimeInterval.Range;
import dnd.metrics.server.yaml.YamlMapping;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the times that have names. */
final class TimeIntervalReader {
  private TimeIntervalReader() {}

  static void read(YamlMapping mapping, String key, Map<String, List<TimeInterval>> intervals) {
    for (YamlMapping named : mapping.mappings(key)) {
      Optional<String> name = named.string("name");
      List<TimeInterval> list = new ArrayList<>();
      for (YamlMapping interval : named.mappings("time_intervals")) {
        list.add(interval(interval));
        interval.finish();
      }
      if (name.isEmpty()) {
        named.problem("name", "missing name in time interval");
      } else if (intervals.putIfAbsent(name.get(), List.copyOf(list)) != null) {
        named.problem("name", "time interval '" + name.get() + "' is not unique");
      }
      named.finish();
    }
  }

  private static TimeInterval interval(YamlMapping mapping) {
    List<Range> times = new ArrayList<>();
    for (YamlMapping time : mapping.mappings("times")) {
      Optional<String> start = time.string("start_time");
      Optional<String> end = time.string("end_time");
      if (start.isEmpty() || end.isEmpty()) {
        time.problem("start_time", "both start and end times must be provided");
      } else {
        time.read("end_time", text -> TimeRanges.times(start.get(), text)).ifPresent(times::add);
      }
      time.finish();
    }
    return new TimeInterval(
        times,
        ranges(mapping, "weekdays", TimeRanges::weekdays),
        ranges(mapping, "days_of_month", TimeRanges::daysOfMonth),
        ranges(mapping, "months", TimeRanges::months),
        ranges(mapping, "years", TimeRanges::years),
        mapping.read("location", TimeIntervalReader::zone).orElse(ZoneOffset.UTC));
  }

  private static List<Range> ranges(
      YamlMapping mapping, String key, Function<String, Range> reader) {
    List<Range> ranges = new ArrayList<>();
    for (String text : mapping.strings(key)) {
      try {
        ranges.add(reader.apply(text));
      } catch (IllegalArgumentException e) {
        mapping.problem(key, key + ": " + e.getMessage());
      }
    }
    return ranges;
  }

  private static ZoneId zone(String name) {
    if (name.equals("Local")) {
      return ZoneId.systemDefault();
    }
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("unknown time zone " + name, e);
    }
  }
}
