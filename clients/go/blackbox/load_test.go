package blackbox

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"dnd/metrics"
)

// A load makes 1 000 increments and observations a second, over 50 series each, until it is ended.
type load struct {
	count   atomic.Int64
	stop    chan struct{}
	over    chan struct{}
	once    sync.Once
	failed  error
	longest time.Duration // of a call; read it after end
}

func startLoad(client *metrics.Client) *load {
	l := &load{stop: make(chan struct{}), over: make(chan struct{})}
	go func() {
		defer close(l.over)
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		begun := time.Now()
		for {
			select {
			case <-l.stop:
				return
			case <-ticker.C:
			}
			for due := time.Since(begun).Milliseconds(); l.count.Load() < due; l.count.Add(1) {
				l.record(client, l.count.Load())
			}
		}
	}()
	return l
}

func (l *load) record(client *metrics.Client, n int64) {
	labels := metrics.Labels{"die": fmt.Sprintf("d%d", n%50)}
	started := time.Now()
	err := client.IncCounter("rolls_total", labels)
	if err == nil {
		err = client.Observe("roll_seconds", float64(n%1000)/1000, labels)
	}
	l.longest = max(l.longest, time.Since(started))
	if err != nil && l.failed == nil {
		l.failed = err
	}
}

func (l *load) made() int64 { return l.count.Load() }

// end ends it and returns how many increments were made.
func (l *load) end() int64 {
	l.once.Do(func() { close(l.stop) })
	<-l.over
	if l.failed != nil {
		panic(l.failed)
	}
	return l.made()
}
