package metrics

import (
	"math"
	"sync/atomic"
)

// A Counter is one series that only grows. Its methods neither lock nor allocate, and any number of goroutines may call
// them. Hold on to it where the labels are known beforehand: that saves looking the series up.
type Counter struct {
	series

	// Apart from series.state, which goroutines that add at the same time only read: it stays in their caches.
	whole    adder         // what was added as whole numbers
	fraction atomic.Uint64 // the bits of the float64 that holds the rest
}

// Inc adds 1.
func (c *Counter) Inc() error {
	c.whole.add(1)
	return c.marked()
}

// Add adds a finite number from 0 up.
func (c *Counter) Add(amount float64) error {
	if !isIncrement(amount) {
		return c.refuse(invalidIncrement(c.name, amount))
	}
	if whole := uint64(amount); amount < 1<<53 && float64(whole) == amount {
		c.whole.add(whole)
	} else {
		addFloat(&c.fraction, amount)
	}
	return c.marked()
}

func isIncrement(amount float64) bool { return amount >= 0 && amount <= math.MaxFloat64 }

func invalidIncrement(name string, amount float64) error {
	return &MetricError{Metric: name, Problem: "a counter grows by a finite number from 0 up, not by " + formatFloat(amount), kind: ErrInvalidCounterValue}
}

func (c *Counter) appendValue(to []byte) []byte {
	return appendNumber(to, float64(c.whole.sum())+math.Float64frombits(c.fraction.Load()))
}

func addFloat(bits *atomic.Uint64, amount float64) {
	for {
		old := bits.Load()
		if bits.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+amount)) {
			return
		}
	}
}
