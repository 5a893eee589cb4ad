"""Live queries with a hub in hand; against the program, see test_service.py."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from fake_hub import Arrived, FakeHub
from manual_clock import ManualClock, settle

from dnd_metrics import InvalidQueryError, Labels, LiveUpdate, Matrix, MetricsClient, QueryError, Vector


def vector(*pairs: tuple[str, float], **more: Any) -> dict[str, Any]:
    result = [{"metric": {"x": name}, "value": [1795514400.0, str(value)]} for name, value in pairs]
    data = {"status": "success", "resultType": "vector", "result": result, "warnings": [], "infos": [], **more}
    return {"type": "metrics.result", "data": data}


def matrix(*series: tuple[str, list[list[Any]]], **more: Any) -> dict[str, Any]:
    result = [{"metric": {"x": name}, "values": values} for name, values in series]
    data = {"status": "success", "resultType": "matrix", "result": result, "warnings": [], "infos": [], **more}
    return {"type": "metrics.result", "data": data}


class Service:
    """Answers the first time a live query is asked; the test sends the updates."""

    def __init__(self, first: dict[str, Any]):
        self.clock = ManualClock()
        self.first = first
        self.asked: list[Arrived] = []
        self.cancelled: list[str] = []
        self.running = True
        self.hub = FakeHub(self.clock, self.answer)
        self.client = MetricsClient("screen", self.hub, clock=self.clock)

    def answer(self, message: Arrived) -> Any:
        kind = message.event["type"]
        data = message.event["data"]
        if kind == "metrics.query":
            self.asked.append(message)
            return self.first
        if kind == "metrics.cancel":
            self.cancelled.append(data["correlation_id"])
            return {"type": "metrics.result", "data": {"status": "success", "result": {"canceled": 1}}}
        if kind == "metrics.queries":
            mine = [{"correlation_id": self.asked[-1].event["data"]["correlation_id"]}] if self.running else []
            return {"type": "metrics.result", "data": {"status": "success", "result": mine}}
        return {"type": "metrics.collected", "data": {"rejected": []}}

    async def send(self, event: Any) -> None:
        await self.hub.deliver(self.asked[-1].reply, event)


def values(update: LiveUpdate) -> dict[str, Any]:
    assert isinstance(update.result, Vector)
    return {sample.labels["x"]: sample.value for sample in update.result}


async def test_updates_bring_the_answer_up_to_date() -> None:
    service = Service(vector(("a", 1), ("b", 2), update=0))
    async with service.client.live("level", step="5s", limit=10) as live:
        first = await live.__anext__()
        assert first.is_whole
        assert values(first) == {"a": 1, "b": 2}
        assert repr(first).startswith("LiveUpdate, whole: Vector, 2 series\n")
        await service.send(vector(("b", 3), ("c", 4), update=1, gone=[{"x": "a"}]))
        await service.send(vector(("c", 5), update=2))
        second = await live.__anext__()
        assert not second.is_whole
        assert values(second) == {"b": 3, "c": 4}
        assert second.changed == (Labels({"x": "b"}), Labels({"x": "c"}))
        assert second.gone == (Labels({"x": "a"}),)
        assert values(await live.__anext__()) == {"b": 3, "c": 5}
        await service.send(vector(("z", 1), update=3, full=True))
        third = await live.__anext__()
        assert third.is_whole
        assert values(third) == {"z": 1}
    data = service.asked[0].event["data"]
    assert data["live"] is True
    assert data["parts"] is True
    assert data["step"] == 5
    assert data["limit"] == 10
    assert service.cancelled == [data["correlation_id"]]
    assert service.hub.subscriptions == []
    with pytest.raises(StopAsyncIteration):
        await live.__anext__()
    await service.client.close()


async def test_a_window_slides() -> None:
    service = Service(matrix(("a", [[100, "1"], [115, "2"], [130, "3"]]), ("b", [[100, "9"]]), update=0))
    live = service.client.live("level", window="30s", step="15s")
    first = await live.__anext__()
    assert isinstance(first.result, Matrix)
    await service.send(matrix(("a", [[145, "4"]]), update=1, time=145.2))
    update = await live.__anext__()
    assert isinstance(update.result, Matrix)
    assert [(p.labels["x"], p.timestamps) for p in update.result] == [("a", (115, 130, 145))]
    assert update.gone == (Labels({"x": "b"}),)
    await service.send(matrix(("a", [[130, None], [145, "5"]]), update=2, time=146))
    update = await live.__anext__()
    assert isinstance(update.result, Matrix)
    assert list(update.result[0]) == [(115, 2.0), (145, 5.0)]
    data = service.asked[0].event["data"]
    assert data["end"] - data["start"] == 30
    assert data["start"] % 15 == 0
    await live.aclose()
    await live.aclose()
    await service.client.close()


async def test_a_gap_in_the_numbers_asks_again() -> None:
    service = Service(vector(("a", 1), update=0))
    live = service.client.live("level")
    await live.__anext__()
    await service.send(vector(("a", 3), update=2))
    service.first = vector(("a", 4), update=0)
    update = await live.__anext__()
    assert update.is_whole
    assert values(update) == {"a": 4}
    assert len(service.asked) == 2
    assert len(service.hub.subscriptions) == 1
    await service.client.close()


async def test_a_service_that_went_away_is_asked_again() -> None:
    service = Service(vector(("a", 1), update=0))
    live = service.client.live("level")
    await live.__anext__()
    following = asyncio.ensure_future(live.__anext__())
    await service.clock.advance(10_500)
    assert len(service.asked) == 1, "it still runs, as metrics.queries says"
    service.running = False
    service.first = vector(("a", 7), update=0)
    await service.clock.advance(10_000)
    assert values(await following) == {"a": 7}
    following = asyncio.ensure_future(live.__anext__())
    await settle()
    service.first = vector(("a", 8), update=0)
    await service.send({"type": "metrics.result", "data": {"status": "error", "code": "shutting_down", "error": "bye"}})
    await service.clock.advance(1000)
    assert values(await following) == {"a": 8}
    await service.client.close()


async def test_a_hub_that_is_away_is_waited_for() -> None:
    service = Service(vector(("a", 1), update=0))
    service.hub.is_connected = False
    following = asyncio.ensure_future(service.client.live("level").__anext__())
    await service.clock.advance(5000)
    assert service.asked == []
    service.hub.is_connected = True
    await service.clock.advance(1000)
    assert values(await following) == {"a": 1}
    await service.client.close()


async def test_errors_end_it() -> None:
    wrong = {"status": "error", "code": "invalid_query", "errorType": "bad_data", "error": "no", "class": "user"}
    service = Service({"type": "metrics.result", "data": wrong})
    live = service.client.live("sum(")
    with pytest.raises(InvalidQueryError):
        await live.__anext__()
    with pytest.raises(StopAsyncIteration):
        await live.__anext__()
    service.first = vector(("a", 1), update=0)
    live = service.client.live("level")
    await live.__anext__()
    await service.send({"type": "metrics.result", "data": {"status": "error", "code": "query_failed", "error": "boom"}})
    with pytest.raises(QueryError, match="boom"):
        await live.__anext__()
    assert service.hub.subscriptions == []
    await service.client.close()


async def test_a_loop_left_by_break_leaves_no_subscription() -> None:
    service = Service(vector(("a", 1), update=0))
    async for update in service.client.live("level"):
        assert values(update) == {"a": 1}
        break
    gc.collect()
    await settle()
    assert service.hub.subscriptions == []
    await service.client.close()


async def test_a_query_that_is_cancelled_here_is_cancelled_there() -> None:
    service = Service(vector(("a", 1)))
    service.hub.answer = lambda _message: None
    query = asyncio.ensure_future(service.client.query("up", correlation_id="c-7"))
    await settle()
    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query
    await settle()
    last = service.hub.arrived[-1]
    assert last.subject == "screen.metrics.cancel"
    assert last.event["data"] == {"correlation_id": "c-7"}
    service.hub.answer = service.answer
    await service.client.close()


async def test_parts_of_an_update_are_put_together() -> None:
    service = Service(vector(("a", 1), update=0))
    live = service.client.live("level")
    await live.__anext__()
    await service.send(vector(("b", 2), update=1, part=1, last=False))
    await service.send(vector(("c", 3), update=1, part=2, last=True))
    assert values(await live.__anext__()) == {"a": 1, "b": 2, "c": 3}
    await service.client.close()
