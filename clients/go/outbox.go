package metrics

import (
	"slices"
	"sync"
)

// An outbox holds the events that wait to be acknowledged, oldest first, within a number and a size. Safe for use by
// several goroutines.
type outbox struct {
	maxEvents, maxBytes int
	filled              chan struct{} // capacity 1: an event was put in

	mu     sync.Mutex
	events []*event
	bytes  int
	put    uint64        // the number of the event that was put in last
	lost   uint64        // that of the last one that had to go
	whole  uint64        // that of the first one of those that held all series
	ended  chan struct{} // closed, and replaced, whenever an event leaves
}

func newOutbox(maxEvents, maxBytes int) *outbox {
	return &outbox{maxEvents: maxEvents, maxBytes: maxBytes, filled: make(chan struct{}, 1), ended: make(chan struct{})}
}

// add puts an event in and returns how many of the oldest had to go for it. The new one stays in any case.
func (o *outbox) add(e *event) (dropped int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.put++
	e.number = o.put
	o.events = append(o.events, e)
	o.bytes += len(e.payload)
	for len(o.events) > 1 && (len(o.events) > o.maxEvents || o.bytes > o.maxBytes) {
		o.lost = o.events[0].number
		o.removeFirst()
		dropped++
	}
	select {
	case o.filled <- struct{}{}:
	default:
	}
	return dropped
}

// wholeFollows says that the events which are put in next hold all series: what went before them is told by them.
func (o *outbox) wholeFollows() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.whole = o.put + 1
}

// hasGap tells whether an event had to go that holds what perhaps no later one does.
func (o *outbox) hasGap() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lost > 0 && o.lost >= o.whole
}

// first returns the oldest event, nil where there is none.
func (o *outbox) first() *event {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.events) == 0 {
		return nil
	}
	return o.events[0]
}

// end takes an event out, which may have been dropped meanwhile. It tells whether none is left.
func (o *outbox) end(e *event) (empty bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.events) > 0 && o.events[0] == e {
		o.removeFirst()
	}
	return len(o.events) == 0
}

// all returns the events, oldest first.
func (o *outbox) all() []*event {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.events)
}

// clear takes out all that is left and returns how many that were.
func (o *outbox) clear() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	left := len(o.events)
	for len(o.events) > 0 {
		o.removeFirst()
	}
	return left
}

func (o *outbox) removeFirst() {
	o.bytes -= len(o.events[0].payload)
	o.events[0] = nil
	o.events = o.events[1:]
	close(o.ended)
	o.ended = make(chan struct{})
}

// size is how many events wait, and how many bytes they have.
func (o *outbox) size() (events, bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.events), o.bytes
}

// last is the number of the event that was put in last.
func (o *outbox) last() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.put
}

// waitingUpTo returns how many events with numbers up to this one are still here, and what is closed when one leaves.
func (o *outbox) waitingUpTo(number uint64) (int, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	waiting := 0
	for _, e := range o.events {
		if e.number <= number {
			waiting++
		}
	}
	return waiting, o.ended
}
