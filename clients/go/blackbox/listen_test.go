package blackbox

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"dnd/metrics"
)

// ask sends an event of a service and returns the answer's data, which must say that it succeeded.
func ask(t *testing.T, hub *nats.Conn, subject, payload string) {
	t.Helper()
	reply, err := hub.Request(subject, []byte(payload), soon)
	check(t, err)
	var answer struct{ Data struct{ Status string } }
	check(t, json.Unmarshal(reply.Data, &answer))
	if answer.Data.Status != "success" {
		t.Fatalf("%s: %s", payload, reply.Data)
	}
}

// TestAlertsOfTheService has the service announce an alert that another service reports, and its end.
func TestAlertsOfTheService(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_listener", metrics.Options{})
	told := make(chan metrics.Alert, 10)
	subscription, err := client.OnAlert(func(alert metrics.Alert) {
		if alert.Rule == "GoDiceJammed" {
			told <- alert
		}
	})
	check(t, err)
	hub := connect(t)
	for _, status := range []metrics.AlertStatus{metrics.AlertFiring, metrics.AlertResolved} {
		ask(t, hub, "go_combat.alert.status", `{"type": "alert.status", "data": {"correlation_id": "go-a1", "alerts": [
			{"name": "GoDiceJammed", "status": "`+string(status)+`", "labels": {"table": "7", "severity": "page"}, "annotations": {"summary": "ones"}, "value": 1.5}]}}`)
		select {
		case alert := <-told:
			if alert.Status != status || alert.Severity != "page" || alert.Labels["table"] != "7" || alert.Labels["service"] != "go_combat" || *alert.Value != 1.5 ||
				alert.Annotations["summary"] != "ones" || alert.CorrelationID != "go-a1" || alert.Source != "go_combat" || alert.StartedAt.IsZero() ||
				alert.ResolvedAt.IsZero() != (status == metrics.AlertFiring) {
				t.Errorf("%+v", alert)
			}
		case <-time.After(soon):
			t.Fatal("not told that it is", status)
		}
	}
	check(t, subscription.Stop())
}

// TestDashboardsOfTheService has the service save and delete a dashboard.
func TestDashboardsOfTheService(t *testing.T) {
	t.Parallel()
	client := newClient(t, "go_screen", metrics.Options{})
	told := make(chan metrics.DashboardChange, 10)
	subscription, err := client.OnDashboard(func(change metrics.DashboardChange) {
		if change.Name == "go-fights" {
			told <- change
		}
	})
	check(t, err)
	hub := connect(t)
	for i, c := range []struct{ action, data string }{
		{"saved", `"action": "save", "author": "mira", "dashboard": {"kind": "Dashboard", "metadata": {"name": "go-fights", "project": "default"},
			"spec": {"display": {"name": "Fights"}, "duration": "1h", "panels": {}, "layouts": []}}`},
		{"deleted", `"action": "delete", "author": "mira", "name": "go-fights", "base_version": 1`},
	} {
		ask(t, hub, "go_screen.dashboard.request", `{"type": "dashboard.request", "data": {"correlation_id": "go-d", `+c.data+`}}`)
		select {
		case change := <-told:
			if change.Action != c.action || change.Project != "default" || change.DisplayName != "Fights" || change.Version != i+1 ||
				change.Deleted != (c.action == "deleted") || change.UpdatedBy != "go_screen/mira" || change.UpdatedAt.IsZero() || change.CorrelationID != "go-d" {
				t.Errorf("%+v", change)
			}
		case <-time.After(soon):
			t.Fatal("not told that it was", c.action)
		}
	}
	check(t, subscription.Stop())
}
