"""Durations as the service writes them: `"10s"`, `"1h30m"`, `"250ms"`, or a number of seconds, or a `timedelta`."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone

from .errors import ConfigError

Duration = str | int | float | timedelta
"""What a duration may be given as."""

Time = str | int | float | datetime
"""What a time may be given as: RFC 3339, Unix seconds, or a datetime with a time zone."""

_TEXT = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_UNIT_SECONDS = (31_536_000, 604_800, 86_400, 3600, 60, 1, 0.001)


def seconds(what: str, duration: Duration) -> float:
    """The duration in seconds; an error that begins with `what` where it is none, or is negative."""
    if isinstance(duration, timedelta):
        found = duration.total_seconds()
    elif isinstance(duration, str):
        match = _TEXT.fullmatch(duration)
        if not duration or match is None:
            raise ConfigError(f"{what}: {duration!r} is not a duration like 10s, 1h30m or 250ms")
        found = sum(int(count) * unit for count, unit in zip(match.groups(), _UNIT_SECONDS, strict=True) if count)
    elif isinstance(duration, (int, float)) and not isinstance(duration, bool):
        found = float(duration)
    else:
        raise ConfigError(f"{what}: a duration is a text, a number of seconds or a timedelta, not {duration!r}")
    if not 0 <= found < math.inf:
        raise ConfigError(f"{what}: {duration!r} is not a duration from 0 up")
    return found


def wire_time(what: str, time: Time) -> str | float:
    """A time as events carry it."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise ConfigError(f"{what}: {time!r} has no time zone: nobody could tell which clock was meant")
        return time.timestamp()
    if isinstance(time, bool) or not isinstance(time, (str, int, float)):
        raise ConfigError(f"{what}: a time is RFC 3339, Unix seconds or a datetime, not {time!r}")
    return time


def rfc3339(unix_millis: int) -> str:
    """The time in UTC, to the millisecond."""
    at = datetime.fromtimestamp(unix_millis // 1000, timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{unix_millis % 1000:03d}Z"
