"""What a program calls to record: counted in memory, at once, from any thread. Nothing here waits or does I/O."""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import ClassVar, TypeVar

from .clock import Clock
from .errors import ClosedError, InvalidNameError, TypeConflictError
from .naming import LabelPairs, check_description, check_labels, check_name
from .series import Counter, Gauge, Histogram, Kind, Series, bad_increment, bad_observation, to_float
from .timer import Timer

_INFINITY = float("inf")
_MOST_ALIASES = 8
_S = TypeVar("_S", bound=Series)
_Key = str | tuple[object, ...]

Labels = Mapping[str, str]
"""Labels as calls take them."""


class Recorded:
    """What a recording call returns: it may be awaited, and is done already."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        return _NOTHING


def _nothing() -> Iterator[None]:
    return iter(())


_NOTHING: Generator[None, None, None] = _nothing()  # type: ignore[assignment]
RECORDED = Recorded()


class Family:
    """All series of one name: they have one type, one help text and one unit."""

    __slots__ = ("help", "kind", "name", "suffix", "unit")

    def __init__(self, name: str, kind: Kind | None):
        self.name = name
        self.kind = kind
        self.help: str | None = None
        self.unit: str | None = None
        self.suffix = "}"

    def describe(self, help_text: str | None, unit: str | None) -> None:
        self.help = self.help if help_text is None else help_text
        self.unit = self.unit if unit is None else unit
        said = {name: text for name, text in (("help", self.help), ("unit", self.unit)) if text is not None}
        members = json.dumps(said, ensure_ascii=False)[1:-1]
        self.suffix = f",{members}}}" if said else "}"


class Recorder:
    """The series of one client.

    `lock` guards everything here and the values of all series. It is a reentrant one, since a signal handler or a
    finalizer may record too, and no I/O happens under it. A fork waits for it, so that a child never inherits it taken.
    """

    _all: ClassVar[weakref.WeakSet[Recorder]] = weakref.WeakSet()

    def __init__(
        self,
        clock: Clock,
        shared_labels: LabelPairs,
        batch_size: int,
        wake: Callable[[int], object],
        forked: Callable[[], object],
    ):
        """`wake` is told, under the lock, when the first or the `batch_size`th series changes; `forked` in a child."""
        self.lock = threading.RLock()
        self.acquire = self.lock.acquire
        self.release = self.lock.release
        self.wakes_always = True
        """Whether `wake` is called at each change: until somebody takes what has changed at intervals."""
        self._clock = clock
        self._shared = len(shared_labels)
        self._batch_size = batch_size
        self._wake = wake
        self._forked = forked
        self._families: dict[str, Family] = {}
        # By name, or by name and labels in the order of the call.
        self._counters: dict[_Key, Counter] = {}
        self._gauges: dict[_Key, Gauge] = {}
        self._histograms: dict[_Key, Histogram] = {}
        self._dirty: list[Series] = []
        # Those that were in an event, the longest ago first.
        self._sent: dict[Series, None] = {}
        self._closed = False
        self._series = 0
        self.dropped = Counter(
            self, Family("dnd_metrics_client_dropped_events_total", "counter"), (), clock.wall_millis()
        )
        self.dropped.family.describe("Events that the client gave up before they were acknowledged.", None)
        Recorder._all.add(self)

    # --- Called by programs ---------------------------------------------------------------------------------------

    def inc_counter(self, name: str, value: float = 1.0, labels: Labels | None = None) -> Recorded:
        """Adds a finite number from 0 up to a counter."""
        try:
            counter = self._counters[(name, *labels.items()) if labels else name]
        except (KeyError, TypeError, AttributeError):
            check_increment(name, value)
            counter = self._find(Counter, self._counters, name, labels)
        if value.__class__ is not float:
            value = to_float(name, value)
        if not 0 <= value < _INFINITY:
            raise bad_increment(name, value)
        counter._acquire()
        try:
            counter._value += value
            if not counter._dirty:
                self.changed(counter)
        finally:
            counter._release()
        return RECORDED

    def set_gauge(self, name: str, value: float, labels: Labels | None = None) -> Recorded:
        """Gives a gauge its value: any number, NaN and the infinities too."""
        try:
            gauge = self._gauges[(name, *labels.items()) if labels else name]
        except (KeyError, TypeError, AttributeError):
            to_float(name, value)
            gauge = self._find(Gauge, self._gauges, name, labels)
        if value.__class__ is not float:
            value = to_float(name, value)
        gauge._acquire()
        try:
            gauge._value = value
            if not gauge._dirty:
                self.changed(gauge)
        finally:
            gauge._release()
        return RECORDED

    def inc_gauge(self, name: str, value: float = 1.0, labels: Labels | None = None) -> Recorded:
        """Adds to a gauge, which begins at 0."""
        amount = to_float(name, value)
        self.gauge(name, labels).inc(amount)
        return RECORDED

    def dec_gauge(self, name: str, value: float = 1.0, labels: Labels | None = None) -> Recorded:
        """Takes from a gauge, which begins at 0."""
        amount = to_float(name, value)
        self.gauge(name, labels).inc(-amount)
        return RECORDED

    def observe(self, name: str, value: float, labels: Labels | None = None) -> Recorded:
        """Counts a finite number in a histogram."""
        try:
            histogram = self._histograms[(name, *labels.items()) if labels else name]
        except (KeyError, TypeError, AttributeError):
            check_observation(name, value)
            histogram = self._find(Histogram, self._histograms, name, labels)
        histogram.observe(value)
        return RECORDED

    def timer(self, name: str, labels: Labels | None = None) -> Timer:
        """Observes in seconds how long a block or a function takes: `with client.timer(...):`, `@client.timer(...)`."""
        return Timer(self.histogram(name, labels).observe)

    def counter(
        self, name: str, labels: Labels | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Counter:
        """The counter itself, to hold on to where a look-up at each call would cost too much."""
        return self._handle(Counter, self._counters, name, labels, help, unit)

    def gauge(
        self, name: str, labels: Labels | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Gauge:
        """The gauge itself."""
        return self._handle(Gauge, self._gauges, name, labels, help, unit)

    def histogram(
        self, name: str, labels: Labels | None = None, *, help: str | None = None, unit: str | None = None
    ) -> Histogram:
        """The histogram itself."""
        return self._handle(Histogram, self._histograms, name, labels, help, unit)

    def describe(self, name: str, *, help: str | None = None, unit: str | None = None) -> None:
        """Says what a metric is, as `# HELP` and `# UNIT` do; the last word counts."""
        check_description(check_name(name), help, unit)
        with self.lock:
            self._families.setdefault(name, Family(name, None)).describe(help, unit)

    # --- Finding series -------------------------------------------------------------------------------------------

    def _handle(
        self,
        type_: type[_S],
        known: dict[_Key, _S],
        name: str,
        labels: Labels | None,
        help_text: str | None,
        unit: str | None,
    ) -> _S:
        described = help_text is not None or unit is not None
        if described:
            check_description(name, help_text, unit)  # before the series is made
        try:
            series = known[(name, *labels.items()) if labels else name]
        except (KeyError, TypeError, AttributeError):
            series = self._find(type_, known, name, labels)
        if described:
            self.describe(name, help=help_text, unit=unit)
        return series

    def _find(self, type_: type[_S], known: dict[_Key, _S], name: str, labels: Labels | None) -> _S:
        """The series, made where there is none; and a way to it from these labels in this order."""
        if self._closed:
            raise ClosedError("the client is closed")
        pairs = check_labels(check_name(name), labels, self._shared)
        with self.lock:
            family = self._families.get(name)
            if family is not None and family.kind not in (None, type_.kind):
                raise TypeConflictError(f"{name}: is a {family.kind} already, and no {type_.kind}")
            if name == self.dropped.family.name:
                raise InvalidNameError(f"{name}: is the client's own")
            canonical: _Key = (name, *pairs) if pairs else name
            series = known.get(canonical)
            if series is None:
                if family is None:
                    family = self._families[name] = Family(name, None)
                family.kind = type_.kind
                self._series += 1
                series = known[canonical] = type_(self, family, pairs, self._clock.wall_millis())
            if labels and series.aliases < _MOST_ALIASES:
                series.aliases += 1
                known.setdefault((name, *labels.items()), series)
            return series

    # --- Called by series, under the lock -------------------------------------------------------------------------

    def changed(self, series: Series) -> None:
        """A series that was not on the list of changed ones goes on it."""
        if self._closed:
            raise ClosedError("the client is closed")
        series._dirty = True
        self._dirty.append(series)
        count = len(self._dirty)
        if count in (1, self._batch_size) or self.wakes_always:
            self._wake(count)

    # --- Called by who pushes -------------------------------------------------------------------------------------

    @property
    def series_count(self) -> int:
        return self._series

    @property
    def changed_count(self) -> int:
        return len(self._dirty)

    def change_all(self) -> None:
        """Puts those that were in an event on the list of changed ones, too."""
        with self.lock:
            for series in self._sent:
                if not series._dirty:
                    series._dirty = True
                    self._dirty.append(series)

    def take(self, now: float, repeat_interval: float, most: int) -> list[tuple[Series, Callable[[], str]]]:
        """Up to so many series that changed, then those that were sent `repeat_interval` ago, with their values."""
        taken: list[tuple[Series, Callable[[], str]]] = []
        with self.lock:
            changed = self._dirty[:most]
            del self._dirty[:most]
            for series in changed:
                self._take(series, now, taken)
            while len(taken) < most and self._sent:
                series = next(iter(self._sent))
                if series.sent_at is None or now - series.sent_at < repeat_interval or series.sent_at == now:
                    break
                self._take(series, now, taken)
        return taken

    def _take(self, series: Series, now: float, taken: list[tuple[Series, Callable[[], str]]]) -> None:
        series._dirty = False
        series.sent_at = now
        self._sent.pop(series, None)
        self._sent[series] = None
        taken.append((series, series.snapshot()))

    def close_recording(self) -> None:
        """From now on every call is refused; what has changed can still be taken."""
        with self.lock:
            self._closed = True

    @property
    def is_closed(self) -> bool:
        return self._closed

    # --- Forks ----------------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        """In a child: what the parent counted is the parent's. Handles stay valid and begin at nothing."""
        with self.lock:
            now = self._clock.wall_millis()
            self._dirty.clear()
            self._sent.clear()
            for series in (*self._counters.values(), *self._gauges.values(), *self._histograms.values(), self.dropped):
                series.begin(now)
            self._forked()

    @classmethod
    def _before_fork(cls) -> None:
        cls._held = list(cls._all)
        for recorder in cls._held:
            recorder.lock.acquire()

    @classmethod
    def _after_fork_in_parent(cls) -> None:
        held, cls._held = cls._held, []
        for recorder in held:
            recorder.lock.release()

    @classmethod
    def _after_fork_in_child(cls) -> None:
        held, cls._held = cls._held, []
        for recorder in held:
            recorder._begin_anew()
            recorder.lock.release()

    _held: ClassVar[list[Recorder]] = []


# A series is made for a call that is right, so that a wrong one leaves nothing behind.


def check_increment(name: str, value: float) -> None:
    if not 0 <= to_float(name, value) < _INFINITY:
        raise bad_increment(name, value)


def check_observation(name: str, value: float) -> None:
    if not -_INFINITY < to_float(name, value) < _INFINITY:
        raise bad_observation(name, value)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=Recorder._before_fork,
        after_in_parent=Recorder._after_fork_in_parent,
        after_in_child=Recorder._after_fork_in_child,
    )
