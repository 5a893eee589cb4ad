"""Runs the cases of conformance/events (its README specifies them) against the program that ships."""

import base64
import json
import re
import time
import uuid
from datetime import datetime, timedelta, timezone

import nats
import pytest

from patience import PATIENCE_SECONDS, connect, settled
from service import PROJECT

QUIET_SECONDS = 0.05
TIME = re.compile(r"\$\{(unix:)?t(?:([+-])([0-9]+)([smhd]))?\}")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted((PROJECT / "conformance" / "events").glob("*.json"))
    for case in json.loads(file.read_text())["cases"]
]


class Placeholders:
    """Puts a case's service and times into its texts."""

    def __init__(self):
        self.service = "case_" + uuid.uuid4().hex[:12]
        self.time = datetime.fromtimestamp(int(time.time()) - 60, timezone.utc)

    def text(self, text):
        return TIME.sub(self._time, text.replace("${service}", self.service))

    def _time(self, match):
        unix, sign, count, unit = match.groups()
        moved = self.time
        if sign:
            by = timedelta(**{UNITS[unit]: int(count)})
            moved = moved + by if sign == "+" else moved - by
        return str(int(moved.timestamp())) if unix else moved.strftime("%Y-%m-%dT%H:%M:%SZ")

    def value(self, value):
        if isinstance(value, dict):
            return {self.text(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if isinstance(value, str):
            if value.startswith("${unix:") and TIME.fullmatch(value):
                return int(self.text(value))
            return self.text(value)
        return value


def differences(pattern, found, path="$"):
    """What of `found` does not match; empty where all does."""
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
                out += differences(inner, found[key], f"{path}.{key}")
        return out
    if isinstance(pattern, list):
        if not isinstance(found, list) or len(found) != len(pattern):
            return [f"{path} has not {len(pattern)} elements: {found!r}"]
        return [d for i, inner in enumerate(pattern) for d in differences(inner, found[i], f"{path}[{i}]")]
    return [] if matches(pattern, found) else [f"{path}: {found!r} is not {pattern!r}"]


def matches(pattern, found):
    if isinstance(pattern, str):
        if pattern == "<any>":
            return True
        if pattern == "<number>":
            return isinstance(found, (int, float)) and not isinstance(found, bool)
        if not isinstance(found, str):
            return False
        if pattern == "<text>":
            return found != ""
        if pattern == "<uuid>":
            return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found) is not None
        if pattern == "<time>":
            return datetime.fromisoformat(found).tzinfo is not None
        if pattern.startswith("<contains:") and pattern.endswith(">"):
            return pattern[len("<contains:") : -1] in found
    return type(pattern) is type(found) and pattern == found or (
        isinstance(pattern, (int, float))
        and isinstance(found, (int, float))
        and not isinstance(pattern, bool)
        and not isinstance(found, bool)
        and pattern == found
    )


def payload(step, placeholders):
    if "base64" in step:
        return base64.b64decode(step["base64"])
    if "text" in step:
        return placeholders.text(step["text"]).encode()
    return json.dumps(placeholders.value(step["event"]), ensure_ascii=False).encode()


async def next_event(subscription, seconds):
    """The next event; but the program reports metrics of its own meanwhile, which are collected, too."""
    while True:
        event = json.loads((await subscription.next_msg(timeout=seconds)).data)
        if event["data"].get("service") != "metrics_service":
            return event


async def run_step(client, step, placeholders):
    subject = placeholders.text(step["subject"])
    watched = {name: await client.subscribe(name) for name in step.get("published", {})}
    inbox = client.new_inbox()
    replies = await client.subscribe(inbox)
    headers = {name: placeholders.text(value) for name, value in step.get("headers", {}).items()}
    body = payload(step, placeholders)
    await client.publish(subject, body, reply=inbox, headers=headers or None)
    reply = json.loads((await replies.next_msg(timeout=PATIENCE_SECONDS)).data)
    assert differences(placeholders.value(step["reply"]), reply) == [], f"{body!r} was answered by {reply}"
    for name, subscription in watched.items():
        pattern = step["published"][name]
        if pattern is None:
            with pytest.raises(nats.errors.TimeoutError):
                event = await next_event(subscription, QUIET_SECONDS)
                pytest.fail(f"published on {name}: {event}")
        else:
            event = await next_event(subscription, PATIENCE_SECONDS)
            assert differences(placeholders.value(pattern), event) == [], f"published on {name}: {event}"
        await subscription.unsubscribe()
    await settled(client)
    assert replies.pending_msgs == 0, "a second reply"
    await replies.unsubscribe()


def test_there_are_cases():
    assert len(CASES) > 40


@pytest.mark.parametrize("case", CASES)
async def test_case(hub, case):
    client = await connect(hub)
    try:
        placeholders = Placeholders()
        for step in case["steps"]:
            await run_step(client, step, placeholders)
    finally:
        await client.close()
