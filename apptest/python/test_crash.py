"""kill -9 under load: every acknowledged event is there afterwards, whole, and none twice.

CRASH_RUNS=200 CRASH_SEED=1 pytest test_crash.py   for a campaign; 5 runs by default.
"""

import asyncio
import json
import os
import random
import time
from contextlib import suppress

import nats
from nats.errors import Error as NatsError

from service import Service

RUNS = int(os.environ.get("CRASH_RUNS", "5"))
SEED = int(os.environ.get("CRASH_SEED", "1"))
SENDERS = 4
IN_FLIGHT = 32


async def expected(_error: Exception) -> None:
    """A killed service is no news here."""


class Sender:
    """One service with a connection of its own; its events are numbered, and retried under the same id."""

    def __init__(self, number: int, epoch_millis: int):
        self.service = f"crash{number}"
        self.epoch_millis = epoch_millis
        self.issued = 0
        self.acknowledged = set()
        self.first_open = 0

    def payload(self, event: int) -> bytes:
        return json.dumps({
            "id": f"event-{event}",
            "type": "metrics.push",
            "data": {
                "service": self.service,
                "timestamp": (self.epoch_millis + event) / 1000,
                "metrics": [
                    {"name": "crash_number", "type": "counter", "value": event, "labels": {"kind": "whole"}},
                    {"name": "crash_total", "type": "counter", "temporality": "delta", "value": 1},
                    {"name": "crash_seconds", "type": "histogram", "value": 0.001 * (1 + event % 50)},
                ],
                "correlation_id": f"{self.service}-{event}",
            },
        }).encode()  # fmt: skip

    async def push(self, nc, event: int) -> None:
        reply = json.loads((await nc.request(f"{self.service}.metrics.push", self.payload(event), timeout=10)).data)
        assert reply["type"] == "metrics.collected", reply
        assert not reply["data"]["rejected"], reply
        self.acknowledged.add(event)

    def advance(self) -> None:
        while self.first_open in self.acknowledged:
            self.first_open += 1

    async def send(self, url: str, until: asyncio.Event, then_finish: bool) -> None:
        """What is in doubt again, then new events, until told to stop or the connection is lost."""
        slots = asyncio.Semaphore(IN_FLIGHT)
        tasks = []

        async def give_up() -> None:  # nobody will answer
            for task in tasks:
                task.cancel()

        nc = await nats.connect(
            url, allow_reconnect=False, max_reconnect_attempts=0, error_cb=expected, closed_cb=give_up
        )

        async def one(event: int) -> None:
            try:
                await self.push(nc, event)
            finally:
                slots.release()

        try:
            event = self.first_open
            while not until.is_set() or (then_finish and event < self.issued):
                await slots.acquire()
                if nc.is_closed:
                    break
                if event not in self.acknowledged or event >= self.issued:
                    self.issued = max(self.issued, event + 1)
                    tasks.append(asyncio.create_task(one(event)))
                else:
                    slots.release()
                event += 1
                if event % 50 == 0:
                    await asyncio.sleep(0)
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, AssertionError):
                    raise result
                if then_finish and isinstance(result, BaseException):
                    raise result
        finally:
            self.advance()
            with suppress(NatsError, OSError):
                await nc.close()


async def ask(nc, expression: str, at_millis: int) -> dict:
    """An instant query's answer as service → number."""
    event = {
        "type": "metrics.query",
        "data": {"query": expression, "time": at_millis / 1000, "correlation_id": expression},
    }
    reply = json.loads((await nc.request("crash0.metrics.query", json.dumps(event).encode(), timeout=30)).data)
    assert reply["data"]["status"] == "success", reply
    return {series["metric"]["service"]: float(series["value"][1]) for series in reply["data"]["result"]}


async def check(url: str, senders: list, where: str, exact: bool) -> None:
    nc = await nats.connect(url)
    try:
        for sender in senders:
            if not sender.issued:
                continue
            at = sender.epoch_millis + sender.issued
            own = f'{{service="{sender.service}"}}'
            count = (await ask(nc, f"count_over_time(crash_number{own}[1d])", at)).get(sender.service, 0)
            newest = (await ask(nc, f"max_over_time(crash_number{own}[1d])", at)).get(sender.service, -1)
            total = (await ask(nc, f"crash_total{own}", at)).get(sender.service, 0)
            observed = (await ask(nc, f"histogram_count(crash_seconds{own})", at)).get(sender.service, 0)
            figures = f"{where} {sender.service}: {count=} {newest=} {total=} {observed=} {sender.issued=}"
            assert max(sender.acknowledged, default=-1) < count <= sender.issued, figures
            assert newest == count - 1, figures
            assert total == count, figures
            assert observed == count, figures
            if exact:
                assert count == sender.issued == len(sender.acknowledged), figures
    finally:
        await nc.close()


async def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(tmp_path):
    dice = random.Random(SEED)
    epoch = int(time.time() * 1000) - 3_600_000
    senders = [Sender(i, epoch) for i in range(SENDERS)]
    service = Service(tmp_path)
    try:
        for run in range(RUNS):
            where = f"seed {SEED} run {run}"
            stop = asyncio.Event()
            before = sum(len(s.acknowledged) for s in senders)
            work = [asyncio.create_task(s.send(service.url, stop, False)) for s in senders]
            await asyncio.sleep(dice.uniform(0.05, 1.0))
            while sum(len(s.acknowledged) for s in senders) == before:
                await asyncio.sleep(0.01)
            service.process.kill()
            service.process.wait()
            stop.set()
            for result in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(result, AssertionError):
                    raise result
            service.start()
            await check(service.url, senders, where, exact=False)
        stop = asyncio.Event()
        stop.set()
        await asyncio.gather(*(s.send(service.url, stop, True) for s in senders))
        await check(service.url, senders, f"seed {SEED} at the end", exact=True)
        print(f"{RUNS} runs, {sum(s.issued for s in senders)} events")
        assert service.stop() == 0
    finally:
        service.stop()
