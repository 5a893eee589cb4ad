"""Typed answers of queries. They print as tables, and turn into pandas data frames where pandas is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from .errors import AnswerError

if TYPE_CHECKING:
    import pandas as pd

_MOST_LINES = 40
_MOST_POINTS = 12
_T = TypeVar("_T")


@dataclass(frozen=True)
class Bucket:
    """Observations from `lower` to `upper`."""

    lower: float
    upper: float
    count: float
    lower_inclusive: bool
    upper_inclusive: bool

    def __str__(self) -> str:
        left, right = "[" if self.lower_inclusive else "(", "]" if self.upper_inclusive else ")"
        return f"{left}{self.lower:g},{self.upper:g}{right}:{self.count:g}"


@dataclass(frozen=True)
class HistogramValue:
    """A native histogram as a value."""

    count: float
    sum: float
    buckets: tuple[Bucket, ...]

    def __str__(self) -> str:
        return "{" + " ".join([f"count:{self.count:g} sum:{self.sum:g}", *map(str, self.buckets)]) + "}"


Value = float | HistogramValue


class Labels(Mapping[str, str]):
    """The labels of a series, the metric's name among them as `__name__`. Hashable; prints as PromQL writes it."""

    __slots__ = ("_labels",)

    def __init__(self, labels: Mapping[str, str]):
        self._labels = dict(sorted(labels.items()))

    def __getitem__(self, name: str) -> str:
        return self._labels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def __hash__(self) -> int:
        return hash(tuple(self._labels.items()))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Labels):
            return self._labels == other._labels
        return isinstance(other, Mapping) and self._labels == dict(other)

    @property
    def name(self) -> str:
        """The metric's name, or an empty text."""
        return self._labels.get("__name__", "")

    def __repr__(self) -> str:
        pairs = ", ".join(
            f"{name}={json.dumps(value, ensure_ascii=False)}"
            for name, value in self._labels.items()
            if name != "__name__"
        )
        return f"{self.name}{{{pairs}}}" if pairs or not self.name else self.name


@dataclass(frozen=True)
class Sample:
    """One series' value at one time."""

    labels: Labels
    timestamp: float
    """Unix seconds."""
    value: Value

    @property
    def time(self) -> datetime:
        return _time(self.timestamp)

    @property
    def number(self) -> float:
        """The value; an error where it is a histogram."""
        if isinstance(self.value, HistogramValue):
            raise AnswerError(f"{self.labels!r} is a histogram")
        return self.value

    def __repr__(self) -> str:
        return f"{self.labels!r} {_text(self.value)} @ {_clock(self.timestamp)}"


@dataclass(frozen=True)
class Points:
    """One series' values over time. `timestamps` are Unix seconds, ascending, one for each of `values`."""

    labels: Labels
    timestamps: tuple[float, ...]
    values: tuple[Value, ...]

    @property
    def times(self) -> tuple[datetime, ...]:
        return tuple(map(_time, self.timestamps))

    def __len__(self) -> int:
        return len(self.timestamps)

    def __iter__(self) -> Iterator[tuple[float, Value]]:
        return zip(self.timestamps, self.values, strict=True)

    def __repr__(self) -> str:
        if not self.timestamps:
            return f"{self.labels!r} no points"
        more = f" ... {len(self)} points" if len(self) > _MOST_POINTS else ""
        values = " ".join(map(_text, self.values[:_MOST_POINTS]))
        return f"{self.labels!r} {values}{more} @ {_clock(self.timestamps[0])} to {_clock(self.timestamps[-1])}"


@dataclass(frozen=True)
class Answer:
    """What comes with every result."""

    warnings: tuple[str, ...] = field(default=(), kw_only=True)
    infos: tuple[str, ...] = field(default=(), kw_only=True)
    correlation_id: str = field(default="", kw_only=True)
    stats: Mapping[str, Any] | None = field(default=None, kw_only=True, repr=False)
    """What the query cost, where that was asked for."""

    def _notes(self) -> list[str]:
        return [f"warning: {text}" for text in self.warnings] + [f"info: {text}" for text in self.infos]


class _Listed(Sequence[_T], Generic[_T]):
    """A result that is a sequence of series."""

    _items: tuple[_T, ...]

    @overload
    def __getitem__(self, index: int) -> _T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[_T]: ...
    def __getitem__(self, index: int | slice) -> _T | Sequence[_T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def _table(self, what: str, notes: list[str]) -> str:
        count = len(self._items)
        lines = [f"{what}, {count} series" if count else f"{what}, empty", *notes]
        lines += [f"  {item!r}" for item in self._items[:_MOST_LINES]]
        if count > _MOST_LINES:
            lines.append(f"  ... {count - _MOST_LINES} more")
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class Vector(Answer, _Listed[Sample]):
    """An instant query's answer: a value for each series."""

    _items: tuple[Sample, ...]

    def one(self) -> Sample:
        """The only series; an error where there is none, or more than one."""
        if len(self._items) != 1:
            raise AnswerError(f"the answer has {len(self._items)} series, not one")
        return self._items[0]

    def to_dataframe(self) -> pd.DataFrame:
        """A row for each series: `timestamp`, `value`, and a column for each label."""
        pandas = _pandas()
        rows = [{"timestamp": s.timestamp, "value": s.value, **s.labels} for s in self._items]
        frame = pandas.DataFrame(rows, columns=["timestamp", "value", *_label_names(self._items)])
        frame["timestamp"] = pandas.to_datetime(frame["timestamp"], unit="s", utc=True)
        return cast("pd.DataFrame", frame)

    def __repr__(self) -> str:
        return self._table("Vector", self._notes())


@dataclass(frozen=True, repr=False)
class Matrix(Answer, _Listed[Points]):
    """A range query's answer: values over time for each series."""

    _items: tuple[Points, ...]

    def to_dataframe(self) -> pd.DataFrame:
        """A row for each point: `timestamp`, `value`, and a column for each label."""
        pandas = _pandas()
        rows = [{"timestamp": at, "value": value, **points.labels} for points in self._items for at, value in points]
        frame = pandas.DataFrame(rows, columns=["timestamp", "value", *_label_names(self._items)])
        frame["timestamp"] = pandas.to_datetime(frame["timestamp"], unit="s", utc=True)
        return cast("pd.DataFrame", frame)

    def __repr__(self) -> str:
        return self._table("Matrix", self._notes())


@dataclass(frozen=True, repr=False)
class Scalar(Answer):
    """A number that belongs to no series."""

    timestamp: float
    value: float

    def __float__(self) -> float:
        return self.value

    @property
    def time(self) -> datetime:
        return _time(self.timestamp)

    def to_dataframe(self) -> pd.DataFrame:
        pandas = _pandas()
        at = pandas.to_datetime([self.timestamp], unit="s", utc=True)
        return cast("pd.DataFrame", pandas.DataFrame({"timestamp": at, "value": [self.value]}))

    def __repr__(self) -> str:
        return "\n".join([f"Scalar {_text(self.value)} @ {_clock(self.timestamp)}", *self._notes()])


@dataclass(frozen=True, repr=False)
class Text(Answer):
    """A text that belongs to no series."""

    timestamp: float
    value: str

    def __str__(self) -> str:
        return self.value

    def to_dataframe(self) -> pd.DataFrame:
        pandas = _pandas()
        at = pandas.to_datetime([self.timestamp], unit="s", utc=True)
        return cast("pd.DataFrame", pandas.DataFrame({"timestamp": at, "value": [self.value]}))

    def __repr__(self) -> str:
        return f"Text {self.value!r} @ {_clock(self.timestamp)}"


Result = Vector | Matrix | Scalar | Text


@dataclass(frozen=True)
class Metadata:
    """What senders said of a metric."""

    type: str
    """`counter`, `gauge`, `histogram` or `unknown`."""
    help: str
    unit: str


def _time(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, timezone.utc)


def _clock(timestamp: float) -> str:
    text = f"{_time(timestamp):%Y-%m-%dT%H:%M:%S.%f}"
    return text.rstrip("0").rstrip(".") + "Z"


def _text(value: Value) -> str:
    return str(value) if isinstance(value, HistogramValue) else f"{value:.12g}"


def _label_names(items: Sequence[Sample] | Sequence[Points]) -> list[str]:
    names: dict[str, None] = {}
    for item in items:
        names.update(dict.fromkeys(item.labels))
    return sorted(names)


def _pandas() -> Any:
    try:
        import pandas  # noqa: PLC0415 - optional
    except ImportError:
        raise ImportError("to_dataframe() needs pandas: pip install 'dnd-metrics[dataframe]'") from None
    return pandas
