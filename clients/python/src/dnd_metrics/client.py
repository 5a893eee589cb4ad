"""The client."""

from __future__ import annotations

import asyncio
import random
import weakref
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from . import announcements
from . import hub as hubs
from .announcements import Alert, DashboardUpdate, Listening
from .bridge import Registry, Reporting
from .callbacks import LOG, Callback
from .clock import Clock, SystemClock
from .durations import Duration, Time, seconds
from .errors import ClosedError, ConfigError, ForkedError
from .live import LiveQuery, Window
from .naming import check_correlation_id
from .options import Options, Settings, forked_instance
from .outcomes import DroppedEvents, Rejection, Status
from .pusher import Pusher
from .queries import QUERY_TIMEOUT, Asker, discovery_data, query_data
from .recorder import Recorder
from .result_reader import read_result
from .results import Labels, Matrix, Metadata, Result

CLOSE_TIMEOUT: Duration = "10s"


class MetricsClient(Recorder):
    """Counts in the process, pushes what changed as events over a Message Hub, asks PromQL and listens for alerts.

    `message_hub` is a connected nats-py client, or anything with its `publish`, `subscribe` and `request`. Recording
    (`inc_counter`, `set_gauge`, `observe` ...) works from any thread and is done when the call returns, awaited or not;
    all else is for the event loop in which the client was made, or first used.

    `on_rejected` is called with each metric that the service refused, `on_dropped` when events had to be given up.
    """

    _collects_in_thread = True
    """Whether registries are collected beside the event loop."""

    def __init__(
        self,
        service_id: str,
        message_hub: hubs.Hub,
        options: Options | None = None,
        *,
        on_rejected: Callback[Rejection] | None = None,
        on_dropped: Callback[DroppedEvents] | None = None,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ):
        for method in ("publish", "subscribe", "request"):
            if not callable(getattr(message_hub, method, None)):
                raise ConfigError(
                    f"message_hub: {message_hub!r} has no method {method!r}: a connected nats-py client has"
                )
        self._settings = Settings.of(service_id, options)
        self._instance = self._settings.instance
        super().__init__(
            clock or SystemClock(), self._settings.labels, self._settings.batch_size, self._wake_up, self._after_fork
        )
        self._jitter = jitter
        self._on_rejected = on_rejected
        self._on_dropped = on_dropped
        self._asker = Asker(message_hub, service_id)
        self._pusher = self._new_pusher(message_hub)
        self._is_forked = False
        self._owns_hub = False
        self._listening: list[Listening] = []
        self._live: weakref.WeakSet[LiveQuery] = weakref.WeakSet()
        self._reporting: list[Reporting] = []
        self._closing: asyncio.Future[bool] | None = None
        self._start_if_possible()

    @classmethod
    async def connect(
        cls,
        servers: str | list[str],
        service_id: str,
        options: Options | None = None,
        *,
        on_rejected: Callback[Rejection] | None = None,
        on_dropped: Callback[DroppedEvents] | None = None,
        connect_timeout: Duration = "10s",
        **nats_options: Any,
    ) -> MetricsClient:
        """A client with a connection of its own, such as to `nats://127.0.0.1:4222`; `close` closes that too.

        `nats_options` are nats-py's (`user`, `password`, `token`, `tls` ...). A lost connection comes back
        by itself. `HubError` where no hub answers in time.
        """
        Settings.of(service_id, options)  # what is wrong with these is said before anything is connected
        hub = await hubs.connect(servers, seconds("connect_timeout", connect_timeout), nats_options)
        client = cls(service_id, hub, options, on_rejected=on_rejected, on_dropped=on_dropped)
        client._owns_hub = True
        return client

    @property
    def service_id(self) -> str:
        return self._settings.service_id

    @property
    def instance(self) -> str:
        """Which of the service's instances this process is."""
        return self._instance

    @property
    def status(self) -> Status:
        """How many series there are, what waits to be acknowledged, and why. From any thread."""
        return self._pusher.status()

    # --- Queries --------------------------------------------------------------------------------------------------

    async def query(
        self,
        query: str,
        *,
        time: Time | None = None,
        timeout: Duration = QUERY_TIMEOUT,
        lookback: Duration | None = None,
        limit: int | None = None,
        stats: bool = False,
        correlation_id: str | None = None,
    ) -> Result:
        """Evaluates PromQL at one time, by default now: a `Vector`, `Matrix`, `Scalar` or `Text`.

        Raises a `QueryError` (`InvalidQueryError`, `QueryTimeoutError`, `QueryCanceledError`), `NoAnswerError` or
        another `HubError`.
        """
        data = query_data(
            query, correlation_id, time=time, timeout=timeout, lookback=lookback, limit=limit, stats=stats
        )
        return read_result(await self._ask("metrics.query", data, timeout))

    async def query_range(
        self,
        query: str,
        start: Time,
        end: Time,
        step: Duration,
        *,
        timeout: Duration = QUERY_TIMEOUT,
        lookback: Duration | None = None,
        limit: int | None = None,
        stats: bool = False,
        correlation_id: str | None = None,
    ) -> Matrix:
        """Evaluates PromQL at each step from `start` to `end`."""
        data = query_data(
            query,
            correlation_id,
            start=start,
            end=end,
            step=step,
            timeout=timeout,
            lookback=lookback,
            limit=limit,
            stats=stats,
        )
        result = read_result(await self._ask("metrics.query", data, timeout))
        assert isinstance(result, Matrix), result
        return result

    def live(
        self,
        query: str,
        *,
        step: Duration | None = None,
        window: Duration | None = None,
        lookback: Duration | None = None,
        limit: int | None = None,
        correlation_id: str | None = None,
    ) -> LiveQuery:
        """Evaluates PromQL whenever its data changes: `async for update in client.live("up"):`.

        With `window`, such as `"15m"`, each update's result is a `Matrix` of that long, in steps of `step` (15 s);
        without it a `Vector` or `Scalar`, also evaluated every `step`, since values may change with time alone.
        """
        if window is None:
            data = query_data(query, correlation_id, step=step, lookback=lookback, limit=limit)
            return self._live_query(data, None)
        length, step_seconds = seconds("window", window), seconds("step", step or "15s")
        if not step_seconds:
            raise ConfigError("step: is more than 0")
        # Windows whose start is a multiple of the step share evaluations in the service.
        end = self._clock.wall_millis() / 1000 // step_seconds * step_seconds
        start = (end - length) // step_seconds * step_seconds
        data = query_data(
            query, correlation_id, start=start, end=end, step=step_seconds, lookback=lookback, limit=limit
        )
        return self._live_query(data, Window(end - start, step_seconds))

    def _live_query(self, data: dict[str, Any], window: Window | None) -> LiveQuery:
        live = LiveQuery(self._asker_or_error(), data, window, self._clock)
        self._live.add(live)
        return live

    async def cancel(self, correlation_id: str) -> int:
        """Stops this service's queries with that correlation id; how many they were."""
        answer = await self._ask("metrics.cancel", {"correlation_id": correlation_id}, "10s")
        return int(answer["result"]["canceled"])

    async def series(
        self,
        match: str | Sequence[str],
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int | None = None,
    ) -> list[Labels]:
        """The labels of the series that one of the selectors finds."""
        data = discovery_data(match, start=start, end=end, limit=limit)
        return [Labels(labels) for labels in (await self._ask("metrics.series", data, QUERY_TIMEOUT))["result"]]

    async def label_names(
        self,
        match: str | Sequence[str] | None = None,
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """The names of the labels of all series, or of those that one of the selectors finds."""
        data = discovery_data(match, start=start, end=end, limit=limit)
        return list((await self._ask("metrics.labels", data, QUERY_TIMEOUT))["result"])

    async def label_values(
        self,
        label: str,
        match: str | Sequence[str] | None = None,
        *,
        start: Time | None = None,
        end: Time | None = None,
        limit: int | None = None,
    ) -> list[str]:
        """The values of one label."""
        data = discovery_data(match, label=label, start=start, end=end, limit=limit)
        return list((await self._ask("metrics.label_values", data, QUERY_TIMEOUT))["result"])

    async def metadata(self, metric: str | None = None) -> dict[str, Metadata]:
        """What senders said of one metric, or of all: by the metric's name."""
        found = (await self._ask("metrics.metadata", discovery_data(None, metric=metric), QUERY_TIMEOUT))["result"]
        return {name: Metadata(one["type"], one["help"], one["unit"]) for name, (one, *_) in found.items()}

    async def _ask(self, kind: str, data: dict[str, Any], timeout: Duration) -> dict[str, Any]:
        # The service's own limit comes first, so that its answer says what was slow.
        return await self._asker_or_error().ask(kind, data, seconds("timeout", timeout) + 2)

    # --- Announcements --------------------------------------------------------------------------------------------

    async def on_alert(self, callback: Callback[Alert]) -> Listening:
        """Calls back, in the event loop, with each alert that is triggered or resolved, until the result's `stop`."""
        hub = self._asker_or_error().hub
        subjects = ("alert.triggered", "alert.resolved")
        return self._keep(await announcements.listen(hub, subjects, announcements.read_alert, callback))

    async def on_dashboard(self, callback: Callback[DashboardUpdate]) -> Listening:
        """Calls back, in the event loop, with each change of a dashboard, until the result's `stop`."""
        hub = self._asker_or_error().hub
        read = announcements.read_dashboard_update
        return self._keep(await announcements.listen(hub, ("dashboard.updated",), read, callback))

    def _keep(self, listening: Listening) -> Listening:
        self._listening.append(listening)
        return listening

    # --- Bridges --------------------------------------------------------------------------------------------------

    def report_registry(self, registry: Registry | None = None, interval: Duration = "15s") -> Reporting:
        """Reports all that a `prometheus_client` registry has, by default the global one, at once and at an interval.

        The series are this instance's, and go stale as soon as the registry has them no more. A client reports one
        registry, since a report is all that an instance has. In the event loop.
        """
        self._asker_or_error()
        if any(reporting.is_running for reporting in self._reporting):
            raise ConfigError("registry: this client reports one already; stop that, or collect both in one registry")
        if registry is None:
            from prometheus_client import REGISTRY  # noqa: PLC0415 - optional

            registry = REGISTRY
        interval_seconds = seconds("interval", interval)
        if interval_seconds < 0.01:
            raise ConfigError("interval: is at least 10ms")
        reporting = Reporting(registry, interval_seconds, self._clock, self._collects_in_thread)
        reporting.start(self._pusher)
        self._reporting.append(reporting)
        return reporting

    # --- Life -----------------------------------------------------------------------------------------------------

    async def flush(self, timeout: Duration = "10s", *, correlation_id: str | None = None) -> None:
        """Pushes what has changed now and waits until everything is acknowledged.

        `FlushTimeoutError` where that takes longer; nothing is lost by it.
        """
        self._asker_or_error()
        if correlation_id is not None:
            check_correlation_id(correlation_id)
        for reporting in self._reporting:
            await reporting.report(self._pusher)
        await self._pusher.flush(seconds("timeout", timeout), correlation_id)

    async def close(self, timeout: Duration = CLOSE_TIMEOUT) -> bool:
        """Pushes what is left, says that this instance is gone, so that its series end at once, and frees everything.

        Whether all of that was acknowledged; what was not is dropped, and `on_dropped` told. Again: no effect.
        """
        if self._closing is not None:
            return await asyncio.shield(self._closing)
        closing: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._closing = closing
        sent = False
        try:
            sent = await self._close(seconds("timeout", timeout))
        finally:
            closing.set_result(sent)
        return sent

    async def _close(self, timeout: float) -> bool:
        for live in list(self._live):
            await live.aclose()
        for listening in self._listening:
            await listening.stop()
        for reporting in self._reporting:
            await reporting.stop()
            if not self._is_forked:
                await reporting.report(self._pusher)
        self.close_recording()
        sent = True
        if not self._is_forked:
            sent = await self._pusher.close(timeout)
        if self._owns_hub:
            await self._asker.hub.close()  # type: ignore[attr-defined]
        return sent

    async def __aenter__(self) -> MetricsClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"MetricsClient({self.service_id!r}, instance={self.instance!r})"

    def _new_pusher(self, hub: hubs.Hub) -> Pusher:
        return Pusher(
            hub,
            self,
            self._settings,
            self._instance,
            self._clock,
            self._jitter,
            self._on_rejected,
            self._on_dropped,
        )

    def _asker_or_error(self) -> Asker:
        if self._is_forked:
            raise ForkedError(
                "this process was forked and cannot use its parent's connection: make a client in the child"
            )
        if self.is_closed or self._closing is not None:
            raise ClosedError("the client is closed")
        self._start_if_possible()
        return self._asker

    def _wake_up(self, changed: int) -> None:
        if not self._pusher.is_running:
            self._start_if_possible()
        elif changed >= self._settings.batch_size:
            self._pusher.wake()

    def _start_if_possible(self) -> None:
        """Begins to push, where this is an event loop; otherwise the first call in one does."""
        if self._pusher.is_running or self._closing is not None:
            return
        if self._is_forked:
            if self.wakes_always:
                self.wakes_always = False
                LOG.warning("%r was made before a fork: what this process records is not sent", self)
            return
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        self._pusher.start()

    def _go_on_with(self, hub: hubs.Hub) -> None:
        """In the child of a fork, in an event loop of its own."""
        self._asker = Asker(hub, self.service_id)
        self._pusher.hub = hub
        self._is_forked = False
        self._reporting.clear()
        self._listening.clear()
        self._pusher.start()

    def _after_fork(self) -> None:
        self._is_forked = True
        self.wakes_always = True
        self._instance = forked_instance(self._settings)
        self._pusher = self._new_pusher(self._asker.hub)
