package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A Selection says which series Series, LabelNames and LabelValues look at: by default all.
type Selection struct {
	Match      []string  // selectors, such as {service="combat"}; a series counts where one of them finds it
	Start, End time.Time // only series with samples in between; zero: without that end
	Limit      int       // of what is answered; 0: all
}

// A Metadata is what is known of a metric.
type Metadata struct {
	Type MetricType `json:"type"`
	Help string     `json:"help"`
	Unit string     `json:"unit"`
}

// Series finds the labels of series, with the metric's name as "__name__". It needs a selector.
func (c *Client) Series(ctx context.Context, of Selection) (found []Labels, err error) {
	err = c.find(ctx, "metrics.series", of.in(map[string]any{}), &found)
	return found, err
}

// LabelNames finds the names of labels.
func (c *Client) LabelNames(ctx context.Context, of Selection) (found []string, err error) {
	err = c.find(ctx, "metrics.labels", of.in(map[string]any{}), &found)
	return found, err
}

// LabelValues finds the values of one label.
func (c *Client) LabelValues(ctx context.Context, label string, of Selection) (found []string, err error) {
	err = c.find(ctx, "metrics.label_values", of.in(map[string]any{"label": label}), &found)
	return found, err
}

// Metadata finds what is known of a metric, or of all where metric is "". Services may differ about one.
func (c *Client) Metadata(ctx context.Context, metric string) (found map[string][]Metadata, err error) {
	data := map[string]any{}
	if metric != "" {
		data["metric"] = metric
	}
	err = c.find(ctx, "metrics.metadata", data, &found)
	return found, err
}

// Cancel stops the queries of this service with a correlation id, and tells how many there were.
func (c *Client) Cancel(ctx context.Context, correlationID string) (int, error) {
	var stopped struct{ Canceled int }
	err := c.find(WithCorrelationID(ctx, correlationID), "metrics.cancel", map[string]any{}, &stopped)
	return stopped.Canceled, err
}

func (s Selection) in(data map[string]any) map[string]any {
	if len(s.Match) > 0 {
		data["match"] = s.Match
	}
	if !s.Start.IsZero() {
		data["start"] = seconds(s.Start)
	}
	if !s.End.IsZero() {
		data["end"] = seconds(s.End)
	}
	if s.Limit > 0 {
		data["limit"] = s.Limit
	}
	return data
}

// find asks what is answered with a list, or an object, which may come in parts.
func (c *Client) find(ctx context.Context, eventType string, data map[string]any, into any) (err error) {
	if err := c.usable(); err != nil {
		return err
	}
	ctx, cancel := limited(ctx, queryTimeout)
	defer cancel()
	if eventType != "metrics.cancel" && eventType != "metrics.queries" {
		data["parts"] = true
	}
	i, err := c.inquire(ctx, eventType, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.end()) }()
	for part := 1; ; part++ {
		answer, err := i.next(ctx, nil)
		if err != nil {
			return err
		}
		if answer.Part != 0 && answer.Part != part {
			return errLostPart
		}
		if err := appendJSON(answer.Result, into); err != nil {
			return &wrapped{ErrInvalidReply, err}
		}
		if answer.Part == 0 || answer.Last {
			return nil
		}
	}
}

// appendJSON reads JSON into what is there already: elements are added to a list, keys to an object.
func appendJSON(text json.RawMessage, into any) error {
	switch to := into.(type) {
	case *[]string:
		var more []string
		err := json.Unmarshal(text, &more)
		*to = append(*to, more...)
		return err
	case *[]Labels:
		var more []Labels
		err := json.Unmarshal(text, &more)
		*to = append(*to, more...)
		return err
	}
	return json.Unmarshal(text, into)
}

// limited is a context that has a deadline: its own, or one so long from now.
func limited(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}
