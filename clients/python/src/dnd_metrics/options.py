"""What a client may be told about itself."""

from __future__ import annotations

import difflib
import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from . import durations
from .durations import Duration
from .errors import ConfigError, MetricsError
from .naming import MAX_NAME_CHARACTERS, LabelPairs, check_labels, is_utf8

_MOST = 2**31 - 1


class Options(TypedDict, total=False):
    """The `options` of a client; each has a default."""

    batch_size: int
    """So many changed series start a push at once. 100."""
    push_interval: Duration
    """A push is due so long after the one before. "10s"."""
    repeat_interval: Duration
    """A series that rests is sent again after so long. "1m"; well below the service's lookback of 5 minutes."""
    buffer_events: int
    """So many events wait to be acknowledged; beyond that the oldest is dropped. 1000."""
    buffer_bytes: int
    """The same in bytes. 32 MiB."""
    instance: str
    """Which of the service's instances this is; made from the host's name and a random part unless given."""
    labels: Mapping[str, str]
    """Labels that all metrics of this client have."""


@dataclass(frozen=True)
class Settings:
    """The options, checked and complete. Durations are seconds."""

    service_id: str
    instance: str
    has_own_instance: bool
    labels: LabelPairs
    batch_size: int
    push_interval: float
    repeat_interval: float
    buffer_events: int
    buffer_bytes: int

    @staticmethod
    def of(service_id: str, options: Options | None) -> Settings:
        given = dict(options or {})
        for name in given:
            if name not in Options.__annotations__:
                near = difflib.get_close_matches(str(name), Options.__annotations__, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise ConfigError(f"options: unknown option {name!r}{hint}")
        instance = given.get("instance")
        if instance is not None and not (isinstance(instance, str) and _is_instance(instance)):
            raise ConfigError(f"options.instance: is a text of 1 to {MAX_NAME_CHARACTERS} characters, not {instance!r}")
        push_interval = durations.seconds("options.push_interval", given.get("push_interval", "10s"))  # type: ignore[arg-type]
        repeat_interval = durations.seconds("options.repeat_interval", given.get("repeat_interval", "1m"))  # type: ignore[arg-type]
        if push_interval < 0.001:
            raise ConfigError("options.push_interval: is at least 1ms")
        return Settings(
            service_id=_service_id(service_id),
            instance=instance or make_instance(),
            has_own_instance=instance is not None,
            labels=_labels(given.get("labels")),
            batch_size=_count("batch_size", given.get("batch_size", 100)),
            push_interval=push_interval,
            repeat_interval=repeat_interval,
            buffer_events=_count("buffer_events", given.get("buffer_events", 1000)),
            buffer_bytes=_count("buffer_bytes", given.get("buffer_bytes", 32 << 20)),
        )


def _is_instance(instance: str) -> bool:
    return 1 <= len(instance) <= MAX_NAME_CHARACTERS and is_utf8(instance)


def make_instance() -> str:
    """A name for this process that no other has: the host's, and a random part."""
    host = socket.gethostname().split(".")[0] or "process"
    return f"{host[:63]}-{uuid.uuid4().hex[:8]}"


def forked_instance(settings: Settings) -> str:
    """A name for a child of this process."""
    return f"{settings.instance}-{os.getpid()}" if settings.has_own_instance else make_instance()


def _service_id(service_id: object) -> str:
    if not isinstance(service_id, str) or not service_id:
        raise ConfigError(f"service_id: is a text that is not empty, not {service_id!r}")
    bad = next((c for c in service_id if c in ".*>" or c.isspace() or not c.isprintable()), None)
    if bad is not None:
        raise ConfigError(f"service_id: {service_id!r} is no token of a subject: it holds {bad!r}")
    return service_id


def _labels(labels: object) -> LabelPairs:
    try:
        return check_labels("options.labels", labels, 0)
    except MetricsError as error:
        raise ConfigError(str(error)) from None


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST:
        raise ConfigError(f"options.{name}: is a whole number from 1 up, not {value!r}")
    return value
