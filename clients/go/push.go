package metrics

import (
	"sync"
	"time"
)

// pushAlways makes a push whenever one is due, until the client ends.
func (c *Client) pushAlways() {
	timer := time.NewTimer(c.pushInterval)
	defer timer.Stop()
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.batchFull:
			if c.isBatchDue() {
				c.push("")
			}
		case <-timer.C:
			if c.untilPush() <= 0 {
				c.push("")
			}
		}
		timer.Reset(max(c.untilPush(), 0))
	}
}

// isBatchDue tells whether enough series have changed for a push that does not wait for its time. While events wait to be
// acknowledged none is: more of them would not be there any sooner.
func (c *Client) isBatchDue() bool {
	waiting, _ := c.outbox.size()
	return waiting == 0 && c.changes.Load() >= int64(c.batchSize)
}

func (c *Client) untilPush() time.Duration {
	c.pushing.Lock()
	defer c.pushing.Unlock()
	return c.pushInterval - time.Since(c.lastPush)
}

// push makes events of the series that changed, and of those that have rested long enough.
func (c *Client) push(correlationID string) { _ = c.pushSeries(correlationID, false) }

// pushSeries does that, or, where it is to be whole, makes events of all series; false where those are more than may wait.
// After the last push it makes none: the service would take the instance to be there again.
func (c *Client) pushSeries(correlationID string, whole bool) (hasRoom bool) {
	c.pushing.Lock()
	now := time.Now()
	c.lastPush = now
	if c.registry.isClosed() {
		c.pushing.Unlock()
		return true
	}
	if whole {
		c.outbox.wholeFollows()
	}
	batch := c.newBatch(correlationID, now)
	for _, s := range c.registry.snapshot() {
		if s.state.CompareAndSwap(changed, unchanged) {
			c.changes.Add(-1)
		} else if s.putAt.IsZero() || !whole && now.Sub(s.putAt) < c.repeatInterval {
			continue
		}
		batch.put(s)
	}
	dropped := batch.end()
	hasRoom = !whole || !c.outbox.hasGap()
	c.pushing.Unlock()
	c.drop(dropped, BufferFull)
	return hasRoom
}

// pushLast makes the last push: of the series that had changed when recording ended, of all where an event had to go.
func (c *Client) pushLast() {
	c.pushing.Lock()
	had := c.registry.close()
	whole := c.outbox.hasGap()
	if whole {
		c.outbox.wholeFollows()
	}
	batch := c.newBatch("", time.Now())
	for _, s := range c.registry.snapshot() {
		if had[s] || whole && !s.putAt.IsZero() {
			batch.put(s)
		}
	}
	dropped := batch.end()
	c.pushing.Unlock()
	c.drop(dropped, BufferFull)
}

// A batch gathers the metrics of one push into as many events as it takes. Under Client.pushing.
type batch struct {
	client        *Client
	correlationID string
	now           time.Time
	at            time.Time // of the event that is being gathered
	limit         int       // bytes of metrics in an event
	metrics       []byte
	count         int
	dropped       int
}

// maxMetrics is how many metrics the service takes in an event.
const maxMetrics = 50_000

func (c *Client) newBatch(correlationID string, now time.Time) *batch {
	if correlationID == "" {
		correlationID = newUUID()
	}
	limit := maxPayload(c.hub) - c.writer.overhead() - 6*len(correlationID)
	return &batch{client: c, correlationID: correlationID, now: now, limit: limit}
}

func (b *batch) put(s *series) {
	if b.count == 0 {
		b.at = b.client.writer.nextTime(b.now)
	}
	before := len(b.metrics)
	if b.count > 0 {
		b.metrics = append(b.metrics, ',')
	}
	b.metrics = append(s.value.appendValue(append(b.metrics, s.headAt(b.at)...)), '}')
	b.count++
	s.putAt = b.now
	if len(b.metrics) > b.limit && before > 0 {
		// It goes into the next event, whose time is later: what was read is what it was then too.
		next := append([]byte(nil), b.metrics[before+1:]...)
		b.metrics, b.count = b.metrics[:before], b.count-1
		b.close()
		b.at = b.client.writer.nextTime(b.now)
		b.metrics, b.count = next, 1
	}
	if b.count == maxMetrics || len(b.metrics) >= b.limit {
		b.close()
	}
}

// close makes an event of what was gathered.
func (b *batch) close() {
	if b.count == 0 {
		return
	}
	e := b.client.writer.write("metrics.push", b.at, b.correlationID, b.metrics)
	b.dropped += b.client.outbox.add(e)
	b.metrics, b.count = b.metrics[:0], 0
}

// end returns how many events had to go for those of this batch.
func (b *batch) end() int {
	b.close()
	return b.dropped
}

// headAt is the series' JSON up to the value. It cannot have been created later than what is first told of it.
func (s *series) headAt(at time.Time) []byte {
	if s.head == nil {
		if s.created.After(at) {
			s.created = at
		}
		created := s.created
		if s.family.metricType == GaugeType {
			created = time.Time{}
		}
		s.head = appendHead(nil, s.name, s.family.metricType, s.labels, s.family, created)
	}
	return s.head
}

const droppedEvents = "dnd_metrics_client_dropped_events_total"

// drop counts events that were dropped and tells of them.
func (c *Client) drop(events int, reason DropReason) {
	if events == 0 {
		return
	}
	c.dropped.Add(uint64(events))
	c.tellDropped(events, reason)
}

// tellDropped tells of events that are counted already.
func (c *Client) tellDropped(events int, reason DropReason) {
	if untold := c.drops.add(events); untold > 0 {
		c.log.Warn("metrics: events were dropped before they were acknowledged", "events", untold, "reason", reason, "last_error", c.lastFailure())
	}
	_ = c.AddCounter(droppedEvents, float64(events), nil) // after the end there is nobody to send it to
	if c.onDropped != nil {
		c.callbacks.Lock()
		defer c.callbacks.Unlock()
		c.onDropped(Drop{Events: events, Reason: reason})
	}
}

// A dropLog keeps what was dropped from filling the log: it is told at first, and then at most every ten seconds.
type dropLog struct {
	mu     sync.Mutex
	events int // that were not told yet
	told   time.Time
}

const dropsToldEvery = 10 * time.Second

// add counts events and returns how many are to be told now, 0 where it is not yet time.
func (d *dropLog) add(events int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events += events
	if !d.told.IsZero() && time.Since(d.told) < dropsToldEvery {
		return 0
	}
	untold := d.events
	d.events, d.told = 0, time.Now()
	return untold
}

// rest returns how many were not told.
func (d *dropLog) rest() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events
}
