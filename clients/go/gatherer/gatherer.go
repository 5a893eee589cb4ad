// Package gatherer reports what a service that is instrumented with client_golang has, with one line:
//
//	err := gatherer.Report(client, prometheus.DefaultGatherer, 15*time.Second)
//
// It is a package of its own so that services which do not need it do not build against Prometheus's libraries.
package gatherer

import (
	"time"

	dto "github.com/prometheus/client_model/go"

	"dnd/metrics"
)

// A Gatherer hands out metric families, as client_golang's prometheus.Gatherer does: a registry, or several joined by
// prometheus.Gatherers.
type Gatherer interface {
	Gather() ([]*dto.MetricFamily, error)
}

// An Option says more about reporting.
type Option func(*settings)

type settings struct{ onError func(error) }

// OnError is told when gathering fails, or metrics are not valid; by default that is logged. What was gathered all the same
// is reported.
func OnError(callback func(error)) Option { return func(s *settings) { s.onError = callback } }

// Report has a client report what a gatherer hands out: at once, then at an interval, and a last time when the client is
// closed. Each report is one metrics.report, as a scrape would have been: a series that is no longer handed out ends at once.
// A client reports one gatherer; a second one is metrics.ErrReporting: join them with prometheus.Gatherers.
//
// Counters, gauges and histograms stay what they are; a histogram that is classic and native at once is sent as both. A
// summary is sent as its quantiles, its sum and its count; an untyped metric as a gauge. Exemplars are in the events, though
// the service keeps none yet.
func Report(client *metrics.Client, gatherer Gatherer, interval time.Duration, options ...Option) error {
	if gatherer == nil {
		return client.ReportEvery(interval, nil, nil) // which says so
	}
	var s settings
	for _, option := range options {
		option(&s)
	}
	return client.ReportEvery(interval, func() ([]metrics.ReportedMetric, error) {
		families, err := gatherer.Gather()
		return Convert(families), err
	}, s.onError)
}
