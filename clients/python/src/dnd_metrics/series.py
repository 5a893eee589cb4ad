"""Counters, gauges and histograms: what a program holds on to where a call by name would cost too much.

Every series is guarded by the lock of its recorder. A call changes the series and puts it on the recorder's list of
changed ones; nothing else happens in the caller's thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from .buckets import FIRST_SCHEMA, LEAST_SCHEMA, MAX_BUCKETS, ZERO_THRESHOLD, Window, index_of, side_json
from .errors import InvalidValueError
from .naming import LabelPairs
from .timer import Timer

if TYPE_CHECKING:
    from .recorder import Family, Recorder

_INFINITY = float("inf")
_BIGGEST = 1.7976931348623157e308

Kind = Literal["counter", "gauge", "histogram"]


def number_json(value: float) -> str:
    """A number as events carry it."""
    if value == value // 1 and -9007199254740992 <= value <= 9007199254740992:
        return str(int(value))
    if -_BIGGEST <= value <= _BIGGEST:
        return repr(float(value))
    return '"NaN"' if value != value else '"+Inf"' if value > 0 else '"-Inf"'  # noqa: PLR0124


class Series:
    """One series: a family's name and type, and labels."""

    __slots__ = (
        "_acquire",
        "_dirty",
        "_prefix",
        "_recorder",
        "_release",
        "_value",
        "aliases",
        "created_millis",
        "family",
        "labels",
        "sent_at",
    )
    kind: Kind

    def __init__(self, recorder: Recorder, family: Family, labels: LabelPairs, created_millis: int):
        self._recorder = recorder
        # The same two bound methods for all series.
        self._acquire = recorder.acquire
        self._release = recorder.release
        self.family = family
        self.labels = labels
        self._dirty = False
        self._value = 0.0
        self.aliases = 0
        self.sent_at: float | None = None
        """When it was last put into an event, by the clock's monotonic face."""
        self.begin(created_millis)

    def begin(self, created_millis: int) -> None:
        """Begins (again) at nothing."""
        self._value = 0.0
        self._dirty = False
        self.sent_at = None
        self._set_created(created_millis)

    def created_by(self, millis: int) -> None:
        """It was not created later than it is sent, though the clock may have been set back meanwhile."""
        if self.created_millis > millis:
            self._set_created(millis)

    def _set_created(self, created_millis: int) -> None:
        self.created_millis = created_millis
        head = f'{{"name":{json.dumps(self.family.name, ensure_ascii=False)},"type":"{self.kind}"'
        if self.labels:
            labels = json.dumps(dict(self.labels), ensure_ascii=False, separators=(",", ":"))
            head += f',"labels":{labels}'
        if self.kind != "gauge":
            head += f',"created":{created_millis / 1000!r}'
        self._prefix = head + ',"value":'

    def touch(self) -> None:
        """Puts it on the list of changed series, though nothing was added."""
        self._acquire()
        try:
            if not self._dirty:
                self._recorder.changed(self)
        finally:
            self._release()

    def snapshot(self) -> Callable[[], str]:
        """What the value is now, under the lock; written as JSON later, without it."""
        value = self._value
        return lambda: number_json(value)

    def json(self, value: str) -> str:
        return self._prefix + value + self.family.suffix

    def __repr__(self) -> str:
        labels = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.labels)
        return f"{type(self).__name__}({self.family.name}{{{labels}}})"


class Counter(Series):
    """A total that only grows."""

    __slots__ = ()
    kind: Literal["counter"] = "counter"

    def inc(self, amount: float = 1.0) -> None:
        """Adds a finite number from 0 up."""
        if amount.__class__ is not float:
            amount = to_float(self.family.name, amount)
        if not 0 <= amount < _INFINITY:
            raise bad_increment(self.family.name, amount)
        self._acquire()
        try:
            self._value += amount
            if not self._dirty:
                self._recorder.changed(self)
        finally:
            self._release()

    @property
    def value(self) -> float:
        """The total so far."""
        return self._value


class Gauge(Series):
    """A value that goes up and down."""

    __slots__ = ()
    kind: Literal["gauge"] = "gauge"

    def set(self, value: float) -> None:
        """Any number, NaN and the infinities too."""
        if value.__class__ is not float:
            value = to_float(self.family.name, value)
        self._acquire()
        try:
            self._value = value
            if not self._dirty:
                self._recorder.changed(self)
        finally:
            self._release()

    def inc(self, amount: float = 1.0) -> None:
        if amount.__class__ is not float:
            amount = to_float(self.family.name, amount)
        self._acquire()
        try:
            self._value += amount
            if not self._dirty:
                self._recorder.changed(self)
        finally:
            self._release()

    def dec(self, amount: float = 1.0) -> None:
        self.inc(-to_float(self.family.name, amount))

    @property
    def value(self) -> float:
        """The value now."""
        return self._value


class Histogram(Series):
    """Observations, counted in a native histogram."""

    __slots__ = ("_count", "_negative", "_positive", "_schema", "_zero_count")
    kind: Literal["histogram"] = "histogram"

    def begin(self, created_millis: int) -> None:
        super().begin(created_millis)
        self._schema = FIRST_SCHEMA
        self._count = 0
        self._zero_count = 0
        self._positive = Window()
        self._negative = Window()

    def observe(self, value: float) -> None:
        """Counts a finite number."""
        if value.__class__ is not float:
            value = to_float(self.family.name, value)
        if not -_INFINITY < value < _INFINITY:
            raise bad_observation(self.family.name, value)
        self._acquire()
        try:
            if value > ZERO_THRESHOLD:
                index = index_of(value, self._schema)
                window = self._positive
                at = index - window.first
                if 0 <= at < len(window.counts):
                    window.counts[at] += 1
                else:
                    self._widen(window, self._negative, value)
            elif value < -ZERO_THRESHOLD:
                self._widen(self._negative, self._positive, -value)
            else:
                self._zero_count += 1
            self._count += 1
            self._value += value
            if not self._dirty:
                self._recorder.changed(self)
        finally:
            self._release()

    def _widen(self, window: Window, other: Window, magnitude: float) -> None:
        """Counts what may need a new bucket, at half the resolution where these would be too many."""
        while (
            len(other.counts) + window.size_with(index_of(magnitude, self._schema)) > MAX_BUCKETS
            and self._schema > LEAST_SCHEMA
        ):
            window.halve()
            other.halve()
            self._schema -= 1
        window.increment(index_of(magnitude, self._schema))

    def time(self) -> Timer:
        """Observes in seconds how long a block or a function takes: `with h.time():` or `@h.time()`."""
        return Timer(self.observe)

    @property
    def count(self) -> int:
        return self._count

    @property
    def sum(self) -> float:
        return self._value

    def snapshot(self) -> Callable[[], str]:
        schema, count, total, zeros = self._schema, self._count, self._value, self._zero_count
        positive, negative = self._positive, self._negative
        sides = (
            ("positive", positive.first, positive.counts.copy()),
            ("negative", negative.first, negative.counts.copy()),
        )

        def write() -> str:
            out = (
                f'{{"schema":{schema},"count":{count},"sum":{number_json(total)},'
                f'"zero_threshold":{ZERO_THRESHOLD!r},"zero_count":{zeros}'
            )
            for name, first, counts in sides:
                if counts:
                    out += f',"{name}":{side_json(first, counts)}'
            return out + "}"

        return write


def to_float(name: str, value: object) -> float:
    """The number as a float, or an error."""
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            raise InvalidValueError(f"{name}: {value!r} is larger than a 64-bit float") from None
    if not isinstance(value, (str, bytes, bytearray)) and hasattr(value, "__float__"):
        return float(value)
    raise InvalidValueError(f"{name}: a value is a number, not {value!r}")


def bad_increment(name: str, amount: object) -> InvalidValueError:
    return InvalidValueError(
        f"{name}: a counter grows by a finite number from 0 up, not {amount!r}", "invalid_counter_value"
    )


def bad_observation(name: str, value: object) -> InvalidValueError:
    return InvalidValueError(f"{name}: an observation is a finite number, not {value!r}")
