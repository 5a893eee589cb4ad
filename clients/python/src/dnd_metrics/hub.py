"""The Message Hub as the client sees it: a connected nats-py client, or anything with the same three methods."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

from .callbacks import LOG
from .errors import HubError, NoAnswerError

if TYPE_CHECKING:
    from nats.aio.client import Client

DEFAULT_MAX_PAYLOAD = 1 << 20
GRACE = 5.0
"""So long after its timeout a request is given up, should the hub not keep the time."""


class Message(Protocol):
    """What arrives."""

    @property
    def subject(self) -> str: ...

    @property
    def data(self) -> bytes: ...


class Hub(Protocol):
    """The methods of `nats.aio.client.Client` that the client uses.

    Where the object also has `is_connected`, `max_payload` and `new_inbox`, as a nats-py client does, they are used.
    """

    async def publish(
        self, subject: str, payload: bytes = b"", reply: str = "", headers: dict[str, str] | None = None
    ) -> None: ...

    async def subscribe(
        self, subject: str, queue: str = "", cb: Callable[[Any], Awaitable[None]] | None = None
    ) -> Any: ...

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,
        old_style: bool = False,
        headers: dict[str, Any] | None = None,
    ) -> Any: ...


def is_connected(hub: Hub) -> bool:
    """False where the hub says that it is not; so nothing piles up in a client that waits to reconnect."""
    return bool(getattr(hub, "is_connected", True))


def max_payload(hub: Hub) -> int:
    found = getattr(hub, "max_payload", DEFAULT_MAX_PAYLOAD)
    return found if isinstance(found, int) and found > 0 else DEFAULT_MAX_PAYLOAD


def new_inbox(hub: Hub) -> str:
    make = getattr(hub, "new_inbox", None)
    return str(make()) if make is not None else f"_INBOX.{uuid.uuid4().hex}"


async def request(hub: Hub, subject: str, payload: bytes, timeout: float, headers: dict[str, str] | None) -> bytes:
    """The answer's bytes.

    Raises `NoAnswerError` after the timeout, `HubError` for whatever else keeps the answer away.
    """
    if not is_connected(hub):
        raise HubError("the hub is not connected")
    try:
        # The hub keeps the time, or should.
        message = await asyncio.wait_for(
            hub.request(subject, payload, timeout=timeout, headers=headers), timeout + GRACE
        )
        data, status = bytes(message.data), (getattr(message, "headers", None) or {}).get("Status")
    except (asyncio.TimeoutError, TimeoutError):
        raise NoAnswerError(f"no answer on {subject} within {timeout:g} s") from None
    except Exception as error:
        raise HubError(describe(subject, error)) from error
    # A server's "no responders" where the hub hands it on as a message.
    if not data and status == "503":
        raise HubError(f"nobody listens on {subject}")
    return data


async def publish(hub: Hub, subject: str, payload: bytes, reply: str) -> None:
    """`HubError` where it cannot be sent."""
    try:
        await hub.publish(subject, payload, reply=reply)
    except Exception as error:
        raise HubError(describe(subject, error)) from error


async def subscribe(hub: Hub, subject: str, take: Callable[[Any], Awaitable[None]]) -> Any:
    """The subscription, which the hub knows of when this returns; `HubError` where it cannot be."""
    try:
        subscription = await hub.subscribe(subject, cb=take)
        flush = getattr(hub, "flush", None)
        if flush is not None:
            await flush()
    except Exception as error:
        raise HubError(describe(subject, error)) from error
    return subscription


def without_secrets(servers: str | list[str]) -> str:
    """The addresses, without the user and password that a URL may have."""
    urls = [servers] if isinstance(servers, str) else servers
    return ", ".join(re.sub(r"//[^/@]*@", "//***@", url) for url in urls)


def describe(subject: str, error: Exception) -> str:
    if type(error).__name__ == "NoRespondersError":
        return f"nobody listens on {subject}: is the metrics service running?"
    return f"{subject}: {type(error).__name__}: {error}" if str(error) else f"{subject}: {type(error).__name__}"


def reconnecting_client() -> Client:
    """A nats-py client, not yet connected."""
    from nats.aio.client import Client  # noqa: PLC0415 - only who connects by URL needs it

    return Client()


async def connect_forever(hub: Client, servers: str | list[str], nats_options: dict[str, Any]) -> None:
    """Connects, trying again until it succeeds; what is lost later comes back by itself, however long that takes."""
    options: dict[str, Any] = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.5, **nats_options}
    options.setdefault("error_cb", _note)
    await hub.connect(servers, **options)


async def connect(servers: str | list[str], connect_timeout: float, nats_options: dict[str, Any]) -> Client:
    """The same, but an error where it has not succeeded in time."""
    hub = reconnecting_client()
    try:
        await asyncio.wait_for(connect_forever(hub, servers, nats_options), connect_timeout)
    except (asyncio.TimeoutError, TimeoutError):
        error = hub.last_error
        await hub.close()
        raise HubError(
            f"no hub answers at {without_secrets(servers)} within {connect_timeout:g} s: {error!r}"
        ) from error
    except Exception as error:
        await hub.close()
        raise HubError(f"cannot connect to {without_secrets(servers)}: {error!r}") from error
    return hub


async def _note(error: Exception) -> None:
    """nats-py would print a traceback for each failed attempt to reconnect; the pusher says once that it is cut off."""
    LOG.debug("the hub's client reports: %r", error)
