"""Alerts and dashboard changes, as the service announces them."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from typing import Any

import pytest
from fake_hub import FakeHub, collected
from manual_clock import ManualClock

from dnd_metrics import Alert, DashboardUpdate, HubError, MetricsClient

ALERT: dict[str, Any] = {
    "type": "alert.triggered",
    "specversion": "1.0",
    "id": "a-1",
    "source": "metrics_service",
    "time": "2026-11-24T10:00:00.123Z",
    "data": {
        "rule": "TooManyRolls",
        "severity": "page",
        "status": "firing",
        "labels": {"alertname": "TooManyRolls", "die": "d20"},
        "annotations": {"summary": "Too many rolls."},
        "value": 12.5,
        "started_at": "2026-11-24T09:59:00.000Z",
        "fingerprint": "f00",
        "group": "dice",
        "file": "rules.yml",
        "source": "metrics_service",
        "correlation_id": "c-1",
    },
}


def make() -> tuple[MetricsClient, FakeHub]:
    clock = ManualClock()
    hub = FakeHub(clock, collected)
    return MetricsClient("dice", hub, clock=clock), hub


async def test_alerts_reach_the_callback_each_once() -> None:
    client, hub = make()
    got: list[Alert] = []

    async def take(alert: Alert) -> None:
        got.append(alert)

    listening = await client.on_alert(take)
    await hub.deliver("alert.triggered", ALERT)
    await hub.deliver("alert.triggered", ALERT)
    resolved = {**ALERT, "type": "alert.resolved", "id": "a-2"}
    resolved["data"] = {**ALERT["data"], "status": "resolved", "resolved_at": "2026-11-24T10:05:00.000Z"}
    await hub.deliver("alert.resolved", resolved)
    assert [alert.status for alert in got] == ["firing", "resolved"]
    first, second = got
    assert first.is_firing
    assert first.rule == "TooManyRolls"
    assert first.severity == "page"
    assert first.labels["die"] == "d20"
    assert first.value == 12.5
    assert first.started_at == datetime(2026, 11, 24, 9, 59, tzinfo=timezone.utc)
    assert first.resolved_at is None
    assert first.correlation_id == "c-1"
    assert first.source == "metrics_service"
    assert str(first) == 'FIRING TooManyRolls {alertname="TooManyRolls", die="d20"}: Too many rolls.'
    assert second.resolved_at == datetime(2026, 11, 24, 10, 5, tzinfo=timezone.utc)
    await listening.stop()
    await listening.stop()
    assert hub.subscriptions == []
    await client.close()


async def test_dashboards_reach_the_callback() -> None:
    client, hub = make()
    got: list[DashboardUpdate] = []
    await client.on_dashboard(got.append)
    data = {
        "action": "deleted", "project": "dnd", "name": "dice", "display_name": "Dice", "version": 4, "deleted": True,
        "updated_at": "2026-11-24T10:00:00.000Z", "updated_by": "zoe", "correlation_id": "c-2",
    }  # fmt: skip
    await hub.deliver("dashboard.updated", {"type": "dashboard.updated", "id": "d-1", "data": data})
    assert len(got) == 1
    update = got[0]
    assert (update.action, update.project, update.name, update.version) == ("deleted", "dnd", "dice", 4)
    assert update.deleted
    assert update.updated_by == "zoe"
    assert update.data == data
    await client.close()
    assert hub.subscriptions == [], "closing the client ends what listens"


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"type": "alert.triggered", "data": {}}', b"\xff"])
async def test_what_cannot_be_read_is_logged(payload: bytes, caplog: pytest.LogCaptureFixture) -> None:
    client, hub = make()
    got: list[Alert] = []
    await client.on_alert(got.append)
    with caplog.at_level(logging.WARNING):
        await hub.deliver("alert.triggered", payload)
    assert "an event on alert.triggered cannot be read" in caplog.text
    await hub.deliver("alert.triggered", json.dumps(ALERT).encode())
    assert len(got) == 1
    await client.close()


async def test_a_hub_that_does_not_let_one_listen_is_an_error() -> None:
    client, hub = make()

    async def refuse(*_arguments: Any, **_more: Any) -> Any:
        raise ConnectionResetError("gone")

    hub.subscribe = refuse  # type: ignore[method-assign]
    with pytest.raises(HubError, match=r"alert\.triggered: ConnectionResetError: gone"):
        await client.on_alert(print)
    await client.close()
