"""Hub and service go away under load and come back: nothing is lost, nothing is doubled, nobody waits.

OUTAGE_SECONDS=60 pytest tests/test_outage.py    for a long one; 4 seconds by default.
"""

from __future__ import annotations

import asyncio
import os
import resource
import time
import uuid
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS
from service import Service

from dnd_metrics import DroppedEvents, MetricsClient, Vector

OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "4"))
PER_SECOND = 1000
SERIES = 20
BUFFER_EVENTS = 10
SLOWEST_CALL_SECONDS = 3.0
"""A call that waited for the hub would take the 5 seconds of a request, or all of the outage."""


class Load:
    """1 000 increments and as many observations a second, each call timed."""

    def __init__(self, client: MetricsClient):
        self._client = client
        self.count = 0
        self.slowest = 0.0

    async def run(self, seconds: float) -> None:
        start, done = time.monotonic(), 0
        while (passed := time.monotonic() - start) < seconds:
            while done < passed * PER_SECOND:
                before = time.perf_counter()
                await self._client.inc_counter("rolls_total", labels={"hero": f"hero {self.count % SERIES}"})
                await self._client.observe("roll_seconds", 0.001 * (self.count % 100))
                self.slowest = max(self.slowest, time.perf_counter() - before)
                self.count += 1
                done += 1
            await asyncio.sleep(0.005)


async def number(client: MetricsClient, query: str) -> float:
    found = await client.query(query)
    assert isinstance(found, Vector)
    return found.one().number


@pytest.mark.parametrize("comes_back", ["as it was, after kill -9", "on an empty folder"])
async def test_an_outage(comes_back: str, tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    service = Service(tmp_path / "first")
    name = "outage_" + uuid.uuid4().hex[:8]
    dropped: list[DroppedEvents] = []
    try:
        client = await MetricsClient.connect(
            service.url,
            name,
            {"push_interval": "250ms", "repeat_interval": "2s", "buffer_events": BUFFER_EVENTS},
            on_dropped=dropped.append,
            reconnect_time_wait=0.1,
        )
        load = Load(client)
        await client.set_gauge("heroes", SERIES)  # once: what rests has to come back too
        await load.run(1)
        await client.flush()
        before = load.count

        if comes_back == "on an empty folder":
            assert await asyncio.to_thread(service.stop) == 0
            service.folder = tmp_path / "second"
        else:
            service.process.kill()
            await asyncio.to_thread(service.process.wait)
        service.process.stdout.close()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        await load.run(OUTAGE_SECONDS)
        assert len(client._pusher._outbox) <= BUFFER_EVENTS
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        await asyncio.gather(asyncio.to_thread(service.start), load.run(3))
        await load.run(1)
        await client.flush(PATIENCE_SECONDS)

        assert load.count > before + PER_SECOND * OUTAGE_SECONDS * 0.9
        own = f'{{service="{name}"}}'
        assert await number(client, f"sum(rolls_total{own})") == load.count
        assert await number(client, f"count(rolls_total{own})") == SERIES
        assert await number(client, f"sum(resets(rolls_total{own}[1h]))") == 0
        assert await number(client, f"histogram_count(roll_seconds{own})") == load.count
        assert await number(client, f"heroes{own}") == SERIES
        # Nothing was in the way of the totals, though events had to go: the buffer was short on purpose.
        assert dropped or OUTAGE_SECONDS < 4
        await client.flush(PATIENCE_SECONDS)  # an event dropped while the first flush made its own is told now
        assert await number(client, f"dnd_metrics_client_dropped_events_total{own}") == sum(d.count for d in dropped)
        assert load.slowest < SLOWEST_CALL_SECONDS
        assert grown_kib < 30_000
        print(
            f"\n{comes_back}: {load.count} increments, exact; {sum(d.count for d in dropped)} events dropped; "
            f"slowest call {load.slowest * 1e6:.0f} us; memory grew by {grown_kib} KiB"
        )
        assert await client.close()
    finally:
        service.stop()
        service.process.stdout.close()
