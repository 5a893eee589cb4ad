"""kill -9 under load: every acknowledged event is there afterwards, whole, and none twice.

CRASH_RUNS=200 CRASH_SEED=1 pytest test_crash.py   for a campaign; 5 runs by default.
"""

import asyncio
import json
import os
import random
import time
from contextlib import suppress

from nats.errors import Error as NatsError

from patience import PATIENCE_SECONDS, connect
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
        self.pushes = []

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
        subject = f"{self.service}.metrics.push"
        reply = json.loads((await nc.request(subject, self.payload(event), timeout=PATIENCE_SECONDS)).data)
        assert reply["type"] == "metrics.collected", reply
        assert not reply["data"]["rejected"], reply
        self.acknowledged.add(event)

    def advance(self) -> None:
        while self.first_open in self.acknowledged:
            self.first_open += 1

    async def send(self, service: Service, until: asyncio.Event, then_finish: bool) -> None:
        """What is in doubt again, then new events, until told to stop or the connection is lost."""
        slots = asyncio.Semaphore(IN_FLIGHT)
        self.pushes = []
        nc = await connect(service, max_reconnect_attempts=0, error_cb=expected)

        try:
            event = self.first_open
            while not until.is_set() or (then_finish and event < self.issued):
                await slots.acquire()
                if nc.is_closed or (until.is_set() and not then_finish):
                    break
                if event not in self.acknowledged or event >= self.issued:
                    self.issued = max(self.issued, event + 1)
                    push = asyncio.create_task(self.push(nc, event))
                    push.add_done_callback(lambda _: slots.release())  # also where it is cancelled before it begins
                    self.pushes.append(push)
                else:
                    slots.release()
                event += 1
                if event % 50 == 0:
                    await asyncio.sleep(0)
            for result in await asyncio.gather(*self.pushes, return_exceptions=True):
                if isinstance(result, AssertionError):
                    raise result
                if then_finish and isinstance(result, BaseException):
                    raise result
        finally:
            self.advance()
            with suppress(NatsError, OSError):
                await nc.close()

    def give_up(self) -> None:
        """Waits for no more answers: nobody will give them."""
        for push in self.pushes:
            push.cancel()


async def acknowledge(senders: list, count: int, work: list) -> None:
    """Until so many events are acknowledged in all; fails with a sender that failed."""
    while sum(len(sender.acknowledged) for sender in senders) < count:
        for task in work:
            if task.done():
                task.result()
        await asyncio.sleep(0.01)


async def ask(nc, expression: str, at_millis: int) -> dict:
    """An instant query's answer as service → number."""
    event = {
        "type": "metrics.query",
        "data": {"query": expression, "time": at_millis / 1000, "correlation_id": expression},
    }
    message = await nc.request("crash0.metrics.query", json.dumps(event).encode(), timeout=PATIENCE_SECONDS)
    reply = json.loads(message.data)
    assert reply["data"]["status"] == "success", reply
    return {series["metric"]["service"]: float(series["value"][1]) for series in reply["data"]["result"]}


async def check(service: Service, senders: list, where: str, exact: bool) -> None:
    nc = await connect(service)
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
            work = [asyncio.create_task(s.send(service, stop, False)) for s in senders]
            await asyncio.sleep(dice.uniform(0.05, 1.0))
            await acknowledge(senders, before + 1, work)
            service.kill()
            stop.set()
            for sender in senders:
                sender.give_up()
            for result in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(result, AssertionError):
                    raise result
            service.start()
            await check(service, senders, where, exact=False)
        stop = asyncio.Event()
        stop.set()
        await asyncio.gather(*(s.send(service, stop, True) for s in senders))
        await check(service, senders, f"seed {SEED} at the end", exact=True)
        print(f"{RUNS} runs, {sum(s.issued for s in senders)} events")
        assert service.stop() == 0
    finally:
        service.stop()
