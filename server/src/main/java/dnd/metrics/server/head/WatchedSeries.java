package dnd.metrics.server.head;

import dnd.metrics.server.model.Matcher;
import java.util.List;

/** What a {@link SeriesWatch} is to watch, and who is to learn of it. */
public record WatchedSeries(List<List<Matcher>> selectors, AppendListener listener) {}
