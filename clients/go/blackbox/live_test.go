package blackbox

import (
	"context"
	"errors"
	"testing"
	"time"

	"dnd/metrics"
)

func TestLiveQuery(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_live", metrics.Options{})
	check(t, client.SetGauge("hp", 10, metrics.Labels{"hero": "Mialee"}))
	check(t, client.Flush(within(t, soon)))
	step := 0
	for update, err := range client.QueryLive(within(t, soon), `hp{service="go_live"} > 5`) {
		check(t, err)
		hp := map[string]float64{}
		for _, s := range update.Result.Vector {
			hp[s.Labels["hero"]] = s.Value
		}
		switch step {
		case 0:
			if !update.Full || len(hp) != 1 || hp["Mialee"] != 10 {
				t.Fatal(update.Result)
			}
			check(t, client.SetGauge("hp", 20, metrics.Labels{"hero": "Regdar"}))
		case 1:
			if len(hp) != 2 || hp["Mialee"] != 10 || hp["Regdar"] != 20 || len(update.Changed.Vector) != 1 {
				t.Fatal(update.Result, update.Changed)
			}
			check(t, client.SetGauge("hp", 1, metrics.Labels{"hero": "Mialee"}))
		case 2:
			if len(hp) != 1 || hp["Regdar"] != 20 || len(update.Gone) != 1 || update.Gone[0]["hero"] != "Mialee" {
				t.Fatal(update.Result, update.Gone)
			}
		}
		if step++; step == 3 {
			break
		}
		check(t, client.Flush(within(t, soon)))
	}
	if step != 3 {
		t.Fatal(step)
	}
}

func TestLiveRangeQuery(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_live_range", metrics.Options{})
	check(t, client.SetGauge("hp", 10, nil))
	check(t, client.Flush(within(t, soon)))
	now := time.Now().Truncate(time.Second)
	over := metrics.Range{Start: now.Add(-3 * time.Second), End: now, Step: time.Second}
	updates, newest := 0, time.Time{}
	for update, err := range client.QueryLiveRange(within(t, soon), `hp{service="go_live_range"} or vector(3)`, over) {
		check(t, err)
		for _, s := range update.Result.Matrix {
			if len(s.Points) > 4 {
				t.Fatal("points that the window has left behind are still there", s)
			}
			if last := s.Points[len(s.Points)-1].Time; last.After(newest) {
				newest = last
			}
		}
		if updates++; updates == 4 {
			break
		}
	}
	if updates != 4 || !newest.After(over.End) {
		t.Fatal(updates, newest, over.End)
	}
}

func TestLiveQueryEnds(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_live_end", metrics.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, err := range client.QueryLive(ctx, "vector(1)") {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			break
		}
		cancel()
	}
	for _, err := range client.QueryLive(within(t, soon), "sum(") {
		var failed *metrics.QueryError
		if !errors.As(err, &failed) || failed.ErrorCode != "invalid_query" {
			t.Fatal(err)
		}
	}
}
