"""Events that are not yet acknowledged, in order, within bounds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class OutgoingEvent:
    """One event: the same bytes and the same id each time it is sent."""

    id: str
    subject: str
    payload: bytes
    correlation_id: str
    number: int
    """Its place in the order, from 1."""


class Outbox:
    """The events that wait. For the thread of the event loop."""

    def __init__(self, most_events: int, most_bytes: int):
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._events: deque[OutgoingEvent] = deque()
        self._bytes = 0
        self._lost = 0
        self._whole_from = 1

    def __len__(self) -> int:
        return len(self._events)

    @property
    def size_bytes(self) -> int:
        return self._bytes

    @property
    def oldest(self) -> OutgoingEvent | None:
        return self._events[0] if self._events else None

    def whole_from(self, number: int) -> None:
        """The events from that number on hold all series: what went before them is told by them."""
        self._whole_from = number

    @property
    def has_gap(self) -> bool:
        """Whether an event had to go that holds what perhaps no later one does."""
        return self._lost >= self._whole_from

    def add(self, event: OutgoingEvent) -> list[OutgoingEvent]:
        """The oldest events, which had to go."""
        self._events.append(event)
        self._bytes += len(event.payload)
        dropped: list[OutgoingEvent] = []
        while len(self._events) > 1 and (len(self._events) > self._most_events or self._bytes > self._most_bytes):
            dropped.append(self._pop())
            self._lost = dropped[-1].number
        return dropped

    def remove(self, event: OutgoingEvent) -> bool:
        """False where it had to go meanwhile. Only the oldest can be removed."""
        if not self._events or self._events[0] is not event:
            return False
        self._pop()
        return True

    def clear(self) -> list[OutgoingEvent]:
        left = list(self._events)
        self._events.clear()
        self._bytes = 0
        return left

    def _pop(self) -> OutgoingEvent:
        event = self._events.popleft()
        self._bytes -= len(event.payload)
        return event
