package metrics

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// A nativeHistogram is what a Histogram has counted since it was created, as Prometheus's native histogram specification
// has it: bucket i of schema s holds 2^((i-1) * 2^-s) < |v| <= 2^(i * 2^-s). For one goroutine at a time.
type nativeHistogram struct {
	schema    int32
	sum       float64
	zeroCount uint64
	positive  map[int32]uint64
	negative  map[int32]uint64
}

const (
	firstSchema       = 3
	lastSchema        = -4
	maxBuckets        = 160 // from the lowest to the highest of both sides together; beyond it the resolution is halved
	zeroThreshold     = 0x1p-128
	zeroThresholdBits = (1023 - 128) << 52
)

func emptyNativeHistogram() nativeHistogram {
	return nativeHistogram{schema: firstSchema, positive: map[int32]uint64{}, negative: map[int32]uint64{}}
}

// The mantissas of the bounds between 0.5 and 1 at schema 3: the doubles nearest to 2^(k/8 - 1).
var boundMantissas = func() (mantissas [8]uint64) {
	for i, bound := range [8]float64{
		0.5, 0.5452538663326288, 0.5946035575013605, 0.6484197773255048,
		0.7071067811865476, 0.7711054127039704, 0.8408964152537145, 0.9170040432046712,
	} {
		mantissas[i] = math.Float64bits(bound) & (1<<52 - 1)
	}
	return mantissas
}()

// bucketIndex is the bucket at schema 3 of the bits of a number above the zero threshold.
func bucketIndex(magnitude uint64) int32 {
	mantissa := magnitude & (1<<52 - 1)
	exponent := (int32(magnitude>>52) - 1023) * 8
	if mantissa == 0 {
		return exponent
	}
	below := int32(1) // how many bounds are below the mantissa
	if mantissa > boundMantissas[4] {
		below = 5
	}
	if mantissa > boundMantissas[below+1] {
		below += 2
	}
	if mantissa > boundMantissas[below] {
		below++
	}
	return exponent + below
}

// atSchema is the bucket at a schema up to 3 that holds bucket index of schema 3.
func atSchema(index, schema int32) int32 { return coarser(index, firstSchema-schema) }

// coarser is the bucket that holds this one when the resolution was halved so many times.
func coarser(index, times int32) int32 { return (index-1)>>times + 1 }

// observe counts one number.
func (n *nativeHistogram) observe(value float64) {
	n.sum += value
	magnitude := math.Float64bits(value) &^ (1 << 63)
	if magnitude <= zeroThresholdBits {
		n.zeroCount++
		return
	}
	n.add(bucketIndex(magnitude), firstSchema, math.Signbit(value), 1)
}

// add adds to a bucket of a schema that is not coarser than this histogram's.
func (n *nativeHistogram) add(index, schema int32, negative bool, count uint64) {
	side := n.positive
	if negative {
		side = n.negative
	}
	side[coarser(index, schema-n.schema)] += count
	for n.schema > lastSchema && reach(n.positive)+reach(n.negative) > maxBuckets {
		n.schema--
		n.positive, n.negative = halved(n.positive), halved(n.negative)
	}
}

// reach is how many buckets there are from the lowest to the highest.
func reach(side map[int32]uint64) int32 {
	if len(side) == 0 {
		return 0
	}
	lowest, highest := int32(math.MaxInt32), int32(math.MinInt32)
	for index := range side {
		lowest, highest = min(lowest, index), max(highest, index)
	}
	return highest - lowest + 1
}

func halved(side map[int32]uint64) map[int32]uint64 {
	half := make(map[int32]uint64, len(side))
	for index, count := range side {
		half[coarser(index, 1)] += count
	}
	return half
}

// appendJSON writes the whole histogram, as docs/icd.md has it.
func (n *nativeHistogram) appendJSON(to []byte) []byte {
	count := n.zeroCount
	for _, side := range [2]map[int32]uint64{n.positive, n.negative} {
		for _, c := range side {
			count += c
		}
	}
	to = append(to, `{"schema":`...)
	to = strconv.AppendInt(to, int64(n.schema), 10)
	to = append(to, `,"count":`...)
	to = strconv.AppendUint(to, count, 10)
	to = append(to, `,"sum":`...)
	to = appendNumber(to, n.sum)
	to = append(to, `,"zero_threshold":`...)
	to = appendNumber(to, zeroThreshold)
	to = append(to, `,"zero_count":`...)
	to = strconv.AppendUint(to, n.zeroCount, 10)
	to = appendSide(to, "positive", n.positive)
	to = appendSide(to, "negative", n.negative)
	return append(to, '}')
}

// appendSide writes spans, each a run of buckets that are not empty, and the counts as differences.
func appendSide(to []byte, name string, side map[int32]uint64) []byte {
	if len(side) == 0 {
		return to
	}
	indexes := slices.Sorted(maps.Keys(side))
	to = append(to, `,"`...)
	to = append(to, name...)
	to = append(to, `":{"spans":[`...)
	next := int32(0) // the index behind the last span
	for start := 0; start < len(indexes); {
		end := start + 1
		for end < len(indexes) && indexes[end] == indexes[end-1]+1 {
			end++
		}
		if start > 0 {
			to = append(to, ',')
		}
		to = append(to, '[')
		to = strconv.AppendInt(to, int64(indexes[start]-next), 10)
		to = append(to, ',')
		to = strconv.AppendInt(to, int64(end-start), 10)
		to = append(to, ']')
		next = indexes[end-1] + 1
		start = end
	}
	to = append(to, `],"deltas":[`...)
	before := int64(0)
	for i, index := range indexes {
		if i > 0 {
			to = append(to, ',')
		}
		count := int64(side[index])
		to = strconv.AppendInt(to, count-before, 10)
		before = count
	}
	return append(to, `]}`...)
}
