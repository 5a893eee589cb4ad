package metrics

import (
	"context"
	"errors"
	"maps"
	"time"
)

// queryTimeout is for contexts that have no deadline.
const queryTimeout = 2 * time.Minute

// A Range is what a range query asks for: a value at Start, at Start + Step and so on up to End.
type Range struct {
	Start, End time.Time
	Step       time.Duration
}

// A QueryOption says more about a query.
type QueryOption func(data map[string]any)

// At asks for the values at a time other than now; it goes with Query only.
func At(at time.Time) QueryOption {
	return func(data map[string]any) { data["time"] = seconds(at) }
}

// Timeout limits how long the service evaluates; it has a limit of its own.
func Timeout(timeout time.Duration) QueryOption {
	return func(data map[string]any) { data["timeout"] = timeout.Seconds() }
}

// Lookback is how far back an instant selector looks for a sample; by default five minutes.
func Lookback(lookback time.Duration) QueryOption {
	return func(data map[string]any) { data["lookback"] = lookback.Seconds() }
}

// Limit is how many series the answer has at most.
func Limit(series int) QueryOption {
	return func(data map[string]any) { data["limit"] = series }
}

// Step is how often a live query is evaluated while no samples come; by default every 15 seconds.
func Step(step time.Duration) QueryOption {
	return func(data map[string]any) { data["step"] = step.Seconds() }
}

// Query asks PromQL for the values now, or At another time. A query that the service cannot answer is a *QueryError. A
// context without a deadline gets two minutes; when it ends, the service stops the query.
func (c *Client) Query(ctx context.Context, query string, options ...QueryOption) (*Result, error) {
	return c.query(ctx, map[string]any{"query": query}, options)
}

// QueryRange asks PromQL for values over time, as Query does.
func (c *Client) QueryRange(ctx context.Context, query string, over Range, options ...QueryOption) (*Result, error) {
	return c.query(ctx, over.in(map[string]any{"query": query}), options)
}

func (r Range) in(data map[string]any) map[string]any {
	data["start"], data["end"], data["step"] = seconds(r.Start), seconds(r.End), r.Step.Seconds()
	return data
}

func (c *Client) query(ctx context.Context, data map[string]any, options []QueryOption) (result *Result, err error) {
	if err := c.usable(); err != nil {
		return nil, err
	}
	ctx, cancel := limited(ctx, queryTimeout)
	defer cancel()
	for _, option := range options {
		option(data)
	}
	data["parts"] = true
	i, err := c.inquire(ctx, "metrics.query", data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, i.end()) }()
	result, _, err = i.answer(ctx, nil)
	return result, err
}

// usable says why the client can no longer be used, or never could.
func (c *Client) usable() error {
	if c.err != nil {
		return c.err
	}
	if c.isClosing.Load() {
		return ErrClosed
	}
	return nil
}

func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func sameLabels(a, b Labels) bool { return maps.Equal(a, b) }
