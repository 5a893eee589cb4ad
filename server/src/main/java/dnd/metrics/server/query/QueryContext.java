package dnd.metrics.server.query;

import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.InstantSource;

/** What every query needs: where it finds series, who evaluates it, who sends its answer. */
record QueryContext(
    Hub hub,
    SeriesSource source,
    QueryEngine engine,
    Answers answers,
    RunningQueries running,
    QueryFigures figures,
    QueryLimits limits,
    InstantSource clock) {}
