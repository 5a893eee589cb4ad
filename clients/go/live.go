package metrics

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
)

// A LiveUpdate is what a live query tells: once at first, and then whenever its answer changes.
type LiveUpdate struct {
	// Result is the whole answer as it is now. It is the receiver's: later updates do not change it.
	Result *Result
	// Changed is what is new in it: an instant query's new series and new values, a range query's new points.
	Changed *Result
	// Gone are the series of an instant query that are no longer in the answer.
	Gone []Labels
	// Full says that the answer was told from the start: at first, after updates were left out because the reader was slow,
	// and after the query had to be asked again because the hub or the service was away.
	Full bool
	// Time is when the service evaluated the query.
	Time time.Time
}

// QueryLive asks a query that stays open: the first answer, then an update whenever samples change it.
//
//	for update, err := range client.QueryLive(ctx, `sum(rate(dice_rolled_total[1m]))`) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(update.Result)
//	}
//
// It ends when the loop is left, when ctx ends (with its error), when the client is closed (ErrClosed), and with a *QueryError
// where the service cannot answer. Where the hub or the service goes away after the first answer, the query is asked again
// until they are back; where they are away from the start, that is the error.
func (c *Client) QueryLive(ctx context.Context, query string, options ...QueryOption) iter.Seq2[*LiveUpdate, error] {
	return c.live(ctx, map[string]any{"query": query}, 0, options)
}

// QueryLiveRange is QueryLive for a range query: over as long a time as from Start to End, with new points as time goes on.
func (c *Client) QueryLiveRange(ctx context.Context, query string, over Range, options ...QueryOption) iter.Seq2[*LiveUpdate, error] {
	return c.live(ctx, over.in(map[string]any{"query": query}), over.End.Sub(over.Start), options)
}

func (c *Client) live(ctx context.Context, data map[string]any, window time.Duration, options []QueryOption) iter.Seq2[*LiveUpdate, error] {
	for _, option := range options {
		option(data)
	}
	data["parts"], data["live"] = true, true
	return func(yield func(*LiveUpdate, error) bool) {
		interruptions, ignore := watch(c.hub)
		defer ignore()
		told := false
		for delay := firstDelay; ; delay = min(2*delay, longestDelay) {
			err := c.usable()
			if err == nil {
				var more bool
				more, err = c.listen(ctx, data, window, interruptions, yield, func() { told, delay = true, firstDelay })
				if !more {
					return
				}
			}
			if !told || !mayPass(err) {
				yield(nil, err)
				return
			}
			select {
			case <-time.After(time.Duration(c.jitter() * float64(delay))):
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			case <-c.life.Done():
				yield(nil, ErrClosed)
				return
			}
		}
	}
}

// mayPass tells whether it is worth to ask a query again that was answered before.
func mayPass(err error) bool {
	var failed *QueryError
	if errors.As(err, &failed) {
		return failed.ErrorCode == "shutting_down"
	}
	return errors.Is(err, ErrHub) || errors.Is(err, ErrNoService) || errors.Is(err, errLostPart) || errors.Is(err, errLostUpdate)
}

var errLostUpdate = &wrapped{ErrInvalidReply, errors.New("an update was lost")}

// listen asks once and hands out what is answered. It tells whether more is wanted, and if so why no more comes.
func (c *Client) listen(
	ctx context.Context, data map[string]any, window time.Duration, interruptions <-chan nats.Status,
	yield func(*LiveUpdate, error) bool, answered func(),
) (more bool, err error) {
	i, err := c.inquire(ctx, "metrics.query", data)
	if err != nil {
		return true, err
	}
	defer func() { err = errors.Join(err, i.end()) }()
	quiet := time.NewTimer(firstAnswerTimeout)
	defer quiet.Stop()
	i.quiet = quiet.C
	view := &liveView{window: window}
	for update := 0; ; update++ {
		changed, data, err := i.answer(ctx, interruptions)
		for errors.Is(err, errQuiet) {
			if update == 0 || !c.stillRuns(ctx, i.correlationID) {
				return true, &wrapped{ErrNoService, errQuiet}
			}
			quiet.Reset(quietTimeout)
			changed, data, err = i.answer(ctx, interruptions)
		}
		if err != nil {
			return true, err
		}
		quiet.Reset(quietTimeout)
		if data.Update != update {
			return true, errLostUpdate
		}
		answered()
		full := data.Full || update == 0
		view.apply(changed, data.Gone, full)
		at := time.Now()
		if data.Time != nil {
			at = time.UnixMilli(int64(*data.Time * 1000)).UTC()
		}
		if !yield(&LiveUpdate{Result: view.result(changed), Changed: changed, Gone: data.Gone, Full: full, Time: at}, nil) {
			return false, nil
		}
	}
}

const (
	firstAnswerTimeout = 30 * time.Second
	quietTimeout       = 10 * time.Second
)

// stillRuns asks the service whether it still has a live query of this client: one that was killed cannot say so itself.
func (c *Client) stillRuns(ctx context.Context, correlationID string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	var running []runningQuery
	err := c.find(WithCorrelationID(ctx, newUUID()), "metrics.queries", map[string]any{}, &running)
	var failed *QueryError
	if errors.As(err, &failed) {
		return true // it is there, and does not list its queries
	}
	return err == nil && slices.Contains(running, runningQuery{correlationID})
}

// A runningQuery is what is needed of a query in the service's list.
type runningQuery struct {
	CorrelationID string `json:"correlation_id"`
}

// watch tells of the times at which the hub's client found the hub again, where the hub can tell. What the service remembers
// of a live query may be lost by then.
func watch(hub MessageHub) (<-chan nats.Status, func()) {
	h, ok := hub.(interface {
		StatusChanged(...nats.Status) chan nats.Status
		RemoveStatusListener(chan nats.Status)
	})
	if !ok {
		return nil, func() {}
	}
	changes := h.StatusChanged(nats.RECONNECTING)
	return changes, func() { h.RemoveStatusListener(changes) }
}

// A liveView is the whole answer of a live query, kept from its updates.
type liveView struct {
	window time.Duration // of a range query
	vector []Sample      // in the order in which the series came
	matrix []Series
	index  map[string]int // of a series in vector or matrix
}

// apply takes an update in.
func (v *liveView) apply(changed *Result, gone []Labels, full bool) {
	if full {
		v.vector, v.matrix, v.index = nil, nil, map[string]int{}
	}
	for _, s := range changed.Vector {
		if at, there := v.index[seriesText(s.Labels)]; there {
			v.vector[at] = s
			continue
		}
		v.index[seriesText(s.Labels)] = len(v.vector)
		v.vector = append(v.vector, s)
	}
	if len(gone) > 0 {
		for _, labels := range gone {
			if at, there := v.index[seriesText(labels)]; there {
				v.vector[at].Labels = nil
			}
		}
		v.vector = slices.DeleteFunc(v.vector, func(s Sample) bool { return s.Labels == nil })
		clear(v.index)
		for at, s := range v.vector {
			v.index[seriesText(s.Labels)] = at
		}
	}
	for _, s := range changed.Matrix {
		at, there := v.index[seriesText(s.Labels)]
		if !there {
			at = len(v.matrix)
			v.index[seriesText(s.Labels)] = at
			v.matrix = append(v.matrix, Series{Labels: s.Labels})
		}
		for _, p := range s.Points {
			v.matrix[at].Points = withPoint(v.matrix[at].Points, p)
		}
	}
	v.forgetOld()
}

// withPoint puts a point in its place by time, or takes it out where it says that there is none any more.
func withPoint(points []Point, p Point) []Point {
	at, there := slices.BinarySearchFunc(points, p.Time, func(one Point, t time.Time) int { return one.Time.Compare(t) })
	switch {
	case p.none && there:
		return slices.Delete(points, at, at+1)
	case p.none:
		return points
	case there:
		points[at] = p
		return points
	}
	return slices.Insert(points, at, p)
}

// forgetOld takes out the points that the window has left behind, and the series that have none any more.
func (v *liveView) forgetOld() {
	var newest time.Time
	for _, s := range v.matrix {
		if last := len(s.Points) - 1; last >= 0 && s.Points[last].Time.After(newest) {
			newest = s.Points[last].Time
		}
	}
	oldest, removed := newest.Add(-v.window), false
	for i := range v.matrix {
		s := &v.matrix[i]
		s.Points = slices.DeleteFunc(s.Points, func(p Point) bool { return p.Time.Before(oldest) })
		removed = removed || len(s.Points) == 0
	}
	if !removed {
		return
	}
	v.matrix = slices.DeleteFunc(v.matrix, func(s Series) bool { return len(s.Points) == 0 })
	clear(v.index)
	for at, s := range v.matrix {
		v.index[seriesText(s.Labels)] = at
	}
}

// result is a copy of the whole answer, with what else the last update said.
func (v *liveView) result(last *Result) *Result {
	whole := *last
	whole.Vector = slices.Clone(v.vector)
	whole.Matrix = slices.Clone(v.matrix)
	for i := range whole.Matrix {
		whole.Matrix[i].Points = slices.Clone(whole.Matrix[i].Points)
	}
	return &whole
}
