package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newTestClient makes a client that is closed when the test ends.
func newTestClient(t *testing.T, hub MessageHub, options Options) *Client {
	t.Helper()
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	c := newClient(&Config{ServiceID: "dice_service", MessageHub: hub, Options: options}, func() float64 { return 1 })
	check(t, c.Err())
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func TestAnInvalidConfigAnswersEveryCall(t *testing.T) {
	good := func() *Config { return &Config{ServiceID: "dice_service", MessageHub: newHubDouble()} }
	for field, broken := range map[string]func() *Config{
		"Config":                 func() *Config { return nil },
		"ServiceID":              func() *Config { c := good(); c.ServiceID = ""; return c },
		"MessageHub":             func() *Config { c := good(); c.MessageHub = nil; return c },
		"Options.BatchSize":      func() *Config { c := good(); c.Options.BatchSize = -1; return c },
		"Options.BufferEvents":   func() *Config { c := good(); c.Options.BufferEvents = -1; return c },
		"Options.BufferBytes":    func() *Config { c := good(); c.Options.BufferBytes = -1; return c },
		"Options.PushInterval":   func() *Config { c := good(); c.Options.PushInterval = "soon"; return c },
		"Options.RepeatInterval": func() *Config { c := good(); c.Options.RepeatInterval = "0s"; return c },
		"Options.Instance":       func() *Config { c := good(); c.Options.Instance = "\xff"; return c },
		"Options.Labels":         func() *Config { c := good(); c.Options.Labels = Labels{"__x": "y"}; return c },
	} {
		t.Run(field, func(t *testing.T) {
			c := NewClient(broken())
			var wrong *ConfigError
			if !errors.As(c.Err(), &wrong) || wrong.Field != field || !strings.Contains(c.Err().Error(), field) {
				t.Fatal(c.Err())
			}
			for name, err := range everyCall(c) {
				if !errors.Is(err, ErrInvalidConfig) || Code(err) != "invalid_config" {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	for _, id := range []string{"a.b", "*", ">", "a b", "a\n", "\xff"} {
		if err := NewClient(&Config{ServiceID: id, MessageHub: newHubDouble()}).Err(); !errors.Is(err, ErrInvalidConfig) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if err := NewClient(&Config{ServiceID: "a", MessageHub: (*nats.Conn)(nil)}).Err(); !errors.Is(err, ErrInvalidConfig) {
		t.Error("a connection that is nil:", err)
	}
}

// everyCall makes each call that can fail and returns how it did.
func everyCall(c *Client) map[string]error {
	ctx := context.Background()
	calls := map[string]error{
		"IncCounter": c.IncCounter("a", nil), "AddCounter": c.AddCounter("a", -1, nil), "SetGauge": c.SetGauge("a", 1, nil),
		"IncGauge": c.IncGauge("a", nil), "DecGauge": c.DecGauge("a", nil), "AddGauge": c.AddGauge("a", 1, nil),
		"Observe": c.Observe("a", math.NaN(), nil), "ObserveDuration": c.ObserveDuration("a", 1, nil),
		"StartTimer": c.StartTimer("a", nil).Stop(), "Describe": c.Describe("a", "", ""), "Flush": c.Flush(ctx),
		"Report": c.Report(nil), "ReportEvery": c.ReportEvery(time.Second, nil, nil),
	}
	counter, err := c.Counter("a", nil)
	calls["Counter"], calls["Counter.Inc"], calls["Counter.Add"] = err, counter.Inc(), counter.Add(-1)
	gauge, err := c.Gauge("a", nil)
	calls["Gauge"], calls["Gauge.Set"], calls["Gauge.Dec"] = err, gauge.Set(1), gauge.Dec()
	histogram, err := c.Histogram("a", nil)
	calls["Histogram"], calls["Histogram.Observe"], calls["Histogram.Start"] = err, histogram.Observe(1), histogram.Start().Stop()
	_, calls["Query"] = c.Query(ctx, "1")
	_, calls["QueryRange"] = c.QueryRange(ctx, "1", Range{})
	for _, err := range c.QueryLive(ctx, "1") {
		calls["QueryLive"] = err
	}
	for _, err := range c.QueryLiveRange(ctx, "1", Range{}) {
		calls["QueryLiveRange"] = err
	}
	_, calls["OnAlert"] = c.OnAlert(nil)
	_, calls["OnDashboard"] = c.OnDashboard(nil)
	return calls
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	c := newTestClient(t, newHubDouble(), Options{})
	_, onAlert := c.OnAlert(nil)
	_, onDashboard := c.OnDashboard(nil)
	_, query := c.Query(WithCorrelationID(context.Background(), ""), "1")
	for name, err := range map[string]error{
		"OnAlert": onAlert, "OnDashboard": onDashboard, "ReportEvery": c.ReportEvery(time.Second, nil, nil), "Query": query,
		"ReportEvery at no interval": c.ReportEvery(0, func() ([]ReportedMetric, error) { return nil, nil }, nil),
		"Flush":                      c.Flush(WithCorrelationID(context.Background(), strings.Repeat("x", 257))),
	} {
		var wrong *ConfigError
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAClosedClientAnswersEveryCall(t *testing.T) {
	c := newTestClient(t, newHubDouble(), Options{})
	counter, err := c.Counter("b", nil)
	check(t, err)
	check(t, c.Close(context.Background()))
	for name, err := range everyCall(c) {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := counter.Inc(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	check(t, c.Close(context.Background()))
}

func TestHotCallsDoNotAllocate(t *testing.T) {
	c := newTestClient(t, newHubDouble(), Options{BatchSize: math.MaxInt, PushInterval: "1h"})
	labels := Labels{"class": "wizard", "level": "3"}
	counter, err := c.Counter("a_total", labels)
	check(t, err)
	gauge, err := c.Gauge("b", labels)
	check(t, err)
	histogram, err := c.Histogram("c", labels)
	check(t, err)
	for name, call := range map[string]func() error{
		"Counter.Inc": counter.Inc, "Counter.Add": func() error { return counter.Add(0.5) },
		"Gauge.Set": func() error { return gauge.Set(3) }, "Gauge.Add": func() error { return gauge.Add(3) },
		"Histogram.Observe":       func() error { return histogram.Observe(3) },
		"Histogram.Start":         func() error { return histogram.Start().Stop() },
		"IncCounter":              func() error { return c.IncCounter("a_total", labels) },
		"IncCounter with literal": func() error { return c.IncCounter("a_total", Labels{"class": "wizard", "level": "3"}) },
		"SetGauge":                func() error { return c.SetGauge("b", 4, labels) },
		"Observe":                 func() error { return c.Observe("c", 3, labels) },
	} {
		check(t, call())
		if allocations := testing.AllocsPerRun(1000, func() { _ = call() }); allocations >= 1 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

// Every increment of many goroutines is in the last events, while pushes go on beside them.
func TestNothingIsLostBetweenPushes(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, hub, Options{PushInterval: "1ms", BatchSize: 3})
	const goroutines, each, series = 8, 2_000, 20
	var running sync.WaitGroup
	for g := range goroutines {
		running.Go(func() {
			for i := range each {
				labels := Labels{"n": fmt.Sprint((g + i) % series)}
				if err := errors.Join(c.IncCounter("a_total", labels), c.IncGauge("b", labels), c.Observe("c", 1, labels)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	check(t, c.Close(context.Background()))
	last := map[string]float64{}
	counts := map[string]float64{}
	for _, received := range hub.taken() {
		for _, m := range received.(map[string]any)["event"].(map[string]any)["data"].(map[string]any)["metrics"].([]any) {
			metric := m.(map[string]any)
			key := fmt.Sprint(metric["name"], metric["labels"])
			if h, ok := metric["value"].(map[string]any); ok {
				counts[key] = h["count"].(float64)
				continue
			}
			last[key] = metric["value"].(float64)
		}
	}
	total := map[byte]float64{}
	for key, v := range last {
		total[key[0]] += v
	}
	for key, v := range counts {
		total[key[0]] += v
	}
	for _, kind := range "abc" {
		if total[byte(kind)] != goroutines*each {
			t.Errorf("%c: %v, not %d", kind, total[byte(kind)], goroutines*each)
		}
	}
	if len(last) != 2*series || len(counts) != series {
		t.Error(len(last), len(counts))
	}
}

// narrow is a hub that lets only small messages pass.
type narrow struct{ *hubDouble }

func (narrow) MaxPayload() int64 { return 2000 }

func TestAPushIsSplitWhereTheHubIsNarrow(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, narrow{hub}, Options{})
	const series = 90
	for i := range series {
		check(t, c.SetGauge("level", float64(i), Labels{"hero": strings.Repeat("x", i)}))
	}
	check(t, c.Flush(WithCorrelationID(context.Background(), "all-of-it")))
	seen, events := map[float64]bool{}, hub.taken()
	lastTime := ""
	for _, received := range events {
		event := received.(map[string]any)["event"].(map[string]any)
		if text, _ := json.Marshal(event); len(text) > 2000-headerRoom {
			t.Error(len(text))
		}
		data := event["data"].(map[string]any)
		if data["correlation_id"] != "all-of-it" || data["timestamp"].(string) <= lastTime {
			t.Error(data["correlation_id"], data["timestamp"])
		}
		lastTime = data["timestamp"].(string)
		for _, m := range data["metrics"].([]any) {
			seen[m.(map[string]any)["value"].(float64)] = true
		}
	}
	if len(seen) != series || len(events) < 4 {
		t.Fatal(len(seen), len(events))
	}
}

// tooNarrow is a hub that lets nothing pass.
type tooNarrow struct{ *hubDouble }

func (tooNarrow) RequestMsgWithContext(context.Context, *nats.Msg) (*nats.Msg, error) {
	return nil, nats.ErrMaxPayload
}

func TestAnEventThatCanNeverPassIsDropped(t *testing.T) {
	var drops []Drop
	c := newTestClient(t, tooNarrow{newHubDouble()}, Options{OnDropped: func(d Drop) { drops = append(drops, d) }})
	check(t, c.IncCounter("a_total", nil))
	check(t, c.Flush(context.Background()))
	if status := c.Status(); status.DroppedEvents != 1 || !errors.Is(status.LastError, ErrTooLarge) {
		t.Fatal(status)
	}
	check(t, c.Close(context.Background()))
	if len(drops) == 0 || drops[0] != (Drop{1, EventTooLarge}) {
		t.Fatal(drops)
	}
}

func TestTheBufferIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		hub.behave("down")
		c := newTestClient(t, hub, Options{BufferBytes: 2000})
		for range 20 {
			check(t, c.SetGauge("a", 1, Labels{"x": strings.Repeat("y", 500)}))
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if status := c.Status(); status.WaitingBytes > 2000 {
				t.Fatal(status)
			}
		}
		if status := c.Status(); status.WaitingEvents != 2 || status.DroppedEvents != 18 {
			t.Fatal(status)
		}
	})
}

// disconnected is a hub whose client looks for the hub.
type disconnected struct{ *hubDouble }

func (disconnected) IsConnected() bool { return false }

func TestNothingIsSentWhileNotConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		c := newTestClient(t, disconnected{hub}, Options{})
		check(t, c.IncCounter("a_total", nil))
		time.Sleep(time.Minute)
		if _, err := c.Query(context.Background(), "1"); !errors.Is(err, ErrHub) {
			t.Error(err)
		}
		if err := c.Close(context.Background()); !errors.Is(err, ErrUndelivered) {
			t.Error(err)
		}
		if got := hub.taken(); len(got) > 0 {
			t.Error(got)
		}
	})
}

func TestAnOutageIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text strings.Builder
		hub := newHubDouble()
		hub.behave("down")
		c := newTestClient(t, hub, Options{BufferEvents: 2, Logger: slog.New(slog.NewTextHandler(&text, nil))})
		for range 4 {
			check(t, c.IncCounter("a_total", nil))
			time.Sleep(10 * time.Second)
			synctest.Wait()
		}
		hub.behave("up")
		time.Sleep(time.Minute)
		synctest.Wait()
		hub.behave(map[string]any{"reply": map[string]any{"type": "metrics.collected", "data": map[string]any{
			"rejected": []any{map[string]any{"name": "a_total", "code": "kind_changed", "reason": "is a gauge"}}}}})
		check(t, c.IncCounter("a_total", nil))
		check(t, c.Flush(context.Background()))
		for words, times := range map[string]int{
			"not acknowledged, and are kept": 1, "acknowledged again": 1, "were dropped before": 2, "a_total\\\" was rejected: kind_changed": 1,
		} {
			if got := strings.Count(text.String(), words); got != times {
				t.Errorf("%q: %d times, not %d:\n%s", words, got, times, &text)
			}
		}
	})
}

func TestClosingInHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		hub.behave("silent")
		c := newTestClient(t, hub, Options{})
		check(t, c.IncCounter("a_total", nil))
		started := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		var undelivered *UndeliveredError
		if err := c.Close(ctx); !errors.As(err, &undelivered) || undelivered.Events != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(started); took != 2*time.Second {
			t.Error(took)
		}
		got := hub.taken()
		if len(got) != 3 || got[2].(map[string]any)["subject"] != "dice_service.metrics.report" {
			t.Error("once as a request, once more in haste, and that the instance is gone:", got)
		}
	})
}

func TestRandomTextsAreJSON(t *testing.T) {
	random := seeded(t)
	for range 2000 {
		runes := make([]rune, random.IntN(20))
		for i := range runes {
			runes[i] = []rune{'a', '"', '\\', '\n', 0, 0x1f, 0x7f, 'é', '\u2028', 0xfffd, 0x1f600, '<'}[random.IntN(12)]
		}
		text := string(runes)
		var back string
		if err := json.Unmarshal(appendText(nil, text), &back); err != nil || back != text {
			t.Fatalf("%q: %q, %v", text, back, err)
		}
		number := math.Float64frombits(random.Uint64())
		if random.IntN(2) == 0 {
			number = float64(random.Int64N(1<<54)) * math.Copysign(1, random.Float64()-0.5)
		}
		if !isFinite(number) {
			continue
		}
		var same float64
		if err := json.Unmarshal(appendNumber(nil, number), &same); err != nil || math.Float64bits(same) != math.Float64bits(number) {
			t.Fatalf("%v: %s, %v, %v", number, appendNumber(nil, number), same, err)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10s": 10 * time.Second, "1h30m": 90 * time.Minute, "250ms": 250 * time.Millisecond, "1d": 24 * time.Hour, "2.5": 2500 * time.Millisecond,
		"1m0s": time.Minute, "0.5s": time.Second / 2, "1w2d": 9 * 24 * time.Hour, "0s": 0,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "s", "10", "10x", "-1s", "1m1h", "1s1s", "1 s", "1e3s", "999999999y", "NaN", "Inf"} {
		if got, err := ParseDuration(text); text != "10" && err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
