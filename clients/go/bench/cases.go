package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"dnd/metrics"
)

// comparisons are the cases. Both sides do the same: the same names, labels and values, handles where the case says so.
func comparisons(client *metrics.Client, registry *prometheus.Registry) []comparison {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	names := []string{"class", "level"}
	counters := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "character_created_total"}, names)
	gauges := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "character_sessions"}, names)
	natives := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "character_save_seconds", NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 160,
	}, names)
	classics := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "character_load_seconds", Buckets: prometheus.DefBuckets}, names)
	registry.MustRegister(counters, gauges, natives, classics)
	labels := metrics.Labels{"class": "wizard", "level": "3"}
	theirLabels := prometheus.Labels{"class": "wizard", "level": "3"}
	// Other series of the same metrics, so that neither side has only one to find.
	for _, class := range []string{"bard", "cleric", "druid", "fighter", "monk", "paladin", "ranger", "rogue"} {
		for _, level := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"} {
			must(client.IncCounter("character_created_total", metrics.Labels{"class": class, "level": level}))
			must(client.SetGauge("character_sessions", 1, metrics.Labels{"class": class, "level": level}))
			must(client.Observe("character_save_seconds", 1, metrics.Labels{"class": class, "level": level}))
			counters.WithLabelValues(class, level).Inc()
			gauges.WithLabelValues(class, level).Set(1)
			natives.WithLabelValues(class, level).Observe(1)
		}
	}
	counter, err := client.Counter("character_created_total", labels)
	must(err)
	gauge, err := client.Gauge("character_sessions", labels)
	must(err)
	histogram, err := client.Histogram("character_save_seconds", labels)
	must(err)
	second, err := client.Histogram("character_load_seconds", labels)
	must(err)
	theirCounter, theirGauge := counters.With(theirLabels), gauges.With(theirLabels)
	theirNative, theirClassic := natives.With(theirLabels), classics.With(theirLabels)
	values := make([]float64, 1024) // response times from half a millisecond to two seconds
	for i, v := 0, 0.0005; i < len(values); i, v = i+1, v*1.0081 {
		values[i*421%1024] = v
	}

	return []comparison{
		{"counter, by labels", func(int) { _ = client.IncCounter("character_created_total", labels) },
			func(int) { counters.With(theirLabels).Inc() }, false},
		{"counter, by labels written in the call",
			func(int) {
				_ = client.IncCounter("character_created_total", metrics.Labels{"class": "wizard", "level": "3"})
			},
			func(int) { counters.With(prometheus.Labels{"class": "wizard", "level": "3"}).Inc() }, false},
		{"counter, by handle", func(int) { _ = counter.Inc() }, func(int) { theirCounter.Inc() }, false},
		{"counter, fractions, by handle", func(int) { _ = counter.Add(0.5) }, func(int) { theirCounter.Add(0.5) }, false},
		{"gauge set, by labels", func(i int) { _ = client.SetGauge("character_sessions", float64(i), labels) },
			func(i int) { gauges.With(theirLabels).Set(float64(i)) }, false},
		{"gauge set, by handle", func(i int) { _ = gauge.Set(float64(i)) }, func(i int) { theirGauge.Set(float64(i)) }, false},
		{"gauge add, by handle", func(int) { _ = gauge.Add(2) }, func(int) { theirGauge.Add(2) }, false},
		{"observe, by labels, peer native", func(i int) { _ = client.Observe("character_save_seconds", values[i&1023], labels) },
			func(i int) { natives.With(theirLabels).Observe(values[i&1023]) }, false},
		{"observe, by handle, peer native", func(i int) { _ = histogram.Observe(values[i&1023]) },
			func(i int) { theirNative.Observe(values[i&1023]) }, false},
		{"observe, by handle, peer classic", func(i int) { _ = second.Observe(values[i&1023]) },
			func(i int) { theirClassic.Observe(values[i&1023]) }, false},
		{"counter, by labels, parallel", func(int) { _ = client.IncCounter("character_created_total", labels) },
			func(int) { counters.With(theirLabels).Inc() }, true},
		{"counter, by handle, parallel", func(int) { _ = counter.Inc() }, func(int) { theirCounter.Inc() }, true},
		{"gauge set, by handle, parallel", func(i int) { _ = gauge.Set(float64(i)) }, func(i int) { theirGauge.Set(float64(i)) }, true},
		{"observe, by handle, parallel, peer native", func(i int) { _ = histogram.Observe(values[i&1023]) },
			func(i int) { theirNative.Observe(values[i&1023]) }, true},
		{"observe, by handle, parallel, peer classic", func(i int) { _ = second.Observe(values[i&1023]) },
			func(i int) { theirClassic.Observe(values[i&1023]) }, true},
	}
}
