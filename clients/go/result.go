package metrics

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A ResultType is the shape of a query's result, as PromQL has them.
type ResultType string

const (
	VectorResult ResultType = "vector" // Vector: one sample for each series
	MatrixResult ResultType = "matrix" // Matrix: samples over time for each series
	ScalarResult ResultType = "scalar" // Scalar: one number
	StringResult ResultType = "string" // Text
)

// A Result is what a query returned. It prints as the command line of Prometheus does.
type Result struct {
	Type          ResultType
	Vector        []Sample
	Matrix        []Series
	Scalar        Point
	Text          string
	Warnings      []string
	Infos         []string
	CorrelationID string
}

// A Sample is one series at one time.
type Sample struct {
	Labels Labels // with the metric's name as "__name__"
	Point
}

// A Series is one series over time.
type Series struct {
	Labels Labels // with the metric's name as "__name__"
	Points []Point
}

// A Point is a value at a time: a number, or a histogram where Histogram is not nil.
type Point struct {
	Time      time.Time
	Value     float64
	Histogram *HistogramValue

	none bool // in an update: there is no point at that time any more
}

// A HistogramValue is a native histogram as PromQL returns it.
type HistogramValue struct {
	Count   float64
	Sum     float64
	Buckets []Bucket
}

// A Bucket holds Count observations between Lower and Upper.
type Bucket struct {
	Lower, Upper                   float64
	LowerInclusive, UpperInclusive bool
	Count                          float64
}

// Name is the metric's name, "" where the result has none.
func (s Sample) Name() string { return s.Labels["__name__"] }

// Name is the metric's name, "" where the result has none.
func (s Series) Name() string { return s.Labels["__name__"] }

func (r *Result) String() string {
	if r == nil {
		return ""
	}
	var text strings.Builder
	switch r.Type {
	case VectorResult:
		for _, s := range r.Vector {
			fmt.Fprintln(&text, s)
		}
	case MatrixResult:
		for _, s := range r.Matrix {
			fmt.Fprintln(&text, s)
		}
	case ScalarResult:
		fmt.Fprintf(&text, "scalar: %v\n", r.Scalar)
	case StringResult:
		fmt.Fprintf(&text, "string: %q\n", r.Text)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintln(&text, "warning:", warning)
	}
	for _, info := range r.Infos {
		fmt.Fprintln(&text, "info:", info)
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func (s Sample) String() string { return seriesText(s.Labels) + " => " + s.Point.String() }

func (s Series) String() string {
	var text strings.Builder
	text.WriteString(seriesText(s.Labels) + " =>")
	for _, p := range s.Points {
		text.WriteString("\n" + p.String())
	}
	return text.String()
}

func (p Point) String() string {
	value := formatFloat(p.Value)
	if p.Histogram != nil {
		value = p.Histogram.String()
	}
	return value + " @[" + unixText(p.Time) + "]"
}

func (h *HistogramValue) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "{count:%s, sum:%s", formatFloat(h.Count), formatFloat(h.Sum))
	for _, b := range h.Buckets {
		opening, closing := "(", ")"
		if b.LowerInclusive {
			opening = "["
		}
		if b.UpperInclusive {
			closing = "]"
		}
		fmt.Fprintf(&text, ", %s%s,%s%s:%s", opening, formatFloat(b.Lower), formatFloat(b.Upper), closing, formatFloat(b.Count))
	}
	return text.String() + "}"
}

// seriesText is a series as PromQL writes it: name{label="value"}.
func seriesText(labels Labels) string {
	rest := Labels{}
	for name, value := range labels {
		if name != "__name__" {
			rest[name] = value
		}
	}
	name := labels["__name__"]
	if len(rest) == 0 && name != "" {
		return name
	}
	return name + rest.String()
}

func unixText(at time.Time) string {
	return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', -1, 64)
}

// UnmarshalJSON reads a series at one time, as the Prometheus API writes it.
func (s *Sample) UnmarshalJSON(text []byte) error {
	var raw struct {
		Metric    Labels
		Value     *numberAt
		Histogram *histogramAt
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	s.Labels = raw.Metric
	switch {
	case raw.Value != nil:
		s.Point = Point(*raw.Value)
	case raw.Histogram != nil:
		s.Point = Point(*raw.Histogram)
	default:
		return fmt.Errorf("a sample without value and histogram")
	}
	return nil
}

// UnmarshalJSON reads a series over time, as the Prometheus API writes it: numbers and histograms apart, each in order.
func (s *Series) UnmarshalJSON(text []byte) error {
	var raw struct {
		Metric     Labels
		Values     []numberAt
		Histograms []histogramAt
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	s.Labels = raw.Metric
	s.Points = make([]Point, 0, len(raw.Values)+len(raw.Histograms))
	i, j := 0, 0
	for i < len(raw.Values) || j < len(raw.Histograms) {
		if j == len(raw.Histograms) || i < len(raw.Values) && raw.Values[i].Time.Before(raw.Histograms[j].Time) {
			s.Points = append(s.Points, Point(raw.Values[i]))
			i++
		} else {
			s.Points = append(s.Points, Point(raw.Histograms[j]))
			j++
		}
	}
	return nil
}

// A numberAt is [time, "number"].
type numberAt Point

func (p *numberAt) UnmarshalJSON(text []byte) error {
	var value string
	at, err := timed(text, &value)
	if err != nil {
		return err
	}
	p.Time = at
	if value == "" { // null
		p.Value, p.none = math.NaN(), true
		return nil
	}
	p.Value, err = strconv.ParseFloat(value, 64)
	return err
}

// A histogramAt is [time, {"count", "sum", "buckets"}].
type histogramAt Point

func (p *histogramAt) UnmarshalJSON(text []byte) error {
	var raw struct {
		Count, Sum string
		Buckets    [][4]json.RawMessage
	}
	at, err := timed(text, &raw)
	if err != nil {
		return err
	}
	h := &HistogramValue{Buckets: make([]Bucket, len(raw.Buckets))}
	if h.Count, err = strconv.ParseFloat(raw.Count, 64); err != nil {
		return err
	}
	if h.Sum, err = strconv.ParseFloat(raw.Sum, 64); err != nil {
		return err
	}
	for i, b := range raw.Buckets {
		var bounds int // 0: (lower, upper], 1: [lower, upper), 2: (lower, upper), 3: [lower, upper]
		if err := json.Unmarshal(b[0], &bounds); err != nil {
			return err
		}
		var numbers [3]float64
		for k := range numbers {
			var number string
			if err := json.Unmarshal(b[k+1], &number); err != nil {
				return err
			}
			if numbers[k], err = strconv.ParseFloat(number, 64); err != nil {
				return err
			}
		}
		h.Buckets[i] = Bucket{
			Lower: numbers[0], Upper: numbers[1], Count: numbers[2],
			LowerInclusive: bounds == 1 || bounds == 3, UpperInclusive: bounds == 0 || bounds == 3,
		}
	}
	p.Time, p.Value, p.Histogram = at, math.NaN(), h
	return nil
}

// timed reads [time, value].
func timed(text []byte, value any) (time.Time, error) {
	var pair []json.RawMessage
	if err := json.Unmarshal(text, &pair); err != nil {
		return time.Time{}, err
	}
	if len(pair) != 2 {
		return time.Time{}, fmt.Errorf("%d elements where there must be a time and a value", len(pair))
	}
	var seconds float64
	if err := json.Unmarshal(pair[0], &seconds); err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), json.Unmarshal(pair[1], value)
}
