package metrics

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Config says who a client speaks for and over which hub. NewClient copies it.
type Config struct {
	// ServiceID is the service's name, one token of a subject: its events are published on ServiceID + ".metrics.push".
	ServiceID string
	// MessageHub is the connection to the Message Hub, such as a *nats.Conn. It stays the caller's: Close leaves it open.
	MessageHub MessageHub
	Options    Options
}

// Options are settings that have defaults: a zero value means the default.
type Options struct {
	// BatchSize is how many series change until a push begins at once. Default 100.
	BatchSize int
	// PushInterval is the time between two pushes, such as "10s" or "1m30s". Default "10s".
	PushInterval string
	// RepeatInterval is how long a series that does not change may rest until it is sent again, so that it does not drop
	// out of queries, which look back five minutes. Default "1m".
	RepeatInterval string
	// Instance tells this process from others of the same service. By default it is made: the host's name and a random part.
	Instance string
	// Labels are shared by all series of this client.
	Labels Labels
	// BufferEvents is how many events may wait to be acknowledged. Beyond it the oldest is dropped. Default 1000.
	BufferEvents int
	// BufferBytes is how many bytes these events may have. Default 32 MiB.
	BufferBytes int
	// OnRejected is told of each metric that the service refused, and of events that it refused as a whole.
	// Callbacks are called one at a time, by a goroutine of the client: they must not wait for the client.
	OnRejected func(Rejection)
	// OnDropped is told of events that were dropped.
	OnDropped func(Drop)
	// Logger is told once that an outage began and once that it is over, and of what was rejected or dropped. By default it
	// is slog.Default().
	Logger *slog.Logger
}

// A Rejection is a metric that the service refused, or an event that it refused as a whole.
type Rejection struct {
	Metric        string // empty where it is the whole event
	Code          string // of docs/icd.md, such as "kind_changed"
	Reason        string
	CorrelationID string // of the event
}

func (r Rejection) String() string {
	what := "an event"
	if r.Metric != "" {
		what = fmt.Sprintf("%q", r.Metric)
	}
	return fmt.Sprintf("%s was rejected: %s: %s", what, r.Code, r.Reason)
}

// A Drop says that events were dropped before the service acknowledged them.
type Drop struct {
	Events int
	Reason DropReason
}

// A DropReason is why events were dropped.
type DropReason string

const (
	// BufferFull: more events waited than Options.BufferEvents or BufferBytes allow; the oldest went.
	BufferFull DropReason = "buffer_full"
	// ClosedBefore: Close had to end before they were acknowledged.
	ClosedBefore DropReason = "closed"
	// EventTooLarge: the event is larger than the hub lets pass.
	EventTooLarge DropReason = "too_large"
)

const (
	defaultBatchSize      = 100
	defaultPushInterval   = 10 * time.Second
	defaultRepeatInterval = time.Minute
	defaultBufferEvents   = 1000
	defaultBufferBytes    = 32 << 20
)

// settings are a Config that was checked, with its defaults.
type settings struct {
	service        string
	hub            MessageHub
	instance       string
	labels         Labels
	batchSize      int
	pushInterval   time.Duration
	repeatInterval time.Duration
	bufferEvents   int
	bufferBytes    int
	onRejected     func(Rejection)
	onDropped      func(Drop)
	log            *slog.Logger
}

// checked returns what a config means, or a *ConfigError with the first thing that is wrong with it.
func checked(config *Config) (settings, error) {
	s, err := checkedWithoutHub(config)
	if err == nil && isNil(s.hub) {
		err = &ConfigError{"MessageHub", "is nil: a Message Hub client is required, such as a *nats.Conn"}
	}
	return s, err
}

func checkedWithoutHub(config *Config) (settings, error) {
	if config == nil {
		return settings{}, &ConfigError{"Config", "is nil"}
	}
	o := config.Options
	s := settings{
		service: config.ServiceID, hub: config.MessageHub, instance: o.Instance, labels: maps.Clone(o.Labels),
		onRejected: o.OnRejected, onDropped: o.OnDropped, log: o.Logger,
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if problem := tokenProblem(s.service); problem != "" {
		return s, &ConfigError{"ServiceID", problem}
	}
	if s.instance == "" {
		s.instance = newInstance()
	} else if problem, kind := labelProblem(label{"instance", s.instance}); kind != nil {
		return s, &ConfigError{"Options.Instance", problem}
	}
	if err := checkLabels("Options.Labels", s.labels.sorted(), nil); err != nil {
		return s, &ConfigError{"Options.Labels", err.Error()}
	}
	var err error
	if s.pushInterval, err = interval("PushInterval", o.PushInterval, defaultPushInterval); err != nil {
		return s, err
	}
	if s.repeatInterval, err = interval("RepeatInterval", o.RepeatInterval, defaultRepeatInterval); err != nil {
		return s, err
	}
	for _, number := range []struct {
		field  string
		given  int
		normal int
		into   *int
	}{
		{"BatchSize", o.BatchSize, defaultBatchSize, &s.batchSize},
		{"BufferEvents", o.BufferEvents, defaultBufferEvents, &s.bufferEvents},
		{"BufferBytes", o.BufferBytes, defaultBufferBytes, &s.bufferBytes},
	} {
		if number.given < 0 {
			return s, &ConfigError{"Options." + number.field, fmt.Sprintf("is %d: it must be positive", number.given)}
		}
		*number.into = number.given
		if number.given == 0 {
			*number.into = number.normal
		}
	}
	return s, nil
}

func interval(field, text string, normal time.Duration) (time.Duration, error) {
	if text == "" {
		return normal, nil
	}
	duration, err := ParseDuration(text)
	if err != nil {
		return 0, &ConfigError{"Options." + field, err.Error()}
	}
	if duration < time.Millisecond {
		return 0, &ConfigError{"Options." + field, fmt.Sprintf("%q is too short: at least 1ms", text)}
	}
	return duration, nil
}

// tokenProblem says why a text is no token of a NATS subject.
func tokenProblem(token string) string {
	switch {
	case token == "":
		return "is empty"
	case !utf8.ValidString(token):
		return "is not UTF-8"
	case strings.ContainsAny(token, ".*>"):
		return fmt.Sprintf("%q must be one token of a subject, without '.', '*' and '>'", token)
	case strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return fmt.Sprintf("%q must be one token of a subject, without white space", token)
	case isLonger(token, maxNameLength):
		return fmt.Sprintf("is longer than %d characters", maxNameLength)
	}
	return ""
}

// isNil also sees a nil pointer in an interface, such as a *nats.Conn that was never connected.
func isNil(hub MessageHub) bool {
	if hub == nil {
		return true
	}
	v := reflect.ValueOf(hub)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// newInstance makes an instance's name that no other process has.
func newInstance() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	host, err := os.Hostname()
	if err != nil || !utf8.ValidString(host) || host == "" {
		host = "instance"
	}
	return host + "-" + hex.EncodeToString(random[:])
}
