"""What became of an event that was sent: the reading of answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rejection:
    """What the service refused, and why. `name` is None where it refused a whole event."""

    name: str | None
    code: str
    reason: str
    correlation_id: str


@dataclass(frozen=True)
class DroppedEvents:
    """Events that were given up before they were acknowledged. Later ones hold the totals."""

    count: int
    reason: str


@dataclass(frozen=True)
class Status:
    """How a client does."""

    series: int
    """How many there are in the process."""
    waiting_events: int
    """Events that are not yet acknowledged."""
    waiting_bytes: int
    dropped_events: int
    """Since the client was made."""
    last_failure: str | None
    """Why the last attempt to send failed; None where it did not."""


@dataclass(frozen=True)
class Done:
    """It is over: on disk, but for what was rejected. It is not sent again."""

    rejections: tuple[Rejection, ...]


@dataclass(frozen=True)
class Failed:
    """It is to be sent again."""

    reason: str


def read_answer(payload: bytes, correlation_id: str) -> Done | Failed:
    """What the answer to a push or a report says."""
    try:
        answer = json.loads(payload)
    except ValueError:
        return Failed("the answer is not JSON")
    if not isinstance(answer, dict):
        return Failed("the answer is not an event")
    data = answer.get("data")
    data = data if isinstance(data, dict) else {}
    error = answer.get("error")
    kind = answer.get("type")
    if kind == "metrics.collected":
        return Done(_rejections(data, correlation_id))
    if kind == "metrics.rejected":
        error = error if isinstance(error, dict) else {}
        rejections = _rejections(data, correlation_id)
        if rejections:
            return Done(rejections)
        code, description = str(error.get("code", "rejected")), str(error.get("description", ""))
        if error.get("class") == "user":
            return Done((Rejection(None, code, description, correlation_id),))
        return Failed(f"{code}: {description}")
    if kind is None and error is None and "stream" in answer and "seq" in answer:
        return Done(())  # JetStream has it
    return Failed(f"the answer is neither metrics.collected nor metrics.rejected: {payload[:200]!r}")


def _rejections(data: dict[str, Any], correlation_id: str) -> tuple[Rejection, ...]:
    rejected = data.get("rejected")
    if not isinstance(rejected, list):
        return ()
    return tuple(
        Rejection(
            str(one.get("name", "")), str(one.get("code", "rejected")), str(one.get("reason", "")), correlation_id
        )
        for one in rejected
        if isinstance(one, dict)
    )
