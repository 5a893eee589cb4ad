"""Runs the program's client commands as a person would."""

import json
import os
import subprocess

from patience import PATIENCE_SECONDS
from service import PROGRAM


def run(*arguments, stdin: str = "") -> subprocess.CompletedProcess:
    """The program with these arguments, as texts."""
    command = [PROGRAM, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=PATIENCE_SECONDS)


def push_metrics(hub: str, batches) -> None:
    """Pushes batches of metrics of the service `cli`: pairs of a time in seconds and the metrics."""
    lines = "".join(
        json.dumps({"type": "metrics.push", "data": {"service": "cli", "timestamp": at, "metrics": metrics}}) + "\n"
        for at, metrics in batches
    )
    pushed = run("push", "--format", "json", "--hub", hub, stdin=lines)
    assert pushed.returncode == 0, pushed.stderr


class Outcome:
    """What a command printed and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


class Commands:
    """`./dnd-metrics ...` against one hub."""

    def __init__(self, url: str):
        self.environment = dict(os.environ, DND_METRICS_HUB=url, DND_METRICS_NO_BUILD="1", NO_COLOR="1")
        self.environment.pop("COLUMNS", None)

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        return subprocess.Popen(
            [PROGRAM, *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # fmt: skip

    def __call__(self, *arguments: str, stdin: str = "", environment: dict | None = None) -> Outcome:
        return Outcome(
            subprocess.run(
                [PROGRAM, *arguments],
                env={**self.environment, **(environment or {})},
                input=stdin, capture_output=True, text=True, timeout=PATIENCE_SECONDS))  # fmt: skip
