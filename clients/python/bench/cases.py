"""The calls that are compared. A turn makes some thousand calls in a loop of its own and returns nanoseconds a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import prometheus_client

from dnd_metrics import MetricsClient

CALLS = 2000
Turn = Callable[[], float]


class NoHub:
    """Nothing is sent while calls are timed: there is no event loop that would."""

    async def publish(self, *_arguments: Any, **_more: Any) -> None: ...

    async def subscribe(self, *_arguments: Any, **_more: Any) -> None: ...

    async def request(self, *_arguments: Any, **_more: Any) -> None: ...


CLIENT = MetricsClient("bench", NoHub(), {"batch_size": 1_000_000})
REGISTRY = prometheus_client.CollectorRegistry()

NAMES: dict[str, Any] = {
    "client": CLIENT,
    "counter": CLIENT.counter("handle_total"),
    "labelled_counter": CLIENT.counter("labelled_handle_total", {"class": "wizard"}),
    "gauge": CLIENT.gauge("handle_level"),
    "histogram": CLIENT.histogram("handle_seconds"),
    "peer_counter": prometheus_client.Counter("peer", "", registry=REGISTRY),
    "peer_labelled": prometheus_client.Counter("peer_labelled", "", ["class"], registry=REGISTRY),
    "peer_two": prometheus_client.Counter("peer_two", "", ["class", "race"], registry=REGISTRY),
    "peer_gauge": prometheus_client.Gauge("peer_level", "", registry=REGISTRY),
    "peer_labelled_gauge": prometheus_client.Gauge("peer_labelled_level", "", ["class"], registry=REGISTRY),
    "peer_histogram": prometheus_client.Histogram("peer_seconds", "", registry=REGISTRY),
    "peer_labelled_histogram": prometheus_client.Histogram("peer_labelled_seconds", "", ["class"], registry=REGISTRY),
}
NAMES["peer_child"] = NAMES["peer_labelled"].labels("wizard")
NAMES["peer_gauge_child"] = NAMES["peer_labelled_gauge"].labels("wizard")


def turn(statement: str) -> Turn:
    """Times the statement in a coroutine, since that is where the client's calls are awaited."""
    source = (
        "async def calls():\n"
        "    start = clock()\n"
        f"    for i in range({CALLS}):\n"
        f"        {statement}\n"
        f"    return (clock() - start) / {CALLS}\n"
    )
    names = dict(NAMES)
    exec("from time import perf_counter_ns as clock\n" + source, names)
    calls = names["calls"]

    def run() -> float:
        # Not an event loop: nothing here ever waits, and none is to push meanwhile.
        coroutine = calls()
        try:
            coroutine.send(None)
        except StopIteration as done:
            return float(done.value)
        raise AssertionError("a recording call waited")

    return run


CASES: list[tuple[str, Turn, Turn]] = [
    ("increment by name", turn('await client.inc_counter("plain_total")'), turn("peer_counter.inc()")),
    ("increment by handle", turn("counter.inc()"), turn("peer_counter.inc()")),
    (
        "increment by name and label",
        turn('await client.inc_counter("labelled_total", labels={"class": "wizard"})'),
        turn('peer_labelled.labels("wizard").inc()'),
    ),
    (
        "increment by name and two labels",
        turn('await client.inc_counter("two_total", labels={"class": "wizard", "race": "elf"})'),
        turn('peer_two.labels("wizard", "elf").inc()'),
    ),
    ("increment by labelled handle", turn("labelled_counter.inc()"), turn("peer_child.inc()")),
    (
        "observe by name",
        turn('await client.observe("plain_seconds", i * 0.001)'),
        turn("peer_histogram.observe(i * 0.001)"),
    ),
    ("observe by handle", turn("histogram.observe(i * 0.001)"), turn("peer_histogram.observe(i * 0.001)")),
    (
        "observe by name and label",
        turn('await client.observe("labelled_seconds", i * 0.001, {"class": "wizard"})'),
        turn('peer_labelled_histogram.labels("wizard").observe(i * 0.001)'),
    ),
    ("set a gauge by name", turn('await client.set_gauge("level", 4.5)'), turn("peer_gauge.set(4.5)")),
    ("set a gauge by handle", turn("gauge.set(4.5)"), turn("peer_gauge.set(4.5)")),
    (
        "set a gauge by name and label",
        turn('await client.set_gauge("labelled_level", 4.5, {"class": "wizard"})'),
        turn('peer_labelled_gauge.labels("wizard").set(4.5)'),
    ),
]
