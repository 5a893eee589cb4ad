// Bench measures what recording costs in this client and in client_golang, in one run and in turns, many short ones, of which the
// least counts: what else the machine does disturbs both alike. Of parallel cases the median counts: their least is a turn in which
// one goroutine ran after the other. Each case prints a line of JSON: the nanoseconds a call of both, and what a call allocates.
//
//	go run .             all cases
//	go run . -rounds 100 counter
package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
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

// newClient makes a client that pushes only when it is told to.
func newClient(hub metrics.MessageHub) *metrics.Client {
	return metrics.NewClient(&metrics.Config{
		ServiceID: "bench", MessageHub: hub, Options: metrics.Options{PushInterval: "1h", BatchSize: 1 << 30},
	})
}

// A comparison is one case: the i-th call of both clients, by one goroutine or by as many as there are processors.
type comparison struct {
	name     string
	ours     func(i int)
	theirs   func(i int)
	parallel bool
}

func main() {
	rounds := flag.Int("rounds", 40, "how often each side of a case is measured")
	testing.Init()
	_ = flag.Set("test.benchtime", "10ms")
	flag.Parse()
	client := newClient(&blackHole{})
	defer func() { _ = client.Close(context.Background()) }()
	out := json.NewEncoder(os.Stdout)
	for _, c := range comparisons(client, prometheus.NewRegistry()) {
		if flag.NArg() > 0 && !strings.Contains(c.name, flag.Arg(0)) {
			continue
		}
		l := line{Client: "go", Case: c.name, Peer: "client_golang", Goroutines: 1}
		var ours, theirs []float64
		for range *rounds {
			our, their := measure(c.ours, c.parallel), measure(c.theirs, c.parallel)
			ours, theirs = append(ours, nanoseconds(our)), append(theirs, nanoseconds(their))
			l.Bytes, l.PeerBytes = our.AllocedBytesPerOp(), their.AllocedBytesPerOp()
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		counts := 0
		if c.parallel {
			l.Goroutines = runtime.GOMAXPROCS(0)
			counts = *rounds / 2
		}
		l.Ns, l.PeerNs = ours[counts], theirs[counts]
		_ = out.Encode(l)
	}
}

func measure(call func(i int), parallel bool) testing.BenchmarkResult {
	if parallel {
		return testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					call(i)
				}
			})
		})
	}
	return testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			call(i)
		}
	})
}

func nanoseconds(r testing.BenchmarkResult) float64 { return float64(r.T.Nanoseconds()) / float64(r.N) }

// A blackHole is a hub that takes everything, and remembers the last event.
type blackHole struct{ last atomic.Pointer[nats.Msg] }

func (*blackHole) PublishMsg(*nats.Msg) error { return nil }

func (*blackHole) Subscribe(string, nats.MsgHandler) (*nats.Subscription, error) {
	return &nats.Subscription{}, nil
}

func (h *blackHole) RequestMsgWithContext(_ context.Context, message *nats.Msg) (*nats.Msg, error) {
	h.last.Store(message)
	return &nats.Msg{Data: []byte(`{"type": "metrics.collected"}`)}, nil
}
