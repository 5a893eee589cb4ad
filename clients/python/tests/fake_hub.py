"""A hub that a test holds in its hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from manual_clock import ManualClock


class NoRespondersError(Exception):
    """As nats-py names it."""


@dataclass
class Arrived:
    """What a client sent."""

    subject: str
    payload: bytes
    headers: dict[str, Any]
    reply: str = ""

    @property
    def event(self) -> Any:
        return json.loads(self.payload)


@dataclass
class FakeMessage:
    subject: str
    data: bytes
    headers: dict[str, str] | None = None


@dataclass
class FakeSubscription:
    hub: FakeHub
    subject: str
    callback: Callable[[FakeMessage], Awaitable[None]]

    async def unsubscribe(self) -> None:
        self.hub.subscriptions.remove(self)


Answer = Callable[[Arrived], Any]
"""An event to answer with; `None` for no answer; an exception to fail with."""


@dataclass
class FakeHub:
    """Answers requests by `answer`, and keeps what came."""

    clock: ManualClock
    answer: Answer
    arrived: list[Arrived] = field(default_factory=list)
    subscriptions: list[FakeSubscription] = field(default_factory=list)
    is_connected: bool = True
    max_payload: int = 1 << 20

    async def publish(
        self, subject: str, payload: bytes = b"", reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        message = Arrived(subject, payload, headers or {}, reply)
        self.arrived.append(message)
        answer = self.answer(message)
        if reply and answer is not None:
            for one in answer if isinstance(answer, list) else [answer]:
                await self.deliver(reply, one)

    async def subscribe(self, subject: str, queue: str = "", cb: Any = None) -> FakeSubscription:
        subscription = FakeSubscription(self, subject, cb)
        self.subscriptions.append(subscription)
        return subscription

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,
        old_style: bool = False,
        headers: dict[str, Any] | None = None,
    ) -> FakeMessage:
        message = Arrived(subject, payload, headers or {})
        self.arrived.append(message)
        answer = self.answer(message)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            over = asyncio.Event()
            self.clock.call_at(self.clock.monotonic() + timeout, over.set)
            await over.wait()
            raise TimeoutError
        return FakeMessage("_INBOX.1", json.dumps(answer).encode())

    async def deliver(self, subject: str, event: Any) -> None:
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        for subscription in list(self.subscriptions):
            if subscription.subject == subject:
                await subscription.callback(FakeMessage(subject, payload))


def collected(message: Arrived) -> Any:
    """The service's answer when all is well."""
    event = message.event
    data = event["data"]
    return {
        "type": "metrics.collected",
        "stream": "METRICS",
        "seq": 1,
        "data": {
            "service": data["service"],
            "count": len(data["metrics"]),
            "rejected": [],
            "correlation_id": data["correlation_id"],
        },
    }


def no_responders(_message: Arrived) -> Any:
    return NoRespondersError()


def silent(_message: Arrived) -> Any:
    return None
