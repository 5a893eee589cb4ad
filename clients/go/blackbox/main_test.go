// Package blackbox starts the real service and talks to it with the client.
package blackbox

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"dnd/metrics"
	"dnd/metrics/internal/servicetest"
)

const (
	project = "../../.."  // the repository
	soon    = time.Minute // far longer than a machine needs that is slow and busy
)

// The service that most tests share.
var service *servicetest.Service

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	root, err := filepath.Abs(project)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	shared, stop, err := servicetest.Temporary(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	service = shared
	return m.Run()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connect opens a connection that the test closes at its end.
func connect(t *testing.T) *nats.Conn {
	t.Helper()
	connection, err := nats.Connect(service.URL(), nats.Timeout(soon))
	check(t, err)
	t.Cleanup(connection.Close)
	return connection
}

// within is a context that ends soon.
func within(t *testing.T, limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

// newClient makes a client that the test closes at its end.
func newClient(t *testing.T, name string, options metrics.Options) *metrics.Client {
	t.Helper()
	options.Logger = slog.New(slog.DiscardHandler)
	client := metrics.NewClient(&metrics.Config{ServiceID: name, MessageHub: connect(t), Options: options})
	check(t, client.Err())
	t.Cleanup(func() { _ = client.Close(within(t, soon)) })
	return client
}

// value asks for the one number that a query answers with.
func value(t *testing.T, client *metrics.Client, query string) float64 {
	t.Helper()
	result, err := client.Query(within(t, soon), query)
	check(t, err)
	if len(result.Vector) != 1 {
		t.Fatalf("%s: one series is wanted:\n%s", query, result)
	}
	return result.Vector[0].Value
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * soon); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", 3*soon, what)
		}
	}
}
