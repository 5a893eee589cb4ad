"""An event loop in a thread of its own, with a connection to the hub, and the client that lives there."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from . import hub as hubs
from .callbacks import LOG, Callback
from .client import MetricsClient
from .errors import HubError
from .options import Options
from .outcomes import DroppedEvents, Rejection

if TYPE_CHECKING:
    from nats.aio.client import Client

_T = TypeVar("_T")


class ThreadClient(MetricsClient):
    """The client in the thread; what needs an event loop starts it."""

    _collects_in_thread = False

    def __init__(
        self,
        loop_thread: LoopThread,
        service_id: str,
        options: Options | None,
        on_rejected: Callback[Rejection] | None,
        on_dropped: Callback[DroppedEvents] | None,
    ):
        self._loop_thread = loop_thread
        self._is_ready = False
        super().__init__(service_id, loop_thread, options, on_rejected=on_rejected, on_dropped=on_dropped)
        self._is_ready = True

    def _start_if_possible(self) -> None:
        if self._is_ready and self._closing is None and not self._pusher.is_running:
            self._loop_thread.start()


class LoopThread:
    """A thread with an event loop and the connection in it, for the process that started it. A hub to the client."""

    def __init__(self, servers: str | list[str], nats_options: dict[str, Any]):
        self.client: ThreadClient | None = None
        self.again: list[Callable[[], object]] = []
        """What the child of a fork begins again."""
        self._servers = servers
        self._nats_options = nats_options
        self._process = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hub: Client | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._connected = threading.Event()

    @property
    def has_started(self) -> bool:
        return self._process == os.getpid()

    def start(self) -> None:
        """Starts the thread where this process has none; does not wait for it."""
        client = self.client
        assert client is not None
        with client.lock:
            if self.has_started:
                return
            is_child = self._process != 0
            self._process = os.getpid()
            self._connected = threading.Event()
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run_loop, args=(self._loop,), name="dnd_metrics", daemon=True)
            self._loop.call_soon(self._begin, is_child)
            self._thread.start()

    def _run_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            loop.close()

    def _begin(self, is_child: bool) -> None:
        self._hub = hubs.reconnecting_client()
        self._connecting = asyncio.get_running_loop().create_task(self._connect(self._hub))
        assert self.client is not None
        self.client._go_on_with(self)
        if is_child:
            for begin in self.again:
                begin()

    async def _connect(self, hub: Client) -> None:
        try:
            await hubs.connect_forever(hub, self._servers, self._nats_options)
        except Exception as error:  # noqa: BLE001 - such as a URL that is none
            LOG.error("cannot connect to %s: %r", hubs.without_secrets(self._servers), error)
            return
        self._connected.set()

    def wait_connected(self, timeout: float) -> None:
        self.start()
        if threading.current_thread() is self._thread:
            raise RuntimeError("this is the client's own thread: it would wait for itself")
        if not self._connected.wait(timeout):
            error = None if self._hub is None else self._hub.last_error
            servers = hubs.without_secrets(self._servers)
            raise HubError(f"no hub answers at {servers} within {timeout:g} s: {error!r}")

    def run(self, coroutine: Coroutine[Any, Any, _T], timeout: float | None) -> _T:
        self.start()
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    def stop(self) -> None:
        """Ends the connection and the thread."""
        loop, thread, hub = self._loop, self._thread, self._hub
        assert loop is not None
        assert thread is not None

        async def end() -> None:
            if self._connecting is not None:
                self._connecting.cancel()
                await asyncio.gather(self._connecting, return_exceptions=True)
            if hub is not None:
                await hub.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)

    # --- The hub --------------------------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        return self._hub is not None and self._hub.is_connected

    @property
    def max_payload(self) -> int:
        return hubs.DEFAULT_MAX_PAYLOAD if self._hub is None else self._hub.max_payload

    def new_inbox(self) -> str:
        return self._connection().new_inbox()

    async def publish(
        self, subject: str, payload: bytes = b"", reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        await self._connection().publish(subject, payload, reply, headers)

    async def subscribe(self, subject: str, queue: str = "", cb: Any = None) -> Any:
        return await self._connection().subscribe(subject, queue, cb)

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,
        old_style: bool = False,
        headers: dict[str, Any] | None = None,
    ) -> Any:
        return await self._connection().request(subject, payload, timeout, old_style, headers)

    async def flush(self) -> None:
        await self._connection().flush()

    def _connection(self) -> Client:
        if self._hub is None:
            raise HubError("the hub is not connected")
        return self._hub
