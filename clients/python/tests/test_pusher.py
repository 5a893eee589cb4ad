"""Pushing beyond the shared cases: large pushes, bounded memory, loops that end, forks, hubs that fail oddly."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from typing import Any

import pytest
from fake_hub import Arrived, FakeHub, collected, no_responders, silent
from manual_clock import ManualClock, settle

from dnd_metrics import ClosedError, DroppedEvents, FlushTimeoutError, ForkedError, MetricsClient, Rejection


def make(
    answer: Any = collected, clock: ManualClock | None = None, **options: Any
) -> tuple[MetricsClient, FakeHub, ManualClock]:
    clock = clock or ManualClock()
    hub = FakeHub(clock, answer)
    given: Any = {"instance": "i", **options}
    client = MetricsClient("dice", hub, given, clock=clock, jitter=lambda: 1.0)
    return client, hub, clock


async def test_a_large_push_is_several_events_below_the_hubs_limit() -> None:
    client, hub, _ = make(batch_size=10_000)
    hub.max_payload = 20_000
    for number in range(1000):
        client.set_gauge("level", number, {"hero": f"hero {number} ä" + "x" * 50})
    await client.flush()
    assert len(hub.arrived) > 5
    assert max(len(one.payload) for one in hub.arrived) < 20_000
    assert min(len(one.payload) for one in hub.arrived[:-1]) > 18_000
    values = [metric["value"] for one in hub.arrived for metric in one.event["data"]["metrics"]]
    assert sorted(values) == list(range(1000))
    times = [one.event["data"]["timestamp"] for one in hub.arrived]
    assert times == sorted(set(times))


async def test_what_no_hub_takes_is_ended_and_told() -> None:
    class MaxPayloadError(Exception):
        pass

    def answer(message: Arrived) -> Any:
        return MaxPayloadError() if len(message.payload) > 3000 else collected(message)

    rejected: list[Rejection] = []
    clock = ManualClock()
    hub = FakeHub(clock, answer)
    client = MetricsClient("dice", hub, clock=clock, on_rejected=rejected.append)
    client.set_gauge("level", 1, {"hero": "x" * 4000})
    await client.flush()
    await settle()
    assert [one.code for one in rejected] == ["max_payload"]


async def test_memory_is_bounded_in_bytes_too() -> None:
    dropped: list[DroppedEvents] = []
    clock = ManualClock()
    hub = FakeHub(clock, no_responders)
    client = MetricsClient(
        "dice", hub, {"buffer_bytes": 50_000}, clock=clock, jitter=lambda: 1.0, on_dropped=dropped.append
    )
    for _ in range(50):
        for number in range(20):
            client.set_gauge("level", 1, {"hero": f"{number}" + "x" * 100})
        await clock.advance(10_000)
        assert client._pusher._outbox.size_bytes <= 50_000
    assert sum(one.count for one in dropped) == client.dropped.value > 30
    await client.close("0s")


async def test_a_flush_times_out_and_nothing_is_lost() -> None:
    client, hub, clock = make(answer=silent)
    client.inc_counter("rolls_total", 5)
    flush = asyncio.ensure_future(client.flush("2s"))
    await clock.advance(2000)
    with pytest.raises(FlushTimeoutError, match="1 events are not acknowledged after 2 s"):
        await flush
    hub.answer = collected
    await clock.advance(60_000)
    events = [one.event for one in hub.arrived]
    assert {event["id"] for event in events[:2]} == {events[0]["id"]}
    assert events[1]["data"]["metrics"][0]["value"] == 5
    await client.close()


async def test_a_clock_that_was_set_back_gets_nothing_refused() -> None:
    client, hub, clock = make()
    clock.millis = 3_600_000
    client.inc_counter("rolls_total")
    wall = clock.wall_millis
    clock.wall_millis = lambda: wall() - 1_800_000  # type: ignore[method-assign]
    await client.flush()
    event = hub.arrived[0].event["data"]
    assert event["timestamp"] == "2026-11-24T10:30:00.000Z"
    assert event["metrics"][0]["created"] == 1_795_514_400 + 1800
    await client.close()


async def test_a_cancelled_flush_is_cancelled() -> None:
    client, _, clock = make(answer=silent)
    client.inc_counter("rolls_total")
    flush = asyncio.ensure_future(client.flush("2s"))
    await settle()
    flush.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flush
    await clock.advance(10_000)
    client._closing = asyncio.get_running_loop().create_future()
    await client._pusher._cancel_tasks()


async def test_an_outage_is_logged_once_when_it_begins_and_once_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client, hub, clock = make(answer=no_responders)
    client.inc_counter("rolls_total")
    await clock.advance(10_500)
    assert caplog.messages == [], "what passes at once is no outage"
    await clock.advance(60_000)
    assert [m.split(":")[0] for m in caplog.messages] == ["metrics are not acknowledged, and are kept"]
    assert "nobody listens on dice.metrics.push: is the metrics service running?" in caplog.text
    status = client.status
    assert (status.series, status.waiting_events, status.dropped_events) == (1, 2, 0)
    assert status.waiting_bytes > 400
    assert status.last_failure is not None
    assert "nobody listens" in status.last_failure
    hub.answer = collected
    await clock.advance(10_000)
    assert client.status.last_failure is None
    assert caplog.messages[1:] == ["metrics are acknowledged again; 1 more events wait"]
    await client.close()


async def test_a_disconnected_hub_is_not_given_anything() -> None:
    client, hub, clock = make()
    hub.is_connected = False
    client.inc_counter("rolls_total")
    await clock.advance(60_000)
    assert hub.arrived == []
    hub.is_connected = True
    await clock.advance(10_000)
    assert hub.arrived[0].event["data"]["metrics"][0]["value"] == 1
    await client.close()


async def test_changes_from_another_thread_start_a_push() -> None:
    client, hub, _ = make(batch_size=5)
    await settle()

    def work() -> None:
        for number in range(5):
            client.set_gauge(f"level_{number}", number)

    thread = threading.Thread(target=work)
    thread.start()
    while not hub.arrived:
        await asyncio.sleep(0.001)
    thread.join()
    assert len(hub.arrived[0].event["data"]["metrics"]) == 5
    await client.close()


def test_a_client_made_without_a_loop_begins_in_the_first_one() -> None:
    client, hub, clock = make()
    client.inc_counter("rolls_total")

    async def later() -> None:
        client.inc_counter("rolls_total")
        await settle()
        await clock.advance(10_000)
        await client.close()

    asyncio.run(later())
    assert hub.arrived[0].event["data"]["metrics"][0]["value"] == 2


def test_a_loop_that_ends_is_told_of_and_the_next_one_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    client, hub, clock = make()

    async def first() -> None:
        client.inc_counter("rolls_total", 3)
        await settle()

    async def second() -> None:
        client.inc_counter("rolls_total", 4)
        await client.flush()
        await client.close()

    with caplog.at_level(logging.WARNING, "dnd_metrics"):
        asyncio.run(first())
    assert "the event loop ended before close(): 1 changed series and 0 events are not sent" in caplog.text
    client.inc_counter("rolls_total")  # between loops
    asyncio.run(second())
    assert [m["value"] for one in hub.arrived for m in one.event["data"]["metrics"]] == [8]
    assert clock.millis == 0


def test_a_loop_that_is_closed_under_it_is_noticed() -> None:
    client, hub, _ = make(batch_size=1)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(settle_in(client))
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    client.inc_counter("rolls_total")

    async def second() -> None:
        await client.flush()
        await client.close()

    asyncio.run(second())
    assert hub.arrived[0].event["data"]["metrics"][0]["value"] == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_loop_that_was_closed_without_a_word_does_not_keep_it_from_closing(caplog: pytest.LogCaptureFixture) -> None:
    client, hub, _ = make()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(settle_in(client))
    loop.close()
    client.inc_counter("rolls_total", 3)
    assert asyncio.run(client.close())
    assert [one.subject for one in hub.arrived] == ["dice.metrics.push", "dice.metrics.report"]
    caplog.clear()  # asyncio complains of the tasks, rightly


async def settle_in(client: MetricsClient) -> None:
    client._start_if_possible()
    await settle()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_begins_anew_and_says_that_it_cannot_send() -> None:
    client, _, _ = make()
    counter = client.counter("rolls_total")
    counter.inc(5)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            counter.inc()

    threads = [threading.Thread(target=busy) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                said = in_the_child(client)
                os.write(write, json.dumps(said).encode())
                os._exit(0)
            os.close(write)
            said = json.loads(os.read(read, 10_000))
            os.close(read)
            assert os.waitpid(child, 0)[1] == 0
            assert said == {"before": 0.0, "after": 2.0, "instance": f"i-{child}", "error": "ForkedError"}
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert counter.value > 5


def in_the_child(client: MetricsClient) -> dict[str, Any]:
    counter = client.counter("rolls_total")
    before = counter.value
    counter.inc(2)
    error = ""
    try:
        asyncio.run(client.flush())
    except ForkedError as forked:
        error = type(forked).__name__
    return {"before": before, "after": counter.value, "instance": client.instance, "error": error}


async def test_closing_twice_at_a_time_closes_once() -> None:
    client, hub, _ = make()
    client.inc_counter("rolls_total")
    assert all(await asyncio.gather(client.close(), client.close()))
    assert [one.subject for one in hub.arrived] == ["dice.metrics.push", "dice.metrics.report"]
    with pytest.raises(ClosedError):
        await client.query("1")


async def test_callbacks_may_be_coroutines_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    reply = {"type": "metrics.rejected", "error": {"code": "x", "class": "user", "description": "no"}, "data": {}}
    hub = FakeHub(clock, lambda _message: reply)
    got: list[str] = []

    async def take(rejection: Rejection) -> None:
        await asyncio.sleep(0)
        got.append(rejection.code)
        raise ValueError("oops")

    client = MetricsClient("dice", hub, clock=clock, on_rejected=take)
    client.inc_counter("rolls_total")
    await client.flush()
    await settle()
    assert got == ["x"]
    assert "callback" in caplog.text
    assert "oops" in caplog.text
    client.inc_counter("rolls_total")
    hub.answer = collected
    await client.close()


async def test_help_and_unit_go_with_the_metric() -> None:
    client, hub, _ = make()
    client.counter("rolls_total", help='Dice "rolled"\nso far.', unit="rolls").inc()
    await client.flush()
    metric = hub.arrived[0].event["data"]["metrics"][0]
    assert metric["help"] == 'Dice "rolled"\nso far.'
    assert metric["unit"] == "rolls"
    await client.close()


async def test_a_hub_that_hangs_in_a_request_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dnd_metrics.sender.REQUEST_TIMEOUT", 0.01)
    client, hub, _ = make()
    hung = 0

    async def hang(*_arguments: Any, **_more: Any) -> Any:
        nonlocal hung
        hung += 1
        await asyncio.Event().wait()

    real, hub.request = hub.request, hang  # type: ignore[method-assign]
    monkeypatch.setattr("dnd_metrics.hub.GRACE", 0.01)
    client.inc_counter("rolls_total")
    flush = asyncio.ensure_future(client.flush("1s"))
    while hung == 0 or client._pusher._sender._failures == 0:
        await asyncio.sleep(0.001)
    await client._clock.advance(1000)  # type: ignore[attr-defined]
    with pytest.raises(FlushTimeoutError):
        await flush
    hub.request = real  # type: ignore[method-assign]
    await client.close()


async def test_a_hub_that_answers_nonsense_does_not_stop_the_sender() -> None:
    client, hub, clock = make()
    real = hub.request

    async def nonsense(*_arguments: Any, **_more: Any) -> Any:
        return 42

    hub.request = nonsense  # type: ignore[method-assign]
    client.inc_counter("rolls_total")
    await clock.advance(20_000)
    hub.request = real  # type: ignore[method-assign]
    await clock.advance(10_000)
    assert hub.arrived[0].event["data"]["metrics"][0]["value"] == 1
    await client.close()


async def flush_cancelled_in_its_push(client: MetricsClient) -> None:
    """Flushes, and cancels that in the middle of the push it begins with."""
    flush = asyncio.ensure_future(client.flush())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    flush.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flush


async def test_a_flush_that_is_cancelled_in_the_middle_of_a_push_loses_nothing() -> None:
    client, hub, clock = make(batch_size=10_000, repeat_interval="1h")
    for number in range(2000):
        client.set_gauge("level", number, {"hero": str(number)})
    await flush_cancelled_in_its_push(client)
    await clock.advance(20_000)
    values = [m["value"] for one in hub.arrived for m in one.event["data"]["metrics"]]
    assert sorted(values) == list(range(2000))
    assert len(hub.arrived) == 2, "the push was cut in two"
    await client.close()


def last_values(hub: FakeHub) -> dict[str, float]:
    """What the metrics came to, as the events tell that were sent and answered last."""
    return {metric["name"]: metric["value"] for one in hub.arrived for metric in one.event["data"]["metrics"]}


@pytest.mark.parametrize("ending", ["flush", "close"])
async def test_what_went_with_an_event_is_pushed_again_before_a_flush_is_over(ending: str) -> None:
    client, hub, clock = make(silent, buffer_events=2, repeat_interval="1h")
    for name in ("first", "second", "third", "fourth"):
        client.set_gauge(name, 4)
        await clock.advance(10_000)
    hub.answer = collected
    hub.arrived.clear()
    await clock.advance(1)
    ended = asyncio.ensure_future(client.flush() if ending == "flush" else client.close())
    await clock.advance(9_000)
    await ended
    assert {"first": 4, "second": 4, "third": 4, "fourth": 4}.items() <= last_values(hub).items()
    if ending == "flush":
        hub.arrived.clear()
        await client.flush()
        assert last_values(hub).keys() <= {"dnd_metrics_client_dropped_events_total"}, "nothing is missing any more"
        await client.close()


async def test_a_flush_whose_event_went_is_not_over() -> None:
    client, hub, clock = make(silent, buffer_events=2, repeat_interval="1h")
    client.set_gauge("first", 4)
    flush = asyncio.ensure_future(client.flush(300))
    for number in range(4):
        client.set_gauge("second", number)
        await clock.advance(10_000)
    assert not flush.done()
    hub.answer = collected
    hub.arrived.clear()
    await clock.advance(60_000)
    await flush
    assert last_values(hub)["first"] == 4
    await client.close()


async def test_a_flush_that_is_cancelled_while_it_pushes_all_again_loses_nothing() -> None:
    client, hub, clock = make(silent, batch_size=10_000, buffer_events=2, repeat_interval="1h")
    for number in range(2000):
        client.set_gauge("level", number, {"hero": str(number)})
    for number in range(4):
        await clock.advance(10_000)
        client.set_gauge("other", number)
    hub.answer = collected
    await flush_cancelled_in_its_push(client)
    hub.arrived.clear()
    await clock.advance(40_000)
    values = {m["value"] for one in hub.arrived for m in one.event["data"]["metrics"] if m["name"] == "level"}
    assert values == set(range(2000))
    await client.close()


async def test_a_flush_of_more_than_may_wait_ends() -> None:
    client, hub, _ = make(buffer_events=2, repeat_interval="1h", batch_size=10_000)
    hub.max_payload = 4_000
    for number in range(200):
        client.set_gauge("level", number, {"hero": f"hero {number}"})
    await client.flush()
    assert client.status.dropped_events > 0
    await client.close()
