package metrics

import (
	"errors"
	"fmt"
)

// Every error of this package is, or wraps, one of these; ask with errors.Is. Their codes are those of the clients in the
// other languages and, where they mean the same, of the service (docs/icd.md).
var (
	// ErrInvalidConfig: the client was made with a config that cannot work. A *ConfigError says which field.
	ErrInvalidConfig = newSentinel("invalid_config", "the config is not valid")
	// ErrClosed: Close was called before.
	ErrClosed = newSentinel("closed", "the client is closed")
	// ErrInvalidMetricName: the name is empty, too long or not UTF-8.
	ErrInvalidMetricName = newSentinel("invalid_metric_name", "the metric's name is not valid")
	// ErrInvalidLabelName: a label's name is empty, too long or not UTF-8.
	ErrInvalidLabelName = newSentinel("invalid_label_name", "a label's name is not valid")
	// ErrReservedLabel: a label's name begins with two underscores.
	ErrReservedLabel = newSentinel("reserved_label", "a label's name is reserved")
	// ErrLabelTooLong: a label's value is too long.
	ErrLabelTooLong = newSentinel("label_too_long", "a label's value is too long")
	// ErrTooManyLabels: the series has more labels than a series may have.
	ErrTooManyLabels = newSentinel("too_many_labels", "the series has too many labels")
	// ErrTextTooLong: a metric's help has more than 4096 characters, or its unit more than 512.
	ErrTextTooLong = newSentinel("text_too_long", "a metric's help or unit is too long")
	// ErrInvalidCounterValue: a counter grows by a finite number from 0 up.
	ErrInvalidCounterValue = newSentinel("invalid_counter_value", "a counter grows by a finite number from 0 up")
	// ErrInvalidValue: the value is not one that the metric's type can have.
	ErrInvalidValue = newSentinel("invalid_value", "the value is not one that the metric's type can have")
	// ErrKindChanged: the name is in use with another type.
	ErrKindChanged = newSentinel("kind_changed", "the name is in use with another type")
	// ErrHub: the hub could not be reached or did not pass the message on; the cause is wrapped too.
	ErrHub = newSentinel("hub_unavailable", "the Message Hub could not be reached")
	// ErrNoService: the hub is there, but no metrics service listens on it.
	ErrNoService = newSentinel("no_service", "no metrics service listens on the Message Hub")
	// ErrInvalidReply: the answer is not one that docs/icd.md knows.
	ErrInvalidReply = newSentinel("invalid_reply", "the answer cannot be read")
	// ErrUndelivered: not every event was acknowledged before the context ended. A *UndeliveredError says how many were not.
	ErrUndelivered = newSentinel("undelivered", "not every event was acknowledged")
	// ErrQuery: the service could not answer the query. A *QueryError says why.
	ErrQuery = newSentinel("query_failed", "the query failed")
	// ErrTooLarge: what is to be sent is larger than the hub's max_payload.
	ErrTooLarge = newSentinel("too_large", "the event is larger than the hub lets pass")
)

type sentinel struct{ code, text string }

func newSentinel(code, text string) error { return &sentinel{code, text} }

func (s *sentinel) Error() string { return "metrics: " + s.text }
func (s *sentinel) Code() string  { return s.code }

// Code returns the code of an error of this package, "" for any other: short, stable, the same in every client.
func Code(err error) string {
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return ""
}

// A ConfigError says which field of a Config cannot work, and why.
type ConfigError struct{ Field, Problem string }

func (e *ConfigError) Error() string { return "metrics: config: " + e.Field + ": " + e.Problem }
func (e *ConfigError) Unwrap() error { return ErrInvalidConfig }
func (e *ConfigError) Code() string  { return Code(ErrInvalidConfig) }

// A MetricError says what is wrong with a call that records. It wraps the sentinel of its code.
type MetricError struct {
	Metric  string // as it was given
	Label   string // the label's name, where the error is about one
	Problem string
	kind    error
}

func (e *MetricError) Error() string {
	where := fmt.Sprintf("%q", shortened(e.Metric))
	if e.Label != "" {
		where += fmt.Sprintf(", label %q", shortened(e.Label))
	}
	return "metrics: " + where + ": " + e.Problem
}

func (e *MetricError) Unwrap() error { return e.kind }
func (e *MetricError) Code() string  { return Code(e.kind) }

func shortened(text string) string {
	const enough = 80
	if len(text) <= enough {
		return text
	}
	return text[:enough] + "..."
}

// An UndeliveredError says how many events were not acknowledged when a Flush or Close had to end. It wraps why.
type UndeliveredError struct {
	Events int
	Cause  error
}

func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("metrics: %d events were not acknowledged: %v", e.Events, e.Cause)
}

func (e *UndeliveredError) Unwrap() []error { return []error{ErrUndelivered, e.Cause} }
func (e *UndeliveredError) Code() string    { return Code(ErrUndelivered) }

// A QueryError is the service's answer to a query that it could not answer.
type QueryError struct {
	ErrorCode string // of docs/icd.md, such as "invalid_query"
	Class     string // who can mend it: "user", "resources" or "internal"
	Type      string // Prometheus's errorType, such as "bad_data"
	Message   string // Prometheus's words
	Start     int    // where the expression is wrong, in UTF-16 units from 0; -1 where it is not about a place
	End       int
}

func (e *QueryError) Error() string { return "metrics: " + e.ErrorCode + ": " + e.Message }
func (e *QueryError) Unwrap() error { return ErrQuery }
func (e *QueryError) Code() string  { return e.ErrorCode }
