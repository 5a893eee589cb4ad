package metrics

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"
)

// closeTimeout is for contexts that have no deadline.
const closeTimeout = 10 * time.Second

// Flush pushes what has changed and waits until the service has acknowledged, or refused, all that was recorded before the
// call. It tries at once, also where the client waits after a failure. When ctx ends first, it returns an
// *UndeliveredError, and the client goes on trying.
func (c *Client) Flush(ctx context.Context) error {
	if err := c.usable(); err != nil {
		return err
	}
	id, err := correlationIDOf(ctx)
	if err != nil {
		return err
	}
	for again := true; again; {
		hasRoom := c.pushSeries(id, c.outbox.hasGap())
		if err := c.await(ctx); err != nil {
			return err
		}
		again = hasRoom && !c.registry.isClosed() && c.outbox.hasGap() // an event of it had to go
	}
	if c.life.Err() != nil {
		return ErrClosed // Close took out what waited
	}
	return nil
}

// await waits until all events that are in the outbox have ended.
func (c *Client) await(ctx context.Context) error {
	last := c.outbox.last()
	signal(c.hurry)
	for {
		waiting, ended := c.outbox.waitingUpTo(last)
		if waiting == 0 {
			return nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return &UndeliveredError{Events: waiting, Cause: ctx.Err()}
		case <-c.closed:
			return ErrClosed
		}
	}
}

// Close flushes, tells the service that this instance is gone, so that its series end at once, and ends the client: its
// subscriptions, its live queries, its goroutines and, where it has one of its own, its connection. It returns when ctx
// ends at the latest (a context without a deadline gets ten seconds), then with an *UndeliveredError where events were not
// acknowledged; what waits then is published once more, without waiting for an answer. Closing again has no effect; other calls return ErrClosed from now on.
func (c *Client) Close(ctx context.Context) error {
	if c.err != nil {
		return c.err
	}
	ctx, cancel := limited(ctx, closeTimeout)
	defer cancel()
	var err error
	first := false
	c.closing.Do(func() {
		first = true
		err = c.close(ctx)
	})
	if !first {
		return nil
	}
	return err
}

func (c *Client) close(ctx context.Context) error {
	c.listening.Lock()
	c.isClosing.Store(true)
	close(c.leaving)
	lastReport := c.lastReport
	c.listening.Unlock()
	c.stopListening()
	c.pushLast()
	if lastReport != nil {
		lastReport()
	}
	err := c.await(ctx)
	if ctx.Err() == nil {
		c.leave(ctx)
	}
	c.end()
	c.running.Wait()
	if ctx.Err() != nil {
		c.leaveAtOnce()
	}
	c.drop(c.outbox.clear(), ClosedBefore)
	if untold := c.drops.rest(); untold > 0 {
		c.log.Warn("metrics: more events were dropped before they were acknowledged", "events", untold)
	}
	c.ownHub()
	close(c.closed)
	return err
}

// leave tells the service that this instance is gone. Once: nobody is left to hear that it failed, and without it the
// series go stale by themselves.
func (c *Client) leave(ctx context.Context) {
	_, _ = c.ask(ctx, c.farewell())
}

// leaveAtOnce publishes what waits, and that this instance is gone, and waits for no answer.
func (c *Client) leaveAtOnce() {
	if !isConnected(c.hub) {
		return
	}
	for _, e := range append(c.outbox.all(), c.farewell()) {
		_ = c.hub.PublishMsg(e.message()) // an event without an answer counts as dropped, sent or not
	}
}

// farewell is the empty report by which the service knows that an instance is gone.
func (c *Client) farewell() *event {
	c.pushing.Lock()
	defer c.pushing.Unlock()
	return c.writer.write("metrics.report", c.writer.nextTime(time.Now()), newUUID(), nil)
}

type correlationIDKey struct{}

// WithCorrelationID returns a context whose Flush, Query and the like carry this correlation id (1 to 256 characters),
// by which everything that they cause can be found again. Without one each event gets a new UUID.
func WithCorrelationID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, correlationIDKey{}, id)
}

// correlationIDOf returns "" where the context has none.
func correlationIDOf(ctx context.Context) (string, error) {
	id, given := ctx.Value(correlationIDKey{}).(string)
	if given && (id == "" || !utf8.ValidString(id) || isLonger(id, maxIDLength)) {
		return "", &ConfigError{"correlation id", fmt.Sprintf("%q must be 1 to %d characters of UTF-8", shortened(id), maxIDLength)}
	}
	return id, nil
}

const maxIDLength = 256
