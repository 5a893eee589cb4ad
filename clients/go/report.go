package metrics

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// A ReportedMetric is one metric of a report: a value that something else has counted, such as a registry of client_golang
// (package gatherer).
type ReportedMetric struct {
	Name      string
	Type      MetricType
	Help      string
	Unit      string
	Labels    Labels
	Value     float64            // of a counter or a gauge
	Histogram *ReportedHistogram // of a histogram
	Created   time.Time          // when the counting began, where that is known
	Time      time.Time          // when the value was read, where that is not the report's time
	Exemplars []Exemplar
}

// An Exemplar is one of the observations that a value was made of, such as that of a trace. The service keeps none yet.
type Exemplar struct {
	Labels Labels
	Value  float64
	Time   time.Time // zero where it is not known
}

// A ReportedHistogram is a whole histogram: native where Native is not nil, classic otherwise.
type ReportedHistogram struct {
	Count   float64
	Sum     float64
	Classic []ClassicBucket
	Native  *NativeBuckets
}

// A ClassicBucket counts the observations up to a bound, those of the buckets below it too.
type ClassicBucket struct {
	UpperBound float64
	Count      float64
}

// NativeBuckets are the buckets of a native histogram, in the terms of Prometheus's specification.
type NativeBuckets struct {
	Schema        int
	ZeroThreshold float64
	ZeroCount     float64
	Positive      BucketSide
	Negative      BucketSide
	CustomValues  []float64 // the upper bounds of schema -53
}

// A BucketSide is the positive or the negative side of a native histogram: a count for each bucket of its spans.
type BucketSide struct {
	Spans  []Span
	Counts []float64
}

// A Span is a run of buckets. The first offset is the index of a bucket, the others are gaps.
type Span struct {
	Offset int
	Length int
}

// ErrReporting: the client reports another source already. A report is all that an instance has; join sources instead.
var ErrReporting = newSentinel("reporting", "the client reports another source already")

// reportedMetrics is in every report, so that none is empty: that would say that the instance is gone.
const reportedMetrics = "dnd_metrics_client_reported_metrics"

// Report sends a metrics.report: all that this process has besides what is recorded with the client. A series that the last
// report had and this one lacks ends at once. The gauge dnd_metrics_client_reported_metrics, how many metrics there were, is in
// each. A report that is larger than the hub lets pass is sent as pushes, which is logged: what it no longer has then ends only
// when queries do not look back to it any more. Metrics that are not valid are left out and named in the error.
func (c *Client) Report(metrics []ReportedMetric) error {
	if err := c.usable(); err != nil {
		return err
	}
	return c.report(metrics)
}

func (c *Client) report(metrics []ReportedMetric) error {
	c.pushing.Lock()
	correlationID := newUUID()
	limit := maxPayload(c.hub) - c.writer.overhead() - 6*len(correlationID)
	at := c.writer.nextTime(time.Now())
	own := ReportedMetric{
		Name: reportedMetrics, Type: GaugeType, Help: "How many metrics the last report of this client held.", Value: float64(len(metrics)),
	}
	var wrong []error
	written := [][]byte{own.appendTo(nil, at)}
	size := len(written[0])
	for i := range metrics {
		if err := metrics[i].check(c.labels); err != nil {
			wrong = append(wrong, err)
			continue
		}
		one := metrics[i].appendTo(nil, at)
		written = append(written, one)
		size += 1 + len(one)
	}
	eventType := "metrics.report"
	if size > limit || len(written) > maxMetrics {
		eventType = "metrics.push"
	}
	dropped := 0
	for len(written) > 0 {
		joined, count := written[0], 1
		for count < len(written) && count < maxMetrics && len(joined)+1+len(written[count]) <= limit {
			joined = append(append(joined, ','), written[count]...)
			count++
		}
		dropped += c.outbox.add(c.writer.write(eventType, at, correlationID, joined))
		if written = written[count:]; len(written) > 0 {
			at = c.writer.nextTime(time.Now())
		}
	}
	c.pushing.Unlock()
	c.drop(dropped, BufferFull)
	if eventType == "metrics.push" && !c.tooLarge.Swap(true) {
		c.log.Warn("metrics: a report is larger than the hub lets pass, so it is pushed: what it no longer has ends after the lookback of queries, not at once",
			"metrics", len(metrics), "bytes", size)
	}
	return errors.Join(wrong...)
}

// ReportEvery reports what a function gathers: at once, then at an interval, and a last time when the client is closed. What
// it gathers beside an error is reported too; errors, and what Report says is wrong, go to onError, or to the log where that is nil.
// A client reports one source; a second one is ErrReporting. It goes on until the client is closed.
func (c *Client) ReportEvery(interval time.Duration, gather func() ([]ReportedMetric, error), onError func(error)) error {
	if err := c.usable(); err != nil {
		return err
	}
	if gather == nil {
		return &ConfigError{"gather", "is nil"}
	}
	if interval < time.Millisecond {
		return &ConfigError{"interval", fmt.Sprintf("%s is too short: at least 1ms", interval)}
	}
	if onError == nil {
		onError = func(err error) { c.log.Warn("metrics: gathering a report", "error", err) }
	}
	report := func() {
		metrics, err := gather()
		if err = errors.Join(err, c.report(metrics)); err != nil {
			onError(err)
		}
	}
	c.listening.Lock()
	defer c.listening.Unlock()
	if c.isClosing.Load() {
		return ErrClosed
	}
	if c.lastReport != nil {
		return ErrReporting
	}
	over := make(chan struct{})
	c.lastReport = func() {
		<-over
		report()
	}
	c.running.Go(func() {
		defer close(over)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			report()
			select {
			case <-ticker.C:
			case <-c.leaving:
				return
			}
		}
	})
	return nil
}

func (m *ReportedMetric) check(shared Labels) error {
	if err := checkName(m.Name); err != nil {
		return err
	}
	if err := checkLabels(m.Name, m.Labels.sorted(), shared); err != nil {
		return err
	}
	for _, e := range m.Exemplars {
		if err := checkLabels(m.Name, e.Labels.sorted(), nil); err != nil {
			return err
		}
	}
	if (m.Type == HistogramType) != (m.Histogram != nil) {
		return &MetricError{Metric: m.Name, Problem: "a histogram, and nothing else, has Histogram", kind: ErrInvalidValue}
	}
	return checkDescription(m.Name, m.Help, m.Unit)
}

// appendTo writes the metric as JSON.
func (m *ReportedMetric) appendTo(to []byte, at time.Time) []byte {
	created := m.Created
	if created.After(at) { // by less than the millisecond to which times are sent, or by another clock
		created = at
	}
	if m.Type == GaugeType {
		created = time.Time{}
	}
	to = appendHead(to, m.Name, m.Type, m.Labels.sorted(), &family{help: m.Help, unit: m.Unit}, created)
	if m.Histogram != nil {
		to = m.Histogram.appendTo(to)
	} else {
		to = appendNumber(to, m.Value)
	}
	if !m.Time.IsZero() {
		to = append(to, `,"timestamp":`...)
		to = appendTime(to, m.Time)
	}
	if len(m.Exemplars) > 0 {
		to = appendExemplars(to, m.Exemplars)
	}
	return append(to, '}')
}

func appendExemplars(to []byte, exemplars []Exemplar) []byte {
	to = append(to, `,"exemplars":[`...)
	for i, e := range exemplars {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `{"labels":`...)
		to = appendLabels(to, e.Labels.sorted())
		to = append(to, `,"value":`...)
		to = appendNumber(to, e.Value)
		if !e.Time.IsZero() {
			to = append(to, `,"timestamp":`...)
			to = appendTime(to, e.Time)
		}
		to = append(to, '}')
	}
	return append(to, ']')
}

func (h *ReportedHistogram) appendTo(to []byte) []byte {
	to = append(to, `{"count":`...)
	to = appendNumber(to, h.Count)
	to = append(to, `,"sum":`...)
	to = appendNumber(to, h.Sum)
	if h.Native == nil {
		to = append(to, `,"buckets":{`...)
		for i, b := range h.Classic {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendText(to, boundText(b.UpperBound))
			to = append(to, ':')
			to = appendNumber(to, b.Count)
		}
		return append(to, `}}`...)
	}
	n := h.Native
	to = append(to, `,"schema":`...)
	to = strconv.AppendInt(to, int64(n.Schema), 10)
	to = append(to, `,"zero_threshold":`...)
	to = appendNumber(to, n.ZeroThreshold)
	to = append(to, `,"zero_count":`...)
	to = appendNumber(to, n.ZeroCount)
	to = n.Positive.appendTo(to, "positive")
	to = n.Negative.appendTo(to, "negative")
	if len(n.CustomValues) > 0 {
		to = append(to, `,"custom_values":`...)
		to = appendNumbers(to, n.CustomValues)
	}
	return append(to, '}')
}

func (s BucketSide) appendTo(to []byte, name string) []byte {
	if len(s.Counts) == 0 {
		return to
	}
	to = append(to, `,"`...)
	to = append(to, name...)
	to = append(to, `":{"spans":[`...)
	for i, span := range s.Spans {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, '[')
		to = strconv.AppendInt(to, int64(span.Offset), 10)
		to = append(to, ',')
		to = strconv.AppendInt(to, int64(span.Length), 10)
		to = append(to, ']')
	}
	to = append(to, `],"counts":`...)
	to = appendNumbers(to, s.Counts)
	return append(to, '}')
}

func appendNumbers(to []byte, numbers []float64) []byte {
	to = append(to, '[')
	for i, n := range numbers {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendNumber(to, n)
	}
	return append(to, ']')
}

func boundText(bound float64) string {
	if bound > 0 && !isFinite(bound) {
		return "+Inf"
	}
	return formatFloat(bound)
}
