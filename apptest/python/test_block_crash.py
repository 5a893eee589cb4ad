"""kill -9 while blocks are cut, compacted, downsampled, uploaded, removed and deleted from: nothing that was
acknowledged is missing afterwards, nothing is there twice, and what was deleted stays deleted.

BLOCK_CRASH_RUNS=50 BLOCK_CRASH_SEED=1 pytest -s test_block_crash.py   for a campaign; a few runs by default.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from contextlib import suppress

from nats.errors import Error as NatsError
from patience import PATIENCE_SECONDS as PATIENCE, connect
from test_crash import Sender, acknowledge, expected

from service import Service

RUNS = int(os.environ.get("BLOCK_CRASH_RUNS", "3"))
SEED = int(os.environ.get("BLOCK_CRASH_SEED", "1"))
SENDERS = 3
STEP_MILLIS = 30_000  # from event to event: a range of two hours is over after 240 of them
CONFIG = """\
storage:
  objects: file://{store}
  objects_cache: 64MiB
  local: {{size: 1MiB}}
  downsampling: {{5m: none}}
"""


class Backdated(Sender):
    """Its events are from long ago, half a minute apart, so that ranges are over soon."""

    def at(self, event: int) -> float:
        return (self.epoch_millis + event * STEP_MILLIS) / 1000

    def payload(self, event: int) -> bytes:
        metrics = [
            {"name": "crash_number", "type": "counter", "value": event},
            {"name": "crash_gone", "type": "gauge", "value": event},
        ]
        data = {"service": self.service, "timestamp": self.at(event), "metrics": metrics}
        return json.dumps({"id": f"event-{event}", "type": "metrics.push", "data": data}).encode()


class Deletions:
    """Deletes of `crash_gone` all up to some event, further and further."""

    def __init__(self, sender: Backdated):
        self.sender = sender
        self.done = 0  # all before are deleted, for sure
        self.asked = 0  # and all before these maybe
        self.work = None

    async def ask(self, nc, data: dict) -> dict:
        """Again where the service says that it may be asked again: the object store is not known at once."""
        event = json.dumps({"type": "metrics.delete", "data": data}).encode()
        end = time.monotonic() + PATIENCE
        while True:
            answer = await nc.request(f"{self.sender.service}.metrics.delete", event, timeout=PATIENCE)
            reply = json.loads(answer.data)["data"]
            if reply["status"] == "success":
                return reply["result"]
            again = reply["code"] == "storage_unavailable" and time.monotonic() < end
            assert again, json.dumps(reply)
            print(reply["error"])
            await asyncio.sleep(0.1)

    async def delete(self, nc, until: int) -> None:
        if until <= self.done:
            return
        self.asked = until
        own = f'crash_gone{{service="{self.sender.service}"}}'
        found = await self.ask(nc, {"match": [own], "end": self.sender.at(until - 1)})
        if found["samples"]:
            assert (await self.ask(nc, {"token": found["token"]}))["deleted"]
        self.done = until

    async def run(self, service: Service, dice: random.Random, until: asyncio.Event) -> None:
        self.work = asyncio.current_task()
        nc = await connect(service, max_reconnect_attempts=0, error_cb=expected)
        try:
            while not until.is_set():
                self.sender.advance()
                await self.delete(nc, dice.randint(self.done, max(self.done, self.sender.first_open)))
                await asyncio.sleep(0.2)
        finally:
            with suppress(NatsError, OSError):
                await nc.close()


    def give_up(self) -> None:
        """Waits for no more answers: nobody will give them."""
        if self.work:
            self.work.cancel()


def steps(folder, store):
    """What may be seen of what is being done, by its name."""
    return {
        "cut or compaction": lambda: folder.glob("data/blocks/*.tmp-for-creation"),
        "removal": lambda: folder.glob("data/blocks/*.tmp-for-deletion"),
        "downsampling": lambda: folder.glob("data/downsampled/*/*.tmp-for-creation"),
        "checkpoint": lambda: folder.glob("data/wal/*.partial"),
        "upload": lambda: store.glob("*/**/*.partial"),
        "tombstones": lambda: folder.glob("data/blocks/*/tombstones.tmp"),
    }


async def await_step(dice, seen, seconds) -> bool:
    """Until it is seen, and a moment longer; False where it was not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if next(iter(seen()), None) is not None:
            await asyncio.sleep(dice.choice([0, 0, dice.uniform(0, 0.01), dice.uniform(0, 0.1)]))
            return True
        await asyncio.sleep(0.001)
    return False


async def ask(nc, expression: str, at: float) -> dict:
    """An instant query's answer, as service → number; right after a start it waits for the object store."""
    event = json.dumps({"type": "metrics.query", "data": {"query": expression, "time": at}}).encode()
    reply = json.loads((await nc.request("crash0.metrics.query", event, timeout=PATIENCE)).data)
    assert reply["data"]["status"] == "success", json.dumps(reply)
    return {series["metric"]["service"]: float(series["value"][1]) for series in reply["data"]["result"]}


async def check(service: Service, senders: list, deletions: Deletions, where: str, exact: bool) -> None:
    nc = await connect(service)
    try:
        at = max(sender.at(sender.issued) for sender in senders)
        counts = await ask(nc, "count_over_time(crash_number[5y])", at)
        newest = await ask(nc, "max_over_time(crash_number[5y])", at)
        sums = await ask(nc, "sum_over_time(crash_number[5y])", at)
        for sender in senders:
            count = counts.get(sender.service, 0)
            figures = f"{where} {sender.service}: {count=} {newest=} {sums=} {sender.issued=}"
            assert max(sender.acknowledged, default=-1) < count <= sender.issued, figures
            assert newest.get(sender.service, -1) == count - 1, figures
            assert sums.get(sender.service, 0) == count * (count - 1) / 2, figures
            if exact:
                assert count == sender.issued == len(sender.acknowledged), figures
        sender = deletions.sender
        if deletions.done:
            gone = await ask(nc, "count_over_time(crash_gone[5y])", sender.at(deletions.done - 1))
            assert sender.service not in gone, f"{where}: came back {gone} before {deletions.done}"
        if deletions.asked > deletions.done:  # it was not acknowledged: it may be done, or in part
            await deletions.delete(nc, deletions.asked)
        left = await ask(nc, "count_over_time(crash_gone[5y])", at)
        wanted = counts.get(sender.service, 0) - deletions.done
        assert left.get(sender.service, 0) == wanted, f"{where}: {left=} {wanted=} {deletions.done=}"
    finally:
        await nc.close()


def assert_nothing_is_left_over(folder, store) -> None:
    left = [path for seen in steps(folder, store).values() for path in seen()]
    assert not left, left
    half = [path.parent for path in store.glob("**/index") if not (path.parent / "meta.json").exists()]
    assert not half, half


async def settled(folder, store) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return assert_nothing_is_left_over(folder, store)
        except (AssertionError, FileNotFoundError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.05)


async def test_blocks_survive_kill_9(tmp_path):
    dice = random.Random(SEED)
    store = tmp_path / "store"
    store.mkdir()
    epoch = (int(time.time()) // 7200 * 7200 - 3 * 365 * 86_400) * 1000
    senders = [Backdated(i, epoch) for i in range(SENDERS)]
    deletions = Deletions(senders[0])
    killed = Counter()
    with Service(tmp_path, config=CONFIG.format(store=store)) as service:
        for run in range(RUNS):
            stop = asyncio.Event()
            before = sum(len(s.acknowledged) for s in senders)
            work = [asyncio.create_task(s.send(service, stop, False)) for s in senders]
            work.append(asyncio.create_task(deletions.run(service, dice, stop)))
            name = dice.choice([*steps(tmp_path, store), "anything"])
            await acknowledge(senders, before + 100, work)
            if name == "anything":
                await asyncio.sleep(dice.uniform(0, 3))
            elif not await await_step(dice, steps(tmp_path, store)[name], 15 if RUNS > 3 else 3):
                name = "anything"
            service.kill()
            killed[name] += 1
            stop.set()
            for each in [*senders, deletions]:
                each.give_up()
            for result in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(result, AssertionError):
                    raise result
            service.start()
            await check(service, senders, deletions, f"seed {SEED} run {run} killed in {name}", exact=False)
        stop = asyncio.Event()
        stop.set()
        await asyncio.gather(*(s.send(service, stop, True) for s in senders))
        await settled(tmp_path, store)
        await check(service, senders, deletions, f"seed {SEED} at the end", exact=True)
        blocks = {place: len(list(tmp_path.glob(place))) for place in ("data/blocks/*/index", "store/*/index")}
        print(f"{RUNS} runs, {sum(s.issued for s in senders)} events, killed in {dict(killed)}; {blocks}, "
              f"{deletions.done} deleted")  # fmt: skip
        assert service.stop() == 0
