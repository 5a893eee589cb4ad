"""What the package exports is what it says, and all of it is documented."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import dnd_metrics


def test_all_is_sorted_complete_and_documented() -> None:
    names = dnd_metrics.__all__
    assert names == sorted(names)
    for name in names:
        value = getattr(dnd_metrics, name)
        if inspect.isclass(value):
            assert inspect.getdoc(value), name
    public = {n for n, v in vars(dnd_metrics).items() if not n.startswith("_") and not inspect.ismodule(v)}
    assert public == set(names)


def test_every_error_is_a_metrics_error_in_one_file() -> None:
    errors = [v for v in vars(dnd_metrics).values() if inspect.isclass(v) and issubclass(v, Exception)]
    assert len(errors) > 15
    for error in errors:
        assert issubclass(error, dnd_metrics.MetricsError)
        assert error.__module__ == "dnd_metrics.errors"


def test_the_version_is_the_packages() -> None:
    assert dnd_metrics.__version__ == version("dnd-metrics")
