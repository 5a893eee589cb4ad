package metrics

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The cases that all clients share: conformance/clients. The clock is that of a synctest bubble, which moves only when
// every goroutine rests; so the runner drives the client as it is, goroutines and timers included.

var caseStart = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

type sharedCase struct {
	Name   string
	Config map[string]any
	Steps  []map[string]any
}

func TestSharedCases(t *testing.T) {
	files, err := filepath.Glob("../../conformance/clients/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases struct{ Cases []sharedCase }
		if err := json.Unmarshal(text, &cases); err != nil {
			t.Fatal(file, err)
		}
		for _, one := range cases.Cases {
			name := strings.TrimSuffix(filepath.Base(file), ".json") + "/" + one.Name
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(caseStart))
					newCaseRunner(t, one.Config).run(one.Steps)
				})
			})
		}
	}
}

type caseRunner struct {
	t        *testing.T
	hub      *hubDouble
	client   *Client
	words    map[string]string
	dropped  int
	rejected []any
}

func newCaseRunner(t *testing.T, given map[string]any) *caseRunner {
	r := &caseRunner{t: t, hub: newHubDouble(), words: map[string]string{}}
	config := &Config{ServiceID: "dice_service", MessageHub: r.hub, Options: Options{
		Instance:  "dice-1",
		Logger:    slog.New(slog.DiscardHandler),
		OnDropped: func(d Drop) { r.dropped += d.Events },
		OnRejected: func(rejection Rejection) {
			one := map[string]any{"code": rejection.Code, "reason": rejection.Reason}
			if rejection.Metric != "" {
				one["name"] = rejection.Metric
			}
			r.rejected = append(r.rejected, one)
		},
	}}
	for key, value := range given {
		switch key {
		case "service_id":
			config.ServiceID = value.(string)
		case "instance":
			config.Options.Instance, _ = value.(string) // null: none
		case "batch_size":
			config.Options.BatchSize = int(value.(float64))
		case "push_interval":
			config.Options.PushInterval = value.(string)
		case "repeat_interval":
			config.Options.RepeatInterval = value.(string)
		case "buffer_events":
			config.Options.BufferEvents = int(value.(float64))
		case "buffer_bytes":
			config.Options.BufferBytes = int(value.(float64))
		case "labels":
			config.Options.Labels = labelsOf(value)
		default:
			t.Fatalf("this runner does not know the option %q", key)
		}
	}
	r.client = newClient(config, func() float64 { return 1 })
	if err := r.client.Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		_ = r.client.Close(ended) // only so that no goroutine is left in the bubble
	})
	return r
}

func (r *caseRunner) run(steps []map[string]any) {
	for i, step := range steps {
		r.step(step)
		synctest.Wait()
		if r.t.Failed() {
			r.t.Fatalf("in step %d: %v", i+1, shortened(fmt.Sprint(step)))
		}
	}
}

func (r *caseRunner) step(step map[string]any) {
	want, _ := step["error"].(string)
	for key, argument := range step {
		switch key {
		case "error":
		case "inc_counter", "set_gauge", "inc_gauge", "dec_gauge", "observe", "describe":
			r.check(key, r.call(key, argument.(map[string]any)), want)
		case "each":
			template, err := json.Marshal(step["step"])
			if err != nil {
				r.t.Fatal(err)
			}
			for n := range int(argument.(float64)) {
				text := strings.ReplaceAll(string(template), `"${n}"`, strconv.Itoa(n))
				text = strings.ReplaceAll(text, "${n}", strconv.Itoa(n))
				var one map[string]any
				if err := json.Unmarshal([]byte(text), &one); err != nil {
					r.t.Fatal(err)
				}
				r.step(one)
			}
		case "step": // of each
		case "advance":
			time.Sleep(durationOf(r.t, argument))
		case "hub":
			r.hub.behave(argument)
		case "flush":
			ctx := context.Background()
			if id, ok := argument.(map[string]any)["correlation_id"].(string); ok {
				ctx = WithCorrelationID(ctx, id)
			}
			r.check(key, r.client.Flush(ctx), want)
		case "close":
			ctx := context.Background()
			if timeout, ok := argument.(map[string]any)["timeout"]; ok {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, durationOf(r.t, timeout))
				defer cancel()
			}
			err := r.client.Close(ctx)
			if Code(err) == "undelivered" && want == "" {
				err = nil // Go says in an error too what on_dropped is told
			}
			r.check(key, err, want)
		case "expect_events":
			got := r.hub.taken()
			for _, one := range got {
				sortMetrics(one.(map[string]any))
			}
			r.expect(argument, got, "events")
		case "expect_dropped":
			r.expect(argument, float64(r.dropped), "dropped")
		case "expect_rejected":
			got := slices.Clone(r.rejected)
			r.rejected = nil
			if got == nil {
				got = []any{}
			}
			r.expect(argument, got, "rejected")
		default:
			r.t.Fatalf("this runner does not know the step %q", key)
		}
	}
}

func (r *caseRunner) call(name string, arguments map[string]any) error {
	metric, labels, value := arguments["name"].(string), labelsOf(arguments["labels"]), numberOf(arguments["value"])
	switch name {
	case "inc_counter":
		if _, given := arguments["value"]; given {
			return r.client.AddCounter(metric, value, labels)
		}
		return r.client.IncCounter(metric, labels)
	case "set_gauge":
		return r.client.SetGauge(metric, value, labels)
	case "inc_gauge":
		if _, given := arguments["value"]; given {
			return r.client.AddGauge(metric, value, labels)
		}
		return r.client.IncGauge(metric, labels)
	case "dec_gauge":
		if _, given := arguments["value"]; given {
			return r.client.AddGauge(metric, -value, labels)
		}
		return r.client.DecGauge(metric, labels)
	case "describe":
		help, _ := arguments["help"].(string)
		unit, _ := arguments["unit"].(string)
		return r.client.Describe(metric, help, unit)
	}
	return r.client.Observe(metric, value, labels)
}

func (r *caseRunner) check(what string, err error, want string) {
	r.t.Helper()
	if got := Code(err); err != nil && got == "" || got != want {
		r.t.Errorf("%s: error %v with code %q, not %q", what, err, got, want)
	}
}

func (r *caseRunner) expect(pattern, got any, what string) {
	r.t.Helper()
	if problem := r.mismatch(pattern, got, what); problem != "" {
		text, _ := json.Marshal(got)
		r.t.Errorf("%s\ngot %s", problem, text)
	}
}

// mismatch says where a value does not match a pattern, "" where it does.
func (r *caseRunner) mismatch(pattern, got any, where string) string {
	switch p := pattern.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: %v is no object", where, got)
		}
		for key, one := range p {
			value, there := object[key]
			switch {
			case one == "<absent>" && there:
				return fmt.Sprintf("%s.%s is there", where, key)
			case one == "<absent>":
			case !there:
				return fmt.Sprintf("%s.%s is not there", where, key)
			default:
				if problem := r.mismatch(one, value, where+"."+key); problem != "" {
					return problem
				}
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(p) {
			return fmt.Sprintf("%s: %d elements are wanted, there are %d", where, len(p), len(list))
		}
		for i := range p {
			if problem := r.mismatch(p[i], list[i], where+"["+strconv.Itoa(i)+"]"); problem != "" {
				return problem
			}
		}
		return ""
	case string:
		if strings.HasPrefix(p, "<") && strings.HasSuffix(p, ">") {
			return r.placeholder(p, got, where)
		}
	}
	if !reflect.DeepEqual(pattern, got) {
		return fmt.Sprintf("%s: %v is wanted, not %v", where, pattern, got)
	}
	return ""
}

func (r *caseRunner) placeholder(pattern string, got any, where string) string {
	text, isText := got.(string)
	word, argument, _ := strings.Cut(strings.Trim(pattern, "<>"), ":")
	ok := false
	switch word {
	case "any":
		ok = true
	case "text":
		ok = isText && text != ""
	case "uuid":
		ok = isText && isUUID(text)
	case "number":
		_, ok = got.(float64)
	case "contains":
		ok = isText && strings.Contains(text, argument)
	case "time":
		at, err := timeOf(got)
		ok = err == nil && (argument == "" || at.Equal(caseStart.Add(durationOf(r.t, argument))))
	case "as":
		known, there := r.words[argument]
		ok = isText && known == text
		if !there && isText {
			ok = true
			for _, other := range r.words {
				ok = ok && other != text
			}
			r.words[argument] = text
		}
	default:
		return "this runner does not know the pattern " + pattern
	}
	if !ok {
		return fmt.Sprintf("%s: %v does not match %s", where, got, pattern)
	}
	return ""
}

func isUUID(text string) bool {
	return len(text) == 36 && strings.Trim(text, "0123456789abcdef-") == "" && strings.Count(text, "-") == 4
}

func timeOf(value any) (time.Time, error) {
	if seconds, ok := value.(float64); ok {
		return time.UnixMilli(int64(seconds*1000 + 0.5)), nil
	}
	return time.Parse(time.RFC3339, fmt.Sprint(value))
}

func durationOf(t *testing.T, value any) time.Duration {
	t.Helper()
	duration, err := ParseDuration(fmt.Sprint(value))
	if err != nil {
		t.Fatal(err)
	}
	return duration
}

func numberOf(value any) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case string:
		number, err := strconv.ParseFloat(v, 64)
		if err != nil {
			panic(err)
		}
		return number
	}
	return 0
}

func labelsOf(value any) Labels {
	labels := Labels{}
	object, _ := value.(map[string]any)
	for name, one := range object {
		labels[name] = one.(string)
	}
	return labels
}

// sortMetrics sorts an event's metrics by name and labels.
func sortMetrics(received map[string]any) {
	data, ok := received["event"].(map[string]any)["data"].(map[string]any)
	if !ok {
		return
	}
	metrics, _ := data["metrics"].([]any)
	key := func(m any) string {
		labels, _ := json.Marshal(labelsOf(m.(map[string]any)["labels"]))
		return m.(map[string]any)["name"].(string) + "\x00" + string(labels)
	}
	slices.SortFunc(metrics, func(a, b any) int { return strings.Compare(key(a), key(b)) })
}
