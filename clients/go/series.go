package metrics

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A MetricType is what a metric's values mean.
type MetricType string

const (
	CounterType   MetricType = "counter"
	GaugeType     MetricType = "gauge"
	HistogramType MetricType = "histogram"
)

// What a series' state says to who has just changed it.
const (
	unchanged uint32 = iota // nobody has changed it since it was last put into an event: count it
	changed                 // it is counted: nothing to do
	refusing                // the change does not count: the client is closed, or the series never was
)

// A series is what Counter, Gauge and Histogram have in common.
//
// Who records changes the value first and looks at state after it; who makes an event moves state back first and reads
// the value after it. So a change is in the event that is being made, or state brings it into the next one.
type series struct {
	state  atomic.Uint32 // first: more than a cache line from what follows the series in Counter and Gauge
	client *Client
	why    error // of a series that refuses from the start
	hash   uint64
	family *family
	name   string
	labels []label // sorted, none empty
	value  value

	// What follows belongs to who makes events, under Client.pushing.
	created time.Time
	putAt   time.Time // when it was last put into an event; zero before that
	head    []byte    // its JSON up to the value; nil where it must be made anew
}

// A value is what a series holds: a *Counter, a *Gauge or a *Histogram.
type value interface {
	// appendValue writes the value as it is now as JSON. Only one goroutine at a time may call it.
	appendValue(to []byte) []byte
}

// A family is what the series of one name have in common.
type family struct {
	name       string
	metricType MetricType // "" while it is only described; afterwards it never changes
	help, unit string     // under Client.pushing
}

// marked is what a change ends with: nothing more than a load where the series was changed before.
func (s *series) marked() error {
	if s.state.Load() == changed {
		return nil
	}
	return s.mark()
}

func (s *series) mark() error {
	for {
		switch s.state.Load() {
		case changed:
			return nil
		case refusing:
			if s.why != nil {
				return s.why
			}
			return ErrClosed
		}
		if s.state.CompareAndSwap(unchanged, changed) {
			s.client.changedOne()
			return nil
		}
	}
}

// refuse is why a value is not taken: a series that takes none says that first.
func (s *series) refuse(why error) error {
	if s.state.Load() == refusing {
		return s.mark()
	}
	return why
}

// is tells whether the series has this name and these labels.
func (s *series) is(name string, labels Labels) bool {
	if s.name != name {
		return false
	}
	for i := range s.labels {
		if labels[s.labels[i].name] != s.labels[i].value {
			return false
		}
	}
	if len(labels) == len(s.labels) {
		return true
	}
	filled := 0
	for _, v := range labels {
		if v != "" {
			filled++
		}
	}
	return filled == len(s.labels)
}

func kindChanged(name string, is, asked MetricType) error {
	return &MetricError{Metric: name, Problem: fmt.Sprintf("is a %s, not a %s", is, asked), kind: ErrKindChanged}
}
