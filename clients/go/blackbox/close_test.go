package blackbox

import (
	"context"
	"errors"
	"testing"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"dnd/metrics"
)

// TestCloseLeavesNothingBehind uses all that a client has and looks for goroutines and subscriptions afterwards. It does not
// run beside others.
func TestCloseLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	own, err := metrics.Connect(within(t, soon), service.URL(), &metrics.Config{ServiceID: "go_own"})
	check(t, err)
	useAll(t, own)
	check(t, own.Close(within(t, soon)))
	check(t, own.Close(within(t, soon)))

	hub, err := nats.Connect(service.URL(), nats.Timeout(soon))
	check(t, err)
	shared := metrics.NewClient(&metrics.Config{ServiceID: "go_shared", MessageHub: hub})
	useAll(t, shared)
	check(t, shared.Close(within(t, soon)))
	if hub.IsClosed() {
		t.Fatal("the hub that the client was given is closed")
	}
	// One is nats.go's own, for answers; a subscription that drains goes a moment later.
	until(t, "its subscriptions are gone", func() bool { return hub.NumSubscriptions() <= 1 })
	hub.Close()
	until(t, "its goroutines have ended", func() bool {
		err := goleak.Find(before)
		if err != nil {
			t.Log(err)
		}
		return err == nil
	})
}

func useAll(t *testing.T, client *metrics.Client) {
	t.Helper()
	check(t, client.IncCounter("a_total", nil))
	check(t, client.StartTimer("b_seconds", nil).Stop())
	check(t, client.ReportEvery(soon, func() ([]metrics.ReportedMetric, error) { return nil, nil }, nil))
	_, err := client.OnAlert(func(metrics.Alert) {})
	check(t, err)
	_, err = client.OnDashboard(func(metrics.DashboardChange) {})
	check(t, err)
	_, err = client.Query(within(t, soon), "1")
	check(t, err)
	ended := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		for _, err := range client.QueryLive(context.Background(), "vector(1)") {
			if err != nil {
				ended <- err
				return
			}
			close(started)
		}
	}()
	<-started
	t.Cleanup(func() {
		if err := <-ended; !errors.Is(err, metrics.ErrClosed) {
			t.Error(err)
		}
	})
	check(t, client.Flush(within(t, soon)))
}
