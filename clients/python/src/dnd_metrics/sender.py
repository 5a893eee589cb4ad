"""Sends the events of an outbox: the oldest one, again and again until it is over, then the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from . import callbacks
from . import clock as clocks
from . import hub as hubs
from .callbacks import LOG, Callback
from .errors import HubError
from .outbox import Outbox, OutgoingEvent
from .outcomes import Done, Failed, Rejection, read_answer

REQUEST_TIMEOUT = 5.0
LEAST_ATTEMPT = 0.1
FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0
OUTAGE_SECONDS = 1.0
"""The log tells of failures that last longer."""


class Sender:
    """One event at a time, in order. For the thread of the event loop."""

    def __init__(
        self,
        hub: hubs.Hub,
        outbox: Outbox,
        clock: clocks.Clock,
        jitter: Callable[[], float],
        on_rejected: Callback[Rejection] | None,
        progressed: Callable[[], object],
    ):
        """`progressed` is called whenever an event is over."""
        self.hub = hub
        self._outbox = outbox
        self._clock = clock
        self._jitter = jitter
        self._on_rejected = on_rejected
        self._progressed = progressed
        self.last_failure: str | None = None
        self._failures = 0
        self._retry_at = 0.0
        self._failing_since = 0.0
        self._is_outage_told = False
        self._wake = asyncio.Event()

    def begin_in_this_loop(self) -> None:
        self._wake = asyncio.Event()

    def look(self) -> None:
        """There is a new event. It does not shorten a delay."""
        self._wake.set()

    def hurry(self) -> None:
        """Tries at once, without waiting for the end of a delay."""
        self._retry_at = 0.0
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            event = self._outbox.oldest
            if event is None:
                await clocks.wait(self._clock, self._wake, None)
            elif self._clock.monotonic() < self._retry_at:
                await self._wait_for_retry()
            else:
                await self._attempt(event, REQUEST_TIMEOUT)

    async def send_until(self, event: OutgoingEvent, deadline: float) -> bool:
        """Tries once at least, and again until the event is over or the time is. Whether it is over."""
        while True:
            left = deadline - self._clock.monotonic()
            if await self._attempt(event, min(REQUEST_TIMEOUT, max(LEAST_ATTEMPT, left))):
                return True
            if self._retry_at >= deadline:
                return False
            await self._wait_for_retry()

    async def _wait_for_retry(self) -> None:
        while self._clock.monotonic() < self._retry_at:
            await clocks.wait(self._clock, self._wake, self._retry_at)

    async def _attempt(self, event: OutgoingEvent, timeout: float) -> bool:
        """Whether the event is over."""
        begun = self._clock.monotonic()
        outcome = await self._send(event, timeout)
        if isinstance(outcome, Failed):
            self._failed(outcome.reason, begun)
            return False
        self._succeeded()
        self._outbox.remove(event)
        self._reject(outcome.rejections)
        self._progressed()
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
        self.last_failure = reason
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
        self.last_failure = None
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
