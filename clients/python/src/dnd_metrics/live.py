"""Live queries: an answer that goes on."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from . import hub as hubs
from .callbacks import LOG
from .clock import Clock
from .errors import HubError, MetricsError, NoAnswerError, QueryError
from .queries import Asker, PartialAnswer, read_data
from .result_reader import read_points, read_result, read_sample
from .results import Labels, Matrix, Points, Result, Sample, Value, Vector

FIRST_ANSWER_SECONDS = 30.0
CHECK_SECONDS = 10.0
"""After so long without an update the client asks whether the query still runs: a service that is gone says nothing."""
_ASK_AGAIN_SECONDS = 1.0
_PASSING = {"shutting_down", "storage_unavailable", "too_many_queries"}


@dataclass(frozen=True)
class Window:
    """What a live range query shows: the last `length` seconds, in steps."""

    length: float
    step: float


@dataclass(frozen=True)
class LiveUpdate:
    """What a live query answers now.

    `result` is the whole answer, brought up to date: a `Vector`, a `Scalar`, or a `Matrix` of the window that slides.
    """

    result: Result
    changed: tuple[Labels, ...]
    """The series that are new or have new values."""
    gone: tuple[Labels, ...]
    """The series that are no longer in the answer."""
    is_whole: bool
    """Whether this is a first answer, not what changed in one: also after the service was away."""

    def __repr__(self) -> str:
        what = "whole" if self.is_whole else f"{len(self.changed)} changed, {len(self.gone)} gone"
        return f"LiveUpdate, {what}: {self.result!r}"


class LiveQuery(AsyncIterator[LiveUpdate]):
    """The updates of one live query. It ends with `aclose`, with its `async with` block, or with an error.

    Where the service or the hub goes away, it asks again until they are back, and goes on with a whole answer.
    """

    def __init__(self, asker: Asker, data: dict[str, Any], window: Window | None, clock: Clock):
        self._asker = asker
        self._data = {**data, "live": True, "parts": True}
        self._clock = clock
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._subscription: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._parts = PartialAnswer()
        self._next_update = 0
        self._state = _State(window)
        self._closed = False

    def __aiter__(self) -> LiveQuery:
        return self

    async def __aenter__(self) -> LiveQuery:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def __anext__(self) -> LiveUpdate:
        while not self._closed:
            if self._subscription is None and not await self._ask():
                continue
            data = await self._next_data()
            if data is None:
                continue
            number = data.get("update", 0)
            if number not in (0, self._next_update):
                LOG.info("updates %d to %d of a live query are missing: asking again", self._next_update, number - 1)
                await self._unsubscribe()
                continue
            self._next_update = number + 1
            return self._state.apply(data, number == 0)
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the query. Doing it again has no effect."""
        if self._closed:
            return
        self._closed = True
        if self._subscription is not None:
            await self._unsubscribe()
            with contextlib.suppress(MetricsError):
                cancel = {"correlation_id": self._data["correlation_id"]}
                await self._asker.ask("metrics.cancel", cancel, 1.0)

    def __del__(self) -> None:
        """A loop that was left by `break` leaves no subscription behind, and by that no query."""
        subscription, loop = self._subscription, self._loop
        if subscription is None or loop is None or loop.is_closed():
            return

        def end() -> None:
            task = loop.create_task(_end(subscription))
            _ending.add(task)
            task.add_done_callback(_ending.discard)

        loop.call_soon_threadsafe(end)

    async def _ask(self) -> bool:
        """Subscribes and asks; False, after a while, where the hub is away."""
        inbox = hubs.new_inbox(self._asker.hub)
        arrived: asyncio.Queue[bytes | None] = asyncio.Queue()

        async def take(message: hubs.Message) -> None:
            arrived.put_nowait(message.data)

        self._loop = asyncio.get_running_loop()
        try:
            if not hubs.is_connected(self._asker.hub):
                raise HubError("the hub is not connected")
            self._subscription = await hubs.subscribe(self._asker.hub, inbox, take)
            event = self._asker.event("metrics.query", self._data)
            await hubs.publish(self._asker.hub, self._asker.subject("metrics.query"), event, inbox)
        except HubError as error:
            LOG.debug("a live query cannot be asked now: %r", error)
            await self._unsubscribe()
            await self._sleep(_ASK_AGAIN_SECONDS)
            return False
        self._arrived = arrived
        self._parts = PartialAnswer()
        self._next_update = 0
        return True

    async def _next_data(self) -> dict[str, Any] | None:
        """The next answer; None where the query has to be asked again."""
        while True:
            limit = CHECK_SECONDS if self._next_update else FIRST_ANSWER_SECONDS
            payload = await self._next_payload(limit)
            if payload is None:
                if self._next_update and await self._still_runs():
                    continue
                await self._unsubscribe()
                return None
            if not payload:  # nobody listens
                await self._unsubscribe()
                await self._sleep(_ASK_AGAIN_SECONDS)
                return None
            try:
                whole = self._parts.add(read_data(payload))
            except QueryError as error:
                await self._unsubscribe()
                if error.code not in _PASSING:
                    self._closed = True
                    raise
                await self._sleep(_ASK_AGAIN_SECONDS)
                return None
            if whole is not None:
                return whole

    async def _next_payload(self, limit: float) -> bytes | None:
        arrived = self._arrived
        timer = self._clock.call_at(self._clock.monotonic() + limit, lambda: arrived.put_nowait(None))
        try:
            return await arrived.get()
        finally:
            timer.cancel()

    async def _still_runs(self) -> bool:
        try:
            answer = await self._asker.ask("metrics.queries", {"correlation_id": str(uuid.uuid4())}, 5.0)
        except NoAnswerError:
            return False
        except QueryError:
            return True  # a service that does not list its queries
        except MetricsError:
            return False
        mine = self._data["correlation_id"]
        return any(isinstance(one, dict) and one.get("correlation_id") == mine for one in answer.get("result") or ())

    async def _unsubscribe(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await _end(subscription)

    async def _sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        timer = self._clock.call_at(self._clock.monotonic() + seconds, over.set)
        try:
            await over.wait()
        finally:
            timer.cancel()


_ending: set[asyncio.Task[None]] = set()


async def _end(subscription: Any) -> None:
    with contextlib.suppress(Exception):  # the connection may be gone, and with it the subscription
        await subscription.unsubscribe()


class _State:
    """The answer so far, and how updates change it."""

    def __init__(self, window: Window | None):
        self._window = window
        self._samples: dict[Labels, Sample] = {}
        self._points: dict[Labels, dict[float, Value]] = {}

    def apply(self, data: dict[str, Any], first: bool) -> LiveUpdate:
        whole = first or bool(data.get("full"))
        if whole:
            self._samples.clear()
            self._points.clear()
        kind = data.get("resultType")
        if kind == "vector":
            return self._vector(data, whole)
        if kind == "matrix":
            return self._matrix(data, whole)
        result = read_result(data)
        assert not isinstance(result, (Vector, Matrix))
        return LiveUpdate(result, (), (), whole)

    def _vector(self, data: dict[str, Any], whole: bool) -> LiveUpdate:
        changed = [read_sample(one) for one in data.get("result") or ()]
        gone = tuple(Labels(labels) for labels in data.get("gone") or ())
        for labels in gone:
            self._samples.pop(labels, None)
        for sample in changed:
            self._samples[sample.labels] = sample
        template = read_result({**data, "result": []})
        assert isinstance(template, Vector)
        result = Vector(
            tuple(self._samples.values()),
            warnings=template.warnings,
            infos=template.infos,
            correlation_id=template.correlation_id,
            stats=template.stats,
        )
        return LiveUpdate(result, tuple(sample.labels for sample in changed), gone, whole)

    def _matrix(self, data: dict[str, Any], whole: bool) -> LiveUpdate:
        changed: list[Labels] = []
        for one in data.get("result") or ():
            changed.append(self._merge(one))
        oldest = self._oldest(float(data.get("time") or 0.0))
        gone: list[Labels] = []
        for labels, points in list(self._points.items()):
            for at in [at for at in points if at < oldest]:
                del points[at]
            if not points:
                del self._points[labels]
                gone.append(labels)
        template = read_result({**data, "result": []})
        result = Matrix(
            tuple(_points(labels, points) for labels, points in self._points.items()),
            warnings=template.warnings,
            infos=template.infos,
            correlation_id=template.correlation_id,
            stats=template.stats,
        )
        return LiveUpdate(result, tuple(labels for labels in changed if labels in self._points), tuple(gone), whole)

    def _oldest(self, evaluated_at: float) -> float:
        """Where the window begins. The newest step is that of the newest point, or less than a step ago."""
        if self._window is None:
            return 0.0
        newest = max((at for points in self._points.values() for at in points), default=0.0)
        return max(newest, evaluated_at - self._window.step) - self._window.length

    def _merge(self, one: Mapping[str, Any]) -> Labels:
        """Points that are new or other; one whose value is null is no longer there."""
        values = one.get("values") or ()
        there = {**one, "values": [point for point in values if point[1] is not None]}
        read: Points = read_points(there)
        known = self._points.setdefault(read.labels, {})
        for at, value in values:
            if value is None:
                known.pop(float(at), None)
        known.update(zip(read.timestamps, read.values, strict=True))
        return read.labels


def _points(labels: Labels, points: Mapping[float, Value]) -> Points:
    times = tuple(sorted(points))
    return Points(labels, times, tuple(points[at] for at in times))
