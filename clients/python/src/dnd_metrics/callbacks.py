"""Calls what the program gave to be called."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

LOG = logging.getLogger("dnd_metrics")
_T = TypeVar("_T")

Callback = Callable[[_T], Awaitable[None] | None]
"""A function or a coroutine function of one argument. What it raises is logged, and stops nothing."""

_running: set[asyncio.Task[None]] = set()


async def deliver(callback: Callback[_T], value: _T) -> None:
    """Calls it and waits for its end."""
    try:
        result = callback(value)
        if inspect.isawaitable(result):
            await result
    except Exception:
        LOG.exception("the callback %s failed", name_of(callback))


def start(callback: Callback[_T], value: _T) -> None:
    """Calls it, and does not wait where it is a coroutine function. In the event loop."""
    task = asyncio.get_running_loop().create_task(deliver(callback, value))
    _running.add(task)
    task.add_done_callback(_running.discard)


def name_of(callback: Any) -> str:
    return str(getattr(callback, "__qualname__", None) or repr(callback))
