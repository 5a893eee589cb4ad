package gatherer

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"dnd/metrics"
)

// A recordingHub takes every event and remembers it.
type recordingHub struct {
	mu     sync.Mutex
	events []map[string]any
}

func (h *recordingHub) RequestMsgWithContext(_ context.Context, message *nats.Msg) (*nats.Msg, error) {
	var event map[string]any
	if err := json.Unmarshal(message.Data, &event); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event)
	return &nats.Msg{Data: []byte(`{"type": "metrics.collected"}`)}, nil
}

func (*recordingHub) PublishMsg(*nats.Msg) error { return nil }

func (*recordingHub) Subscribe(string, nats.MsgHandler) (*nats.Subscription, error) {
	return &nats.Subscription{}, nil
}

// reported is what the first report of a gatherer holds, by name and, where there is one, the label that tells it from others.
func reported(t *testing.T, gatherer Gatherer, options ...Option) map[string]map[string]any {
	t.Helper()
	hub := &recordingHub{}
	client := metrics.NewClient(&metrics.Config{ServiceID: "program", MessageHub: hub})
	if err := Report(client, gatherer, time.Hour, options...); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	first := hub.events[0]
	if first["type"] != "metrics.report" {
		t.Fatal(first)
	}
	all := map[string]map[string]any{}
	for _, one := range first["data"].(map[string]any)["metrics"].([]any) {
		m := one.(map[string]any)
		key := m["name"].(string)
		labels, _ := m["labels"].(map[string]any)
		for _, label := range []string{"quantile", "le"} {
			if text, there := labels[label].(string); there {
				key += " " + text
			}
		}
		if h, ok := m["value"].(map[string]any); ok && h["schema"] != nil {
			key += " native"
		}
		all[key] = m
	}
	return all
}

func TestARegistry(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "requests_total", Help: "Requests."}, []string{"code"})
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "temperature_celsius"})
	untyped := prometheus.NewUntypedFunc(prometheus.UntypedOpts{Name: "anything"}, func() float64 { return 7 })
	both := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "both_seconds", Buckets: []float64{1, 2}, NativeHistogramBucketFactor: 2, NativeHistogramZeroThreshold: 0.25})
	classic := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "classic_seconds", Buckets: []float64{0.5}})
	summary := prometheus.NewSummary(prometheus.SummaryOpts{Name: "sizes", Objectives: map[float64]float64{0.5: 0.1, 1: 0}})
	negative := prometheus.NewSummary(prometheus.SummaryOpts{Name: "changes"})
	registry.MustRegister(counter, gauge, untyped, both, classic, summary, negative)
	counter.WithLabelValues("200").(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace_id": "t1"})
	gauge.Set(math.Inf(1))
	for _, v := range []float64{-1, 0.1, 1.5, 3} {
		both.Observe(v)
	}
	classic.(prometheus.ExemplarObserver).ObserveWithExemplar(0.25, prometheus.Labels{"trace_id": "t2"})
	summary.Observe(10)
	negative.Observe(-5)

	all := reported(t, registry)
	same(t, "counter", all["requests_total"], map[string]any{"type": "counter", "value": 3.0, "help": "Requests.", "labels": map[string]any{"code": "200"}})
	if _, err := time.Parse(time.RFC3339, all["requests_total"]["created"].(string)); err != nil {
		t.Error(err)
	}
	exemplar := all["requests_total"]["exemplars"].([]any)[0].(map[string]any)
	same(t, "exemplar", exemplar, map[string]any{"value": 3.0, "labels": map[string]any{"trace_id": "t1"}})
	same(t, "gauge", all["temperature_celsius"], map[string]any{"type": "gauge", "value": "+Inf"})
	same(t, "untyped", all["anything"], map[string]any{"type": "gauge", "value": 7.0})
	same(t, "classic part", all["both_seconds"], map[string]any{"type": "histogram", "value": map[string]any{
		"count": 4.0, "sum": 3.6, "buckets": map[string]any{"1": 2.0, "2": 3.0}}})
	same(t, "native part", all["both_seconds native"], map[string]any{"type": "histogram", "value": map[string]any{
		"count": 4.0, "sum": 3.6, "schema": 0.0, "zero_threshold": 0.25, "zero_count": 1.0,
		"positive": map[string]any{"spans": []any{[]any{1.0, 2.0}}, "counts": []any{1.0, 1.0}},
		"negative": map[string]any{"spans": []any{[]any{0.0, 1.0}}, "counts": []any{1.0}}}})
	same(t, "classic", all["classic_seconds"], map[string]any{"type": "histogram", "value": map[string]any{"count": 1.0, "sum": 0.25, "buckets": map[string]any{"0.5": 1.0}}})
	if len(all["classic_seconds"]["exemplars"].([]any)) != 1 || all["classic_seconds native"] != nil {
		t.Error(all["classic_seconds"])
	}
	same(t, "quantile", all["sizes 0.5"], map[string]any{"type": "gauge", "value": 10.0})
	same(t, "whole quantile", all["sizes 1.0"], map[string]any{"type": "gauge", "value": 10.0})
	same(t, "sum", all["sizes_sum"], map[string]any{"type": "counter", "value": 10.0})
	same(t, "count", all["sizes_count"], map[string]any{"type": "counter", "value": 1.0})
	same(t, "negative sum", all["changes_sum"], map[string]any{"type": "gauge", "value": -5.0, "created": nil})
}

func same(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	for key, value := range want {
		gotText, _ := json.Marshal(got[key])
		wantText, _ := json.Marshal(value)
		if string(gotText) != string(wantText) {
			t.Errorf("%s: %s is %s, not %s", what, key, gotText, wantText)
		}
	}
}

// families is a gatherer of what it holds.
type families struct {
	all []*dto.MetricFamily
	err error
}

func (f families) Gather() ([]*dto.MetricFamily, error) { return f.all, f.err }

func TestWhatClientGolangDoesNotHave(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	floats := &dto.Histogram{
		SampleCountFloat: proto.Float64(2.5), SampleSum: proto.Float64(5), Schema: proto.Int32(1), ZeroThreshold: proto.Float64(0.001), ZeroCountFloat: proto.Float64(0.5),
		PositiveSpan: []*dto.BucketSpan{{Offset: proto.Int32(2), Length: proto.Uint32(1)}}, PositiveCount: []float64{2},
		CreatedTimestamp: timestamppb.New(at), Exemplars: []*dto.Exemplar{{Value: proto.Float64(1), Timestamp: timestamppb.New(at)}},
	}
	falling := &dto.Histogram{
		SampleCount: proto.Uint64(3), SampleSum: proto.Float64(4),
		Bucket: []*dto.Bucket{{UpperBound: proto.Float64(1), CumulativeCount: proto.Uint64(2)}, {UpperBound: proto.Float64(math.Inf(1)), CumulativeCount: proto.Uint64(3)}},
	}
	broken := errors.New("one collector failed")
	var told error
	all := reported(t, families{[]*dto.MetricFamily{
		{Name: proto.String("floats"), Type: dto.MetricType_HISTOGRAM.Enum(), Unit: proto.String("bytes"), Metric: []*dto.Metric{{Histogram: floats}}},
		{Name: proto.String("falling"), Type: dto.MetricType_GAUGE_HISTOGRAM.Enum(), Metric: []*dto.Metric{{Histogram: falling}}},
		{Name: proto.String("timed"), Type: dto.MetricType_GAUGE.Enum(), Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: proto.Float64(1)}, TimestampMs: proto.Int64(at.UnixMilli())}}},
	}, broken}, OnError(func(err error) { told = err }))
	same(t, "float histogram", all["floats native"], map[string]any{"unit": "bytes", "created": "2026-11-24T10:00:00.000Z", "value": map[string]any{
		"count": 2.5, "sum": 5.0, "schema": 1.0, "zero_threshold": 0.001, "zero_count": 0.5, "positive": map[string]any{"spans": []any{[]any{2.0, 1.0}}, "counts": []any{2.0}}}})
	if len(all["floats native"]["exemplars"].([]any)) != 1 {
		t.Error(all["floats native"])
	}
	same(t, "bucket", all["falling_bucket 1.0"], map[string]any{"type": "gauge", "value": 2.0})
	same(t, "last bucket", all["falling_bucket +Inf"], map[string]any{"type": "gauge", "value": 3.0})
	same(t, "sum", all["falling_gsum"], map[string]any{"type": "gauge", "value": 4.0})
	same(t, "count", all["falling_gcount"], map[string]any{"type": "gauge", "value": 3.0})
	same(t, "time of its own", all["timed"], map[string]any{"timestamp": "2026-11-24T10:00:00.000Z"})
	if !errors.Is(told, broken) {
		t.Error(told)
	}
}
