package metrics

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// An event waits to be acknowledged. Its bytes do not change, however often it is sent.
type event struct {
	id            string
	correlationID string
	subject       string
	payload       []byte
	number        uint64 // its place in the outbox's order
}

func (e *event) message() *nats.Msg {
	message := nats.NewMsg(e.subject)
	message.Header.Set(nats.MsgIdHdr, e.id)
	message.Data = e.payload
	return message
}

// An eventWriter writes the events of one client. For one goroutine at a time.
type eventWriter struct {
	service  string
	instance string
	labels   []byte // the JSON of the shared labels with a comma, empty where there are none
	ids      string // what the ids of this client begin with
	written  uint64
	lastTime time.Time
}

func newEventWriter(s settings) *eventWriter {
	w := &eventWriter{service: s.service, instance: s.instance, ids: newUUID()}
	if shared := s.labels.sorted(); len(shared) > 0 {
		w.labels = append(appendLabels([]byte(`"labels":`), shared), ',')
	}
	return w
}

// nextTime is the time of the next event: now, but later than the event before.
func (w *eventWriter) nextTime(now time.Time) time.Time {
	at := now.Truncate(time.Millisecond)
	if earliest := w.lastTime.Add(time.Millisecond); at.Before(earliest) {
		at = earliest
	}
	w.lastTime = at
	return at
}

// write makes an event of metrics, which are JSON objects with commas between them.
func (w *eventWriter) write(eventType string, at time.Time, correlationID string, metrics []byte) *event {
	w.written++
	e := &event{
		id: w.ids + "-" + strconv.FormatUint(w.written, 10), correlationID: correlationID, subject: w.service + "." + eventType,
	}
	to := make([]byte, 0, w.overhead()+len(correlationID)+len(metrics))
	to = append(to, `{"type":"`...)
	to = append(to, eventType...)
	to = append(to, `","id":"`...)
	to = append(to, e.id...)
	to = append(to, `","data":{"service":`...)
	to = appendText(to, w.service)
	to = append(to, `,"instance":`...)
	to = appendText(to, w.instance)
	to = append(to, `,"timestamp":`...)
	to = appendTime(to, at)
	to = append(to, ',')
	to = append(to, w.labels...)
	to = append(to, `"metrics":[`...)
	to = append(to, metrics...)
	to = append(to, `],"correlation_id":`...)
	to = appendText(to, correlationID)
	e.payload = append(to, '}', '}')
	return e
}

// overhead is how many bytes an event has at most besides its metrics and correlation id.
func (w *eventWriter) overhead() int {
	return 256 + 6*(len(w.service)+len(w.instance)) + len(w.labels)
}

// appendHead writes a metric up to its value.
func appendHead(to []byte, name string, metricType MetricType, labels []label, f *family, created time.Time) []byte {
	to = append(to, `{"name":`...)
	to = appendText(to, name)
	to = append(to, `,"type":"`...)
	to = append(to, metricType...)
	to = append(to, '"')
	if len(labels) > 0 {
		to = append(to, `,"labels":`...)
		to = appendLabels(to, labels)
	}
	if !created.IsZero() {
		to = append(to, `,"created":`...)
		to = appendTime(to, created)
	}
	if f.help != "" {
		to = append(to, `,"help":`...)
		to = appendText(to, f.help)
	}
	if f.unit != "" {
		to = append(to, `,"unit":`...)
		to = appendText(to, f.unit)
	}
	return append(to, `,"value":`...)
}

func appendLabels(to []byte, labels []label) []byte {
	to = append(to, '{')
	for i, l := range labels {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendText(to, l.name)
		to = append(to, ':')
		to = appendText(to, l.value)
	}
	return append(to, '}')
}

// newUUID makes a random UUID (RFC 9562, version 4).
func newUUID() string {
	var u [16]byte
	_, _ = rand.Read(u[:]) // never fails
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	text := hex.EncodeToString(u[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
