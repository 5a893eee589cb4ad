package metrics

import (
	"sync"
	"testing"
	"unsafe"
)

func TestAdderKeepsEveryAddition(t *testing.T) {
	const goroutines, additions = 8, 100_000
	var a adder
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			last := uint64(0)
			for i := range additions {
				a.add(3)
				if i%1000 == 0 {
					sum := a.sum()
					if sum < last {
						t.Errorf("the sum fell from %d to %d", last, sum)
					}
					last = sum
				}
			}
		})
	}
	all.Wait()
	if want := uint64(goroutines * additions * 3); a.sum() != want {
		t.Errorf("the sum is %d, not %d", a.sum(), want)
	}
}

func TestAdderIsOneNumberUntilGoroutinesMeet(t *testing.T) {
	var a adder
	for range 3000 {
		a.add(1)
	}
	if a.more.Load() != nil || a.sum() != 3000 {
		t.Errorf("sum %d, stripes %v", a.sum(), a.more.Load())
	}
	a.lookForOthers(2999) // somebody else has added 1
	a.add(5)
	if a.sum() != 3005 || a.first.Load() != 3000 {
		t.Errorf("sum %d, of which %d in the first number", a.sum(), a.first.Load())
	}
}

func TestStripesHaveCacheLinesOfTheirOwn(t *testing.T) {
	if size := unsafe.Sizeof(stripe{}); size != cacheLine {
		t.Errorf("a stripe has %d bytes", size)
	}
}
