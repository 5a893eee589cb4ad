"""Asks the service, and reads its answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from . import hub as hubs
from .callbacks import LOG
from .durations import Duration, Time, seconds, wire_time
from .errors import (
    AnswerError,
    ConfigError,
    HubError,
    InvalidQueryError,
    NoAnswerError,
    Position,
    QueryCanceledError,
    QueryError,
    QueryTimeoutError,
)
from .events import compact
from .naming import check_correlation_id, is_utf8

QUERY_TIMEOUT: Duration = "30s"
_publishing: set[asyncio.Task[None]] = set()
_INVALID = {"invalid_query", "invalid_range", "too_many_points", "invalid_matcher", "invalid_limit"}


class Asker:
    """Asks in the name of one service."""

    def __init__(self, hub: hubs.Hub, service_id: str):
        self.hub = hub
        self._service_id = service_id

    def subject(self, kind: str) -> str:
        return f"{self._service_id}.{kind}"

    async def ask(self, kind: str, data: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The data of the answer, in parts where it is large. Who is cancelled meanwhile cancels the query."""
        try:
            try:
                return await self._ask_once(kind, data, timeout)
            except QueryError as error:
                if error.code != "result_too_large":
                    raise
            return await self._ask_for_parts(kind, {**data, "parts": True}, timeout)
        except asyncio.CancelledError:
            if kind == "metrics.query":
                self._cancel(data["correlation_id"])
            raise

    def _cancel(self, correlation_id: str) -> None:
        event = self.event("metrics.cancel", {"correlation_id": correlation_id})
        publishing = asyncio.get_running_loop().create_task(
            self._publish_quietly(self.subject("metrics.cancel"), event)
        )
        _publishing.add(publishing)
        publishing.add_done_callback(_publishing.discard)

    async def _publish_quietly(self, subject: str, event: bytes) -> None:
        try:
            await hubs.publish(self.hub, subject, event, "")
        except HubError as error:
            LOG.debug("a query could not be cancelled: %s", error)

    async def _ask_once(self, kind: str, data: dict[str, Any], timeout: float) -> dict[str, Any]:
        answer = await hubs.request(self.hub, self.subject(kind), self.event(kind, data), timeout, None)
        return read_data(answer)

    async def _ask_for_parts(self, kind: str, data: dict[str, Any], timeout: float) -> dict[str, Any]:
        inbox = hubs.new_inbox(self.hub)
        arrived: asyncio.Queue[bytes] = asyncio.Queue()

        async def take(message: hubs.Message) -> None:
            arrived.put_nowait(message.data)

        subscription = await hubs.subscribe(self.hub, inbox, take)
        try:
            await hubs.publish(self.hub, self.subject(kind), self.event(kind, data), inbox)
            parts = PartialAnswer()
            while True:
                try:
                    payload = await asyncio.wait_for(arrived.get(), timeout)
                except (asyncio.TimeoutError, TimeoutError):
                    raise NoAnswerError(f"no answer within {timeout:g} s") from None
                if not payload:
                    raise HubError(f"nobody listens on {self.subject(kind)}")
                whole = parts.add(read_data(payload))
                if whole is not None:
                    return whole
        finally:
            with contextlib.suppress(Exception):
                await subscription.unsubscribe()

    @staticmethod
    def event(kind: str, data: dict[str, Any]) -> bytes:
        return compact({"type": kind, "id": str(uuid.uuid4()), "data": data}).encode()


class PartialAnswer:
    """Puts an answer in parts together. A series that was cut has its labels in both parts."""

    def __init__(self) -> None:
        self._result: list[Any] = []
        self._next = 1

    def add(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """The whole answer, once its last part is there."""
        if "part" not in data:
            return data
        if data["part"] != self._next:
            raise AnswerError(f"part {self._next} of the answer is missing: part {data['part']} came")
        self._next += 1
        for one in data.get("result") or ():
            before = self._result[-1] if self._result else None
            if isinstance(one, dict) and isinstance(before, dict) and before.get("metric") == one.get("metric"):
                for kind in ("values", "histograms"):
                    if kind in one:
                        before.setdefault(kind, []).extend(one[kind])
            else:
                self._result.append(one)
        if not data.get("last"):
            return None
        whole = {**data, "result": self._result}
        self._result, self._next = [], 1
        return whole


def read_data(payload: bytes) -> dict[str, Any]:
    """The data of a `metrics.result`, or the error that it is."""
    try:
        answer = json.loads(payload)
        kind, data = answer.get("type"), answer.get("data")
    except (ValueError, AttributeError):
        raise AnswerError(f"the answer is not an event: {payload[:200]!r}") from None
    if not isinstance(data, dict):
        raise AnswerError(f"the answer has no data: {payload[:200]!r}")
    if data.get("status") == "error":
        raise query_error(data)
    if data.get("status") != "success":
        raise AnswerError(f"the answer is no result: {kind!r}")
    return data


def query_error(data: dict[str, Any]) -> QueryError:
    code = str(data.get("code", "query_failed"))
    position = data.get("position")
    at = None
    if isinstance(position, dict) and "start" in position and "end" in position:
        at = Position(int(position["start"]), int(position["end"]))
    kind: type[QueryError] = QueryError
    if code in _INVALID:
        kind = InvalidQueryError
    elif code == "query_canceled":
        kind = QueryCanceledError
    elif code == "query_timeout":
        kind = QueryTimeoutError
    return kind(
        str(data.get("error", code)),
        code,
        str(data.get("errorType", "")),
        str(data.get("class", "")),
        at,
        str(data.get("correlation_id", "")),
    )


def query_data(
    query: str,
    correlation_id: str | None,
    *,
    time: Time | None = None,
    start: Time | None = None,
    end: Time | None = None,
    step: Duration | None = None,
    timeout: Duration | None = None,
    lookback: Duration | None = None,
    limit: int | None = None,
    stats: bool = False,
) -> dict[str, Any]:
    """The data of a `metrics.query`."""
    if not isinstance(query, str) or not is_utf8(query):
        raise ConfigError(f"query: is a PromQL text, not {query!r}")
    if correlation_id is not None:
        check_correlation_id(correlation_id)
    data: dict[str, Any] = {"query": query, "correlation_id": correlation_id or str(uuid.uuid4())}
    for name, at in (("time", time), ("start", start), ("end", end)):
        if at is not None:
            data[name] = wire_time(name, at)
    for name, duration in (("step", step), ("timeout", timeout), ("lookback", lookback)):
        if duration is not None:
            data[name] = seconds(name, duration)
    if limit is not None:
        data["limit"] = limit
    if stats:
        data["stats"] = True
    return data


def discovery_data(match: str | Sequence[str] | None, **more: Any) -> dict[str, Any]:
    """The data of `metrics.series` and its like."""
    data: dict[str, Any] = {"correlation_id": str(uuid.uuid4())}
    if match is not None:
        data["match"] = match if isinstance(match, str) else list(match)
    for name, value in more.items():
        if value is not None:
            data[name] = wire_time(name, value) if name in ("start", "end") else value
    return data
