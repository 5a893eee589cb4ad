"""Makes events of what has changed, at the right time, and has them sent.

Two tasks of one event loop: one makes pushes, the other is the sender.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from . import callbacks, events
from . import clock as clocks
from . import hub as hubs
from .callbacks import LOG, Callback
from .errors import FlushTimeoutError
from .events import EventWriter, Splitter
from .options import Settings
from .outbox import Outbox, OutgoingEvent
from .outcomes import DroppedEvents, Rejection, Status
from .recorder import Recorder
from .sender import Sender

REPORTED_METRICS = (
    '{"name":"dnd_metrics_client_reported_metrics","type":"gauge",'
    '"help":"How many metrics the last report of this client held.",'
)
SERIES_AT_A_TIME = 500
"""So many are taken under the recorder's lock, and written before other tasks have their turn."""


class Pusher:
    """One client's way out. Everything but `wake` and `status` is for the thread of the event loop."""

    def __init__(
        self,
        hub: hubs.Hub,
        recorder: Recorder,
        settings: Settings,
        instance: str,
        clock: clocks.Clock,
        jitter: Callable[[], float],
        on_rejected: Callback[Rejection] | None,
        on_dropped: Callback[DroppedEvents] | None,
    ):
        self.writer = EventWriter(settings.service_id, instance, settings.labels)
        self._recorder = recorder
        self._settings = settings
        self._clock = clock
        self._on_dropped = on_dropped
        self._outbox = Outbox(settings.buffer_events, settings.buffer_bytes)
        self._sender = Sender(hub, self._outbox, clock, jitter, on_rejected, self._progressed)
        self._made = 0
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._next_push = clock.monotonic() + settings.push_interval
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._push_wake = asyncio.Event()
        self._pushing = asyncio.Lock()

    @property
    def hub(self) -> hubs.Hub:
        return self._sender.hub

    @hub.setter
    def hub(self, hub: hubs.Hub) -> None:
        self._sender.hub = hub

    # --- Life -----------------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        return self._loop is not None and not self._loop.is_closed() and bool(self._tasks)

    def start(self) -> None:
        """Begins, or goes on in another event loop after the one before has ended."""
        loop = self._begin_in_this_loop()
        self._recorder.wakes_always = False
        self._tasks = [
            loop.create_task(self._until_the_loop_ends(self._push_for_ever), name="dnd_metrics push"),
            loop.create_task(self._until_the_loop_ends(self._sender.run), name="dnd_metrics send"),
        ]

    def _begin_in_this_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        self._push_wake = asyncio.Event()
        self._pushing = asyncio.Lock()
        self._waiters.clear()
        self._sender.begin_in_this_loop()
        return self._loop

    def status(self) -> Status:
        """From any thread."""
        return Status(
            self._recorder.series_count,
            len(self._outbox),
            self._outbox.size_bytes,
            int(self._recorder.dropped.value),
            self._sender.last_failure,
        )

    def wake(self) -> None:
        """Lets the push task look whether a push is due; from any thread."""
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._push_wake.set)
            except RuntimeError:  # the loop was closed: the next call in another one starts anew
                self._stopped()

    def _stopped(self) -> None:
        self._tasks = []
        self._recorder.wakes_always = True

    async def _cancel_tasks(self) -> None:
        tasks, self._tasks = self._tasks, []
        if self._loop is not asyncio.get_running_loop():
            self._begin_in_this_loop()  # theirs was closed under them
            return
        # More than once: before Python 3.12 a wait_for whose answer came at the same moment swallows the cancellation.
        while running := [task for task in tasks if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=0.1)

    async def _until_the_loop_ends(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A task that the loop cancels, as `asyncio.run` does at its end; `close` takes it off the list first."""
        try:
            await work()
        except asyncio.CancelledError:
            self._loop_ended()
            raise

    def _loop_ended(self) -> None:
        if self._tasks:
            self._stopped()
            series, waiting = self._recorder.changed_count, len(self._outbox)
            if series or waiting:
                LOG.warning(
                    "the event loop ended before close(): %d changed series and %d events are not sent", series, waiting
                )

    # --- Pushing --------------------------------------------------------------------------------------------------

    async def _push_for_ever(self) -> None:
        while True:
            await self._push_due()
            try:
                await self.push()
            except Exception:  # noqa: BLE001 - the next push is to come whatever this one met
                LOG.exception("a push failed; what it held is sent with a later one")

    async def _push_due(self) -> None:
        while True:
            enough = not self._outbox and self._recorder.changed_count >= self._settings.batch_size
            if enough or self._clock.monotonic() >= self._next_push:
                return
            await clocks.wait(self._clock, self._push_wake, self._next_push)

    async def push(self, correlation_id: str | None = None, whole: bool = False) -> None:
        """Makes events of all that has changed, and of what rested for long; of all series where it is to be whole."""
        async with self._pushing:
            now = self._clock.monotonic()
            if whole:
                self._outbox.whole_from(self._made + 1)
                self._recorder.change_all()  # what is not taken now, since this is cancelled, is with the next push
            self._next_push = round(now + self._settings.push_interval, 3)
            parts = self._push_splitter(correlation_id)
            try:
                while taken := self._recorder.take(now, self._settings.repeat_interval, SERIES_AT_A_TIME):
                    millis = self._clock.wall_millis()
                    for series, write in taken:
                        series.created_by(millis)
                        parts.add(series.json(write()))
                    if len(taken) == SERIES_AT_A_TIME:
                        await asyncio.sleep(0)
            finally:
                parts.end()  # what was taken is sent, though who asked for it be cancelled

    def report(self, metrics: list[str]) -> bool:
        """Sends all that a registry has. False where it had to be cut into pushes, larger than an event may be.

        The client's own gauge is always among them: an empty report would say that this instance is gone.
        """
        metrics = [f'{REPORTED_METRICS}"value":{len(metrics)}}}', *metrics]
        parts: list[list[str]] = []
        whole = Splitter(self._room(None), parts.append)
        for metric in metrics:
            whole.add(metric)
        whole.end()
        for part in parts:
            self._add(events.REPORT if len(parts) == 1 else events.PUSH, part, None)
        return len(parts) == 1

    def _push_splitter(self, correlation_id: str | None) -> Splitter:
        room = min(events.PUSH_BYTES, self._room(correlation_id))
        return Splitter(room, lambda part: self._add(events.PUSH, part, correlation_id))

    def _room(self, correlation_id: str | None) -> int:
        # Headers count too: NATS's line and the id.
        return hubs.max_payload(self.hub) - self.writer.overhead_bytes(correlation_id or str(uuid.UUID(int=0))) - 256

    def _add(self, kind: str, metrics: list[str], correlation_id: str | None) -> None:
        self._made += 1
        dropped = self._outbox.add(self._event(kind, metrics, correlation_id))
        if dropped:
            self._gave_up(dropped, "more events wait than may")
        self._sender.look()

    def _event(self, kind: str, metrics: list[str], correlation_id: str | None) -> OutgoingEvent:
        event_id = self.writer.next_id()
        correlation = correlation_id or str(uuid.uuid4())
        millis = self.writer.next_millis(self._clock.wall_millis())
        payload = self.writer.write(kind, event_id, millis, correlation, metrics)
        return OutgoingEvent(event_id, f"{self._settings.service_id}.{kind}", payload, correlation, self._made)

    def _gave_up(self, dropped: list[OutgoingEvent], reason: str) -> None:
        LOG.warning("%d events dropped before they were acknowledged: %s", len(dropped), reason)
        if not self._recorder.is_closed:
            self._recorder.dropped.inc(len(dropped))
        if self._on_dropped is not None:
            callbacks.start(self._on_dropped, DroppedEvents(len(dropped), reason))
        self._release_waiters()

    # --- Flush and close ------------------------------------------------------------------------------------------

    async def flush(self, timeout: float, correlation_id: str | None) -> None:
        """Pushes, and waits until all that was made is over; pushes all series again where an event had to go."""
        deadline = self._clock.monotonic() + timeout
        while True:
            whole = self._outbox.has_gap
            await self.push(correlation_id, whole)
            has_room = not (whole and self._outbox.has_gap)
            if self._outbox:
                await self._until_over(timeout, deadline)
            if self._recorder.is_closed or not (has_room and self._outbox.has_gap):
                return  # the last push is close's

    async def _until_over(self, timeout: float, deadline: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._made, done))
        self._sender.hurry()

        def expire() -> None:
            if not done.done():
                waiting = len(self._outbox)
                done.set_exception(FlushTimeoutError(f"{waiting} events are not acknowledged after {timeout:g} s"))

        timer = self._clock.call_at(deadline, expire)
        try:
            await done
        finally:
            timer.cancel()
            self._waiters = [waiter for waiter in self._waiters if waiter[1] is not done]

    def _progressed(self) -> None:
        self._release_waiters()
        self._push_wake.set()

    def _release_waiters(self) -> None:
        oldest = self._outbox.oldest
        for number, done in self._waiters:
            if (oldest is None or oldest.number > number) and not done.done():
                done.set_result(None)

    async def close(self, timeout: float) -> bool:
        """Sends what is left and that the instance is gone. Whether all of it was acknowledged."""
        deadline = self._clock.monotonic() + timeout
        await self._cancel_tasks()
        await self.push(whole=self._outbox.has_gap)
        over = True
        while over and self._outbox.oldest is not None:
            over = await self._sender.send_until(self._outbox.oldest, deadline)
        self._made += 1
        end = self._event(events.REPORT, [], None)
        said = await self._sender.send_until(end, deadline)
        left = self._outbox.clear()
        if left:
            self._gave_up(left, "the client was closed before they were acknowledged")
        return said and not left
