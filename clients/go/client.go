package metrics

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// A Client records metrics in the process and pushes them as events over the Message Hub, asks PromQL, and listens to
// alerts and dashboards. Any number of goroutines may use it. Recording does no I/O and never waits.
//
// A client that is no longer needed is closed. A program that ends without Close loses what was not yet pushed.
//
// Two goroutines work for a client: one makes events (push.go), one sends them (send.go).
//
// Locks: pushing, then registry.mu or Histogram.mu or outbox.mu, none of which is held while another of these three is
// taken; listening and callbacks are taken with no other held. None is held across I/O.
type Client struct {
	settings
	err       error // why the config cannot work
	began     time.Time
	registry  *registry
	outbox    *outbox
	jitter    func() float64 // from 0 up to 1
	ownHub    func()         // closes the hub where it is this client's own
	changes   atomic.Int64   // how many series have changed since they were last put into an event
	batchFull chan struct{}  // capacity 1: changes has reached the batch size
	hurry     chan struct{}  // capacity 1: the next attempt is to be made at once
	dropped   atomic.Uint64
	drops     dropLog
	lastError atomic.Pointer[error] // why the last attempt failed; nil after one that did not

	pushing  sync.Mutex // guards what follows, and who makes events
	writer   *eventWriter
	lastPush time.Time

	callbacks sync.Mutex // one callback at a time

	listening     sync.Mutex
	subscriptions []*Subscription // under listening
	tooLarge      atomic.Bool     // it was logged that a report is
	lastReport    func()          // under listening: waits for ReportEvery to end, and reports once more
	leaving       chan struct{}   // closed when Close begins

	closing   sync.Once
	closed    chan struct{} // closed when Close is over
	isClosing atomic.Bool
	life      context.Context // ends with the client
	end       context.CancelFunc
	running   sync.WaitGroup
}

// NewClient makes a client. It never fails and never panics: where the config cannot work every call of the client returns
// the error, which Err tells at once.
func NewClient(config *Config) *Client {
	return newClient(config, rand.Float64)
}

func newClient(config *Config, jitter func() float64) *Client {
	c := &Client{
		registry:  newRegistry(),
		jitter:    jitter,
		batchFull: make(chan struct{}, 1),
		hurry:     make(chan struct{}, 1),
		leaving:   make(chan struct{}),
		closed:    make(chan struct{}),
		ownHub:    func() {},
	}
	c.life, c.end = context.WithCancel(context.Background())
	c.settings, c.err = checked(config)
	if c.err != nil {
		c.registry.closed = true
		return c
	}
	c.outbox = newOutbox(c.bufferEvents, c.bufferBytes)
	c.writer = newEventWriter(c.settings)
	c.began = time.Now().Truncate(time.Millisecond)
	c.lastPush = time.Now()
	c.running.Go(c.pushAlways)
	c.running.Go(c.sendAlways)
	return c
}

// Err returns why the config cannot work, nil where it can. Closing a client does not change it.
func (c *Client) Err() error { return c.err }

// Instance is the name by which the service tells this process from others of the same service.
func (c *Client) Instance() string { return c.instance }

// Counter returns the counter of a name and labels, the same for every call. It is sent, as 0, even where nothing is ever
// added. With an error it returns a counter that counts for nothing and answers with the error.
func (c *Client) Counter(name string, labels Labels) (*Counter, error) {
	s, err := c.series(CounterType, name, labels)
	if err != nil {
		broken := &Counter{}
		broken.breakWith(name, err)
		return broken, err
	}
	return s.value.(*Counter), s.marked()
}

// Gauge returns the gauge of a name and labels, as Counter does.
func (c *Client) Gauge(name string, labels Labels) (*Gauge, error) {
	s, err := c.series(GaugeType, name, labels)
	if err != nil {
		broken := &Gauge{}
		broken.breakWith(name, err)
		return broken, err
	}
	return s.value.(*Gauge), s.marked()
}

// Histogram returns the histogram of a name and labels, as Counter does.
func (c *Client) Histogram(name string, labels Labels) (*Histogram, error) {
	s, err := c.series(HistogramType, name, labels)
	if err != nil {
		broken := newHistogram()
		broken.breakWith(name, err)
		return broken, err
	}
	return s.value.(*Histogram), s.marked()
}

// IncCounter adds 1 to a counter.
func (c *Client) IncCounter(name string, labels Labels) error {
	s, err := c.series(CounterType, name, labels)
	if err != nil {
		return err
	}
	return s.value.(*Counter).Inc()
}

// AddCounter adds a finite number from 0 up to a counter.
func (c *Client) AddCounter(name string, amount float64, labels Labels) error {
	if !isIncrement(amount) {
		return c.refused(invalidIncrement(name, amount))
	}
	s, err := c.series(CounterType, name, labels)
	if err != nil {
		return err
	}
	return s.value.(*Counter).Add(amount)
}

// SetGauge sets a gauge.
func (c *Client) SetGauge(name string, value float64, labels Labels) error {
	s, err := c.series(GaugeType, name, labels)
	if err != nil {
		return err
	}
	return s.value.(*Gauge).Set(value)
}

// IncGauge adds 1 to a gauge, which begins at 0.
func (c *Client) IncGauge(name string, labels Labels) error { return c.AddGauge(name, 1, labels) }

// DecGauge subtracts 1 from a gauge, which begins at 0.
func (c *Client) DecGauge(name string, labels Labels) error { return c.AddGauge(name, -1, labels) }

// AddGauge adds a number, which may be negative, to a gauge, which begins at 0.
func (c *Client) AddGauge(name string, amount float64, labels Labels) error {
	s, err := c.series(GaugeType, name, labels)
	if err != nil {
		return err
	}
	return s.value.(*Gauge).Add(amount)
}

// Observe counts a finite number in a histogram.
func (c *Client) Observe(name string, value float64, labels Labels) error {
	if !isFinite(value) {
		return c.refused(invalidObservation(name, value))
	}
	s, err := c.series(HistogramType, name, labels)
	if err != nil {
		return err
	}
	return s.value.(*Histogram).Observe(value)
}

// ObserveDuration counts a duration, in seconds, in a histogram.
func (c *Client) ObserveDuration(name string, duration time.Duration, labels Labels) error {
	return c.Observe(name, duration.Seconds(), labels)
}

// StartTimer starts a timer that observes in a histogram. What is wrong with the name or labels is told by its Stop.
func (c *Client) StartTimer(name string, labels Labels) Timer {
	histogram, _ := c.Histogram(name, labels) // a histogram that is returned with an error answers with it
	return histogram.Start()
}

// refused is why a value is not taken: a client that cannot take any says that first.
func (c *Client) refused(why error) error {
	switch {
	case c.err != nil:
		return c.err
	case c.isClosing.Load():
		return ErrClosed
	}
	return why
}

// Describe says what a metric means and which unit its values have, such as "seconds". Either may be empty. They may have
// 4096 and 512 characters. The service keeps both as the metric's metadata.
func (c *Client) Describe(name, help, unit string) error {
	if c.err != nil {
		return c.err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if err := checkDescription(name, help, unit); err != nil {
		return err
	}
	if c.isClosing.Load() {
		return ErrClosed
	}
	// Under pushing, since it is who makes events that reads families.
	c.pushing.Lock()
	defer c.pushing.Unlock()
	c.registry.mu.Lock()
	defer c.registry.mu.Unlock()
	f := c.registry.family(name)
	f.help, f.unit = help, unit
	for _, s := range c.registry.all {
		if s.family == f {
			s.head = nil
		}
	}
	return nil
}

// A Status tells how a client does.
type Status struct {
	Series        int    // how many there are in the process
	WaitingEvents int    // events that are not yet acknowledged
	WaitingBytes  int    // the size of these
	DroppedEvents uint64 // since the client was made
	LastError     error  // why the last attempt to send failed; nil where it did not
}

// Status tells how the client does. It does not wait.
func (c *Client) Status() Status {
	if c.err != nil {
		return Status{LastError: c.err}
	}
	status := Status{Series: len(c.registry.snapshot()), DroppedEvents: c.dropped.Load()}
	status.WaitingEvents, status.WaitingBytes = c.outbox.size()
	status.LastError = c.lastFailure()
	return status
}

// series finds a series or makes it.
func (c *Client) series(metricType MetricType, name string, labels Labels) (*series, error) {
	hash := c.registry.hash(name, labels)
	s := c.registry.find(hash, name, labels)
	if s == nil {
		var err error
		if s, err = c.makeSeries(hash, metricType, name, labels); err != nil {
			return nil, err
		}
	}
	if s.family.metricType != metricType {
		return nil, kindChanged(name, s.family.metricType, metricType)
	}
	return s, nil
}

func (c *Client) makeSeries(hash uint64, metricType MetricType, name string, labels Labels) (*series, error) {
	if c.err != nil {
		return nil, c.err
	}
	sorted := labels.sorted()
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := checkLabels(name, sorted, c.labels); err != nil {
		return nil, err
	}
	r := c.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	if s := r.find(hash, name, labels); s != nil {
		return s, nil
	}
	f := r.family(name)
	if f.metricType == "" {
		f.metricType = metricType
	}
	if f.metricType != metricType {
		return nil, kindChanged(name, f.metricType, metricType)
	}
	s := newSeries(metricType)
	s.client, s.hash, s.family, s.name, s.labels = c, hash, f, f.name, sorted
	s.created = time.Now().Truncate(time.Millisecond)
	if name == droppedEvents { // it has counted from the start, and was 0
		s.created = c.began
	}
	r.add(s)
	return s, nil
}

func newSeries(metricType MetricType) *series {
	switch metricType {
	case CounterType:
		counter := &Counter{}
		counter.value = counter
		return &counter.series
	case GaugeType:
		gauge := &Gauge{}
		gauge.value = gauge
		return &gauge.series
	default:
		histogram := newHistogram()
		histogram.value = histogram
		return &histogram.series
	}
}

// breakWith makes a series that no client has answer with an error.
func (s *series) breakWith(name string, err error) {
	s.name, s.why = name, err
	s.state.Store(refusing)
}

// changedOne is called when a series was changed that had not been since it was last put into an event.
func (c *Client) changedOne() {
	if c.changes.Add(1) >= int64(c.batchSize) {
		signal(c.batchFull)
	}
}

// signal leaves a note in a channel of capacity 1.
func signal(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}
