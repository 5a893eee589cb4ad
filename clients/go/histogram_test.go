package metrics

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// seeded prints the seed of a random test.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// A modelHistogram keeps every observation and works out buckets from their definition.
type modelHistogram []float64

func (m modelHistogram) buckets(schema int) (positive, negative map[int]uint64, zero uint64) {
	positive, negative = map[int]uint64{}, map[int]uint64{}
	for _, v := range m {
		switch {
		case math.Abs(v) <= zeroThreshold:
			zero++
		case v > 0:
			positive[modelBucket(v, schema)]++
		default:
			negative[modelBucket(-v, schema)]++
		}
	}
	return positive, negative, zero
}

// modelBucket is the i with bound(i-1) < v <= bound(i), found by stepping over bounds.
func modelBucket(v float64, schema int) int {
	bound := func(i int) float64 {
		if schema <= 0 {
			return math.Ldexp(1, i<<-schema)
		}
		perPower := 1 << schema
		power, part := i>>schema, i&(perPower-1)
		return math.Ldexp(math.Exp2(float64(part)/float64(perPower)), power)
	}
	i := int(math.Ceil(math.Log2(v)*math.Exp2(float64(schema)))) - 2
	for bound(i) < v {
		i++
	}
	return i
}

func (m modelHistogram) schema() int {
	for schema := firstSchema; ; schema-- {
		positive, negative, _ := m.buckets(schema)
		if schema == lastSchema || width(positive)+width(negative) <= maxBuckets {
			return schema
		}
	}
}

func width(side map[int]uint64) int {
	if len(side) == 0 {
		return 0
	}
	low, high := math.MaxInt, math.MinInt
	for i := range side {
		low, high = min(low, i), max(high, i)
	}
	return high - low + 1
}

type writtenHistogram struct {
	Schema             int
	Count              uint64
	Sum                float64
	ZeroCount          uint64 `json:"zero_count"`
	Positive, Negative struct {
		Spans  [][2]int
		Deltas []int64
	}
}

func read(t *testing.T, h *Histogram) writtenHistogram {
	t.Helper()
	var written writtenHistogram
	if err := json.Unmarshal(h.appendValue(nil), &written); err != nil {
		t.Fatal(err)
	}
	return written
}

func expand(spans [][2]int, deltas []int64) map[int]uint64 {
	side, index, count, next := map[int]uint64{}, 0, int64(0), 0
	for _, span := range spans {
		index += span[0]
		for range span[1] {
			count += deltas[next]
			side[index] = uint64(count)
			index, next = index+1, next+1
		}
	}
	return side
}

func TestRandomObservationsAgainstTheModel(t *testing.T) {
	random := seeded(t)
	for range 200 {
		h, model := free(t).(*Histogram), modelHistogram{}
		spread := math.Exp2(float64(random.IntN(11))) // beyond it sums overflow
		for range random.IntN(300) {
			v := math.Exp2((random.Float64() - 0.5) * spread)
			switch random.IntN(10) {
			case 0:
				v = -v
			case 1:
				v = 0
			case 2:
				v = math.Exp2(float64(random.IntN(40) - 20)) // on a bound
			}
			if err := h.Observe(v); err != nil {
				t.Fatal(err)
			}
			model = append(model, v)
			if random.IntN(40) == 0 {
				h.appendValue(nil)
			}
		}
		written := read(t, h)
		positive, negative, zero := model.buckets(written.Schema)
		if written.Schema != model.schema() || written.Count != uint64(len(model)) || written.ZeroCount != zero {
			t.Fatalf("%+v: schema %d, count %d, zero %d are wanted", written, model.schema(), len(model), zero)
		}
		same(t, expand(written.Positive.Spans, written.Positive.Deltas), positive)
		same(t, expand(written.Negative.Spans, written.Negative.Deltas), negative)
	}
}

func same(t *testing.T, got, want map[int]uint64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%v, not %v", got, want)
	}
	for i, count := range want {
		if got[i] != count {
			t.Fatalf("bucket %d: %d, not %d", i, got[i], count)
		}
	}
}

// free is a histogram that is no longer, or not yet, pushed.
func free(t *testing.T) value {
	t.Helper()
	h := newHistogram()
	h.client = &Client{settings: settings{batchSize: math.MaxInt}}
	return h
}

// What is read while others observe holds whole observations: each of them is 1, so the sum is the count.
func TestReadingWhileOthersObserve(t *testing.T) {
	h := free(t).(*Histogram)
	const observers, each = 4, 20_000
	var running sync.WaitGroup
	var over atomic.Bool
	for range observers {
		running.Go(func() {
			for range each {
				_ = h.Observe(1)
			}
		})
	}
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		for last := uint64(0); !over.Load(); {
			written := read(t, h)
			if written.Sum != float64(written.Count) || written.Count < last {
				t.Errorf("%+v after a count of %d", written, last)
				return
			}
			last = written.Count
		}
	}()
	running.Wait()
	over.Store(true)
	<-reading
	if written := read(t, h); written.Count != observers*each {
		t.Fatal(written)
	}
}

// Observations that need more room than there is, by many goroutines at a time, are all counted.
func TestMoreRoomWhileOthersObserve(t *testing.T) {
	h := free(t).(*Histogram)
	const observers, each = 4, 5_000
	var running sync.WaitGroup
	for k := range observers {
		random := rand.New(rand.NewPCG(uint64(k), 1))
		running.Go(func() {
			for range each {
				_ = h.Observe(math.Exp2(random.Float64()*18 - 9))
			}
		})
	}
	running.Wait()
	written := read(t, h)
	total := written.ZeroCount
	for _, count := range expand(written.Positive.Spans, written.Positive.Deltas) {
		total += count
	}
	if written.Count != observers*each || total != observers*each || written.Schema != 3 {
		t.Fatal(written, total)
	}
}
