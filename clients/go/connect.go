package metrics

import (
	"context"
	"net"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// Connect makes a client with a connection of its own, which Close closes. It connects, within ctx, to a NATS URL, or to one of
// several with commas between them; later, when the hub is away, it comes back by itself for as long as the client lives. The
// options are those of nats.go, such as nats.UserInfo; with nats.RetryOnFailedConnect(true) the hub may come after the
// client. config's MessageHub is not looked at.
func Connect(ctx context.Context, url string, config *Config, options ...nats.Option) (*Client, error) {
	if _, err := checkedWithoutHub(config); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dialer := &firstDialer{}
	dialer.first.Store(&ctx)
	own := []nats.Option{nats.Name(config.ServiceID), nats.MaxReconnects(-1), nats.SetCustomDialer(dialer)}
	connection, err := nats.Connect(url, append(own, options...)...)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, hubError(err)
	}
	dialer.first.Store(nil)
	given := *config
	given.MessageHub = connection
	client := NewClient(&given)
	client.ownHub = connection.Close
	return client, nil
}

// A firstDialer dials within a context for the first connection, and without one to come back.
type firstDialer struct {
	first atomic.Pointer[context.Context]
}

func (d *firstDialer) Dial(network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: nats.DefaultTimeout}
	if ctx := d.first.Load(); ctx != nil {
		return dialer.DialContext(*ctx, network, address)
	}
	return dialer.Dial(network, address)
}
