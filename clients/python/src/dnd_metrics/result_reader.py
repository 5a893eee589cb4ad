"""Results as the service writes them: the shape of the Prometheus API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import AnswerError
from .results import Bucket, HistogramValue, Labels, Matrix, Points, Result, Sample, Scalar, Text, Value, Vector


def read_result(data: Mapping[str, Any]) -> Result:
    """The result in the data of a `metrics.result`; an `AnswerError` where it is none."""
    kind, result = data.get("resultType"), data.get("result")
    about: dict[str, Any] = {
        "warnings": tuple(data.get("warnings") or ()),
        "infos": tuple(data.get("infos") or ()),
        "correlation_id": str(data.get("correlation_id", "")),
        "stats": data.get("stats"),
    }
    try:
        if kind == "vector":
            return Vector(tuple(map(read_sample, result or ())), **about)
        if kind == "matrix":
            return Matrix(tuple(map(read_points, result or ())), **about)
        if kind == "scalar" and result is not None:
            return Scalar(float(result[0]), float(result[1]), **about)
        if kind == "string" and result is not None:
            return Text(float(result[0]), str(result[1]), **about)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise AnswerError(f"the {kind} cannot be read: {error!r}") from error
    raise AnswerError(f"the answer's resultType is {kind!r}")


def read_sample(one: Mapping[str, Any]) -> Sample:
    labels = Labels(one["metric"])
    if "histogram" in one:
        at, value = one["histogram"]
        return Sample(labels, float(at), _read_histogram(value))
    at, value = one["value"]
    return Sample(labels, float(at), float(value))


def read_points(one: Mapping[str, Any]) -> Points:
    points: list[tuple[float, Value]] = [(float(at), float(value)) for at, value in one.get("values") or ()]
    histograms = one.get("histograms")
    if histograms:
        points += [(float(at), _read_histogram(value)) for at, value in histograms]
        points.sort(key=lambda point: point[0])
    return Points(Labels(one["metric"]), tuple(at for at, _ in points), tuple(value for _, value in points))


def _read_histogram(value: Mapping[str, Any]) -> HistogramValue:
    buckets = tuple(
        Bucket(float(lower), float(upper), float(count), rule in (1, 3), rule in (0, 3))
        for rule, lower, upper, count in value.get("buckets") or ()
    )
    return HistogramValue(float(value["count"]), float(value["sum"]), buckets)
