package metrics

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
)

// A MessageHub is what a client needs of the Message Hub: to publish, to subscribe and to request, as *nats.Conn does. So a
// *nats.Conn is one as it is, and so is whatever wraps or imitates one with these three methods. They must be safe for
// use by several goroutines.
//
// Where a hub has these methods of *nats.Conn as well, they are used:
//
//	IsConnected() bool   // while false nothing is sent, so that nothing piles up in the hub's client
//	MaxPayload() int64   // how large an event may be; otherwise 1 MiB
//	NewInbox() string    // a subject for answers; otherwise nats.NewInbox
//
// and Unsubscribe(*nats.Subscription) error, which *nats.Conn does not have: it is for hubs whose subscriptions are not
// those of nats.go, and is called in place of the subscription's own method.
type MessageHub interface {
	// PublishMsg publishes a message.
	PublishMsg(message *nats.Msg) error
	// Subscribe has handler called with each message whose subject matches, one after the other.
	Subscribe(subject string, handler nats.MsgHandler) (*nats.Subscription, error)
	// RequestMsgWithContext publishes a message and returns the first answer. It ends with an error when the context does.
	RequestMsgWithContext(ctx context.Context, message *nats.Msg) (*nats.Msg, error)
}

const defaultMaxPayload = 1 << 20

// maxPayload is how large an event may be. What NATS counts besides, the headers, is left room for.
func maxPayload(hub MessageHub) int {
	limit := int64(defaultMaxPayload)
	if h, ok := hub.(interface{ MaxPayload() int64 }); ok && h.MaxPayload() > 0 {
		limit = h.MaxPayload()
	}
	return int(max(limit-headerRoom, 1))
}

const headerRoom = 128

func isConnected(hub MessageHub) bool {
	h, ok := hub.(interface{ IsConnected() bool })
	return !ok || h.IsConnected()
}

func newInbox(hub MessageHub) string {
	if h, ok := hub.(interface{ NewInbox() string }); ok {
		return h.NewInbox()
	}
	return nats.NewInbox()
}

func unsubscribe(hub MessageHub, subscription *nats.Subscription) error {
	if h, ok := hub.(interface {
		Unsubscribe(*nats.Subscription) error
	}); ok {
		return h.Unsubscribe(subscription)
	}
	err := subscription.Unsubscribe()
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrBadSubscription) {
		return nil // it ended with the connection
	}
	return err
}

// errNotConnected is why nothing was sent while the hub's client looks for the hub.
var errNotConnected = errors.New("not connected")

// hubError says which of this package's errors an error of the hub is. Errors of a context stay what they are.
func hubError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrNoResponders):
		return &wrapped{ErrNoService, err}
	case errors.Is(err, nats.ErrMaxPayload):
		return &wrapped{ErrTooLarge, err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return &wrapped{ErrHub, err}
}

// A wrapped error is one of this package's with its cause.
type wrapped struct{ kind, cause error }

func (w *wrapped) Error() string   { return w.kind.Error() + ": " + w.cause.Error() }
func (w *wrapped) Unwrap() []error { return []error{w.kind, w.cause} }
func (w *wrapped) Code() string    { return Code(w.kind) }
