"""Runs the cases of conformance/clients; its README specifies them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fake_hub import Arrived, FakeHub, collected, no_responders, silent
from manual_clock import START_MILLIS, ManualClock, settle

from dnd_metrics import DroppedEvents, MetricsClient, MetricsError, Rejection

FOLDER = Path(__file__).resolve().parents[3] / "conformance" / "clients"
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted(FOLDER.glob("*.json"))
    for case in json.loads(file.read_text())["cases"]
]
CALLS = {"inc_counter", "set_gauge", "inc_gauge", "dec_gauge", "observe", "describe"}
MILLIS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def millis(duration: str) -> int:
    match = re.fullmatch(r"(\d+)(ms|s|m|h)", duration)
    assert match, duration
    return int(match[1]) * MILLIS[match[2]]


class Pattern:
    """Compares, and remembers what the words of `<as:WORD>` stand for."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def differences(self, pattern: Any, found: Any, path: str = "$") -> list[str]:
        if isinstance(pattern, dict):
            if not isinstance(found, dict):
                return [f"{path} is {found!r}"]
            out = []
            for key, inner in pattern.items():
                if inner == "<absent>":
                    out += [f"{path}.{key} is there"] if key in found else []
                elif key not in found:
                    out.append(f"{path}.{key} is missing")
                else:
                    out += self.differences(inner, found[key], f"{path}.{key}")
            return out
        if isinstance(pattern, list):
            if not isinstance(found, list) or len(found) != len(pattern):
                return [f"{path} has not {len(pattern)} elements: {found!r}"]
            return [d for i, inner in enumerate(pattern) for d in self.differences(inner, found[i], f"{path}[{i}]")]
        return [] if self.matches(pattern, found) else [f"{path}: {found!r} is not {pattern!r}"]

    def matches(self, pattern: Any, found: Any) -> bool:
        if not isinstance(pattern, str):
            return isinstance(found, bool) == isinstance(pattern, bool) and bool(pattern == found)
        if pattern == "<any>":
            return True
        if pattern == "<number>":
            return isinstance(found, (int, float)) and not isinstance(found, bool)
        if pattern.startswith("<time:"):
            at = datetime.fromisoformat(found.replace("Z", "+00:00")).timestamp() if isinstance(found, str) else found
            return round(at * 1000) == START_MILLIS + millis(pattern[6:-1])
        if not isinstance(found, str):
            return False
        if pattern == "<text>":
            return found != ""
        if pattern == "<uuid>":
            return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found) is not None
        if pattern.startswith("<contains:"):
            return pattern[10:-1] in found
        if pattern.startswith("<as:"):
            word = pattern[4:-1]
            if word not in self.words and found not in self.words.values():
                self.words[word] = found
            return self.words.get(word) == found
        return pattern == found


class Runner:
    def __init__(self, config: dict[str, Any]):
        self.clock = ManualClock()
        self.hub = FakeHub(self.clock, collected)
        self.pattern = Pattern()
        self.dropped = 0
        self.rejected: list[Rejection] = []
        options = {"instance": "dice-1", **config}
        service_id = options.pop("service_id", "dice_service")
        if options["instance"] is None:
            del options["instance"]
        self.client = MetricsClient(
            service_id,
            self.hub,
            options,  # type: ignore[arg-type]
            on_rejected=self.rejected.append,
            on_dropped=self.count_dropped,
            clock=self.clock,
            jitter=lambda: 1.0,
        )

    def count_dropped(self, dropped: DroppedEvents) -> None:
        self.dropped += dropped.count

    async def step(self, step: dict[str, Any]) -> None:
        expected = step.get("error")
        found = None
        try:
            await self.act(step)
        except MetricsError as error:
            found = error.code
        assert found == expected
        await settle()

    async def act(self, step: dict[str, Any]) -> None:
        (name, value) = next((n, v) for n, v in step.items() if n not in ("error", "step"))
        if name in CALLS:
            self.call(name, value)
        elif name == "each":
            for n in range(value):
                await self.act(numbered(step["step"], n))
        elif name == "advance":
            await self.clock.advance(millis(value))
        elif name == "hub":
            answers = {"up": collected, "down": no_responders, "silent": silent}
            self.hub.answer = answers[value] if isinstance(value, str) else lambda _message: value["reply"]
        elif name == "flush":
            await self.client.flush(correlation_id=value.get("correlation_id"))
        elif name == "close":
            await self.client.close(value["timeout"])
        elif name == "expect_events":
            got, self.hub.arrived = self.hub.arrived, []
            assert self.pattern.differences(value, [shown(one) for one in got]) == []
        elif name == "expect_dropped":
            assert self.dropped == value
        elif name == "expect_rejected":
            got_rejected = [{k: v for k, v in vars(one).items() if v is not None} for one in self.rejected]
            self.rejected.clear()
            assert self.pattern.differences(value, got_rejected) == []
        else:
            raise AssertionError(f"unknown step {name}")

    def call(self, name: str, arguments: dict[str, Any]) -> None:
        method = getattr(self.client, name)
        more = {k: float(v) if k == "value" else v for k, v in arguments.items() if k != "name"}
        method(arguments["name"], **more)


def numbered(value: Any, n: int) -> Any:
    if isinstance(value, dict):
        return {key: numbered(inner, n) for key, inner in value.items()}
    if isinstance(value, str):
        return n if value == "${n}" else value.replace("${n}", str(n))
    return value


def shown(arrived: Arrived) -> dict[str, Any]:
    event = arrived.event
    event["data"]["metrics"].sort(
        key=lambda m: (m["name"], json.dumps(m.get("labels", {}), sort_keys=True, separators=(",", ":")))
    )
    return {"subject": arrived.subject, "headers": arrived.headers, "event": event}


def test_there_are_cases() -> None:
    assert len(CASES) > 30


@pytest.mark.parametrize("case", CASES)
async def test_case(case: dict[str, Any]) -> None:
    runner = Runner(case["config"])
    await settle()
    for number, step in enumerate(case["steps"]):
        try:
            await runner.step(step)
        except AssertionError as error:
            raise AssertionError(f"step {number} {json.dumps(step)[:300]}: {error}") from error
    await runner.client.close("0s")
