"""Answers as they come from the service, as values, tables and data frames."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import Any

import pytest

from dnd_metrics import AnswerError, Bucket, HistogramValue, Labels, Matrix, Scalar, Text, Vector
from dnd_metrics.queries import PartialAnswer, query_error, read_data
from dnd_metrics.result_reader import read_result

ABOUT: dict[str, Any] = {"warnings": ["careful"], "infos": ["by the way"], "correlation_id": "c-1"}
HISTOGRAM = {"count": "4", "sum": "-0.7", "buckets": [[3, "-0.001", "0.001", "1"], [0, "1", "1.1", "3"]]}


def vector(*values: Any) -> Vector:
    result = [{"metric": {"__name__": "up", "n": str(n)}, **value} for n, value in enumerate(values)]
    found = read_result({"resultType": "vector", "result": result, **ABOUT})
    assert isinstance(found, Vector)
    return found


def test_a_vector() -> None:
    found = vector({"value": [1795514400.25, "1.5"]}, {"value": [1795514400, "+Inf"]})
    assert len(found) == 2
    assert found[0].labels == {"__name__": "up", "n": "0"}
    assert found[0].labels.name == "up"
    assert found[0].number == 1.5
    assert found[0].time == datetime(2026, 11, 24, 10, 0, 0, 250_000, timezone.utc)
    assert [sample.value for sample in found] == [1.5, math.inf]
    assert found.warnings == ("careful",)
    assert found.infos == ("by the way",)
    assert found.correlation_id == "c-1"
    assert repr(found) == (
        "Vector, 2 series\nwarning: careful\ninfo: by the way\n"
        '  up{n="0"} 1.5 @ 2026-11-24T10:00:00.25Z\n  up{n="1"} inf @ 2026-11-24T10:00:00Z'
    )
    with pytest.raises(AnswerError, match="2 series, not one"):
        found.one()
    frame = found.to_dataframe()
    assert list(frame.columns) == ["timestamp", "value", "__name__", "n"]
    assert list(frame["n"]) == ["0", "1"]
    assert str(frame["timestamp"][0]) == "2026-11-24 10:00:00.250000+00:00"


def test_an_empty_vector() -> None:
    found = vector()
    assert repr(found).startswith("Vector, empty")
    assert list(found.to_dataframe().columns) == ["timestamp", "value"]


def test_a_long_vector_prints_its_beginning() -> None:
    text = repr(vector(*({"value": [0, "1"]} for _ in range(100))))
    assert text.count("\n") == 43
    assert text.endswith("... 60 more")


def test_histograms_are_values() -> None:
    found = vector({"histogram": [1795514400, HISTOGRAM]})
    expected = HistogramValue(4, -0.7, (Bucket(-0.001, 0.001, 1, True, True), Bucket(1, 1.1, 3, False, True)))
    assert found.one().value == expected
    assert str(expected) == "{count:4 sum:-0.7 [-0.001,0.001]:1 (1,1.1]:3}"
    with pytest.raises(AnswerError, match="is a histogram"):
        _ = found.one().number


def test_a_matrix() -> None:
    series = {
        "metric": {"n": "x"},
        "values": [[100, "1"], [130, "NaN"]],
        "histograms": [[115, HISTOGRAM]],
    }
    found = read_result({"resultType": "matrix", "result": [series]})
    assert isinstance(found, Matrix)
    assert found[0].timestamps == (100, 115, 130)
    assert isinstance(found[0].values[1], HistogramValue)
    assert next(iter(found[0])) == (100, 1.0)
    assert len(found.to_dataframe()) == 3
    assert repr(found) == (
        'Matrix, 1 series\n  {n="x"} 1 {count:4 sum:-0.7 [-0.001,0.001]:1 (1,1.1]:3} nan'
        " @ 1970-01-01T00:01:40Z to 1970-01-01T00:02:10Z"
    )


def test_scalars_and_texts() -> None:
    scalar = read_result({"resultType": "scalar", "result": [1795514400, "2.5"]})
    assert isinstance(scalar, Scalar)
    assert float(scalar) == 2.5
    assert repr(scalar) == "Scalar 2.5 @ 2026-11-24T10:00:00Z"
    assert scalar.to_dataframe()["value"][0] == 2.5
    text = read_result({"resultType": "string", "result": [1795514400, "hello"]})
    assert isinstance(text, Text)
    assert str(text) == "hello"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"resultType": "vector", "result": [{}]},
        {"resultType": "vector", "result": [{"metric": {}, "value": [1]}]},
        {"resultType": "matrix", "result": [{"metric": {}, "values": [["x", "y"]]}]},
        {"resultType": "scalar", "result": None},
        {"resultType": "tensor", "result": []},
    ],
)
def test_what_is_no_answer_is_an_error(data: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_result(data)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b'{"data": 3}', b'{"type": "metrics.result", "data": {}}', b"\xff"]
)
def test_what_is_no_event_is_an_error(payload: bytes) -> None:
    with pytest.raises(AnswerError):
        read_data(payload)


def test_errors_without_all_their_fields() -> None:
    error = query_error({"status": "error"})
    assert error.code == "query_failed"
    assert error.position is None


def test_parts() -> None:
    parts = PartialAnswer()
    first = {"part": 1, "result": [{"metric": {"n": "a"}, "values": [[1, "1"]]}], "resultType": "matrix"}
    second = {"part": 2, "last": True, "warnings": ["w"], "resultType": "matrix", "result": [
        {"metric": {"n": "a"}, "values": [[2, "2"]]}, {"metric": {"n": "b"}, "values": [[1, "1"]]}]}  # fmt: skip
    assert parts.add(first) is None
    whole = parts.add(second)
    assert whole is not None
    assert [(one["metric"]["n"], len(one["values"])) for one in whole["result"]] == [("a", 2), ("b", 1)]
    assert whole["warnings"] == ["w"]
    assert parts.add(first) is None
    with pytest.raises(AnswerError, match="part 2 of the answer is missing: part 3 came"):
        parts.add({**second, "part": 3})


def test_labels_are_values() -> None:
    assert Labels({"b": "2", "a": "1"}) == Labels({"a": "1", "b": "2"})
    assert len({Labels({"b": "2", "a": "1"}), Labels({"a": "1", "b": "2"})}) == 1
    assert repr(Labels({})) == "{}"
    assert repr(Labels({"__name__": "up"})) == "up"
    assert repr(Labels({"__name__": "up", "x": 'ä"\n'})) == 'up{x="ä\\"\\n"}'
