package gatherer

import (
	"math"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	"dnd/metrics"
)

// Convert turns metric families into the metrics of a report.
func Convert(families []*dto.MetricFamily) []metrics.ReportedMetric {
	var all []metrics.ReportedMetric
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			all = append(all, converted(family, metric)...)
		}
	}
	return all
}

func converted(family *dto.MetricFamily, metric *dto.Metric) []metrics.ReportedMetric {
	base := metrics.ReportedMetric{
		Name: family.GetName(), Help: family.GetHelp(), Unit: family.GetUnit(), Labels: labelsOf(metric), Type: metrics.GaugeType,
	}
	if metric.TimestampMs != nil {
		base.Time = time.UnixMilli(metric.GetTimestampMs())
	}
	switch family.GetType() {
	case dto.MetricType_COUNTER:
		base.Exemplars = exemplars(metric.GetCounter().GetExemplar())
		return []metrics.ReportedMetric{counter(base, metric.GetCounter().GetValue(), createdAt(metric.GetCounter()))}
	case dto.MetricType_GAUGE:
		base.Value = metric.GetGauge().GetValue()
	case dto.MetricType_UNTYPED:
		base.Value = metric.GetUntyped().GetValue()
	case dto.MetricType_SUMMARY:
		return summary(base, metric.GetSummary())
	case dto.MetricType_HISTOGRAM:
		return histograms(base, metric.GetHistogram())
	case dto.MetricType_GAUGE_HISTOGRAM:
		return gaugeHistogram(base, metric.GetHistogram())
	}
	return []metrics.ReportedMetric{base}
}

// counter is a counter, or a gauge where the value is none that a counter has: a sum of negative observations, say.
func counter(base metrics.ReportedMetric, value float64, created time.Time) metrics.ReportedMetric {
	base.Value = value
	if value >= 0 {
		base.Type, base.Created = metrics.CounterType, created
	}
	return base
}

func summary(base metrics.ReportedMetric, s *dto.Summary) []metrics.ReportedMetric {
	created := createdAt(s)
	all := []metrics.ReportedMetric{
		counter(suffixed(base, "_sum"), s.GetSampleSum(), created), counter(suffixed(base, "_count"), float64(s.GetSampleCount()), created),
	}
	for _, q := range s.GetQuantile() {
		one := with(base, "quantile", boundText(q.GetQuantile()))
		one.Value = q.GetValue()
		all = append(all, one)
	}
	return all
}

func histograms(base metrics.ReportedMetric, h *dto.Histogram) []metrics.ReportedMetric {
	base.Type, base.Created = metrics.HistogramType, createdAt(h)
	count := countOf(h)
	var all []metrics.ReportedMetric
	native := nativeOf(h)
	if native != nil {
		one := base
		one.Histogram = &metrics.ReportedHistogram{Count: count, Sum: h.GetSampleSum(), Native: native}
		one.Exemplars = exemplars(h.GetExemplars()...)
		all = append(all, one)
	}
	if native == nil || len(h.GetBucket()) > 0 {
		classic := &metrics.ReportedHistogram{Count: count, Sum: h.GetSampleSum()}
		for _, b := range h.GetBucket() {
			if !math.IsInf(b.GetUpperBound(), 1) { // the service makes that one of the count
				classic.Classic = append(classic.Classic, metrics.ClassicBucket{UpperBound: b.GetUpperBound(), Count: countUpTo(b)})
			}
		}
		one := base
		one.Histogram = classic
		for _, b := range h.GetBucket() {
			one.Exemplars = append(one.Exemplars, exemplars(b.GetExemplar())...)
		}
		all = append(all, one)
	}
	return all
}

// gaugeHistogram is a histogram whose counts may fall: native as it is, classic as gauges.
func gaugeHistogram(base metrics.ReportedMetric, h *dto.Histogram) []metrics.ReportedMetric {
	var all []metrics.ReportedMetric
	if native := nativeOf(h); native != nil {
		one := base
		one.Type = metrics.HistogramType
		one.Histogram = &metrics.ReportedHistogram{Count: countOf(h), Sum: h.GetSampleSum(), Native: native}
		all = append(all, one)
		if len(h.GetBucket()) == 0 {
			return all
		}
	}
	gauge := func(suffix string, value float64) metrics.ReportedMetric {
		one := suffixed(base, suffix)
		one.Value = value
		return one
	}
	all = append(all, gauge("_gsum", h.GetSampleSum()), gauge("_gcount", countOf(h)))
	for _, b := range h.GetBucket() {
		if !math.IsInf(b.GetUpperBound(), 1) {
			all = append(all, with(gauge("_bucket", countUpTo(b)), "le", boundText(b.GetUpperBound())))
		}
	}
	return append(all, with(gauge("_bucket", countOf(h)), "le", "+Inf"))
}

// nativeOf is nil where the histogram is only classic. A native one has a schema, and a span even while it is empty.
func nativeOf(h *dto.Histogram) *metrics.NativeBuckets {
	if h.Schema == nil || h.GetZeroThreshold() == 0 && h.GetZeroCount() == 0 && h.GetZeroCountFloat() == 0 &&
		len(h.GetPositiveSpan()) == 0 && len(h.GetNegativeSpan()) == 0 {
		return nil
	}
	zero := float64(h.GetZeroCount())
	if h.ZeroCountFloat != nil && h.GetZeroCountFloat() > 0 {
		zero = h.GetZeroCountFloat()
	}
	return &metrics.NativeBuckets{
		Schema: int(h.GetSchema()), ZeroThreshold: h.GetZeroThreshold(), ZeroCount: zero,
		Positive: side(h.GetPositiveSpan(), h.GetPositiveDelta(), h.GetPositiveCount()),
		Negative: side(h.GetNegativeSpan(), h.GetNegativeDelta(), h.GetNegativeCount()),
	}
}

func side(spans []*dto.BucketSpan, deltas []int64, counts []float64) metrics.BucketSide {
	var s metrics.BucketSide
	for _, span := range spans {
		s.Spans = append(s.Spans, metrics.Span{Offset: int(span.GetOffset()), Length: int(span.GetLength())})
	}
	if len(counts) > 0 {
		s.Counts = counts
		return s
	}
	count := int64(0)
	for _, delta := range deltas {
		count += delta
		s.Counts = append(s.Counts, float64(count))
	}
	return s
}

func countOf(h *dto.Histogram) float64 {
	if h.GetSampleCountFloat() > 0 {
		return h.GetSampleCountFloat()
	}
	return float64(h.GetSampleCount())
}

func countUpTo(b *dto.Bucket) float64 {
	if b.GetCumulativeCountFloat() > 0 {
		return b.GetCumulativeCountFloat()
	}
	return float64(b.GetCumulativeCount())
}

func exemplars(given ...*dto.Exemplar) (all []metrics.Exemplar) {
	for _, e := range given {
		if e == nil {
			continue
		}
		one := metrics.Exemplar{Labels: metrics.Labels{}, Value: e.GetValue()}
		for _, pair := range e.GetLabel() {
			one.Labels[pair.GetName()] = pair.GetValue()
		}
		if e.Timestamp != nil {
			one.Time = e.GetTimestamp().AsTime()
		}
		all = append(all, one)
	}
	return all
}

func createdAt(m interface {
	GetCreatedTimestamp() *timestamppb.Timestamp
}) time.Time {
	if created := m.GetCreatedTimestamp(); created != nil {
		return created.AsTime()
	}
	return time.Time{}
}

func labelsOf(metric *dto.Metric) metrics.Labels {
	labels := make(metrics.Labels, len(metric.GetLabel()))
	for _, pair := range metric.GetLabel() {
		labels[pair.GetName()] = pair.GetValue()
	}
	return labels
}

func suffixed(base metrics.ReportedMetric, suffix string) metrics.ReportedMetric {
	base.Name += suffix
	return base
}

func with(base metrics.ReportedMetric, label, value string) metrics.ReportedMetric {
	labels := make(metrics.Labels, len(base.Labels)+1)
	for name, one := range base.Labels {
		labels[name] = one
	}
	labels[label] = value
	base.Labels = labels
	return base
}

// formatted is a number in as few digits as tell it from others.
func formatted(number float64) string { return strconv.FormatFloat(number, 'g', -1, 64) }

// boundText is how Prometheus 3 writes a bound or a quantile: 0.1, 1.0.
func boundText(bound float64) string {
	text := formatted(bound)
	for _, c := range text {
		if c == '.' || c == 'e' || c == 'I' || c == 'N' {
			return text
		}
	}
	return text + ".0"
}
