"""Reports what a `prometheus_client` registry has, as one `metrics.report` after the other."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .callbacks import LOG
from .clock import Clock
from .events import compact
from .series import number_json

if TYPE_CHECKING:
    from .pusher import Pusher


_Pairs = tuple[tuple[str, str], ...]


class Registry(Protocol):
    """`prometheus_client.CollectorRegistry`, or whatever else collects families of samples."""

    def collect(self) -> Iterable[Any]: ...


class Reporting:
    """A registry that is reported at an interval, until `stop`."""

    def __init__(self, registry: Registry, interval: float, clock: Clock, in_thread: bool):
        self._in_thread = in_thread
        self._registry = registry
        self._interval = interval
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._told_of_size = False

    def start(self, pusher: Pusher) -> None:
        """Reports at once, then at the interval. In the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run(pusher), name="dnd_metrics report")

    async def _run(self, pusher: Pusher) -> None:
        due = self._clock.monotonic()
        while True:
            await self.report(pusher)
            due = max(due + self._interval, self._clock.monotonic())
            over = asyncio.Event()
            timer = self._clock.call_at(due, over.set)
            try:
                await over.wait()
            finally:
                timer.cancel()

    @property
    def is_running(self) -> bool:
        return self._task is not None

    async def report(self, pusher: Pusher) -> None:
        """Reports now. Collectors may take their time: they do not hold up the program's event loop."""
        try:
            in_thread, registry = self._in_thread, self._registry
            metrics = await asyncio.to_thread(collect, registry) if in_thread else collect(registry)
            is_whole = pusher.report(metrics)
        except Exception:  # noqa: BLE001 - whatever a collector raises
            LOG.exception("the registry cannot be reported; it is tried again after the interval")
            return
        if not is_whole and not self._told_of_size:
            self._told_of_size = True
            LOG.warning(
                "the registry's %d metrics do not fit in one event, so they are pushed: what it no longer has goes "
                "stale after the service's lookback, not at once",
                len(metrics),
            )

    async def stop(self) -> None:
        """Reports no more. Doing it again has no effect."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def collect(registry: Registry) -> list[str]:
    """All metrics of a registry, as events have them."""
    return [metric for family in registry.collect() for metric in _family(family)]


def _family(family: Any) -> list[str]:
    about = {}
    if family.documentation:
        about["help"] = family.documentation
    if family.unit:
        about["unit"] = family.unit
    created = {_key(s.labels): s.value for s in family.samples if _is_created(family, s)}
    samples = [s for s in family.samples if not _is_created(family, s)]
    if family.type == "histogram":
        return _histograms(family.name, samples, created, about)
    return [_single(family.type, sample, created, about) for sample in samples]


def _is_created(family: Any, sample: Any) -> bool:
    return family.type in ("counter", "histogram", "summary") and sample.name == family.name + "_created"


def _single(kind: str, sample: Any, created: Mapping[_Pairs, float], about: dict[str, str]) -> str:
    # The quantiles of a summary are gauges; its sum and count are counters, unless observations were negative.
    counts = kind == "counter" or (kind == "summary" and "quantile" not in sample.labels)
    counter = counts and sample.value >= 0
    return _metric(
        sample.name,
        "counter" if counter else "gauge",
        number_json(sample.value),
        sample.labels,
        created.get(_key(sample.labels)) if counter else None,
        sample.timestamp,
        about,
        [sample.exemplar] if sample.exemplar else [],
    )


def _histograms(name: str, samples: list[Any], created: Mapping[_Pairs, float], about: dict[str, str]) -> list[str]:
    groups: dict[_Pairs, list[Any]] = {}
    for sample in samples:
        groups.setdefault(_key({k: v for k, v in sample.labels.items() if k != "le"}), []).append(sample)
    return [out for key, group in groups.items() for out in _histogram(name, group, created.get(key), about)]


def _histogram(name: str, samples: list[Any], created: float | None, about: dict[str, str]) -> list[str]:
    labels = {k: v for k, v in samples[0].labels.items() if k != "le"}
    timestamp = next((s.timestamp for s in samples if s.timestamp is not None), None)
    out: list[str] = []
    for sample in samples:
        if sample.native_histogram is not None:
            native = sample.native_histogram
            exemplars = list(native.nh_exemplars or ())
            value = _native(native)
            out.append(_metric(name, "histogram", value, labels, created, sample.timestamp, about, exemplars))
    buckets: dict[str, float] = {}
    total: float | None = None
    count: float | None = None
    exemplars = []
    for sample in samples:
        if sample.native_histogram is not None:
            continue
        if sample.name == name + "_bucket":
            buckets[sample.labels["le"]] = sample.value
            if sample.exemplar:
                exemplars.append(sample.exemplar)
        elif sample.name == name + "_sum":
            total = sample.value
        elif sample.name == name + "_count":
            count = sample.value
    count = buckets.get("+Inf") if count is None else count
    if count is not None:
        bounds = ",".join(f"{compact(le)}:{number_json(n)}" for le, n in buckets.items())
        # A histogram with negative bounds has no sum in OpenMetrics.
        head = f'{{"count":{number_json(count)},"sum":{number_json(math.nan if total is None else total)}'
        value = f'{head},"buckets":{{{bounds}}}}}'
        out.append(_metric(name, "histogram", value, labels, created, timestamp, about, exemplars))
    return out


def _native(native: Any) -> str:
    out = (
        f'{{"schema":{native.schema},"count":{number_json(native.count_value)},"sum":{number_json(native.sum_value)},'
        f'"zero_threshold":{number_json(native.zero_threshold)},"zero_count":{number_json(native.zero_count)}'
    )
    for side, spans, deltas in (
        ("positive", native.pos_spans, native.pos_deltas),
        ("negative", native.neg_spans, native.neg_deltas),
    ):
        if spans:
            pairs = [[span.offset, span.length] for span in spans]
            out += f',"{side}":{{"spans":{compact(pairs)},"deltas":{compact(list(deltas or ()))}}}'
    return out + "}"


def _metric(
    name: str,
    kind: str,
    value: str,
    labels: Mapping[str, str],
    created: float | None,
    timestamp: Any,
    about: dict[str, str],
    exemplars: list[Any],
) -> str:
    out = f'{{"name":{compact(name)},"type":"{kind}"'
    if labels:
        out += f',"labels":{compact(dict(labels))}'
    if created is not None:
        out += f',"created":{round(float(created), 3)!r}'
    if timestamp is not None:
        out += f',"timestamp":{round(float(timestamp), 3)!r}'
    out += f',"value":{value}'
    if exemplars:
        out += f',"exemplars":{compact([_exemplar(one) for one in exemplars])}'
    return out + (f",{compact(about)[1:-1]}}}" if about else "}")


def _exemplar(exemplar: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"labels": dict(exemplar.labels), "value": float(exemplar.value)}
    if exemplar.timestamp is not None:
        out["timestamp"] = round(float(exemplar.timestamp), 3)
    return out


def _key(labels: Mapping[str, str]) -> _Pairs:
    return tuple(sorted(labels.items()))
