// Bench measures what recording costs in this client and in client_golang, in one run and turn by turn. Each case prints a
// line of JSON: the nanoseconds a call of both, the best of several rounds, and what this client allocates.
//
//	go run .            all cases
//	go run . -rounds 9 counter
package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"

	"dnd/metrics"
)

// A line is what is printed of a case.
type line struct {
	Client     string  `json:"client"`
	Case       string  `json:"case"`
	Ns         float64 `json:"ns"`
	Peer       string  `json:"peer"`
	PeerNs     float64 `json:"peer_ns"`
	Bytes      int64   `json:"bytes"`
	PeerBytes  int64   `json:"peer_bytes"`
	Goroutines int     `json:"goroutines"`
}

// A comparison is one case: what both clients do b.N times.
type comparison struct {
	name     string
	ours     func(b *testing.B)
	theirs   func(b *testing.B)
	parallel bool
}

func main() {
	rounds := flag.Int("rounds", 5, "how often each side of a case is measured")
	testing.Init()
	_ = flag.Set("test.benchtime", "200ms")
	flag.Parse()
	client := metrics.NewClient(&metrics.Config{ServiceID: "bench", MessageHub: blackHole{}, Options: metrics.Options{PushInterval: "1h", BatchSize: 1 << 30}})
	defer func() { _ = client.Close(context.Background()) }()
	out := json.NewEncoder(os.Stdout)
	for _, c := range comparisons(client, prometheus.NewRegistry()) {
		if flag.NArg() > 0 && !strings.Contains(c.name, flag.Arg(0)) {
			continue
		}
		l := line{Client: "go", Case: c.name, Peer: "client_golang", Goroutines: 1}
		for range *rounds {
			ours, theirs := testing.Benchmark(c.ours), testing.Benchmark(c.theirs)
			l.Ns, l.PeerNs = least(l.Ns, ours), least(l.PeerNs, theirs)
			l.Bytes, l.PeerBytes = ours.AllocedBytesPerOp(), theirs.AllocedBytesPerOp()
		}
		if c.parallel {
			l.Goroutines = parallelism()
		}
		_ = out.Encode(l)
	}
}

func least(before float64, r testing.BenchmarkResult) float64 {
	ns := float64(r.T.Nanoseconds()) / float64(r.N)
	if before == 0 || ns < before {
		return ns
	}
	return before
}

// A blackHole is a hub that takes everything.
type blackHole struct{}

func (blackHole) PublishMsg(*nats.Msg) error { return nil }

func (blackHole) Subscribe(string, nats.MsgHandler) (*nats.Subscription, error) {
	return &nats.Subscription{}, nil
}

func (blackHole) RequestMsgWithContext(context.Context, *nats.Msg) (*nats.Msg, error) {
	return &nats.Msg{Data: []byte(`{"type": "metrics.collected"}`)}, nil
}
