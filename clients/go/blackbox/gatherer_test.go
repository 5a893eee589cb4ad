package blackbox

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"dnd/metrics"
	"dnd/metrics/gatherer"
)

// TestInstrumentedProgram reports a program as one finds them: client_golang's collectors for Go and the process, and metrics
// of its own. Then it asks what dashboards for Go ask.
func TestInstrumentedProgram(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total", Help: "Requests."}, []string{"code"})
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "How long requests take.", Buckets: []float64{0.1, 0.5, 1, 2}, NativeHistogramBucketFactor: 1.1,
	}, []string{"path"})
	size := prometheus.NewSummary(prometheus.SummaryOpts{Name: "response_size_bytes", Objectives: map[float64]float64{0.5: 0.01, 0.99: 0.001}})
	registry.MustRegister(collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsAll)),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), requests, duration, size)
	requests.WithLabelValues("200").Add(0)
	for i := range 1000 {
		duration.WithLabelValues("/roll").Observe(float64(i) / 1000)
		size.Observe(float64(i))
	}

	client := newClient(t, "go_program", metrics.Options{Instance: "p1"})
	check(t, gatherer.Report(client, registry, 500*time.Millisecond, gatherer.OnError(func(err error) { t.Error(err) })))
	requests.WithLabelValues("200").Add(30)
	requests.WithLabelValues("500").Add(10)
	until(t, "two reports are there", func() bool {
		result, err := client.Query(within(t, soon), `count_over_time(go_goroutines{service="go_program"}[1m]) > 1`)
		check(t, err)
		return len(result.Vector) == 1
	})
	about := func(query string, want, tolerance float64) {
		t.Helper()
		if got := value(t, client, query); math.IsNaN(got) || math.Abs(got-want) > tolerance {
			t.Errorf("%s: %v, not %v", query, got, want)
		}
	}
	about(`rate(http_requests_total{service="go_program",code="200"}[1m]) > bool 0`, 1, 0)
	about(`http_requests_total{service="go_program",code="500",instance="p1"}`, 10, 0)
	about(`histogram_quantile(0.9, sum by (le) (http_request_duration_seconds_bucket{service="go_program"}))`, 0.9, 0.1)
	about(`histogram_quantile(0.9, http_request_duration_seconds{service="go_program"})`, 0.9, 0.09)
	about(`http_request_duration_seconds_count{service="go_program"}`, 1000, 0)
	about(`response_size_bytes{service="go_program",quantile="0.5"}`, 500, 20)
	about(`response_size_bytes_sum{service="go_program"} / response_size_bytes_count{service="go_program"}`, 499.5, 0)
	about(`go_info{service="go_program"}`, 1, 0)
	for _, query := range []string{
		`go_goroutines{service="go_program"}`,
		`process_resident_memory_bytes{service="go_program"}`,
		`rate(process_cpu_seconds_total{service="go_program"}[1m]) >= 0`,
		`go_memstats_heap_inuse_bytes{service="go_program"}`,
		`rate(go_gc_duration_seconds_count{service="go_program"}[1m]) >= 0`,
		`max(go_gc_duration_seconds{service="go_program",quantile="1.0"})`,
		`process_open_fds{service="go_program"} / process_max_fds{service="go_program"}`,
		`histogram_quantile(0.99, sum by (le) (rate(go_sched_latencies_seconds_bucket{service="go_program"}[1m]))) >= 0`,
		`time() - process_start_time_seconds{service="go_program"}`,
	} {
		if got := value(t, client, query); math.IsNaN(got) || got < 0 {
			t.Errorf("%s: %v", query, got)
		}
	}

	// What is no longer there ends at once.
	requests.DeleteLabelValues("500")
	until(t, "a series that is gone has ended", func() bool {
		result, err := client.Query(within(t, soon), `http_requests_total{service="go_program"}`)
		check(t, err)
		return len(result.Vector) == 1
	})
}
