package metrics

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
)

// An Alert is what alert.triggered or alert.resolved says (docs/icd.md).
type Alert struct {
	Rule          string
	Status        AlertStatus
	Severity      string
	Labels        Labels
	Annotations   map[string]string
	Value         *float64
	StartedAt     time.Time
	ResolvedAt    time.Time // zero while it fires
	Fingerprint   string
	Group         string
	File          string
	Source        string // "metrics_service", or the service that reported the alert
	Receiver      string // of the route, where routes are configured
	Repeat        int    // how often the same was said before
	CorrelationID string
	EventID       string          // the same where the service had to announce it again
	Data          json.RawMessage // all that the event says
}

// An AlertStatus is whether an alert fires.
type AlertStatus string

const (
	AlertFiring   AlertStatus = "firing"
	AlertResolved AlertStatus = "resolved"
)

// A DashboardChange is what dashboard.updated says (docs/icd.md).
type DashboardChange struct {
	Action        string // what was done: "saved", "deleted", "restored"
	Project       string
	Name          string
	DisplayName   string
	Version       int
	Deleted       bool
	UpdatedBy     string
	UpdatedAt     time.Time
	CorrelationID string
	EventID       string
	Data          json.RawMessage // all that the event says
}

// A Subscription has a callback called until it is stopped, or the client closed.
type Subscription struct {
	client        *Client
	subscriptions []*nats.Subscription
	stopped       atomic.Bool
	once          sync.Once
	err           error
}

// Stop ends it. Stopping again has no effect.
func (s *Subscription) Stop() error {
	s.once.Do(func() {
		s.stopped.Store(true)
		s.client.forget(s)
		s.err = s.end()
	})
	return s.err
}

func (s *Subscription) end() error {
	var first error
	for _, one := range s.subscriptions {
		if err := unsubscribe(s.client.hub, one); err != nil && first == nil {
			first = hubError(err)
		}
	}
	return first
}

// OnAlert has a callback called when an alert begins to fire and when it is resolved: one call at a time, and once for an
// alert that the service announces again after it was killed.
func (c *Client) OnAlert(callback func(Alert)) (*Subscription, error) {
	if callback == nil {
		return nil, c.refused(&ConfigError{"callback", "is nil"})
	}
	seen := &recentIDs{}
	return c.listenTo(func(e listenedEvent) {
		if !seen.isNew(e.ID) {
			return
		}
		alert := Alert{EventID: e.ID, Data: e.Data}
		var data struct {
			Rule, Severity, Fingerprint, Group, File, Source, Receiver string

			Labels        Labels
			Annotations   map[string]string
			Value         json.RawMessage
			Repeat        int
			StartedAt     looseTime `json:"started_at"`
			ResolvedAt    looseTime `json:"resolved_at"`
			CorrelationID string    `json:"correlation_id"`
		}
		if json.Unmarshal(e.Data, &data) != nil {
			return // no event of the service's
		}
		alert.Rule, alert.Severity, alert.Labels, alert.Annotations = data.Rule, data.Severity, data.Labels, data.Annotations
		alert.Fingerprint, alert.Group, alert.File, alert.CorrelationID = data.Fingerprint, data.Group, data.File, data.CorrelationID
		alert.Source, alert.Receiver, alert.Repeat = data.Source, data.Receiver, data.Repeat
		alert.StartedAt, alert.ResolvedAt, alert.Value = data.StartedAt.Time, data.ResolvedAt.Time, looseNumber(data.Value)
		alert.Status = AlertFiring
		if e.Type == "alert.resolved" {
			alert.Status = AlertResolved
		}
		callback(alert)
	}, "alert.triggered", "alert.resolved")
}

// OnDashboard has a callback called when a dashboard was saved, deleted or restored, one call at a time and once for each.
func (c *Client) OnDashboard(callback func(DashboardChange)) (*Subscription, error) {
	if callback == nil {
		return nil, c.refused(&ConfigError{"callback", "is nil"})
	}
	seen := &recentIDs{}
	return c.listenTo(func(e listenedEvent) {
		if !seen.isNew(e.ID) {
			return
		}
		var data struct {
			Action, Project, Name string
			DisplayName           string `json:"display_name"`
			Version               int
			Deleted               bool
			UpdatedBy             string    `json:"updated_by"`
			UpdatedAt             looseTime `json:"updated_at"`
			CorrelationID         string    `json:"correlation_id"`
		}
		if json.Unmarshal(e.Data, &data) != nil {
			return // no event of the service's
		}
		callback(DashboardChange{
			Action: data.Action, Project: data.Project, Name: data.Name, DisplayName: data.DisplayName, Version: data.Version, Deleted: data.Deleted, UpdatedBy: data.UpdatedBy,
			UpdatedAt: data.UpdatedAt.Time, CorrelationID: data.CorrelationID, EventID: e.ID, Data: e.Data,
		})
	}, "dashboard.updated")
}

// A listenedEvent is an event that the service publishes for everybody.
type listenedEvent struct {
	Type string
	ID   string
	Data json.RawMessage
}

func (c *Client) listenTo(callback func(listenedEvent), subjects ...string) (*Subscription, error) {
	if err := c.usable(); err != nil {
		return nil, err
	}
	s := &Subscription{client: c}
	var one sync.Mutex
	for _, subject := range subjects {
		subscription, err := c.hub.Subscribe(subject, func(message *nats.Msg) {
			var event listenedEvent
			if json.Unmarshal(message.Data, &event) != nil || event.Type != subject {
				return // no event of the service's
			}
			one.Lock()
			defer one.Unlock()
			if !s.stopped.Load() {
				callback(event)
			}
		})
		if err != nil {
			_ = s.end() // the error that began it is told
			return nil, hubError(err)
		}
		s.subscriptions = append(s.subscriptions, subscription)
	}
	if !c.remember(s) {
		_ = s.end() // the client was closed meanwhile, which is what is told
		return nil, ErrClosed
	}
	return s, nil
}

// remember keeps a subscription so that Close ends it; false where Close has begun.
func (c *Client) remember(s *Subscription) bool {
	c.listening.Lock()
	defer c.listening.Unlock()
	if c.isClosing.Load() {
		return false
	}
	c.subscriptions = append(c.subscriptions, s)
	return true
}

func (c *Client) forget(s *Subscription) {
	c.listening.Lock()
	defer c.listening.Unlock()
	for i, one := range c.subscriptions {
		if one == s {
			c.subscriptions = append(c.subscriptions[:i:i], c.subscriptions[i+1:]...)
			return
		}
	}
}

// stopListening ends all subscriptions.
func (c *Client) stopListening() {
	c.listening.Lock()
	all := c.subscriptions
	c.listening.Unlock()
	for _, s := range all {
		_ = s.Stop() // its callback is not called any more, even where the hub cannot be told
	}
}

// recentIDs knows an id again.
type recentIDs struct {
	known map[string]bool
	order []string
}

const rememberedIDs = 4096

func (r *recentIDs) isNew(id string) bool {
	if id == "" {
		return true
	}
	if r.known[id] {
		return false
	}
	if r.known == nil {
		r.known = map[string]bool{}
	}
	r.known[id] = true
	r.order = append(r.order, id)
	if len(r.order) > rememberedIDs {
		delete(r.known, r.order[0])
		r.order = r.order[1:]
	}
	return true
}

// A looseTime is an RFC 3339 time or Unix seconds; anything else is no time.
type looseTime struct{ time.Time }

func (t *looseTime) UnmarshalJSON(text []byte) error {
	var unix float64
	if json.Unmarshal(text, &unix) == nil {
		t.Time = time.UnixMilli(int64(unix * 1000)).UTC()
		return nil
	}
	var at time.Time
	if json.Unmarshal(text, &at) == nil {
		t.Time = at
	}
	return nil
}

// looseNumber reads a number, which may be a text such as "NaN".
func looseNumber(text json.RawMessage) *float64 {
	var number float64
	if json.Unmarshal(text, &number) == nil && string(text) != "null" {
		return &number
	}
	var word string
	if json.Unmarshal(text, &word) != nil {
		return nil
	}
	var p numberAt
	if json.Unmarshal([]byte(`[0,`+string(text)+`]`), &p) != nil {
		return nil
	}
	return &p.Value
}
