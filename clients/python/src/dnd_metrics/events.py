"""The bytes of events that go out."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from .durations import rfc3339
from .naming import LabelPairs

PUSH = "metrics.push"
REPORT = "metrics.report"
PUSH_BYTES = 256 << 10
"""A larger push is several events: each is written in one go, and others want their turn in the event loop."""
MOST_METRICS = 10_000
"""In one event; the service takes 50 000."""


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class EventWriter:
    """Writes the events of one sender. For the thread of the event loop."""

    def __init__(self, service_id: str, instance: str, labels: LabelPairs):
        self.service_id = service_id
        self.instance = instance
        self._shared = f'"labels":{compact(dict(labels))},' if labels else ""
        self._run = uuid.uuid4().hex
        self._count = 0
        self._last_millis = 0

    def next_id(self) -> str:
        self._count += 1
        return f"{self._run}-{self._count}"

    def next_millis(self, wall_millis: int) -> int:
        """The event's time: later than that of the one before, but for a clock that was set back by far."""
        if self._last_millis - 60_000 < wall_millis <= self._last_millis:
            wall_millis = self._last_millis + 1
        self._last_millis = wall_millis
        return wall_millis

    def write(self, kind: str, event_id: str, millis: int, correlation_id: str, metrics: Iterable[str]) -> bytes:
        return (
            f'{{"type":"{kind}","id":"{event_id}","data":{{"service":{compact(self.service_id)},'
            f'"instance":{compact(self.instance)},"timestamp":"{rfc3339(millis)}",'
            f'"correlation_id":{compact(correlation_id)},{self._shared}"metrics":[{",".join(metrics)}]}}}}'
        ).encode()

    def overhead_bytes(self, correlation_id: str) -> int:
        """What an event has beside its metrics, at most."""
        return len(self.write(REPORT, self._run + "-" + "9" * 20, 0, correlation_id, ()))


class Splitter:
    """Puts metrics into as few events as they have room in. One that has no room by itself gets an event by itself."""

    def __init__(self, room_bytes: int, emit: Callable[[list[str]], object]):
        self._room = room_bytes
        self._emit = emit
        self._part: list[str] = []
        self._size = 0

    def add(self, metric: str) -> None:
        length = (len(metric) if metric.isascii() else len(metric.encode())) + 1
        if self._part and (self._size + length > self._room or len(self._part) == MOST_METRICS):
            self.end()
        self._part.append(metric)
        self._size += length

    def end(self) -> None:
        """Emits what is left."""
        if self._part:
            part, self._part, self._size = self._part, [], 0
            self._emit(part)
