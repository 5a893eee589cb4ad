"""Every error that the client raises. All are `MetricsError`s; `code` is the service's word for it where it has one."""

from __future__ import annotations

from dataclasses import dataclass


class MetricsError(Exception):
    """The root of the tree."""

    code: str = "error"

    def __init__(self, message: str, code: str | None = None):
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigError(MetricsError, ValueError):
    """An argument or option of the client itself is wrong."""

    code = "invalid_config"


class ClosedError(MetricsError, RuntimeError):
    """The client was closed before the call."""

    code = "closed"


class InvalidMetricError(MetricsError, ValueError):
    """What a call records is wrong. It is raised by that call, and nothing was recorded."""

    code = "invalid_metric"


class InvalidNameError(InvalidMetricError):
    """A metric's name is empty or too long."""

    code = "invalid_metric_name"


class InvalidLabelError(InvalidMetricError):
    """A label's name or value is wrong, or there are too many labels."""

    code = "invalid_label_name"


class InvalidValueError(InvalidMetricError):
    """The value is not one that a metric of this type takes."""

    code = "invalid_value"


class TypeConflictError(InvalidMetricError):
    """The name is in use in this client with another type."""

    code = "kind_changed"


class HubError(MetricsError):
    """The hub cannot be reached, or nobody answered behind it."""

    code = "hub_unavailable"


class NoAnswerError(HubError, TimeoutError):
    """No answer came in time."""

    code = "no_answer"


class FlushTimeoutError(MetricsError, TimeoutError):
    """Not everything was acknowledged in time. It is kept, and sent as before."""

    code = "flush_timeout"


class ForkedError(MetricsError, RuntimeError):
    """The process was forked: the hub's connection belongs to the parent. Make a client in the child."""

    code = "forked"


class AnswerError(MetricsError):
    """An answer is not one of the metrics service, or cannot be read."""

    code = "invalid_answer"


@dataclass(frozen=True)
class Position:
    """Where in an expression something is: UTF-16 offsets from 0, the end not included."""

    start: int
    end: int


class QueryError(MetricsError):
    """The service answered a query with an error."""

    def __init__(
        self,
        message: str,
        code: str,
        error_type: str = "",
        error_class: str = "",
        position: Position | None = None,
        correlation_id: str = "",
    ):
        super().__init__(message, code)
        self.error_type = error_type
        """In Prometheus's words: `bad_data`, `execution`, `timeout`, `canceled` ..."""
        self.error_class = error_class
        """Who can mend it: `user`, `resources`, `internal`."""
        self.position = position
        self.correlation_id = correlation_id


class InvalidQueryError(QueryError):
    """The expression or its range is wrong; `position` says where."""


class QueryCanceledError(QueryError):
    """The query was cancelled."""


class QueryTimeoutError(QueryError, TimeoutError):
    """The query took longer than it may."""
