package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// TestBothSidesRecordTheSame makes each case's calls on both sides and compares what they then tell.
func TestBothSidesRecordTheSame(t *testing.T) {
	hub := &blackHole{}
	client := newClient(hub)
	defer func() { _ = client.Close(context.Background()) }()
	registry := prometheus.NewRegistry()
	for _, c := range comparisons(client, registry) {
		for i := range 500 {
			c.ours(i)
			c.theirs(i)
		}
	}
	if err := client.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := oursOf(t, hub), theirsOf(families)
	for name, value := range theirs {
		if ours[name] != value {
			t.Errorf("%s: %v, theirs %v", name, ours[name], value)
		}
	}
	if len(theirs) != 4 || theirs["character_created_total"] != 2750 || theirs["character_save_seconds"] != 1500 {
		t.Error(theirs)
	}
}

// oursOf is the value, or the count, of each metric's series of wizards.
func oursOf(t *testing.T, hub *blackHole) map[string]float64 {
	var event struct {
		Data struct {
			Metrics []struct {
				Name   string
				Labels map[string]string
				Value  json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(hub.last.Load().Data, &event); err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, m := range event.Data.Metrics {
		if m.Labels["class"] != "wizard" {
			continue
		}
		var number float64
		var histogram struct{ Count float64 }
		if json.Unmarshal(m.Value, &number) != nil && json.Unmarshal(m.Value, &histogram) == nil {
			number = histogram.Count
		}
		all[m.Name] = number
	}
	return all
}

func theirsOf(families []*dto.MetricFamily) map[string]float64 {
	all := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "class" && l.GetValue() == "wizard" {
					all[family.GetName()] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
				}
			}
		}
	}
	return all
}
