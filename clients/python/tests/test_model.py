"""Random operations through a hub that fails in every way, against a model that only adds up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from fake_hub import Arrived, FakeHub, NoRespondersError, collected
from manual_clock import ManualClock, settle

from dnd_metrics import DroppedEvents, MetricsClient

STEPS = 400
BUSY = {"type": "metrics.rejected", "data": {}, "error": {"code": "storage_unavailable", "class": "resources"}}


@dataclass
class UnreliableService:
    """Takes in events as the service does, unless it is the hub that fails, before or after."""

    dice: random.Random
    is_well: bool = False
    payloads: dict[str, bytes] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    last_time: str = ""
    has_ended: bool = False
    problems: list[AssertionError] = field(default_factory=list)

    def answer(self, message: Arrived) -> Any:
        try:
            return self.judge(message)
        except AssertionError as error:  # the client would take it for a failure of the hub
            self.problems.append(error)
            return collected(message)

    def judge(self, message: Arrived) -> Any:
        event = message.event
        known = self.payloads.setdefault(event["id"], message.payload)
        assert known == message.payload, "a retry is the same bytes"
        assert message.headers["Nats-Msg-Id"] == event["id"]
        mood = (
            "well" if self.is_well else self.dice.choice(["well", "nobody", "lost", "lost answer", "busy", "garbage"])
        )
        if mood in ("well", "lost answer"):
            self.apply(event)
        if mood == "well":
            return collected(message)
        if mood == "busy":
            return BUSY
        if mood == "garbage":
            return {"data": self.dice.random()}
        return NoRespondersError() if mood == "nobody" else None

    def apply(self, event: dict[str, Any]) -> None:
        assert not self.has_ended
        if event["id"] in self.applied:
            return
        self.applied.add(event["id"])
        data = event["data"]
        assert data["timestamp"] > self.last_time, "events of one sender come in order, each later than the one before"
        self.last_time = data["timestamp"]
        self.has_ended = event["type"] == "metrics.report"
        for metric in data["metrics"]:
            key = (metric["name"], metric.get("labels", {}).get("x", ""))
            value = metric["value"]
            if metric["type"] == "counter":
                assert value >= self.values.get(key, 0), "a counter does not go back"
            self.values[key] = value


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_fails_the_totals_arrive(seed: int) -> None:
    dice = random.Random(seed)
    clock = ManualClock()
    service = UnreliableService(dice)
    hub = FakeHub(clock, service.answer)
    dropped: list[DroppedEvents] = []
    client = MetricsClient(
        "dice",
        hub,
        {"batch_size": dice.choice([1, 3, 100]), "buffer_events": dice.choice([1, 4, 1000])},
        clock=clock,
        jitter=dice.random,
        on_dropped=dropped.append,
    )
    counters: dict[str, float] = {}
    gauges: dict[str, float] = {}
    observations: dict[str, list[float]] = {}
    for _ in range(STEPS):
        x = dice.choice("abcdef")
        match dice.randrange(6):
            case 0 | 1:
                amount = dice.randrange(5)
                client.inc_counter("rolls_total", amount, {"x": x})
                counters[x] = counters.get(x, 0) + amount
            case 2:
                gauges[x] = dice.randrange(100)
                client.set_gauge("level", gauges[x], {"x": x})
            case 3:
                observations.setdefault(x, []).append(float(dice.randrange(-5, 50)))
                client.observe("seconds", observations[x][-1], {"x": x})
            case 4:
                await clock.advance(dice.choice([1, 50, 700, 9000, 30_000]))
            case 5:
                hub.is_connected = dice.random() < 0.8
                await settle()
    hub.is_connected = True
    service.is_well = True
    await clock.advance(120_000)
    await client.flush()
    where = f"seed {seed}"
    assert service.problems == [], where
    assert {x: service.values["rolls_total", x] for x in counters} == counters, where
    assert {x: service.values["level", x] for x in gauges} == gauges, where
    for x, values in observations.items():
        histogram = service.values["seconds", x]
        assert (histogram["count"], histogram["sum"]) == (len(values), sum(values)), where
        assert histogram["zero_count"] == values.count(0.0), where
        for side, sign in (("positive", 1), ("negative", -1)):
            total = count = 0
            for delta in histogram.get(side, {"deltas": []})["deltas"]:
                count += delta
                total += count
            assert total == sum(value * sign > 0 for value in values), where
    lost = sum(one.count for one in dropped)
    # One that was dropped may have arrived: its answer was lost.
    assert lost >= client._pusher._made - len(service.applied), where
    assert service.values.get(("dnd_metrics_client_dropped_events_total", ""), 0) == lost, where
    assert await client.close()
    assert service.has_ended
    assert service.problems == []
