package dnd.metrics.server.query;

import dnd.metrics.server.hub.Hub;
import dnd.metrics.server.model.SeriesSource;
import dnd.metrics.server.promql.exec.QueryEngine;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * What every query needs: where it finds series, who evaluates it, who sends its answer.
 *
 * @param patient places for those that wait until storage knows what there is, after a start
 */
record QueryContext(
    Hub hub,
    SeriesSource source,
    Semaphore patient,
    QueryEngine engine,
    Answers answers,
    RunningQueries running,
    QueryFigures figures,
    QueryLimits limits,
    InstantSource clock) {}
