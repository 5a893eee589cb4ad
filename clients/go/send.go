package metrics

import (
	"context"
	"errors"
	"time"
)

const (
	answerTimeout = 5 * time.Second
	firstDelay    = 100 * time.Millisecond
	longestDelay  = 10 * time.Second
)

// sendAlways sends the events in the outbox, one at a time and in order, until the client ends. After a failure it waits a
// random part of a delay that doubles ("full jitter"), so that many clients do not come back all at once.
func (c *Client) sendAlways() {
	delay := firstDelay
	var away outage
	for c.life.Err() == nil {
		e := c.outbox.first()
		if e == nil {
			select {
			case <-c.outbox.filled:
			case <-c.life.Done():
			}
			continue
		}
		select {
		case <-c.hurry:
		default:
		}
		begun := time.Now()
		if c.attempt(e) {
			delay = firstDelay
			away.over(c)
			continue
		}
		away.goesOn(c, begun)
		c.pause(time.Duration(c.jitter() * float64(delay)))
		delay = min(2*delay, longestDelay)
	}
}

// An outage is a row of failures, which is logged where it lasts.
type outage struct {
	began  time.Time // zero while there is none
	isTold bool
}

const toldAfter = time.Second

func (o *outage) goesOn(c *Client, failedFrom time.Time) {
	if o.began.IsZero() {
		o.began = failedFrom
	}
	if !o.isTold && time.Since(o.began) >= toldAfter && c.life.Err() == nil {
		o.isTold = true
		c.log.Warn("metrics: events are not acknowledged, and are kept", "error", c.lastFailure())
	}
}

func (o *outage) over(c *Client) {
	if o.isTold {
		c.log.Warn("metrics: events are acknowledged again", "after", time.Since(o.began).Round(time.Millisecond))
	}
	*o = outage{}
}

// pause waits, unless somebody flushes or the client ends.
func (c *Client) pause(duration time.Duration) {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.hurry:
	case <-c.life.Done():
	}
}

// attempt sends an event and tells whether that ended it.
func (c *Client) attempt(e *event) bool {
	rejections, err := c.ask(c.life, e)
	if errors.Is(err, ErrTooLarge) { // it will not get smaller
		c.failed(err)
		c.dropped.Add(1)
		c.ended(e) // who waited for it finds it in the status, and may be who is told of it
		c.tellDropped(1, EventTooLarge)
		return true
	}
	if err != nil {
		c.failed(err)
		return false
	}
	c.lastError.Store(nil)
	c.reject(rejections)
	c.ended(e)
	return true
}

// ask sends an event and waits for its answer.
func (c *Client) ask(ctx context.Context, e *event) ([]Rejection, error) {
	if !isConnected(c.hub) {
		return nil, hubError(errNotConnected)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	reply, err := c.hub.RequestMsgWithContext(ctx, e.message())
	if err != nil {
		return nil, hubError(err)
	}
	return readAnswer(reply.Data, e.correlationID)
}

func (c *Client) failed(err error) { c.lastError.Store(&err) }

// lastFailure is why the last attempt failed, nil where it did not.
func (c *Client) lastFailure() error {
	if last := c.lastError.Load(); last != nil {
		return *last
	}
	return nil
}

func (c *Client) ended(e *event) {
	if c.outbox.end(e) && c.changes.Load() >= int64(c.batchSize) {
		signal(c.batchFull)
	}
}

func (c *Client) reject(rejections []Rejection) {
	if len(rejections) == 0 {
		return
	}
	c.log.Warn("metrics: rejected", "count", len(rejections), "first", rejections[0].String(), "correlation_id", rejections[0].CorrelationID)
	if c.onRejected == nil {
		return
	}
	c.callbacks.Lock()
	defer c.callbacks.Unlock()
	for _, r := range rejections {
		c.onRejected(r)
	}
}
