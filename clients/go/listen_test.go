package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
)

func TestAlertsAreToldOnce(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, hub, Options{})
	var told []Alert
	subscription, err := c.OnAlert(func(a Alert) { told = append(told, a) })
	check(t, err)
	triggered := `{"type": "alert.triggered", "id": "a1-firing", "data": {"rule": "PartyDown", "severity": "page", "correlation_id": "c1",
		"status": "firing", "labels": {"alertname": "PartyDown"}, "annotations": {"summary": "Help"}, "value": 0, "started_at": "2026-11-24T10:00:00.5Z",
		"fingerprint": "f00", "group": "party", "file": "party.yml", "source": "metrics_service", "receiver": "dm", "repeat": 2}}`
	hub.deliver("alert.triggered", triggered)
	hub.deliver("alert.triggered", triggered) // a crash between publishing and writing it down
	hub.deliver("alert.triggered", "this is no event")
	hub.deliver("alert.triggered", `{"type": "metrics.collected", "data": {}}`)
	hub.deliver("alert.resolved", `{"type": "alert.resolved", "id": "a1-resolved", "data": {"rule": "PartyDown", "resolved_at": 1795514460.25, "value": "NaN"}}`)
	if len(told) != 2 {
		t.Fatal(told)
	}
	if a := told[0]; a.Rule != "PartyDown" || a.Severity != "page" || a.Status != AlertFiring || a.CorrelationID != "c1" || a.Labels["alertname"] != "PartyDown" ||
		a.Annotations["summary"] != "Help" || *a.Value != 0 || !a.StartedAt.Equal(caseStart.Add(time.Second/2)) || a.Fingerprint != "f00" ||
		a.Group != "party" || a.File != "party.yml" || a.Source != "metrics_service" || a.Receiver != "dm" || a.Repeat != 2 || !a.ResolvedAt.IsZero() || a.EventID != "a1-firing" {
		t.Errorf("%+v", a)
	}
	if a := told[1]; a.Status != AlertResolved || !a.ResolvedAt.Equal(caseStart.Add(60250*time.Millisecond)) || *a.Value == *a.Value {
		t.Errorf("%+v", a)
	}
	check(t, subscription.Stop())
	check(t, subscription.Stop())
	if left := hub.deliver("alert.triggered", triggered); left != 0 {
		t.Fatal(left)
	}
}

func TestDashboardsAreTold(t *testing.T) {
	hub := newHubDouble()
	c := newTestClient(t, hub, Options{})
	var told []DashboardChange
	_, err := c.OnDashboard(func(d DashboardChange) { told = append(told, d) })
	check(t, err)
	hub.deliver("dashboard.updated", `{"type": "dashboard.updated", "id": "d1", "data": {"action": "deleted", "display_name": "Health", "project": "dnd", "name": "health", "version": 3, "deleted": true, "correlation_id": "c"}}`)
	if len(told) != 1 || told[0].Action != "deleted" || told[0].DisplayName != "Health" || told[0].Project != "dnd" || told[0].Name != "health" || told[0].Version != 3 || !told[0].Deleted || told[0].CorrelationID != "c" {
		t.Fatal(told)
	}
	check(t, c.Close(context.Background()))
	if left := hub.deliver("dashboard.updated", "{}"); left != 0 {
		t.Fatal(left)
	}
}

// A scriptedHub answers each query that is published with the next script: messages, or nil for silence.
type scriptedHub struct {
	*hubDouble
	scripts [][]string
	asked   []map[string]any
}

func (h *scriptedHub) PublishMsg(message *nats.Msg) error {
	var event struct{ Data map[string]any }
	if err := json.Unmarshal(message.Data, &event); err != nil {
		return err
	}
	h.asked = append(h.asked, event.Data)
	script := h.scripts[0]
	h.scripts = h.scripts[1:]
	go func() {
		for _, payload := range script {
			h.deliver(message.Reply, payload)
		}
	}()
	return nil
}

func vectorEvent(rest, samples string) string {
	return `{"type": "metrics.result", "data": {"status": "success", "resultType": "vector", ` + rest + `"result": [` + samples + `]}}`
}

const (
	wizards = `{"metric": {"class": "wizard"}, "value": [1795514400, "1"]}`
	bards   = `{"metric": {"class": "bard"}, "value": [1795514400.5, "2.5"]}`
	rogues  = `{"metric": {"class": "rogue"}, "histogram": [1795514400, {"count": "3", "sum": "4.5", "buckets": [[0, "1", "2", "3"]]}]}`
)

func TestAnAnswerInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &scriptedHub{hubDouble: newHubDouble(), scripts: [][]string{
			{vectorEvent(`"part": 1, `, wizards), vectorEvent(`"part": 2, `, bards), vectorEvent(`"part": 3, "last": true, "warnings": ["w"], `, rogues)},
			{vectorEvent(`"part": 1, `, wizards), vectorEvent(`"part": 3, "last": true, `, rogues)},
			{`{"type": "metrics.collected"}`},
			{`not JSON`},
		}}
		c := newTestClient(t, hub, Options{})
		result, err := c.Query(WithCorrelationID(context.Background(), "q1"), "a", At(caseStart), Limit(5), Lookback(time.Minute), Timeout(time.Second))
		check(t, err)
		want := strings.Join([]string{
			`{class="wizard"} => 1 @[1795514400]`, `{class="bard"} => 2.5 @[1795514400.5]`, `{class="rogue"} => {count:3, sum:4.5, (1,2]:3} @[1795514400]`, "warning: w",
		}, "\n")
		if result.String() != want {
			t.Error(result)
		}
		asked := hub.asked[0]
		if asked["query"] != "a" || asked["correlation_id"] != "q1" || asked["time"] != 1795514400.0 || asked["limit"] != 5.0 || asked["lookback"] != 60.0 || asked["timeout"] != 1.0 {
			t.Error(asked)
		}
		for range 3 {
			if _, err := c.Query(context.Background(), "a"); !errors.Is(err, ErrInvalidReply) {
				t.Error(err)
			}
		}
		if len(hub.handlers) != 0 {
			t.Error("somebody still listens for answers", hub.handlers)
		}
	})
}

func TestALiveQueryIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shuttingDown := `{"type": "metrics.result", "data": {"status": "error", "code": "shutting_down", "class": "resources", "error": "bye"}}`
		cancelled := `{"type": "metrics.result", "data": {"status": "error", "code": "query_canceled", "class": "user", "error": "cancelled"}}`
		hub := &scriptedHub{hubDouble: newHubDouble(), scripts: [][]string{
			{vectorEvent(`"update": 0, `, wizards), vectorEvent(`"update": 1, "time": 1795514402, `, bards), vectorEvent(`"update": 3, `, bards)}, // 2 was lost
			{vectorEvent(`"update": 0, `, bards), vectorEvent(`"update": 1, "gone": [{"class": "bard"}], `, rogues), shuttingDown},
			{vectorEvent(`"update": 0, `, wizards), vectorEvent(`"update": 1, "full": true, `, bards), cancelled},
		}}
		c := newTestClient(t, hub, Options{})
		var seen []string
		var last error
		for update, err := range c.QueryLive(context.Background(), "a", Step(time.Second)) {
			if err != nil {
				last = err
				break
			}
			var classes []string
			for _, s := range update.Result.Vector {
				classes = append(classes, s.Labels["class"])
			}
			text := strings.Join(classes, "+")
			if update.Full {
				text += " in full"
			}
			seen = append(seen, text)
		}
		want := "wizard in full, wizard+bard, bard in full, rogue, wizard in full, bard in full"
		if got := strings.Join(seen, ", "); got != want {
			t.Error(got)
		}
		var failed *QueryError
		if !errors.As(last, &failed) || failed.ErrorCode != "query_canceled" || len(hub.asked) != 3 || hub.asked[0]["live"] != true || hub.asked[0]["step"] != 1.0 {
			t.Error(last, hub.asked)
		}
	})
}
