package metrics

import (
	"sync/atomic"
	"unsafe"
)

// An adder is a sum that many goroutines add to. It is one number until two of them are found to meet there; from then on it is
// several, on cache lines of their own, and goroutines mostly find different ones.
type adder struct {
	first atomic.Uint64
	more  atomic.Pointer[[stripes]stripe]
}

const (
	stripes = 8    // a power of two
	turn    = 1024 // every so many additions it is looked whether others add, too; a power of two
	look    = 100  // so many reads it lasts, in a tenth of a microsecond or more
)

type stripe struct {
	sum atomic.Uint64
	_   [cacheLine - 8]byte
}

// add adds by one instruction where nobody else does. (A compare-and-swap would tell of others at once and costs a third more.)
func (a *adder) add(amount uint64) {
	if more := a.more.Load(); more != nil {
		more[ownStripe()].sum.Add(amount)
	} else if sum := a.first.Add(amount); sum%turn == 0 {
		a.lookForOthers(sum)
	}
}

func (a *adder) lookForOthers(sum uint64) {
	for range look {
		if a.first.Load() != sum {
			a.more.CompareAndSwap(nil, new([stripes]stripe))
			return
		}
	}
}

// sum is never less than an earlier call returned.
func (a *adder) sum() uint64 {
	sum := a.first.Load()
	if more := a.more.Load(); more != nil {
		for i := range more {
			sum += more[i].sum.Load()
		}
	}
	return sum
}

// ownStripe tells goroutines apart by where their stacks are. It may change from call to call, which only costs time.
func ownStripe() uint32 {
	var onStack byte
	return uint32(uintptr(unsafe.Pointer(&onStack))>>11) * 0x9e3779b1 >> 29
}
