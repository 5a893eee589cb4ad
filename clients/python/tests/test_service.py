"""The client against the program that ships."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from nats.aio.client import Client
from patience import PATIENCE_SECONDS
from service import Service

from dnd_metrics import (
    Alert,
    DashboardUpdate,
    HistogramValue,
    HubError,
    InvalidQueryError,
    Matrix,
    Metadata,
    MetricsClient,
    QueryError,
    Rejection,
    Scalar,
    Status,
    Text,
    Vector,
)


def fresh() -> str:
    return "svc_" + uuid.uuid4().hex[:10]


async def test_what_is_recorded_is_queried_back(message_hub: Client) -> None:
    async with MetricsClient(fresh(), message_hub, {"instance": "i", "labels": {"region": "eu"}}) as client:
        name = client.service_id
        for _ in range(7):
            client.inc_counter("rolls_total", labels={"die": "d20"})
        client.set_gauge("heroes", 4)
        for value in (0.1, 0.2, -1.0, 0.0):
            client.observe("save_seconds", value)
        client.describe("heroes", help="Heroes who play.", unit="heroes")
        await client.flush()
        rolls = await client.query(f'rolls_total{{service="{name}"}}')
        assert isinstance(rolls, Vector)
        assert rolls.one().value == 7
        assert dict(rolls[0].labels) == {
            "__name__": "rolls_total",
            "die": "d20",
            "region": "eu",
            "service": name,
            "instance": "i",
        }
        saves = await client.query(f'save_seconds{{service="{name}"}}')
        assert isinstance(saves, Vector)
        seconds = saves.one().value
        assert isinstance(seconds, HistogramValue)
        assert seconds.count == 4
        assert seconds.sum == pytest.approx(-0.7)
        assert sum(bucket.count for bucket in seconds.buckets) == 4
        assert await client.query("1 + 1") == Scalar(pytest.approx(time.time(), abs=60), 2.0, correlation_id=ANY)  # type: ignore[arg-type]
        text = await client.query('"hello"')
        assert isinstance(text, Text)
        assert str(text) == "hello"
        assert sorted(await client.label_values("__name__", f'{{service="{name}"}}')) == [
            "heroes",
            "rolls_total",
            "save_seconds",
        ]
        assert "region" in await client.label_names(f'{{service="{name}"}}')
        assert len(await client.series(f'{{service="{name}"}}')) == 3
        assert (await client.metadata("heroes"))["heroes"] == Metadata("gauge", "Heroes who play.", "heroes")
        assert await client.metadata("nothing") == {}
        assert client.status == Status(3, 0, 0, 0, None)


class Anything:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


ANY = Anything()


async def test_range_queries(message_hub: Client) -> None:
    async with MetricsClient(fresh(), message_hub) as client:
        client.inc_counter("rolls_total", 3)
        await client.flush()
        now = datetime.now(timezone.utc)
        found = await client.query_range(
            f'rolls_total{{service="{client.service_id}"}}', now - timedelta(seconds=30), now, "5s"
        )
        assert isinstance(found, Matrix)
        assert len(found) == 1
        assert set(found[0].values) <= {0.0, 3.0}
        assert found[0].values[-1] == 3
        assert found[0].timestamps == tuple(sorted(found[0].timestamps))
        frame = found.to_dataframe()
        assert list(frame.columns[:2]) == ["timestamp", "value"]
        assert frame["value"].iloc[-1] == 3


async def test_the_first_increments_count_in_increase(message_hub: Client) -> None:
    """`created` lets the service know that the counter was zero before."""
    async with MetricsClient(fresh(), message_hub) as client:
        client.inc_counter("rolls_total", 100)
        await asyncio.sleep(0.05)
        await client.flush()
        found = await client.query(f'max_over_time(rolls_total{{service="{client.service_id}"}}[1m]) - '
                                   f'min_over_time(rolls_total{{service="{client.service_id}"}}[1m])')  # fmt: skip
        assert isinstance(found, Vector)
        assert found.one().value == 100


async def test_closing_ends_the_instances_series_at_once(message_hub: Client) -> None:
    name = fresh()
    first = MetricsClient(name, message_hub)
    second = MetricsClient(name, message_hub)
    assert first.instance != second.instance
    for client in (first, second):
        client.inc_counter("rolls_total", 2)
        client.observe("save_seconds", 1)
        await client.flush()
    query = f'count({{service="{name}"}})'
    both = await second.query(query)
    assert isinstance(both, Vector)
    assert both.one().value == 4
    assert await first.close()
    left = await second.query(query)
    assert isinstance(left, Vector)
    assert left.one().value == 2
    assert await second.close()


async def test_rejections_reach_the_callback(message_hub: Client) -> None:
    rejected: list[Rejection] = []
    name = fresh()
    async with MetricsClient(name, message_hub, {"instance": "a"}, on_rejected=rejected.append) as client:
        client.set_gauge("changes", 1)
        await client.flush()
        async with MetricsClient(name, message_hub, {"instance": "a"}, on_rejected=rejected.append) as other:
            other._clock.wall_millis = lambda: int(time.time() * 1000) + 86_400_000  # type: ignore[method-assign]
            other.set_gauge("changes", 2)
            other.set_gauge("more", 2)
            await other.flush()
        await asyncio.sleep(0)
    assert {one.name for one in rejected} == {"changes", "more"}
    assert {one.code for one in rejected} == {"timestamp_too_far_in_future"}


async def test_query_errors(message_hub: Client) -> None:
    async with MetricsClient(fresh(), message_hub) as client:
        with pytest.raises(InvalidQueryError, match="unclosed left parenthesis") as caught:
            await client.query("sum(", correlation_id="c-1")
        assert caught.value.code == "invalid_query"
        assert caught.value.error_type == "bad_data"
        assert caught.value.position is not None
        assert caught.value.correlation_id == "c-1"
        with pytest.raises(QueryError):
            await client.query("vector(1) + on(x) group_left sum(", timeout="1s")


async def test_a_large_answer_comes_in_parts(message_hub: Client) -> None:
    async with MetricsClient(fresh(), message_hub, {"batch_size": 100_000}) as client:
        for number in range(9000):
            client.set_gauge("level", number, {"hero": f"hero {number} " + "x" * 150})
        await client.flush(PATIENCE_SECONDS)
        found = await client.query(f'level{{service="{client.service_id}"}}')
        assert isinstance(found, Vector)
        assert sorted(sample.value for sample in found) == list(range(9000))  # type: ignore[type-var]


async def test_a_connection_of_its_own(service: Service) -> None:
    async with await MetricsClient.connect(service.url, fresh()) as client:
        client.inc_counter("rolls_total")
        await client.flush()
        found = await client.query(f'rolls_total{{service="{client.service_id}"}}')
        assert isinstance(found, Vector)
        assert found.one().value == 1


async def test_no_hub_is_an_error_in_time() -> None:
    with pytest.raises(HubError, match=r"within 0\.3 s"):
        await MetricsClient.connect("nats://127.0.0.1:1", fresh(), connect_timeout="300ms")


async def test_alerts_are_heard_of_as_the_service_announces_them(message_hub: Client) -> None:
    heard: asyncio.Queue[Alert] = asyncio.Queue()
    async with MetricsClient(fresh(), message_hub) as client:
        await client.on_alert(heard.put)
        reported = {"name": "DiceJammed", "labels": {"table": client.service_id}, "annotations": {"summary": "ones"}}
        for status in ("firing", "resolved"):
            data = {"alerts": [{**reported, "status": status}], "correlation_id": f"c-{status}"}
            event = {"type": "alert.status", "data": data}
            await message_hub.request(
                f"{client.service_id}.alert.status", json.dumps(event).encode(), timeout=PATIENCE_SECONDS
            )
            alert = await asyncio.wait_for(heard.get(), PATIENCE_SECONDS)
            assert (alert.rule, alert.status) == ("DiceJammed", status)
            assert alert.labels["table"] == client.service_id
            assert alert.source == client.service_id
            assert alert.annotations["summary"] == "ones"
        assert alert.resolved_at is not None
        assert heard.empty()


async def test_changes_of_dashboards_are_heard_of(message_hub: Client) -> None:
    heard: asyncio.Queue[DashboardUpdate] = asyncio.Queue()
    async with MetricsClient(fresh(), message_hub) as client:
        name = client.service_id.replace("_", "-")
        await client.on_dashboard(heard.put)
        spec = {"display": {"name": "Fights"}, "duration": "1h", "panels": {}, "layouts": []}
        dashboard = {"kind": "Dashboard", "metadata": {"name": name, "project": "default"}, "spec": spec}
        requests: tuple[tuple[str, dict[str, object]], ...] = (
            ("saved", {"action": "save", "dashboard": dashboard}),
            ("deleted", {"action": "delete", "name": name, "base_version": 1}),
        )
        for version, (action, request) in enumerate(requests, start=1):
            data = {**request, "author": "mira", "correlation_id": f"d-{action}"}
            event = {"type": "dashboard.request", "data": data}
            await message_hub.request(
                f"{client.service_id}.dashboard.request", json.dumps(event).encode(), timeout=PATIENCE_SECONDS
            )
            update = await asyncio.wait_for(heard.get(), PATIENCE_SECONDS)
            assert (update.action, update.project, update.name) == (action, "default", name)
            assert (update.display_name, update.version, update.deleted) == ("Fights", version, action == "deleted")
            assert update.updated_by == f"{client.service_id}/mira"
            assert update.updated_at is not None
            assert update.correlation_id == f"d-{action}"
        assert heard.empty()
