"""Alerts and dashboard changes as they are announced."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from . import callbacks
from . import hub as hubs
from .callbacks import LOG, Callback
from .results import Labels

_T = TypeVar("_T")
_REMEMBERED_IDS = 4096


@dataclass(frozen=True)
class Alert:
    """One `alert.triggered` or `alert.resolved`."""

    rule: str
    status: Literal["firing", "resolved"]
    severity: str
    labels: Labels
    annotations: Mapping[str, str]
    value: float | None
    started_at: datetime | None
    resolved_at: datetime | None
    fingerprint: str
    group: str
    file: str
    source: str
    """`metrics_service`, or the service that reported the alert."""
    correlation_id: str
    event_id: str

    @property
    def is_firing(self) -> bool:
        return self.status == "firing"

    def __str__(self) -> str:
        summary = self.annotations.get("summary") or self.annotations.get("description") or ""
        return f"{self.status.upper()} {self.rule} {self.labels!r}{': ' if summary else ''}{summary}"


@dataclass(frozen=True)
class DashboardUpdate:
    """One `dashboard.updated`. `data` is all that the event says."""

    action: str
    """What was done: `saved`, `deleted`, `restored`."""
    project: str
    name: str
    display_name: str
    version: int | None
    deleted: bool
    updated_at: datetime | None
    updated_by: str
    correlation_id: str
    event_id: str
    data: Mapping[str, Any]


def read_alert(event: Mapping[str, Any]) -> Alert:
    data = event["data"]
    value = data.get("value")
    return Alert(
        rule=str(data["rule"]),
        status="resolved" if event["type"] == "alert.resolved" else "firing",
        severity=str(data.get("severity", "")),
        labels=Labels(data.get("labels") or {}),
        annotations=dict(data.get("annotations") or {}),
        value=None if value is None else float(value),
        started_at=_time(data.get("started_at")),
        resolved_at=_time(data.get("resolved_at")),
        fingerprint=str(data.get("fingerprint", "")),
        group=str(data.get("group", "")),
        file=str(data.get("file", "")),
        source=str(data.get("source", "")),
        correlation_id=str(data.get("correlation_id", "")),
        event_id=str(event.get("id", "")),
    )


def read_dashboard_update(event: Mapping[str, Any]) -> DashboardUpdate:
    data = event["data"]
    version = data.get("version")
    return DashboardUpdate(
        action=str(data.get("action", "")),
        project=str(data.get("project", "")),
        name=str(data["name"]),
        display_name=str(data.get("display_name", "")),
        version=None if version is None else int(version),
        deleted=bool(data.get("deleted", False)),
        updated_at=_time(data.get("updated_at")),
        updated_by=str(data.get("updated_by", "")),
        correlation_id=str(data.get("correlation_id", "")),
        event_id=str(event.get("id", "")),
        data=data,
    )


class Listening:
    """Announcements on their way to a callback, until `stop`."""

    def __init__(self) -> None:
        self._subscriptions: list[Any] = []

    async def add(self, hub: hubs.Hub, subject: str, take: Callable[[Any], Any]) -> None:
        self._subscriptions.append(await hubs.subscribe(hub, subject, take))

    async def stop(self) -> None:
        """Nothing more is delivered. Doing it again has no effect."""
        subscriptions, self._subscriptions = self._subscriptions, []
        for subscription in subscriptions:
            try:
                await subscription.unsubscribe()
            except Exception as error:  # noqa: BLE001 - the connection may be gone, and with it the subscription
                LOG.debug("unsubscribing: %r", error)


async def listen(
    hub: hubs.Hub, subjects: tuple[str, ...], read: Callable[[Mapping[str, Any]], _T], callback: Callback[_T]
) -> Listening:
    """Calls back with each announcement once: one that a crash of the service made come twice has the same id."""
    seen: OrderedDict[str, None] = OrderedDict()

    async def take(message: hubs.Message) -> None:
        try:
            event = json.loads(message.data)
            announcement = read(event)
            event_id = str(event.get("id", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            LOG.warning("an event on %s cannot be read: %r", message.subject, error)
            return
        if event_id:
            if event_id in seen:
                return
            seen[event_id] = None
            if len(seen) > _REMEMBERED_IDS:
                seen.popitem(last=False)
        await callbacks.deliver(callback, announcement)

    listening = Listening()
    for subject in subjects:
        await listening.add(hub, subject, take)
    return listening


def _time(text: object) -> datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))
