"""Makes events of what has changed, at the right time, and sends them until they are acknowledged.

Two tasks of one event loop: one makes pushes, the other sends the oldest event of the outbox, one at a time, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable

from . import callbacks, events
from . import hub as hubs
from .callbacks import LOG, Callback
from .clock import Clock
from .errors import FlushTimeoutError, HubError
from .events import EventWriter, Splitter
from .options import Settings
from .outbox import Outbox, OutgoingEvent
from .outcomes import Done, DroppedEvents, Failed, Rejection, read_answer
from .recorder import Recorder

REQUEST_TIMEOUT = 5.0
LEAST_ATTEMPT = 0.1
REPORTED_METRICS = (
    '{"name":"dnd_metrics_client_reported_metrics","type":"gauge",'
    '"help":"How many metrics the last report of this client held.",'
)
FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0
OUTAGE_SECONDS = 1.0
"""The log tells of failures that last longer."""
SERIES_AT_A_TIME = 500
"""So many are taken under the recorder's lock, and written before other tasks have their turn."""


class Pusher:
    """One client's way out. Everything but `wake` is for the thread of the event loop."""

    def __init__(
        self,
        hub: hubs.Hub,
        recorder: Recorder,
        settings: Settings,
        instance: str,
        clock: Clock,
        jitter: Callable[[], float],
        on_rejected: Callback[Rejection] | None,
        on_dropped: Callback[DroppedEvents] | None,
    ):
        self.hub = hub
        self.writer = EventWriter(settings.service_id, instance, settings.labels)
        self._recorder = recorder
        self._settings = settings
        self._clock = clock
        self._jitter = jitter
        self._on_rejected = on_rejected
        self._on_dropped = on_dropped
        self._outbox = Outbox(settings.buffer_events, settings.buffer_bytes)
        self._made = 0
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._next_push = clock.monotonic() + settings.push_interval
        self._failures = 0
        self._retry_at = 0.0
        self._failing_since = 0.0
        self._is_outage_told = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._push_wake = asyncio.Event()
        self._send_wake = asyncio.Event()
        self._pushing = asyncio.Lock()

    # --- Life -----------------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        return self._loop is not None and not self._loop.is_closed() and bool(self._tasks)

    def start(self) -> None:
        """Begins, or goes on in another event loop after the one before has ended."""
        loop = self._begin_in_this_loop()
        self._recorder.wakes_always = False
        self._tasks = [
            loop.create_task(self._push_for_ever(), name="dnd_metrics push"),
            loop.create_task(self._send_for_ever(), name="dnd_metrics send"),
        ]

    def _begin_in_this_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        self._push_wake = asyncio.Event()
        self._send_wake = asyncio.Event()
        self._pushing = asyncio.Lock()
        self._waiters.clear()
        return self._loop

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
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _loop_ended(self) -> None:
        """The loop cancelled the tasks, as `asyncio.run` does at its end; `close` takes them off the list first."""
        if self._tasks:
            self._stopped()
            series, waiting = self._recorder.changed_count, len(self._outbox)
            if series or waiting:
                LOG.warning(
                    "the event loop ended before close(): %d changed series and %d events are not sent", series, waiting
                )

    # --- Pushing --------------------------------------------------------------------------------------------------

    async def _push_for_ever(self) -> None:
        try:
            while True:
                await self._push_due()
                await self.push()
        except asyncio.CancelledError:
            self._loop_ended()
            raise

    async def _push_due(self) -> None:
        while True:
            enough = not self._outbox and self._recorder.changed_count >= self._settings.batch_size
            if enough or self._clock.monotonic() >= self._next_push:
                return
            await self._wait(self._push_wake, self._next_push)

    async def _wait(self, wake: asyncio.Event, until: float | None) -> None:
        wake.clear()
        timer = None if until is None else self._clock.call_at(until, wake.set)
        try:
            await wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def push(self, correlation_id: str | None = None) -> None:
        """Makes events of all that has changed, and of what rested for long."""
        async with self._pushing:
            now = self._clock.monotonic()
            self._next_push = round(now + self._settings.push_interval, 3)
            parts = self._push_splitter(correlation_id)
            while taken := self._recorder.take(now, self._settings.repeat_interval, SERIES_AT_A_TIME):
                millis = self._clock.wall_millis()
                for series, write in taken:
                    series.created_by(millis)
                    parts.add(series.json(write()))
                if len(taken) == SERIES_AT_A_TIME:
                    await asyncio.sleep(0)
            parts.end()

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
        self._send_wake.set()

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

    # --- Sending --------------------------------------------------------------------------------------------------

    async def _send_for_ever(self) -> None:
        try:
            while True:
                event = self._outbox.oldest
                if event is None:
                    await self._wait(self._send_wake, None)
                elif self._clock.monotonic() < self._retry_at:
                    await self._wait_for_retry()
                else:
                    await self._attempt(event, REQUEST_TIMEOUT)
        except asyncio.CancelledError:
            self._loop_ended()
            raise

    async def _wait_for_retry(self) -> None:
        """New events do not shorten the delay; a flush does, by setting it to nothing."""
        while self._clock.monotonic() < self._retry_at:
            await self._wait(self._send_wake, self._retry_at)

    async def _attempt(self, event: OutgoingEvent, timeout: float) -> bool:
        """Whether the event is over."""
        begun = self._clock.monotonic()
        outcome = await self._send(event, timeout)
        if isinstance(outcome, Failed):
            self._failed(outcome.reason, begun)
            return False
        self._succeeded()
        self._outbox.remove(event)
        self._release_waiters()
        self._reject(outcome.rejections)
        self._push_wake.set()
        return True

    async def _send(self, event: OutgoingEvent, timeout: float) -> Done | Failed:
        try:
            answer = await hubs.request(self.hub, event.subject, event.payload, timeout, {"Nats-Msg-Id": event.id})
        except HubError as error:
            if type(error.__cause__).__name__ == "MaxPayloadError":
                reason = f"{len(event.payload)} bytes are more than the hub takes in one message"
                return Done((Rejection(None, "max_payload", reason, event.correlation_id),))
            return Failed(str(error))
        return read_answer(answer, event.correlation_id)

    def _failed(self, reason: str, begun: float) -> None:
        if not self._failures:
            self._failing_since = begun
        self._failures += 1
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(self._failures - 1, 30))
        self._retry_at = round(self._clock.monotonic() + self._jitter() * delay, 3)
        LOG.debug("attempt %d: %s", self._failures, reason)
        if not self._is_outage_told and self._clock.monotonic() - self._failing_since >= OUTAGE_SECONDS:
            self._is_outage_told = True
            LOG.warning("metrics are not acknowledged, and are kept: %s", reason)

    def _succeeded(self) -> None:
        if self._is_outage_told:
            self._is_outage_told = False
            LOG.warning("metrics are acknowledged again; %d more events wait", len(self._outbox) - 1)
        self._failures = 0
        self._retry_at = 0.0

    def _reject(self, rejections: tuple[Rejection, ...]) -> None:
        if not rejections:
            return
        first = rejections[0]
        LOG.warning("%d metrics rejected, the first: %s: %s: %s", len(rejections), first.name, first.code, first.reason)
        if self._on_rejected is not None:
            for rejection in rejections:
                callbacks.start(self._on_rejected, rejection)

    # --- Flush and close ------------------------------------------------------------------------------------------

    async def flush(self, timeout: float, correlation_id: str | None) -> None:
        """Pushes, and waits until all that was made is over."""
        await self.push(correlation_id)
        if not self._outbox:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append((self._made, done))
        self._retry_at = 0.0
        self._send_wake.set()

        def expire() -> None:
            if not done.done():
                waiting = len(self._outbox)
                done.set_exception(FlushTimeoutError(f"{waiting} events are not acknowledged after {timeout:g} s"))

        timer = self._clock.call_at(self._clock.monotonic() + timeout, expire)
        try:
            await done
        finally:
            timer.cancel()
            self._waiters = [waiter for waiter in self._waiters if waiter[1] is not done]

    def _release_waiters(self) -> None:
        oldest = self._outbox.oldest
        for number, done in self._waiters:
            if (oldest is None or oldest.number > number) and not done.done():
                done.set_result(None)

    async def close(self, timeout: float) -> bool:
        """Sends what is left and that the instance is gone. Whether all of it was acknowledged."""
        deadline = self._clock.monotonic() + timeout
        await self._cancel_tasks()
        await self.push()
        over = True
        while over and self._outbox.oldest is not None:
            over = await self._attempt_until(self._outbox.oldest, deadline)
        self._made += 1
        end = self._event(events.REPORT, [], None)
        said = await self._attempt_until(end, deadline)
        left = self._outbox.clear()
        if left:
            self._gave_up(left, "the client was closed before they were acknowledged")
        return said and not left

    async def _attempt_until(self, event: OutgoingEvent, deadline: float) -> bool:
        """Once at least, and again until it is over or the time is. Whether it is over."""
        while True:
            left = deadline - self._clock.monotonic()
            if await self._attempt(event, min(REQUEST_TIMEOUT, max(LEAST_ATTEMPT, left))):
                return True
            if self._retry_at >= deadline:
                return False
            await self._wait_for_retry()
