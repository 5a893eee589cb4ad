"""What a prometheus_client registry has, as events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fake_hub import FakeHub, collected
from manual_clock import ManualClock, settle
from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info, Summary
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import BucketSpan, Exemplar, NativeHistogram, Sample

from dnd_metrics import ConfigError, MetricsClient
from dnd_metrics.bridge import collect


def metrics_of(registry: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """By name and labels."""
    found = [json.loads(metric) for metric in collect(registry)]
    by_key = {(m["name"], json.dumps(m.get("labels", {}), sort_keys=True)): m for m in found}
    assert len(by_key) == len(found)
    return by_key


def test_counters_and_gauges() -> None:
    registry = CollectorRegistry()
    counter = Counter("rolls", "Dice rolled.", ["die"], registry=registry, unit="dice")
    counter.labels("d20").inc(3)
    counter.labels("d6").inc(exemplar={"trace_id": "abc"})
    gauge = Gauge("level", 'A "level"\nof ünits', registry=registry)
    gauge.set(float("nan"))
    found = metrics_of(registry)
    assert len(found) == 3
    d20 = found["rolls_dice_total", '{"die": "d20"}']
    created = d20.pop("created")
    assert created == pytest.approx(counter.labels("d20")._created, abs=0.001)
    assert d20 == {
        "name": "rolls_dice_total",
        "type": "counter",
        "labels": {"die": "d20"},
        "value": 3,
        "help": "Dice rolled.",
        "unit": "dice",
    }
    d6 = found["rolls_dice_total", '{"die": "d6"}']
    assert d6["exemplars"][0]["labels"] == {"trace_id": "abc"}
    assert d6["exemplars"][0]["value"] == 1
    assert found["level", "{}"] == {"name": "level", "type": "gauge", "value": "NaN", "help": 'A "level"\nof ünits'}


def test_histograms_and_summaries() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("save_seconds", "Saves.", ["class"], buckets=(0.1, 1, 2.5), registry=registry)
    for value in (0.05, 0.5, 0.5, 7):
        histogram.labels("wizard").observe(value, {"trace_id": "t"})
    histogram.labels("bard").observe(2)
    summary = Summary("load_seconds", "Loads.", registry=registry)
    summary.observe(0.25)
    found = metrics_of(registry)
    wizard = found["save_seconds", '{"class": "wizard"}']
    assert wizard["type"] == "histogram"
    assert wizard["value"] == {"count": 4, "sum": 8.05, "buckets": {"0.1": 1, "1.0": 3, "2.5": 3, "+Inf": 4}}
    assert wizard["created"] > 1e9
    assert len(wizard["exemplars"]) == 3
    assert found["save_seconds", '{"class": "bard"}']["value"]["buckets"] == {"0.1": 0, "1.0": 0, "2.5": 1, "+Inf": 1}
    assert found["load_seconds_count", "{}"]["type"] == "counter"
    assert found["load_seconds_sum", "{}"]["value"] == 0.25
    assert len(found) == 4


class Custom:
    """A collector with what prometheus_client's own metrics do not make."""

    def collect(self) -> Iterator[Metric]:
        native = NativeHistogram(
            6, 11.5, 3, 0.001, 1, [BucketSpan(0, 2), BucketSpan(1, 1)], [BucketSpan(-3, 1)], [1, 1, -1], [1],
            [Exemplar({"trace_id": "n"}, 1.5, 1795514400.25)],
        )  # fmt: skip
        family = HistogramMetricFamily("damage", "Damage.")
        family.samples = [Sample("damage", {"spell": "fireball"}, 0.0, None, None, native)]
        yield family
        gauges = GaugeMetricFamily("late", "With a time.", labels=["x"])
        gauges.add_metric(["y"], 4, timestamp=1795514400.5)
        yield gauges


def test_native_histograms_and_times() -> None:
    registry = CollectorRegistry()
    registry.register(Custom())
    found = metrics_of(registry)
    assert found["damage", '{"spell": "fireball"}'] == {
        "name": "damage",
        "type": "histogram",
        "labels": {"spell": "fireball"},
        "value": {
            "schema": 3,
            "count": 6,
            "sum": 11.5,
            "zero_threshold": 0.001,
            "zero_count": 1,
            "positive": {"spans": [[0, 2], [1, 1]], "deltas": [1, 1, -1]},
            "negative": {"spans": [[-3, 1]], "deltas": [1]},
        },
        "exemplars": [{"labels": {"trace_id": "n"}, "value": 1.5, "timestamp": 1795514400.25}],
        "help": "Damage.",
    }
    assert found["late", '{"x": "y"}']["timestamp"] == 1795514400.5


def test_everything_else_is_a_gauge() -> None:
    registry = CollectorRegistry()
    Info("build", "What runs.", registry=registry).info({"version": "1.2"})
    Enum("state", "The state.", states=["asleep", "awake"], registry=registry).state("awake")
    found = metrics_of(registry)
    assert found["build_info", '{"version": "1.2"}']["type"] == "gauge"
    assert found["state", '{"state": "awake"}']["value"] == 1
    assert found["state", '{"state": "asleep"}']["value"] == 0


def test_summaries_with_quantiles() -> None:
    text = '# TYPE s summary\ns{quantile="0.5"} 3\ns_sum -4\ns_count 2\n# TYPE u untyped\nu 5\n'

    class Parsed:
        def collect(self) -> Iterator[Metric]:
            return iter(text_string_to_metric_families(text))

    found = metrics_of(Parsed())
    assert found["s", '{"quantile": "0.5"}']["type"] == "gauge"
    assert found["s_sum", "{}"]["type"] == "gauge", "a sum of negative observations is no counter"
    assert found["s_count", "{}"]["type"] == "counter"
    assert found["u", "{}"]["type"] == "gauge"


async def reports(hub: FakeHub, count: int) -> list[Any]:
    """Collecting happens in a thread, which the manual clock does not know of."""
    import asyncio

    while len(hub.arrived) < count:
        await asyncio.sleep(0.001)
    await settle()
    assert len(hub.arrived) == count
    return [one.event for one in hub.arrived]


async def test_reports_at_once_and_at_the_interval_and_last_when_closed() -> None:
    clock = ManualClock()
    hub = FakeHub(clock, collected)
    registry = CollectorRegistry()
    counter = Counter("rolls", "", registry=registry)
    client = MetricsClient("dice", hub, {"instance": "i"}, clock=clock)
    reporting = client.report_registry(registry, interval="15s")
    await reports(hub, 1)
    counter.inc(4)
    await clock.advance(14_999)
    assert len(hub.arrived) == 1
    await clock.advance(1)
    await reports(hub, 2)
    counter.inc()
    await client.close()
    events = [one.event for one in hub.arrived]
    assert [event["type"] for event in events] == ["metrics.report"] * 4
    assert [[m["value"] for m in event["data"]["metrics"]] for event in events] == [[1, 0], [1, 4], [1, 5], []]
    assert {event["data"]["instance"] for event in events} == {"i"}
    await reporting.stop()


async def test_an_empty_registry_does_not_say_that_the_instance_is_gone() -> None:
    clock = ManualClock()
    hub = FakeHub(clock, collected)
    client = MetricsClient("dice", hub, clock=clock)
    client.report_registry(CollectorRegistry())
    await client.flush()
    for one in hub.arrived:
        metrics = one.event["data"]["metrics"]
        assert [(m["name"], m["value"]) for m in metrics] == [("dnd_metrics_client_reported_metrics", 0)]
    assert hub.arrived
    await client.close()


async def test_a_collector_that_fails_is_told_of_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    class Failing:
        calls = 0

        def collect(self) -> Iterator[Metric]:
            self.calls += 1
            if self.calls == 1:
                raise ValueError("no database")
            if self.calls == 2:
                return iter([GaugeMetricFamily("rows", "\ud800", 3)])
            return iter([GaugeMetricFamily("rows", "", 3)])

    clock = ManualClock()
    hub = FakeHub(clock, collected)
    client = MetricsClient("dice", hub, clock=clock)
    client.report_registry(Failing(), interval=1)
    import asyncio

    while "no database" not in caplog.text:
        await asyncio.sleep(0.001)
    await settle()
    await clock.advance(1000)
    while "surrogates not allowed" not in caplog.text:
        await asyncio.sleep(0.001)
    await settle()
    await clock.advance(1000)
    events = await reports(hub, 1)
    assert events[0]["data"]["metrics"][1]["value"] == 3
    await client.close()


async def test_a_registry_larger_than_an_event_is_pushed(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    hub = FakeHub(clock, collected, max_payload=4000)
    registry = CollectorRegistry()
    gauge = Gauge("level", "", ["hero"], registry=registry)
    for number in range(200):
        gauge.labels(f"hero {number}").set(number)
    client = MetricsClient("dice", hub, clock=clock)
    reporting = client.report_registry(registry)
    await client.flush()
    await settle()
    values = [m["value"] for one in hub.arrived for m in one.event["data"]["metrics"] if m["name"] == "level"]
    assert set(values) == set(range(200))
    assert {one.event["type"] for one in hub.arrived} == {"metrics.push"}
    assert "do not fit in one event" in caplog.text
    with pytest.raises(ConfigError, match="one already"):
        client.report_registry(registry)
    await reporting.stop()
    with pytest.raises(ConfigError, match="interval"):
        client.report_registry(registry, interval="5ms")
    await client.close()
