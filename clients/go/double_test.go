package metrics

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
)

// A hubDouble is a hub that answers as it is told, and remembers what it was given.
type hubDouble struct {
	mu       sync.Mutex
	answer   func(ctx context.Context, message *nats.Msg) (*nats.Msg, error)
	received []any // objects {"subject", "headers", "event"}
	handlers map[*nats.Subscription]nats.MsgHandler
}

const collected = `{"type": "metrics.collected", "stream": "METRICS", "seq": 1, "data": {"rejected": []}}`

func newHubDouble() *hubDouble {
	h := &hubDouble{handlers: map[*nats.Subscription]nats.MsgHandler{}}
	h.behave("up")
	return h
}

// behave is the step "hub" of the shared cases.
func (h *hubDouble) behave(how any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case how == "up":
		h.answer = answering(collected)
	case how == "down":
		h.answer = func(context.Context, *nats.Msg) (*nats.Msg, error) { return nil, nats.ErrNoResponders }
	case how == "silent":
		h.answer = func(ctx context.Context, _ *nats.Msg) (*nats.Msg, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	default:
		reply, err := json.Marshal(how.(map[string]any)["reply"])
		if err != nil {
			panic(err)
		}
		h.answer = answering(string(reply))
	}
}

func answering(reply string) func(context.Context, *nats.Msg) (*nats.Msg, error) {
	return func(context.Context, *nats.Msg) (*nats.Msg, error) { return &nats.Msg{Data: []byte(reply)}, nil }
}

func (h *hubDouble) RequestMsgWithContext(ctx context.Context, message *nats.Msg) (*nats.Msg, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // as *nats.Conn does
	}
	h.mu.Lock()
	h.remember(message)
	answer := h.answer
	h.mu.Unlock()
	return answer(ctx, message)
}

func (h *hubDouble) PublishMsg(message *nats.Msg) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(message)
	return nil
}

func (h *hubDouble) Subscribe(subject string, handler nats.MsgHandler) (*nats.Subscription, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	subscription := &nats.Subscription{Subject: subject}
	h.handlers[subscription] = handler
	return subscription, nil
}

func (h *hubDouble) Unsubscribe(subscription *nats.Subscription) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.handlers[subscription]; !there {
		return fmt.Errorf("not subscribed: %s", subscription.Subject)
	}
	delete(h.handlers, subscription)
	return nil
}

// deliver gives a message to who subscribed to its subject, and tells how many that were.
func (h *hubDouble) deliver(subject, payload string) int {
	h.mu.Lock()
	var receivers []nats.MsgHandler
	for subscription, handler := range h.handlers {
		if subscription.Subject == subject {
			receivers = append(receivers, handler)
		}
	}
	h.mu.Unlock()
	for _, handler := range receivers {
		handler(&nats.Msg{Subject: subject, Data: []byte(payload)})
	}
	return len(receivers)
}

func (h *hubDouble) remember(message *nats.Msg) {
	headers := map[string]any{}
	for name := range message.Header {
		headers[name] = message.Header.Get(name)
	}
	var event any
	if err := json.Unmarshal(message.Data, &event); err != nil {
		panic(fmt.Sprintf("%v: %s", err, message.Data))
	}
	h.received = append(h.received, map[string]any{"subject": message.Subject, "headers": headers, "event": event})
}

// taken returns what the hub was given since it was last asked.
func (h *hubDouble) taken() []any {
	h.mu.Lock()
	defer h.mu.Unlock()
	received := h.received
	h.received = nil
	if received == nil {
		received = []any{}
	}
	return received
}
