"""The time, which is passed in: tests move it by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is to come."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Both faces of the time."""

    def wall_millis(self) -> int:
        """Unix milliseconds."""

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""

    def call_at(self, monotonic: float, call: Callable[[], object]) -> Timer:
        """Calls in the running event loop once that moment has come."""


class SystemClock:
    """The machine's clock."""

    def wall_millis(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    def call_at(self, monotonic: float, call: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0.0, monotonic - time.monotonic()), call)


async def wait(clock: Clock, wake: asyncio.Event, until: float | None) -> None:
    """Waits until the event is set, or that moment has come."""
    wake.clear()
    timer = None if until is None else clock.call_at(until, wake.set)
    try:
        await wake.wait()
    finally:
        if timer is not None:
            timer.cancel()
