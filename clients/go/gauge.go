package metrics

import (
	"math"
	"sync/atomic"
)

// A Gauge is one series that goes up and down; it begins at 0. Its methods neither lock nor allocate, and any number of
// goroutines may call them.
type Gauge struct {
	series

	bits atomic.Uint64 // of a float64; apart from series.state as in Counter
}

// Set sets the value. NaN and infinities are values too.
func (g *Gauge) Set(value float64) error {
	g.bits.Store(math.Float64bits(value))
	return g.marked()
}

// Inc adds 1.
func (g *Gauge) Inc() error { return g.Add(1) }

// Dec subtracts 1.
func (g *Gauge) Dec() error { return g.Add(-1) }

// Add adds a number, which may be negative.
func (g *Gauge) Add(amount float64) error {
	addFloat(&g.bits, amount)
	return g.marked()
}

// Sub subtracts a number.
func (g *Gauge) Sub(amount float64) error { return g.Add(-amount) }

func (g *Gauge) appendValue(to []byte) []byte {
	return appendNumber(to, math.Float64frombits(g.bits.Load()))
}
