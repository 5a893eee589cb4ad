package metrics

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// data is that of an event that a hub double received.
func data(received any) map[string]any {
	return received.(map[string]any)["event"].(map[string]any)["data"].(map[string]any)
}

func subjects(received []any) (all []string) {
	for _, one := range received {
		all = append(all, one.(map[string]any)["subject"].(string))
	}
	return all
}

func TestAReport(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, hub, Options{})
	created := caseStart.Add(-time.Hour)
	err := c.Report([]ReportedMetric{
		{Name: "a_total", Type: CounterType, Help: "All of it.", Unit: "things", Labels: Labels{"x": "y", "z": ""}, Value: 3, Created: created,
			Exemplars: []Exemplar{{Labels{"trace_id": "t1"}, 1, created}}},
		{Name: "b", Type: GaugeType, Value: math.Inf(-1), Time: created},
		{Name: "c", Type: HistogramType, Histogram: &ReportedHistogram{Count: 3, Sum: 1.5, Classic: []ClassicBucket{{0.5, 1}, {1, 2}}}},
		{Name: "d", Type: HistogramType, Histogram: &ReportedHistogram{Count: 3, Sum: 1.5, Native: &NativeBuckets{
			Schema: 2, ZeroThreshold: 0.25, ZeroCount: 1, Positive: BucketSide{[]Span{{-3, 1}, {2, 1}}, []float64{1, 1}},
		}}},
		{Name: "", Type: GaugeType},
		{Name: "e", Type: HistogramType},
		{Name: "f", Type: GaugeType, Help: strings.Repeat("h", 4097)},
	})
	if !errors.Is(err, ErrInvalidMetricName) || !errors.Is(err, ErrInvalidValue) || !errors.Is(err, ErrTextTooLong) {
		t.Fatal(err)
	}
	check(t, c.Flush(context.Background()))
	r := &caseRunner{t: t, words: map[string]string{}}
	r.expect([]any{map[string]any{
		"subject": "dice_service.metrics.report",
		"event": map[string]any{"type": "metrics.report", "data": map[string]any{"instance": c.Instance(), "metrics": []any{
			map[string]any{"name": "dnd_metrics_client_reported_metrics", "type": "gauge", "value": 7.0},
			map[string]any{"name": "a_total", "type": "counter", "value": 3.0, "help": "All of it.", "unit": "things", "created": "2026-11-24T09:00:00.000Z",
				"labels":    map[string]any{"x": "y", "z": "<absent>"},
				"exemplars": []any{map[string]any{"labels": map[string]any{"trace_id": "t1"}, "value": 1.0, "timestamp": "2026-11-24T09:00:00.000Z"}}},
			map[string]any{"name": "b", "type": "gauge", "value": "-Inf", "created": "<absent>", "timestamp": "2026-11-24T09:00:00.000Z"},
			map[string]any{"name": "c", "value": map[string]any{"count": 3.0, "sum": 1.5, "buckets": map[string]any{"0.5": 1.0, "1": 2.0}}},
			map[string]any{"name": "d", "value": map[string]any{"schema": 2.0, "zero_threshold": 0.25, "zero_count": 1.0, "negative": "<absent>",
				"positive": map[string]any{"spans": []any{[]any{-3.0, 1.0}, []any{2.0, 1.0}}, "counts": []any{1.0, 1.0}}}},
		}}},
	}}, hub.taken(), "reports")
}

func TestAReportThatIsTooLargeIsPushed(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, narrow{hub}, Options{})
	var all []ReportedMetric
	for i := range 100 {
		all = append(all, ReportedMetric{Name: "level", Type: GaugeType, Value: float64(i), Labels: Labels{"hero": string(rune('a' + i))}})
	}
	check(t, c.Report(all))
	check(t, c.Flush(context.Background()))
	seen := map[float64]bool{}
	received := hub.taken()
	for _, one := range received {
		for _, m := range data(one)["metrics"].([]any) {
			if metric := m.(map[string]any); metric["name"] == "level" {
				seen[metric["value"].(float64)] = true
			}
		}
	}
	kinds := subjects(received)
	if len(seen) != 100 || len(kinds) < 3 || slices.Contains(kinds, "dice_service.metrics.report") {
		t.Fatal(len(seen), kinds)
	}
}

func TestReportsAtAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		c := newTestClient(t, hub, Options{})
		count := 0.0
		var told []error
		broken := errors.New("one collector failed")
		check(t, c.ReportEvery(15*time.Second, func() ([]ReportedMetric, error) {
			count++
			if count == 2 {
				return nil, broken
			}
			return []ReportedMetric{{Name: "scrapes", Type: GaugeType, Value: count}}, nil
		}, func(err error) { told = append(told, err) }))
		if err := c.ReportEvery(time.Second, func() ([]ReportedMetric, error) { return nil, nil }, nil); !errors.Is(err, ErrReporting) {
			t.Error(err)
		}
		time.Sleep(40 * time.Second)
		synctest.Wait()
		if got := hub.taken(); len(got) != 3 || len(data(got[1])["metrics"].([]any)) != 1 {
			t.Error("a report is never empty, which would say that the instance is gone:", got)
		}
		check(t, c.Close(context.Background()))
		got := hub.taken()
		if len(got) != 2 || data(got[0])["metrics"].([]any)[1].(map[string]any)["value"] != 4.0 || len(data(got[1])["metrics"].([]any)) != 0 {
			t.Error("a last report, then that the instance is gone:", got)
		}
		if len(told) != 1 || !errors.Is(told[0], broken) {
			t.Error(told)
		}
	})
}
