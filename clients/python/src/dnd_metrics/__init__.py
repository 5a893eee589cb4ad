"""Metrics over a Message Hub: counted in the process, pushed as events, queried with PromQL.

`MetricsClient` is for programs with an event loop, `SyncMetricsClient` for those without.
"""

from .announcements import Alert, DashboardUpdate, Listening
from .bridge import Reporting
from .client import MetricsClient
from .errors import (
    AnswerError,
    ClosedError,
    ConfigError,
    FlushTimeoutError,
    ForkedError,
    HubError,
    InvalidLabelError,
    InvalidMetricError,
    InvalidNameError,
    InvalidQueryError,
    InvalidValueError,
    MetricsError,
    NoAnswerError,
    Position,
    QueryCanceledError,
    QueryError,
    QueryTimeoutError,
    TypeConflictError,
)
from .hub import Hub
from .live import LiveQuery, LiveUpdate
from .options import Options
from .outcomes import DroppedEvents, Rejection, Status
from .results import (
    Bucket,
    HistogramValue,
    Labels,
    Matrix,
    Metadata,
    Points,
    Result,
    Sample,
    Scalar,
    Text,
    Value,
    Vector,
)
from .series import Counter, Gauge, Histogram
from .threads import SyncLiveQuery, SyncMetricsClient
from .timer import Timer

__version__ = "0.1.0"

__all__ = [
    "Alert",
    "AnswerError",
    "Bucket",
    "ClosedError",
    "ConfigError",
    "Counter",
    "DashboardUpdate",
    "DroppedEvents",
    "FlushTimeoutError",
    "ForkedError",
    "Gauge",
    "Histogram",
    "HistogramValue",
    "Hub",
    "HubError",
    "InvalidLabelError",
    "InvalidMetricError",
    "InvalidNameError",
    "InvalidQueryError",
    "InvalidValueError",
    "Labels",
    "Listening",
    "LiveQuery",
    "LiveUpdate",
    "Matrix",
    "Metadata",
    "MetricsClient",
    "MetricsError",
    "NoAnswerError",
    "Options",
    "Points",
    "Position",
    "QueryCanceledError",
    "QueryError",
    "QueryTimeoutError",
    "Rejection",
    "Reporting",
    "Result",
    "Sample",
    "Scalar",
    "Status",
    "SyncLiveQuery",
    "SyncMetricsClient",
    "Text",
    "Timer",
    "TypeConflictError",
    "Value",
    "Vector",
]
