"""A clock that only the test moves."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

START_MILLIS = 1_795_514_400_000
"""2026-11-24T10:00:00Z."""


class ManualTimer:
    def __init__(self, call: Callable[[], object]):
        self.call = call
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class ManualClock:
    """Whole milliseconds since 2026-11-24T10:00:00Z, for timestamps and for timers."""

    def __init__(self) -> None:
        self.millis = 0
        self._timers: list[tuple[int, int, ManualTimer]] = []
        self._count = 0

    def wall_millis(self) -> int:
        return START_MILLIS + self.millis

    def monotonic(self) -> float:
        return self.millis / 1000

    def call_at(self, monotonic: float, call: Callable[[], object]) -> ManualTimer:
        timer = ManualTimer(call)
        self._count += 1
        heapq.heappush(self._timers, (round(monotonic * 1000), self._count, timer))
        return timer

    async def advance(self, millis: int) -> None:
        """Moves on; what falls due happens at its time, in order, and is done before the clock goes on."""
        end = self.millis + millis
        await settle()
        budget = 100_000
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            self.millis = max(self.millis, at)
            budget -= 1
            assert budget, "timers without end"
            if not timer.is_cancelled:
                timer.call()
                await settle()
        self.millis = end


async def settle() -> None:
    """Lets every task run until it waits for the clock or the hub."""
    for _ in range(50):
        await asyncio.sleep(0)
