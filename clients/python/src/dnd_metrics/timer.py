"""Times blocks and functions."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


class Timer:
    """Tells how long something took, in seconds, however it ended.

    As a context manager it times one block at a time. As a decorator it times every call of a function, side by side
    too; of a coroutine function until it is done, of an asynchronous generator not at all.
    """

    def __init__(self, observe: Callable[[float], object], ticks: Callable[[], float] = time.perf_counter):
        self._observe = observe
        self._ticks = ticks
        self._start: float | None = None
        self.elapsed: float | None = None
        """How long the last block took."""

    def __enter__(self) -> Timer:
        if self._start is not None:
            raise RuntimeError("this timer runs already: make one for each block")
        self._start = self._ticks()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        start = self._start
        assert start is not None
        self._start = None
        self.elapsed = self._ticks() - start
        self._observe(self.elapsed)

    def __call__(self, function: _F) -> _F:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__qualname__} is a generator: its call ends before it has run")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def timed_coroutine(*args: Any, **kwargs: Any) -> Any:
                with Timer(self._observe, self._ticks):
                    return await function(*args, **kwargs)

            return timed_coroutine  # type: ignore[return-value]

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with Timer(self._observe, self._ticks):
                return function(*args, **kwargs)

        return timed  # type: ignore[return-value]
