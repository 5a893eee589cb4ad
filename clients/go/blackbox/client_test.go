package blackbox

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"dnd/metrics"
)

// TestSeedIsThatOfTheDocument holds that the program is the document's, character for character.
func TestSeedIsThatOfTheDocument(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(project + "/docs/seed-clients.md")
	check(t, err)
	_, rest, found := strings.Cut(string(document), "```go\n")
	snippet, _, ended := strings.Cut(rest, "   ```")
	program, err := os.ReadFile("../seed/campaign_service.go")
	check(t, err)
	// In the document it stands in a list, three columns further right.
	if want := regexp.MustCompile(`(?m)^   `).ReplaceAllString(snippet, ""); !found || !ended || string(program) != want {
		t.Fatalf("%q\n%q", program, want)
	}
}

// TestSeed runs the program of the founding document, in its own module, and asks for what it counted (seed/seed_test.go).
func TestSeed(t *testing.T) {
	t.Parallel()
	command := exec.Command("go", "test", "-count=1", "./...")
	command.Dir = "../seed"
	command.Env = append(os.Environ(), "NATS_URL="+service.URL())
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestSeedProgramRuns runs it as a user would, as a program.
func TestSeedProgramRuns(t *testing.T) {
	t.Parallel()
	command := exec.Command("go", "run", ".")
	command.Dir = "../seed"
	command.Env = append(os.Environ(), "NATS_URL="+service.URL())
	if out, err := command.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestEveryKindArrives(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_kinds", metrics.Options{Labels: metrics.Labels{"region": "north"}})
	check(t, client.Describe("spell_seconds", "How long casting takes.", "seconds"))
	wizard := metrics.Labels{"class": "wizard"}
	check(t, client.IncCounter("spells_total", wizard))
	check(t, client.AddCounter("spells_total", 2.5, wizard))
	check(t, client.SetGauge("mana", 40, wizard))
	check(t, client.DecGauge("mana", wizard))
	check(t, client.SetGauge("luck", math.NaN(), nil))
	for i := range 1000 {
		check(t, client.Observe("spell_seconds", float64(i+1)/1000, wizard))
	}
	check(t, client.Observe("damage", -3, nil))
	check(t, client.Flush(within(t, soon)))
	for query, want := range map[string]float64{
		`spells_total{service="go_kinds", class="wizard", region="north", instance="` + client.Instance() + `"}`: 3.5,
		`mana{service="go_kinds"}`:                                        39,
		`count(luck{service="go_kinds"} != luck)`:                         1,
		`histogram_count(spell_seconds{service="go_kinds"})`:              1000,
		`histogram_sum(spell_seconds{service="go_kinds"})`:                500.5,
		`histogram_sum(damage{service="go_kinds"})`:                       -3,
		`histogram_count(damage{service="go_kinds"})`:                     1,
		`round(increase(spells_total{service="go_kinds"}[1h]) >= bool 0)`: 1,
	} {
		if got := value(t, client, query); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, not %v", query, got, want)
		}
	}
	// Buckets are at most 9 % wide.
	if got := value(t, client, `histogram_quantile(0.9, spell_seconds{service="go_kinds"})`); math.Abs(got-0.9) > 0.09 {
		t.Error(got)
	}
}

func TestRangeQueryAndErrors(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_range", metrics.Options{})
	check(t, client.SetGauge("level", 7, nil))
	check(t, client.Flush(within(t, soon)))
	now := time.Now()
	result, err := client.QueryRange(within(t, soon), `level{service="go_range"} * 2`, metrics.Range{Start: now, End: now.Add(30 * time.Second), Step: 10 * time.Second})
	check(t, err)
	if len(result.Matrix) != 1 || len(result.Matrix[0].Points) != 4 || result.Matrix[0].Points[3].Value != 14 {
		t.Fatal(result)
	}
	scalar, err := client.Query(within(t, soon), `scalar(level{service="go_range"})`)
	check(t, err)
	if scalar.Type != metrics.ScalarResult || scalar.Scalar.Value != 7 {
		t.Fatal(scalar)
	}
	_, err = client.Query(within(t, soon), "sum(")
	var failed *metrics.QueryError
	if !errors.As(err, &failed) || !errors.Is(err, metrics.ErrQuery) || failed.ErrorCode != "invalid_query" || failed.Type != "bad_data" || failed.Start != 4 {
		t.Fatalf("%#v", err)
	}
}

// TestLargeAnswer needs several parts: it is larger than the hub lets one message be.
func TestLargeAnswer(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_large", metrics.Options{BatchSize: 1 << 20})
	for i := range 12_000 {
		check(t, client.SetGauge("hero_level", float64(i), metrics.Labels{"hero": strings.Repeat("x", 100) + string(rune('a'+i%26)), "number": time.Duration(i).String()}))
	}
	check(t, client.Flush(within(t, soon))) // several events too
	result, err := client.Query(within(t, soon), `hero_level{service="go_large"}`)
	check(t, err)
	sum := 0.0
	for _, s := range result.Vector {
		sum += s.Value
	}
	if len(result.Vector) != 12_000 || sum != 12_000*11_999/2 {
		t.Fatal(len(result.Vector), sum)
	}
}

func TestCloseEndsTheSeries(t *testing.T) {
	t.Parallel()
	reader := newClient(t, "go_reader", metrics.Options{})
	client := newClient(t, "go_gone", metrics.Options{})
	check(t, client.IncCounter("visits_total", nil))
	check(t, client.Flush(within(t, soon)))
	if got := value(t, reader, `visits_total{service="go_gone"}`); got != 1 {
		t.Fatal(got)
	}
	check(t, client.Close(within(t, soon)))
	until(t, "the series of a closed client have ended", func() bool {
		result, err := reader.Query(within(t, soon), `visits_total{service="go_gone"}`)
		check(t, err)
		return len(result.Vector) == 0
	})
	if err := client.IncCounter("visits_total", nil); !errors.Is(err, metrics.ErrClosed) {
		t.Fatal(err)
	}
}

// A rejections list remembers what OnRejected is told.
type rejections struct {
	mu  sync.Mutex
	all []metrics.Rejection
}

func (r *rejections) add(one metrics.Rejection) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, one)
}

func (r *rejections) list() []metrics.Rejection {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func TestRejectedMetricIsTold(t *testing.T) {
	t.Parallel()
	var told rejections
	client := newClient(t, "go_rejected", metrics.Options{OnRejected: told.add})
	check(t, client.Report([]metrics.ReportedMetric{
		{Name: "good", Type: metrics.GaugeType, Value: 5},
		{Name: "from_the_future", Type: metrics.GaugeType, Time: time.Now().Add(time.Hour)},
	}))
	check(t, client.Flush(within(t, soon)))
	if all := told.list(); len(all) != 1 || all[0].Metric != "from_the_future" || all[0].Code != "timestamp_too_far_in_future" || all[0].Reason == "" {
		t.Fatal(all)
	}
	if got := value(t, client, `good{service="go_rejected"}`); got != 5 {
		t.Fatal(got)
	}
}

func TestRejectedEventIsTold(t *testing.T) {
	t.Parallel()
	var told rejections
	impostor := metrics.NewClient(&metrics.Config{
		ServiceID: "go_impostor", MessageHub: renamed{connect(t)}, Options: metrics.Options{OnRejected: told.add},
	})
	check(t, impostor.IncCounter("thing_total", nil))
	check(t, impostor.Flush(within(t, soon)))
	if all := told.list(); len(all) != 1 || all[0].Metric != "" || all[0].Code != "service_mismatch" {
		t.Fatal(all)
	}
	check(t, impostor.Close(within(t, soon)))
}

// renamed is a hub that publishes in another's name. It shows too that what wraps a *nats.Conn is a MessageHub.
type renamed struct{ *nats.Conn }

func (r renamed) RequestMsgWithContext(ctx context.Context, message *nats.Msg) (*nats.Msg, error) {
	message.Subject = strings.Replace(message.Subject, "go_impostor", "go_other", 1)
	return r.Conn.RequestMsgWithContext(ctx, message)
}

func TestAHubWithoutAService(t *testing.T) {
	t.Parallel()
	client := metrics.NewClient(&metrics.Config{ServiceID: "go_alone", MessageHub: elsewhere{connect(t)}})
	if _, err := client.Query(within(t, soon), "1"); !errors.Is(err, metrics.ErrNoService) {
		t.Fatal(err)
	}
	check(t, client.IncCounter("a_total", nil))
	err := client.Flush(within(t, time.Second))
	var undelivered *metrics.UndeliveredError
	if !errors.As(err, &undelivered) || undelivered.Events != 1 || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	until(t, "it is known why nothing is acknowledged", func() bool { return errors.Is(client.Status().LastError, metrics.ErrNoService) })
	if status := client.Status(); status.WaitingEvents != 1 {
		t.Fatal(status)
	}
	if err := client.Close(within(t, 200*time.Millisecond)); !errors.Is(err, metrics.ErrUndelivered) {
		t.Fatal(err)
	}
}

// elsewhere is a hub on which nobody listens to what is published.
type elsewhere struct{ *nats.Conn }

func (e elsewhere) RequestMsgWithContext(ctx context.Context, message *nats.Msg) (*nats.Msg, error) {
	message.Subject = "nobody." + message.Subject
	return e.Conn.RequestMsgWithContext(ctx, message)
}

func (e elsewhere) PublishMsg(message *nats.Msg) error {
	message.Subject = "nobody." + message.Subject
	return e.Conn.PublishMsg(message)
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_discovery", metrics.Options{Instance: "one"})
	check(t, client.Describe("discovered_total", "What was found.", "things"))
	check(t, client.IncCounter("discovered_total", metrics.Labels{"what": "dungeon"}))
	check(t, client.IncCounter("discovered_total", metrics.Labels{"what": "dragon"}))
	check(t, client.Flush(within(t, soon)))
	mine := metrics.Selection{Match: []string{`{service="go_discovery"}`}}
	series, err := client.Series(within(t, soon), mine)
	check(t, err)
	if len(series) != 2 || series[0]["__name__"] != "discovered_total" || series[0]["instance"] != "one" {
		t.Error(series)
	}
	names, err := client.LabelNames(within(t, soon), mine)
	check(t, err)
	if strings.Join(names, " ") != "__name__ instance service what" {
		t.Error(names)
	}
	values, err := client.LabelValues(within(t, soon), "what", mine)
	check(t, err)
	if strings.Join(values, " ") != "dragon dungeon" {
		t.Error(values)
	}
	metadata, err := client.Metadata(within(t, soon), "discovered_total")
	check(t, err)
	if got := metadata["discovered_total"]; len(got) != 1 || got[0] != (metrics.Metadata{Type: metrics.CounterType, Help: "What was found.", Unit: "things"}) {
		t.Error(metadata)
	}
	if stopped, err := client.Cancel(within(t, soon), "nobody"); err != nil || stopped != 0 {
		t.Error(stopped, err)
	}
	var failed *metrics.QueryError
	if _, err := client.Series(within(t, soon), metrics.Selection{}); !errors.As(err, &failed) || failed.ErrorCode != "missing_field" {
		t.Error(err)
	}
}
