package metrics

import "time"

// A Timer measures how long something takes.
//
//	defer client.StartTimer("character_save_seconds", metrics.Labels{"class": "wizard"}).Stop()
type Timer struct {
	histogram *Histogram
	started   time.Time
}

// Stop observes the seconds since the timer was started. It may be called again, for the next lap from the same start.
func (t Timer) Stop() error { return t.histogram.ObserveDuration(time.Since(t.started)) }
