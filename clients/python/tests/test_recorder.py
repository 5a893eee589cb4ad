"""Recording: exact from many threads, checked where it enters, the same whatever the order of labels."""

from __future__ import annotations

import asyncio
import inspect
import math
import random
import signal
import sys
import threading
from decimal import Decimal
from typing import Any

import numpy
import pytest
from fake_hub import FakeHub, collected
from manual_clock import ManualClock

from dnd_metrics import (
    ClosedError,
    ConfigError,
    Counter,
    InvalidLabelError,
    InvalidMetricError,
    InvalidNameError,
    InvalidValueError,
    MetricsClient,
    TypeConflictError,
)
from dnd_metrics.buckets import Window, index_of, side_json


def make(**options: Any) -> MetricsClient:
    clock = ManualClock()
    return MetricsClient("dice", FakeHub(clock, collected), options, clock=clock)  # type: ignore[arg-type]


def test_threads_lose_nothing() -> None:
    client = make(batch_size=3)
    counter = client.counter("handle_total")
    histogram = client.histogram("seconds")
    times, threads = 5000, 8
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:

        def work(number: int) -> None:
            for i in range(times):
                counter.inc()
                client.inc_counter("rolls_total", 2, {"die": "d20", "hero": str(i % 3)})
                client.inc_counter("rolls_total", labels={"hero": str(i % 3), "die": "d20"})
                histogram.observe(i * number)

        workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert counter.value == times * threads
    total = sum(client.counter("rolls_total", {"die": "d20", "hero": str(h)}).value for h in range(3))
    assert total == 3 * times * threads
    assert histogram.count == times * threads


def test_a_signal_handler_may_record() -> None:
    client = make()
    counter = client.counter("signals_total")

    def handle(_number: int, _frame: object) -> None:
        counter.inc()

    before = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        for _ in range(100_000):
            counter.inc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert counter.value > 100_000


def test_the_order_of_labels_makes_no_difference_however_many_there_are() -> None:
    client = make()
    names = [f"l{n}" for n in range(6)]
    dice = random.Random(1)
    for _ in range(200):
        dice.shuffle(names)
        client.inc_counter("rolls_total", labels={name: "x" for name in names})
    assert client.counter("rolls_total", {name: "x" for name in sorted(names)}).value == 200


async def test_recording_may_be_awaited_and_need_not() -> None:
    client = make()
    await client.inc_counter("rolls_total")
    client.inc_counter("rolls_total")
    await asyncio.gather(client.inc_counter("rolls_total"), client.set_gauge("level", 3))
    assert client.counter("rolls_total").value == 3
    assert client.gauge("level").value == 3


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda c: c.inc_counter(5), InvalidNameError, "a metric's name is a text, not 5"),
        (lambda c: c.inc_counter("a\ud800"), InvalidNameError, "surrogate"),
        (lambda c: c.inc_counter("a", labels={"x": 1}), InvalidLabelError, "label 'x': a value is a text, not 1"),
        (lambda c: c.inc_counter("a", labels={"x": ["y"]}), InvalidLabelError, "a value is a text"),
        (lambda c: c.inc_counter("a", labels={"x": None}), InvalidLabelError, "a value is a text, not None"),
        (lambda c: c.inc_counter("a", labels={3: "y"}), InvalidLabelError, "a label's name is a text, not 3"),
        (lambda c: c.inc_counter("a", labels=["x"]), InvalidLabelError, "labels are a mapping"),
        (lambda c: c.inc_counter("a", labels={"x": "\udfff"}), InvalidLabelError, "surrogate"),
        (lambda c: c.inc_counter("a", "5"), InvalidValueError, "'5'"),
        (lambda c: c.inc_counter("known", "5"), InvalidValueError, "known: a value is a number, not '5'"),
        (lambda c: c.counter("known").inc("5"), InvalidValueError, "known: a value is a number, not '5'"),
        (lambda c: c.set_gauge("a", None), InvalidValueError, "a value is a number, not None"),
        (lambda c: c.set_gauge("a", 10**400), InvalidValueError, "larger than a 64-bit float"),
        (lambda c: c.observe("a", math.inf), InvalidValueError, "an observation is a finite number, not inf"),
        (lambda c: c.observe("a", "x"), InvalidValueError, "a value is a number, not 'x'"),
        (lambda c: c.gauge("known"), TypeConflictError, "known: is a counter already, and no gauge"),
        (lambda c: c.describe("known", help="\ud800"), InvalidMetricError, "known: help is a text"),
        (lambda c: c.describe("known", unit=5), InvalidMetricError, "known: unit is a text, not 5"),
        (lambda c: c.describe("known", unit="u" * 513), InvalidMetricError, "unit has up to 512 characters, not 513"),
        (
            lambda c: c.gauge("new", help="h" * 4097),
            InvalidMetricError,
            "new: help has up to 4096 characters, not 4097",
        ),
        (lambda c: c.inc_counter("dnd_metrics_client_dropped_events_total"), InvalidNameError, "the client's own"),
    ],
)
def test_errors_name_what_is_wrong_in_the_call(call: Any, error: type[Exception], words: str) -> None:
    client = make()
    client.inc_counter("known")
    with pytest.raises(error) as caught:
        call(client)
    assert words in str(caught.value)
    assert client.changed_count == 1, "nothing but the counter before"


def test_numbers_of_every_kind() -> None:
    client = make()
    client.set_gauge("a", Decimal("1.5"))  # type: ignore[arg-type]
    client.inc_gauge("a", True)
    assert client.gauge("a").value == 2.5
    client.inc_counter("b_total", Decimal(1))  # type: ignore[arg-type]
    client.inc_counter("b_total", 3)
    assert client.counter("b_total").value == 4
    # A small float of numpy's must not make a small float of the total.
    client.inc_counter("b_total", 2**24)
    for _ in range(3):
        client.inc_counter("b_total", numpy.float32(1))
        client.counter("b_total").inc(numpy.float32(1))
    assert client.counter("b_total").value == 2**24 + 10
    client.set_gauge("a", math.nan)
    assert math.isnan(client.gauge("a").value)


async def test_a_closed_client_refuses_handles_too() -> None:
    client = make()
    counter = client.counter("rolls_total")
    gauge = client.gauge("level")
    await client.close("0s")
    for call in (counter.inc, lambda: gauge.set(1), lambda: client.counter("new_total")):
        with pytest.raises(ClosedError):
            call()


def test_timers() -> None:
    client = make()
    with client.timer("seconds", {"kind": "block"}) as timer:
        pass
    assert timer.elapsed is not None
    assert timer.elapsed >= 0

    @client.timer("seconds", {"kind": "function"})
    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert client.histogram("seconds", {"kind": "block"}).count == 1
    assert client.histogram("seconds", {"kind": "function"}).count == 1
    with client.timer("seconds") as outer, pytest.raises(RuntimeError, match="runs already"), outer:
        pass

    with pytest.raises(TypeError, match="generator"):

        @client.timer("seconds")
        def numbers() -> Any:
            yield 1


async def test_a_timer_times_coroutines_side_by_side() -> None:
    client = make()

    @client.timer("seconds")
    async def wait() -> int:
        await asyncio.sleep(0)
        return 7

    assert await asyncio.gather(*(wait() for _ in range(10))) == [7] * 10
    assert inspect.iscoroutinefunction(wait)
    assert client.histogram("seconds").count == 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"service_id": "a.b"}, "no token of a subject: it holds '.'"),
        ({"service_id": ""}, "is a text that is not empty"),
        ({"service_id": "a b"}, "it holds ' '"),
        ({"options": {"batchsize": 3}}, "unknown option 'batchsize'; did you mean 'batch_size'?"),
        ({"options": {"batch_size": 0}}, "options.batch_size: is a whole number from 1 up, not 0"),
        ({"options": {"batch_size": True}}, "options.batch_size"),
        ({"options": {"push_interval": "10 s"}}, "options.push_interval: '10 s' is not a duration like 10s"),
        ({"options": {"push_interval": 0}}, "options.push_interval: is at least 1ms"),
        ({"options": {"labels": {"__x": "y"}}}, "two underscores"),
        ({"options": {"instance": ""}}, "options.instance"),
        ({"options": {"instance": "\ud800"}}, "options.instance"),
        ({"message_hub": object()}, "has no method 'publish'"),
    ],
)
def test_config_errors(arguments: dict[str, Any], words: str) -> None:
    given = {"service_id": "dice", "message_hub": FakeHub(ManualClock(), collected), **arguments}
    with pytest.raises(ConfigError) as caught:
        MetricsClient(**given)
    assert words in str(caught.value)


def test_handles_are_the_series() -> None:
    client = make()
    assert client.counter("a_total", {"x": "y"}) is client.counter("a_total", {"x": "y", "z": ""})
    assert repr(client.counter("a_total", {"x": "y"})) == 'Counter(a_total{x="y"})'
    assert isinstance(client.counter("a_total"), Counter)


def test_buckets_against_a_plain_model() -> None:
    """Random observations; the model counts in a dictionary and merges by the definition of the bounds."""
    for seed in range(30):
        dice = random.Random(seed)
        client = make()
        histogram = client.histogram("h")
        values = [dice.choice((-1, 1)) * 2.0 ** dice.uniform(-20 - seed, 20 + 20 * seed) for _ in range(300)]
        values += [0.0, 1.0, 2.0, 0.5]
        for value in values:
            histogram.observe(value)
        schema = histogram._schema
        for side, sign in ((histogram._positive, 1), (histogram._negative, -1)):
            found = {side.first + i: n for i, n in enumerate(side.counts) if n}
            expected: dict[int, int] = {}
            for value in values:
                if value * sign > 0:
                    index = math.ceil(math.log2(abs(value)) * 2.0**schema - 1e-9)
                    expected[index] = expected.get(index, 0) + 1
            assert found == expected, f"seed {seed} schema {schema}"
        assert len(histogram._positive.counts) + len(histogram._negative.counts) <= 160
        assert histogram.count == len(values)
        assert histogram.sum == pytest.approx(sum(values), rel=1e-9, abs=1e-6 * max(map(abs, values)))


def test_bucket_indexes_at_the_edges() -> None:
    assert index_of(1, 3) == 0
    assert index_of(math.nextafter(1, 2), 3) == 1
    assert index_of(2.0**-128 * 2, 3) == -1016
    assert index_of(sys.float_info.max, 3) == 8192
    assert index_of(sys.float_info.max, -4) == 64
    window = Window()
    for index in (5, 3, 9):
        window.increment(index)
    assert side_json(window.first, window.counts) == '{"spans":[[3,1],[1,1],[3,1]],"deltas":[1,0,0]}'
    window.halve()
    assert (window.first, window.counts) == (2, [1, 1, 0, 1])


@pytest.mark.parametrize("correlation_id", ["", "x" * 257, 5, "\ud800"])
async def test_correlation_ids_are_checked_where_they_enter(correlation_id: Any) -> None:
    client = make()
    for call in (client.flush(correlation_id=correlation_id), client.query("up", correlation_id=correlation_id)):
        with pytest.raises(ConfigError, match="correlation_id"):
            await call
