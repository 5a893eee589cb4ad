"""The client for programs without an event loop: an event loop in a thread of its own, started when needed."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Coroutine, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .announcements import Alert, DashboardUpdate, Listening
from .bridge import Registry, Reporting
from .client import CLOSE_TIMEOUT
from .durations import Duration, Time, seconds
from .errors import ClosedError
from .live import LiveQuery, LiveUpdate
from .loop_thread import LoopThread, ThreadClient
from .options import Options
from .outcomes import DroppedEvents, Rejection, Status
from .queries import QUERY_TIMEOUT
from .recorder import Labels as LabelMapping
from .results import Labels, Matrix, Metadata, Result
from .series import Counter, Gauge, Histogram
from .timer import Timer

if TYPE_CHECKING:
    pass

_T = TypeVar("_T")


class SyncMetricsClient:
    """`MetricsClient` for threads. Safe for use by several of them.

    It connects by itself, in the background, at the first call; recording never waits for that. After a fork (such as
    gunicorn's, with `--preload`) the child goes on with an instance, a connection and counts of its own. What was not
    sent when the program ends is sent then, within 5 seconds; `close` or a `with` block does it earlier.

    Callbacks are called in threads of their own, one at a time.
    """

    def __init__(
        self,
        service_id: str,
        servers: str | list[str] = "nats://127.0.0.1:4222",
        options: Options | None = None,
        *,
        on_rejected: Callable[[Rejection], None] | None = None,
        on_dropped: Callable[[DroppedEvents], None] | None = None,
        **nats_options: Any,
    ):
        self._loop_thread = LoopThread(servers, nats_options)
        self._client = ThreadClient(
            self._loop_thread, service_id, options, _in_thread(on_rejected), _in_thread(on_dropped)
        )
        self._loop_thread.client = self._client
        self._is_closed = False
        atexit.register(self.close, "5s")

    @classmethod
    def connect(
        cls,
        servers: str | list[str],
        service_id: str,
        options: Options | None = None,
        *,
        connect_timeout: Duration = "10s",
        **more: Any,
    ) -> SyncMetricsClient:
        """The same, connected when it returns; `HubError` where no hub answers in time."""
        client = cls(service_id, servers, options, **more)
        try:
            client._loop_thread.wait_connected(seconds("connect_timeout", connect_timeout))
        except BaseException:
            client.close("0s")
            raise
        return client

    @property
    def service_id(self) -> str:
        return self._client.service_id

    @property
    def instance(self) -> str:
        return self._client.instance

    @property
    def status(self) -> Status:
        """As `MetricsClient.status`."""
        return self._client.status

    # --- Recording ------------------------------------------------------------------------------------------------

    def inc_counter(self, name: str, value: float = 1.0, labels: LabelMapping | None = None) -> None:
        """Adds a finite number from 0 up to a counter."""
        self._client.inc_counter(name, value, labels)

    def set_gauge(self, name: str, value: float, labels: LabelMapping | None = None) -> None:
        """Gives a gauge its value."""
        self._client.set_gauge(name, value, labels)

    def inc_gauge(self, name: str, value: float = 1.0, labels: LabelMapping | None = None) -> None:
        """Adds to a gauge, which begins at 0."""
        self._client.inc_gauge(name, value, labels)

    def dec_gauge(self, name: str, value: float = 1.0, labels: LabelMapping | None = None) -> None:
        """Takes from a gauge, which begins at 0."""
        self._client.dec_gauge(name, value, labels)

    def observe(self, name: str, value: float, labels: LabelMapping | None = None) -> None:
        """Counts a finite number in a histogram."""
        self._client.observe(name, value, labels)

    def timer(self, name: str, labels: LabelMapping | None = None) -> Timer:
        """Observes in seconds how long a block or a function takes."""
        return self._client.timer(name, labels)

    def counter(
        self, name: str, labels: LabelMapping | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Counter:
        return self._client.counter(name, labels, help=help, unit=unit)

    def gauge(
        self, name: str, labels: LabelMapping | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Gauge:
        return self._client.gauge(name, labels, help=help, unit=unit)

    def histogram(
        self, name: str, labels: LabelMapping | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Histogram:
        return self._client.histogram(name, labels, help=help, unit=unit)

    def describe(self, name: str, *, help: str | None = None, unit: str | None = None) -> None:
        self._client.describe(name, help=help, unit=unit)

    # --- Queries --------------------------------------------------------------------------------------------------

    def query(self, query: str, *, timeout: Duration = QUERY_TIMEOUT, **more: Any) -> Result:
        """As `MetricsClient.query`."""
        return self._run(self._client.query(query, timeout=timeout, **more), timeout)

    def query_range(self, query: str, start: Time, end: Time, step: Duration, **more: Any) -> Matrix:
        """As `MetricsClient.query_range`."""
        return self._run(self._client.query_range(query, start, end, step, **more))

    def live(self, query: str, **more: Any) -> SyncLiveQuery:
        """As `MetricsClient.live`: `for update in client.live("up"):`."""

        async def make() -> LiveQuery:
            return self._client.live(query, **more)

        return SyncLiveQuery(self, self._run(make()))

    def cancel(self, correlation_id: str) -> int:
        return self._run(self._client.cancel(correlation_id))

    def series(self, match: str | Sequence[str], **more: Any) -> list[Labels]:
        return self._run(self._client.series(match, **more))

    def label_names(self, match: str | Sequence[str] | None = None, **more: Any) -> list[str]:
        return self._run(self._client.label_names(match, **more))

    def label_values(self, label: str, match: str | Sequence[str] | None = None, **more: Any) -> list[str]:
        return self._run(self._client.label_values(label, match, **more))

    def metadata(self, metric: str | None = None) -> dict[str, Metadata]:
        return self._run(self._client.metadata(metric))

    # --- Announcements and bridges --------------------------------------------------------------------------------

    def on_alert(self, callback: Callable[[Alert], None]) -> SyncListening:
        """As `MetricsClient.on_alert`."""
        return SyncListening(self, self._run(self._client.on_alert(_in_thread(callback))))

    def on_dashboard(self, callback: Callable[[DashboardUpdate], None]) -> SyncListening:
        """As `MetricsClient.on_dashboard`."""
        return SyncListening(self, self._run(self._client.on_dashboard(_in_thread(callback))))

    def report_registry(self, registry: Registry | None = None, interval: Duration = "15s") -> None:
        """As `MetricsClient.report_registry`; does not wait for the hub, and goes on in the child of a fork."""

        async def make() -> Reporting:
            return self._client.report_registry(registry, interval)

        self._check_open()
        self._loop_thread.run(make(), None)
        self._loop_thread.again.append(lambda: self._client.report_registry(registry, interval))

    # --- Life -----------------------------------------------------------------------------------------------------

    def flush(self, timeout: Duration = "10s", *, correlation_id: str | None = None) -> None:
        """As `MetricsClient.flush`."""
        self._check_open()
        self._loop_thread.run(self._client.flush(timeout, correlation_id=correlation_id), None)

    def close(self, timeout: Duration = CLOSE_TIMEOUT) -> bool:
        """As `MetricsClient.close`."""
        if self._is_closed:
            return True
        self._is_closed = True
        atexit.unregister(self.close)
        if self._client.is_closed or not self._loop_thread.has_started:
            self._client.close_recording()
            return True
        try:
            return self._loop_thread.run(self._client.close(timeout), None)
        finally:
            self._loop_thread.stop()

    def __enter__(self) -> SyncMetricsClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SyncMetricsClient({self.service_id!r}, instance={self.instance!r})"

    def _check_open(self) -> None:
        if self._is_closed:
            raise ClosedError("the client is closed")

    def _run(self, coroutine: Coroutine[Any, Any, _T], timeout: Duration = QUERY_TIMEOUT) -> _T:
        """Runs it in the client's thread, once the hub is connected; waits for that no longer than the timeout."""
        try:
            self._check_open()
            self._loop_thread.wait_connected(seconds("timeout", timeout))
        except BaseException:
            coroutine.close()
            raise
        return self._loop_thread.run(coroutine, None)


class SyncListening:
    """Announcements on their way to a callback, until `stop`."""

    def __init__(self, client: SyncMetricsClient, listening: Listening):
        self._client = client
        self._listening = listening

    def stop(self) -> None:
        """Nothing more is delivered. Doing it again has no effect."""
        self._client._run(self._listening.stop())


class SyncLiveQuery(Iterator[LiveUpdate]):
    """The updates of one live query. It ends with `close`, with its `with` block, or with an error."""

    def __init__(self, client: SyncMetricsClient, live: LiveQuery):
        self._client = client
        self._live = live

    def __next__(self) -> LiveUpdate:
        async def following() -> LiveUpdate | None:
            try:
                return await self._live.__anext__()
            except StopAsyncIteration:
                return None

        update = self._client._loop_thread.run(following(), None)
        if update is None:
            raise StopIteration
        return update

    def close(self) -> None:
        """Ends the query. Doing it again has no effect."""
        self._client._loop_thread.run(self._live.aclose(), None)

    def __enter__(self) -> SyncLiveQuery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _in_thread(callback: Callable[[_T], None] | None) -> Any:
    """The callback in a thread of its own, so that it may take its time."""
    if callback is None:
        return None
    called = callback

    async def call(value: _T) -> None:
        await asyncio.to_thread(called, value)

    return call
