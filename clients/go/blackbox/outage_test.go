package blackbox

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"dnd/metrics"
	"dnd/metrics/internal/servicetest"
)

// outage is how long hub and service are away: OUTAGE=60s for the whole of it.
func outage(t *testing.T) time.Duration {
	text := os.Getenv("OUTAGE")
	if text == "" {
		return 3 * time.Second
	}
	duration, err := time.ParseDuration(text)
	check(t, err)
	return duration
}

// TestOutage kills hub and service under 1 000 increments and observations a second and starts them again, once as they were
// and once on an empty folder. In the end every increment is there once, no call had to wait, and memory stayed bounded.
func TestOutage(t *testing.T) {
	for _, returning := range []struct {
		name  string
		empty bool
	}{{"as it was", false}, {"on an empty folder", true}} {
		t.Run(returning.name, func(t *testing.T) {
			t.Parallel()
			root, err := filepath.Abs(project)
			check(t, err)
			folder := t.TempDir()
			killed := servicetest.New(root, filepath.Join(folder, "data"))
			check(t, killed.Start())
			defer func() { check(t, killed.Stop()) }()
			hub, err := nats.Connect(killed.URL(), nats.Timeout(soon), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
			check(t, err)
			defer hub.Close()
			client := metrics.NewClient(&metrics.Config{ServiceID: "go_outage", MessageHub: hub, Options: metrics.Options{
				PushInterval: "200ms", RepeatInterval: "1s", BatchSize: 10, BufferEvents: 20,
			}})

			live := &liveSum{}
			following, cancel := context.WithCancel(context.Background())
			defer cancel()
			go live.follow(following, client)

			load := startLoad(client)
			defer load.end()
			until(t, "increments arrive", func() bool { return client.Status().WaitingEvents == 0 && load.made() > 500 })
			until(t, "the live query is answered", live.isAnswered) // only then is it asked again after an outage
			check(t, killed.Kill())
			away := time.Now()
			for time.Since(away) < outage(t) {
				time.Sleep(50 * time.Millisecond)
				if status := client.Status(); status.WaitingEvents > 20 {
					t.Fatal("the buffer is not bounded", status)
				}
			}
			grown := heap() // while all is still waiting
			if returning.empty {
				killed.SetFolder(filepath.Join(folder, "empty"))
			}
			check(t, killed.Start())
			back := load.made()
			until(t, "it goes on", func() bool { return client.Status().WaitingEvents == 0 && load.made() > back+500 })
			made := load.end()
			check(t, client.Flush(within(t, soon)))

			if got := value(t, client, `sum(rolls_total{service="go_outage"})`); got != float64(made) {
				t.Errorf("%v increments are there, %d were made", got, made)
			}
			if got := value(t, client, `histogram_count(sum(roll_seconds{service="go_outage"}))`); got != float64(made) {
				t.Errorf("%v observations are there, %d were made", got, made)
			}
			until(t, "the live query has come back", func() bool { return live.is(t, made) })
			check(t, client.Flush(within(t, soon))) // an event dropped while the first flush made its own is told now
			status := client.Status()
			dropped := value(t, client, `sum(dnd_metrics_client_dropped_events_total{service="go_outage"}) or vector(0)`)
			if dropped != float64(status.DroppedEvents) || outage(t) >= 10*time.Second && dropped == 0 {
				t.Errorf("%v dropped events are told, %d were dropped", dropped, status.DroppedEvents)
			}
			t.Logf("%d increments, %d events dropped, longest call %s, heap %d KiB", made, status.DroppedEvents, load.longest, grown>>10)
			if load.longest > 2*time.Second { // an outage is longer; this leaves room for a machine that is busy
				t.Errorf("a call took %s", load.longest)
			}
			if grown > 64<<20 {
				t.Errorf("the heap has grown to %d bytes", grown)
			}
			check(t, client.Close(within(t, soon)))
		})
	}
}

// A liveSum is the sum of increments as a live query tells it.
type liveSum struct {
	lock     sync.Mutex
	answered bool
	last     int64
	err      error // by which the live query ended
}

// follow keeps what the live query tells, until ctx ends or the live query does.
func (l *liveSum) follow(ctx context.Context, client *metrics.Client) {
	for update, err := range client.QueryLive(ctx, `sum(rolls_total{service="go_outage"}) or vector(0)`) {
		l.lock.Lock()
		if l.err = err; err == nil {
			l.answered, l.last = true, int64(update.Result.Vector[0].Value)
		}
		l.lock.Unlock()
	}
}

func (l *liveSum) isAnswered() bool {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.answered || l.err != nil
}

// is tells whether the sum was told last; the test ends where the live query ended.
func (l *liveSum) is(t *testing.T, sum int64) bool {
	t.Helper()
	l.lock.Lock()
	defer l.lock.Unlock()
	check(t, l.err)
	return l.last == sum
}

func heap() uint64 {
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}
