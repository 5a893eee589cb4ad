package metrics

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Histogram is one series of a native histogram: it needs no buckets to be chosen. Its methods neither lock nor
// allocate but for the rare observation that needs more room, and any number of goroutines may call them.
//
// Observations go into one of two halves, the hot one; an observation adds its value to the half's sum and then is counted
// in a slot. Who reads turns the halves round, waits until as many observations are counted in the cold one as were begun
// in it, and moves what it holds into total. So an event never tells of half an observation. (The idea of hot and cold
// counts is client_golang's.)
type Histogram struct {
	series

	halves [2]*half // the cold one is changed under mu only

	mu     sync.Mutex
	turned uint64 // how many observations had been begun when the halves were last turned round
	total  nativeHistogram

	// Apart from halves and series.state, as in Counter, and together, so that they come to a processor at one time.
	begun atomic.Uint64    // bit 63: which half is hot; below it: how many observations were begun
	sums  [2]atomic.Uint64 // of the halves: the bits of float64s
}

const hotBit = 1 << 63

func newHistogram() *Histogram {
	h := &Histogram{total: emptyNativeHistogram()}
	h.halves[0] = newHalf(firstSlots, h.total.schema)
	h.halves[1] = newHalf(firstSlots, h.total.schema)
	return h
}

// Observe counts a finite number.
func (h *Histogram) Observe(value float64) error {
	if !isFinite(value) {
		return h.refuse(invalidObservation(h.name, value))
	}
	hot := h.begun.Add(1) >> 63
	half := h.halves[hot]
	counter := half.counterOf(value)
	if counter == nil {
		half.refused.Add(1)
		return h.observeWithMoreRoom(value)
	}
	addFloat(&h.sums[hot], value)
	counter.Add(1)
	return h.marked()
}

// ObserveDuration counts a duration in seconds.
func (h *Histogram) ObserveDuration(duration time.Duration) error {
	return h.Observe(duration.Seconds())
}

// Start starts a timer that observes in this histogram.
func (h *Histogram) Start() Timer { return Timer{histogram: h, started: time.Now()} }

func isFinite(value float64) bool { return value-value == 0 }

func invalidObservation(name string, value float64) error {
	return &MetricError{Metric: name, Problem: "an observation is a finite number, not " + formatFloat(value), kind: ErrInvalidValue}
}

// observeWithMoreRoom is for an observation whose half has no slot left: once it is turned cold and empty it gets more.
func (h *Histogram) observeWithMoreRoom(value float64) error {
	h.mu.Lock()
	h.drain()
	h.total.observe(value)
	h.mu.Unlock()
	return h.marked()
}

// drain moves all that was observed so far into total. Under mu.
func (h *Histogram) drain() {
	state := h.begun.Add(hotBit)
	begun, cold := state&^hotBit, 1-state>>63
	for h.halves[cold].ended() != begun-h.turned {
		runtime.Gosched()
	}
	h.turned = begun
	h.total.sum += math.Float64frombits(h.sums[cold].Swap(0))
	h.halves[cold] = h.halves[cold].moveTo(&h.total)
}

func (h *Histogram) appendValue(to []byte) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drain()
	return h.total.appendJSON(to)
}

// A half holds observations since it was last emptied.
type half struct {
	schema int32
	keys   []atomic.Uint32 // an open-addressed hash table by bucket, a power of two; slotKey of the bucket, 0 where a slot is free
	counts []atomic.Uint64 // of the buckets in keys; apart from them, so that finding a slot does not read what others write

	_       [cacheLine]byte // what is above is only read while the half is hot
	zero    atomic.Uint64
	refused atomic.Uint64 // observations that found no slot
}

const cacheLine = 64

// A half begins with room for a few buckets and gets twice as much whenever it was too little.
const firstSlots = 16

func newHalf(slots int, schema int32) *half {
	return &half{schema: schema, keys: make([]atomic.Uint32, slots), counts: make([]atomic.Uint64, slots)}
}

// counterOf returns what counts observations of a value, nil where there is no room.
func (h *half) counterOf(value float64) *atomic.Uint64 {
	magnitude := math.Float64bits(value) &^ (1 << 63)
	if magnitude <= zeroThresholdBits {
		return &h.zero
	}
	key := slotKey(atSchema(bucketIndex(magnitude), h.schema), math.Signbit(value))
	mask := uint32(len(h.keys) - 1)
	first := key * 0x9e3779b1 >> 8
	for i := uint32(0); i <= mask; i++ {
		slot := (first + i) & mask
		found := h.keys[slot].Load()
		if found == 0 && h.keys[slot].CompareAndSwap(0, key) {
			return &h.counts[slot]
		}
		if found == key || found == 0 && h.keys[slot].Load() == key {
			return &h.counts[slot]
		}
	}
	return nil
}

// ended is how many observations were begun in this half and are over.
func (h *half) ended() uint64 {
	ended := h.zero.Load() + h.refused.Load()
	for i := range h.counts {
		ended += h.counts[i].Load()
	}
	return ended
}

// moveTo empties a half that nobody observes in, and returns it, or one with more room, ready to be used.
func (h *half) moveTo(total *nativeHistogram) *half {
	total.zeroCount += h.zero.Load()
	for i := range h.keys {
		if key := h.keys[i].Load(); key != 0 {
			index, negative := bucketOf(key)
			total.add(index, h.schema, negative, h.counts[i].Load())
		}
	}
	if h.refused.Load() > 0 {
		return newHalf(2*len(h.keys), total.schema)
	}
	for i := range h.keys {
		h.keys[i].Store(0)
		h.counts[i].Store(0)
	}
	h.zero.Store(0)
	h.schema = total.schema
	return h
}

// slotKey is never 0.
func slotKey(index int32, negative bool) uint32 {
	key := uint32(index+1<<20) << 1
	if negative {
		key |= 1
	}
	return key
}

func bucketOf(key uint32) (index int32, negative bool) {
	return int32(key>>1) - 1<<20, key&1 == 1
}
