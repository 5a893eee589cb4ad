"""A FastAPI app instrumented for Prometheus, reported through the bridge; and its usual Grafana queries."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from nats.aio.client import Client
from prometheus_client import CollectorRegistry
from prometheus_fastapi_instrumentator import Instrumentator

from dnd_metrics import MetricsClient, Vector


def make_app(registry: CollectorRegistry) -> FastAPI:
    app = FastAPI()

    @app.get("/heroes/{hero}")
    async def hero(hero: str) -> dict[str, str]:
        if hero == "nobody":
            raise HTTPException(404)
        return {"hero": hero}

    @app.post("/rolls")
    async def roll() -> dict[str, int]:
        await asyncio.sleep(0.002)
        return {"roll": 20}

    Instrumentator(registry=registry).instrument(app)
    return app


@asynccontextmanager
async def visitor(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as http:
        yield http


async def by_label(client: MetricsClient, query: str, label: str) -> dict[str, float]:
    found = await client.query(query)
    assert isinstance(found, Vector)
    return {sample.labels.get(label, ""): sample.number for sample in found}


async def test_the_usual_dashboard_of_a_fastapi_app(message_hub: Client) -> None:
    registry = CollectorRegistry()
    app = make_app(registry)
    client = MetricsClient("fastapi_" + uuid.uuid4().hex[:8], message_hub)
    client.report_registry(registry, interval="200ms")
    own = f'service="{client.service_id}"'
    counts = {"hero": 0, "nobody": 0, "roll": 0}
    async with visitor(app) as http:
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert (await http.get("/heroes/mialee")).status_code == 200
            counts["hero"] += 1
            if counts["hero"] % 4 == 0:
                assert (await http.get("/heroes/nobody")).status_code == 404
                counts["nobody"] += 1
            if counts["hero"] % 2 == 0:
                assert (await http.post("/rolls")).status_code == 200
                counts["roll"] += 1
            await asyncio.sleep(0.01)
    await client.flush()

    requests = await by_label(client, f"sum by (handler) (http_requests_total{{{own}}})", "handler")
    assert requests == {"/heroes/{hero}": counts["hero"] + counts["nobody"], "/rolls": counts["roll"]}
    by_status = await by_label(client, f"sum by (status) (http_requests_total{{{own}}})", "status")
    assert by_status == {"2xx": counts["hero"] + counts["roll"], "4xx": counts["nobody"]}

    rates = await by_label(client, f"sum by (handler) (rate(http_requests_total{{{own}}}[1m]))", "handler")
    assert set(rates) == {"/heroes/{hero}", "/rolls"}
    assert all(rate > 0 for rate in rates.values())
    errors = await client.query(
        f'sum(rate(http_requests_total{{{own}, status="4xx"}}[1m])) / sum(rate(http_requests_total{{{own}}}[1m]))'
    )
    assert isinstance(errors, Vector)
    assert errors.one().number == pytest.approx(counts["nobody"] / sum(counts.values()), rel=0.3)

    quantiles = await by_label(
        client,
        f"histogram_quantile(0.95, sum by (handler, le) (rate(http_request_duration_seconds_bucket{{{own}}}[1m])))",
        "handler",
    )
    assert set(quantiles) == {"/heroes/{hero}", "/rolls"}
    assert all(seconds > 0 for seconds in quantiles.values())
    high = await client.query(
        f"histogram_quantile(0.99, sum by (le) (rate(http_request_duration_highr_seconds_bucket{{{own}}}[1m])))"
    )
    assert isinstance(high, Vector)
    assert 0 < high.one().number < 60
    average = await by_label(
        client,
        f"sum by (handler) (rate(http_request_duration_seconds_sum{{{own}}}[1m]))"
        f" / sum by (handler) (rate(http_request_duration_seconds_count{{{own}}}[1m]))",
        "handler",
    )
    assert 0.002 <= average["/rolls"] < 60
    sizes = await by_label(client, f"sum by (handler) (http_response_size_bytes_sum{{{own}}})", "handler")
    assert sizes["/rolls"] == counts["roll"] * len('{"roll":20}')
    assert await client.close()
