package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/nats-io/nats.go"
)

// An inquiry is an event whose answers come in one or many messages.
type inquiry struct {
	client        *Client
	correlationID string
	subscription  *nats.Subscription
	messages      chan *nats.Msg
	over          chan struct{}
	quiet         <-chan time.Time // of a live query: when so long has passed that it is asked whether it still runs
}

// inquire publishes an event of the caller's service and listens for the answers.
func (c *Client) inquire(ctx context.Context, eventType string, data map[string]any) (*inquiry, error) {
	correlationID, err := correlationIDOf(ctx)
	if err != nil {
		return nil, err
	}
	if correlationID == "" {
		correlationID = newUUID()
	}
	if !isConnected(c.hub) {
		return nil, hubError(errNotConnected)
	}
	data = maps.Clone(data)
	data["correlation_id"] = correlationID
	payload, err := json.Marshal(map[string]any{"type": eventType, "id": newUUID(), "data": data})
	if err != nil {
		return nil, err
	}
	i := &inquiry{client: c, correlationID: correlationID, messages: make(chan *nats.Msg), over: make(chan struct{})}
	inbox := newInbox(c.hub)
	// Who does not take the answers holds them up in the hub's client, and so at the service, which waits or leaves updates out.
	i.subscription, err = c.hub.Subscribe(inbox, func(message *nats.Msg) {
		select {
		case i.messages <- message:
		case <-i.over:
		}
	})
	if err != nil {
		return nil, hubError(err)
	}
	message := nats.NewMsg(c.service + "." + eventType)
	message.Reply = inbox
	message.Data = payload
	if err := c.hub.PublishMsg(message); err != nil {
		return nil, errors.Join(hubError(err), i.end())
	}
	return i, nil
}

// next waits for a message that is a metrics.result. An error that the service answers with is a *QueryError.
func (i *inquiry) next(ctx context.Context, interrupted <-chan nats.Status) (*resultData, error) {
	select {
	case message := <-i.messages:
		return readResult(message)
	case <-i.quiet:
		return nil, errQuiet
	case <-interrupted:
		return nil, errInterrupted
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-i.client.life.Done():
		return nil, ErrClosed
	}
}

// errQuiet says that nothing has come for a while.
var errQuiet = errors.New("quiet")

// errInterrupted says that the hub's client lost the hub, and found it again.
var errInterrupted = &wrapped{ErrHub, errors.New("the connection was interrupted")}

// end stops listening, by which the service knows that nobody waits for an answer any more.
func (i *inquiry) end() error {
	close(i.over)
	return unsubscribe(i.client.hub, i.subscription)
}

// resultData is the data of a metrics.result.
type resultData struct {
	Status        string
	ResultType    ResultType
	Result        json.RawMessage
	ErrorType     string
	Error         string
	Code          string
	Class         string
	Position      *struct{ Start, End int }
	Warnings      []string
	Infos         []string
	CorrelationID string `json:"correlation_id"`
	Part          int
	Last          bool
	Update        int
	Time          *float64
	Gone          []Labels
	Full          bool
}

func readResult(message *nats.Msg) (*resultData, error) {
	if len(message.Data) == 0 && message.Header.Get("Status") == "503" {
		return nil, hubError(nats.ErrNoResponders)
	}
	var event struct {
		Type  string
		Error *answerError
		Data  resultData
	}
	if err := json.Unmarshal(message.Data, &event); err != nil {
		return nil, &wrapped{ErrInvalidReply, err}
	}
	data := &event.Data
	switch {
	case event.Type != "metrics.result":
		return nil, &wrapped{ErrInvalidReply, fmt.Errorf("an event of type %q", event.Type)}
	case data.Status == "success":
		return data, nil
	}
	failed := &QueryError{
		ErrorCode: data.Code, Class: data.Class, Type: data.ErrorType, Message: data.Error, Start: -1, End: -1,
	}
	if data.Position != nil {
		failed.Start, failed.End = data.Position.Start, data.Position.End
	}
	return nil, failed
}

// result reads an answer that is whole.
func (d *resultData) result() (*Result, error) {
	r := &Result{Type: d.ResultType, Warnings: d.Warnings, Infos: d.Infos, CorrelationID: d.CorrelationID}
	var err error
	switch d.ResultType {
	case VectorResult:
		err = json.Unmarshal(d.Result, &r.Vector)
	case MatrixResult:
		err = json.Unmarshal(d.Result, &r.Matrix)
	case ScalarResult:
		err = json.Unmarshal(d.Result, (*numberAt)(&r.Scalar))
	case StringResult:
		var at time.Time
		at, err = timed(d.Result, &r.Text)
		r.Scalar.Time = at
	default:
		err = fmt.Errorf("a result of type %q", d.ResultType)
	}
	if err != nil {
		return nil, &wrapped{ErrInvalidReply, err}
	}
	return r, nil
}

// answer reads one answer, in as many parts as it comes in.
func (i *inquiry) answer(ctx context.Context, interrupted <-chan nats.Status) (*Result, *resultData, error) {
	var whole *Result
	for want := 1; ; want++ {
		data, err := i.next(ctx, interrupted)
		if err != nil {
			return nil, nil, err
		}
		if data.Part != 0 && data.Part != want {
			return nil, nil, errLostPart
		}
		part, err := data.result()
		if err != nil {
			return nil, nil, err
		}
		whole = whole.plus(part)
		if data.Part == 0 || data.Last {
			return whole, data, nil
		}
	}
}

var errLostPart = &wrapped{ErrInvalidReply, errors.New("a part of the answer was lost")}

// plus appends a part; a series may be cut between two points.
func (r *Result) plus(part *Result) *Result {
	if r == nil {
		return part
	}
	r.Vector = append(r.Vector, part.Vector...)
	for k, s := range part.Matrix {
		if last := len(r.Matrix) - 1; k == 0 && last >= 0 && sameLabels(r.Matrix[last].Labels, s.Labels) {
			r.Matrix[last].Points = append(r.Matrix[last].Points, s.Points...)
			continue
		}
		r.Matrix = append(r.Matrix, s)
	}
	r.Warnings = append(r.Warnings, part.Warnings...)
	r.Infos = append(r.Infos, part.Infos...)
	return r
}
