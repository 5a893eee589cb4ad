// Package apptest talks to the hub with nats.go, the official Go client.
package apptest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// connect opens a connection that the test closes at its end.
func connect(t *testing.T, s *service, options ...nats.Option) *nats.Conn {
	t.Helper()
	client, err := nats.Connect(s.url(), append([]nats.Option{nats.NoReconnect(), nats.Timeout(soon)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func subscribe(t *testing.T, client *nats.Conn, subject string) *nats.Subscription {
	t.Helper()
	subscription, err := client.SubscribeSync(subject)
	check(t, err)
	flush(t, client)
	return subscription
}

// flush waits until the hub has read all that was sent.
func flush(t *testing.T, client *nats.Conn) {
	t.Helper()
	check(t, client.FlushTimeout(soon))
}

func next(t *testing.T, subscription *nats.Subscription) *nats.Msg {
	t.Helper()
	message, err := subscription.NextMsg(soon)
	if err != nil {
		t.Fatalf("no message on %s: %v", subscription.Subject, err)
	}
	return message
}

// nextOfOthers is the next message, but for those by which the service reports its own metrics every ten seconds.
func nextOfOthers(t *testing.T, subscription *nats.Subscription) *nats.Msg {
	t.Helper()
	for {
		message := next(t, subscription)
		if message.Subject != "metrics.collected" && !strings.HasPrefix(message.Subject, "metrics_service.") {
			return message
		}
	}
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(soon); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", soon, what)
		}
	}
}

// An errorLog keeps what a client reports.
type errorLog struct {
	mu    sync.Mutex
	texts []string
}

func (l *errorLog) option() nats.Option {
	return nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.texts = append(l.texts, strings.ToLower(err.Error()))
	})
}

func (l *errorLog) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, seen := range l.texts {
		if strings.Contains(seen, text) {
			return true
		}
	}
	return false
}

func TestPublishAndSubscribe(t *testing.T) {
	subscription := subscribe(t, connect(t, openHub), "go.one.*")
	check(t, connect(t, openHub).PublishRequest("go.one.x", "answers", []byte("hello")))
	message := next(t, subscription)
	if message.Subject != "go.one.x" || message.Reply != "answers" || string(message.Data) != "hello" {
		t.Fatalf("%+v", message)
	}
}

func TestServerInfo(t *testing.T) {
	client := connect(t, openHub)
	if client.MaxPayload() != 1<<20 || !client.HeadersSupported() || client.ConnectedServerName() == "" {
		t.Fatalf("%d %v %q", client.MaxPayload(), client.HeadersSupported(), client.ConnectedServerName())
	}
	if _, err := client.RTT(); err != nil {
		t.Fatal(err)
	}
}

func TestWildcards(t *testing.T) {
	client := connect(t, openHub)
	star, rest := subscribe(t, client, "go.w.*.c"), subscribe(t, client, "go.w.>")
	for _, subject := range []string{"go.w.b.c", "go.w.b", "go.w.b.c.d", "go.v.b.c"} {
		check(t, client.Publish(subject, nil))
	}
	flush(t, client)
	if got := next(t, star).Subject; got != "go.w.b.c" {
		t.Fatal(got)
	}
	for _, want := range []string{"go.w.b.c", "go.w.b", "go.w.b.c.d"} {
		if got := next(t, rest).Subject; got != want {
			t.Fatal(got)
		}
	}
	for _, subscription := range []*nats.Subscription{star, rest} {
		if pending, _, err := subscription.Pending(); err != nil || pending != 0 {
			t.Fatal(pending, err)
		}
	}
}

func TestQueueGroupsAreBalanced(t *testing.T) {
	const messages = 900
	var shares [3]atomic.Int64
	for i := range shares {
		member := connect(t, openHub)
		_, err := member.QueueSubscribe("go.jobs", "workers", func(*nats.Msg) { shares[i].Add(1) })
		check(t, err)
		flush(t, member)
	}
	publisher := connect(t, openHub)
	for range messages {
		check(t, publisher.Publish("go.jobs", []byte("x")))
	}
	flush(t, publisher)
	until(t, "every message once", func() bool { return shares[0].Load()+shares[1].Load()+shares[2].Load() == messages })
	for i := range shares {
		if share := shares[i].Load(); share < 200 || share > 400 {
			t.Fatalf("member %d got %d of %d", i, share, messages)
		}
	}
}

func TestRequestAndReply(t *testing.T) {
	responder := connect(t, openHub)
	_, err := responder.Subscribe("go.upper", func(m *nats.Msg) { _ = m.Respond(bytes.ToUpper(m.Data)) })
	check(t, err)
	flush(t, responder)
	client := connect(t, openHub)
	for i := range 100 {
		reply, err := client.Request("go.upper", fmt.Appendf(nil, "n%d", i), soon)
		check(t, err)
		if string(reply.Data) != fmt.Sprintf("N%d", i) {
			t.Fatalf("%s", reply.Data)
		}
	}
}

func TestOldStyleRequests(t *testing.T) {
	responder := connect(t, openHub)
	_, err := responder.Subscribe("go.old", func(m *nats.Msg) { _ = m.Respond(m.Data) })
	check(t, err)
	flush(t, responder)
	client := connect(t, openHub, nats.UseOldRequestStyle())
	for range 50 {
		_, err := client.Request("go.old", []byte("x"), soon)
		check(t, err)
	}
}

func TestNoResponders(t *testing.T) {
	_, err := connect(t, openHub).Request("go.no.body", nil, soon)
	if !errors.Is(err, nats.ErrNoResponders) {
		t.Fatal(err)
	}
}

func TestHeaders(t *testing.T) {
	client := connect(t, openHub)
	subscription := subscribe(t, client, "go.headers")
	sent := nats.NewMsg("go.headers")
	sent.Header.Add("Trace", "a")
	sent.Header.Add("Trace", "b")
	sent.Data = []byte("body")
	check(t, client.PublishMsg(sent))
	got := next(t, subscription)
	if string(got.Data) != "body" || strings.Join(got.Header.Values("Trace"), ",") != "a,b" {
		t.Fatalf("%+v", got)
	}
}

func TestLargestPayloadAndOneByteMore(t *testing.T) {
	client := connect(t, openHub)
	subscription := subscribe(t, client, "go.large")
	check(t, client.Publish("go.large", make([]byte, 1<<20)))
	if got := next(t, subscription); len(got.Data) != 1<<20 {
		t.Fatal(len(got.Data))
	}
	// The client knows the hub's limit from INFO; ProtocolTest has what the hub does without it.
	if err := client.Publish("go.large", make([]byte, 1<<20+1)); !errors.Is(err, nats.ErrMaxPayload) {
		t.Fatal(err)
	}
}

func TestUnsubscribeAfterSoMany(t *testing.T) {
	client := connect(t, openHub)
	subscription := subscribe(t, client, "go.few")
	check(t, subscription.AutoUnsubscribe(3))
	for i := range 10 {
		check(t, client.Publish("go.few", fmt.Appendf(nil, "%d", i)))
	}
	flush(t, client)
	for i := range 3 {
		if got := string(next(t, subscription).Data); got != fmt.Sprint(i) {
			t.Fatal(got)
		}
	}
	if _, err := client.Request("go.few", nil, soon); !errors.Is(err, nats.ErrNoResponders) {
		t.Fatal(err)
	}
}

func TestDrain(t *testing.T) {
	closed := make(chan struct{})
	client := connect(t, openHub, nats.ClosedHandler(func(*nats.Conn) { close(closed) }))
	var count atomic.Int64
	_, err := client.Subscribe("go.drain", func(*nats.Msg) { count.Add(1) })
	check(t, err)
	flush(t, client)
	publisher := connect(t, openHub)
	for range 2000 {
		check(t, publisher.Publish("go.drain", []byte("x")))
	}
	flush(t, publisher)
	check(t, client.Drain())
	select {
	case <-closed:
	case <-time.After(soon):
		t.Fatal("not drained")
	}
	if count.Load() != 2000 {
		t.Fatal(count.Load())
	}
}

func TestNoEcho(t *testing.T) {
	client := connect(t, openHub, nats.NoEcho())
	subscription := subscribe(t, client, "go.echo")
	check(t, client.Publish("go.echo", []byte("own")))
	flush(t, client)
	check(t, connect(t, openHub).Publish("go.echo", []byte("other")))
	if got := string(next(t, subscription).Data); got != "other" {
		t.Fatal(got)
	}
}

func TestVerboseAndPedantic(t *testing.T) {
	var seen errorLog
	client := connect(t, openHub, seen.option(), func(o *nats.Options) error {
		o.Verbose, o.Pedantic = true, true
		return nil
	})
	subscription := subscribe(t, client, "go.verbose")
	check(t, client.Publish("go.verbose", []byte("1")))
	if got := string(next(t, subscription).Data); got != "1" {
		t.Fatal(got)
	}
	if len(seen.texts) != 0 {
		t.Fatal(seen.texts)
	}
}

func TestReconnectsWhenTheHubComesBack(t *testing.T) {
	own, err := startService(t.TempDir(), "")
	check(t, err)
	lameDuck, back := make(chan struct{}, 8), make(chan struct{}, 8)
	client, err := nats.Connect(own.url(), nats.Timeout(soon), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond),
		nats.LameDuckModeHandler(func(*nats.Conn) { lameDuck <- struct{}{} }),
		nats.ReconnectHandler(func(*nats.Conn) { back <- struct{}{} }))
	check(t, err)
	defer client.Close()
	subscription := subscribe(t, client, "go.again")
	check(t, own.stop())
	select {
	case <-lameDuck:
	case <-time.After(soon):
		t.Fatal("the hub did not say that it would close")
	}
	check(t, own.start())
	defer func() { check(t, own.stop()) }()
	select {
	case <-back:
	case <-time.After(soon):
		t.Fatal("not reconnected")
	}
	check(t, client.Publish("go.again", []byte("back")))
	if got := string(next(t, subscription).Data); got != "back" {
		t.Fatal(got)
	}
}

func TestCredentials(t *testing.T) {
	for _, good := range []nats.Option{
		nats.UserInfo("admin", "all-0f-it"), nats.UserInfo("shop", "pa$$word"), nats.Token("t0ken"),
	} {
		client := connect(t, securedHub, good)
		flush(t, client)
		if client.MaxPayload() != 64<<10 {
			t.Fatal(client.MaxPayload())
		}
	}
	for _, bad := range []nats.Option{nats.Name("nobody"), nats.UserInfo("admin", "wrong"), nats.Token("wrong")} {
		if _, err := nats.Connect(securedHub.url(), nats.Timeout(soon), bad); !errors.Is(err, nats.ErrAuthorization) {
			t.Fatal(err)
		}
	}
}

func TestPermissions(t *testing.T) {
	var seen errorLog
	admin := connect(t, securedHub, nats.UserInfo("admin", "all-0f-it"))
	heard := subscribe(t, admin, "*.>")
	client := connect(t, securedHub, nats.UserInfo("shop", "pa$$word"), seen.option())
	wide := subscribe(t, client, "metrics.*")
	check(t, client.Publish("bank.order", nil))
	_, err := client.Subscribe("bank.>", func(*nats.Msg) {})
	check(t, err)
	check(t, client.Publish("shop.order", nil))
	flush(t, client)
	for _, text := range []string{
		`permissions violation for publish to "bank.order"`, `permissions violation for subscription to "bank.>"`,
	} {
		until(t, text, func() bool { return seen.has(text) })
	}
	if got := nextOfOthers(t, heard).Subject; got != "shop.order" {
		t.Fatal(got)
	}
	check(t, admin.Publish("metrics.secret", nil))
	check(t, admin.Publish("metrics.open", nil))
	if got := nextOfOthers(t, wide).Subject; got != "metrics.open" {
		t.Fatal(got)
	}
	if !client.IsConnected() {
		t.Fatal("a violation ended the connection")
	}
}

func TestTLS(t *testing.T) {
	client := connect(t, tlsHub, nats.RootCAs(filepath.Join(tlsHub.folder, "cert.pem")))
	subscription := subscribe(t, client, "go.tls")
	check(t, client.Publish("go.tls", make([]byte, 300_000)))
	if got := next(t, subscription); len(got.Data) != 300_000 {
		t.Fatal(len(got.Data))
	}
	if _, err := nats.Connect(tlsHub.url(), nats.Timeout(soon)); err == nil {
		t.Fatal("a certificate that nobody vouches for was taken")
	}
}

// subscribeAndSleep is a client that reads nothing of what it subscribed to.
func subscribeAndSleep(t *testing.T, own *service) {
	t.Helper()
	slow := dialRaw(t, own.address)
	slow.send("CONNECT {\"name\":\"sleeper\"}\r\nSUB flood 1\r\nPING\r\n")
	slow.expect("PONG")
}

// flood publishes until somebody is cut off, and returns what is said of that.
func flood(t *testing.T, watcher *nats.Conn, notices *nats.Subscription) string {
	t.Helper()
	for range 1000 {
		check(t, watcher.Publish("flood", make([]byte, 64<<10)))
		flush(t, watcher)
		if pending, _, _ := notices.Pending(); pending > 0 {
			break
		}
	}
	return string(next(t, notices).Data)
}

func TestSlowConsumerIsCutOff(t *testing.T) {
	own, err := startService(t.TempDir(), "message_hub:\n  max_pending: 256KiB\n")
	check(t, err)
	defer func() { check(t, own.stop()) }()
	watcher := connect(t, own)
	notices := subscribe(t, watcher, "hub.slow_consumer")
	subscribeAndSleep(t, own)
	if got := flood(t, watcher, notices); !strings.Contains(got, "sleeper") {
		t.Fatal(got)
	}
	flush(t, watcher)
}

// Each of them is far from max_pending, but an eighth of the heap is not enough for all.
func TestOfManySlowConsumersTheSlowestIsCutOff(t *testing.T) {
	t.Setenv("DND_METRICS_JAVA_OPTS", os.Getenv("DND_METRICS_JAVA_OPTS")+" -Xmx256m")
	own, err := startService(t.TempDir(), "")
	check(t, err)
	defer func() { check(t, own.stop()) }()
	watcher := connect(t, own)
	notices := subscribe(t, watcher, "hub.slow_consumer")
	for range 8 {
		subscribeAndSleep(t, own)
	}
	got := flood(t, watcher, notices)
	if !strings.Contains(got, "sleeper") || !strings.Contains(got, "would wait for all clients together") {
		t.Fatal(got)
	}
	flush(t, watcher)
}

func TestManyClients(t *testing.T) {
	var subscriptions []*nats.Subscription
	var last *nats.Conn
	for range 100 {
		last = connect(t, openHub)
		subscriptions = append(subscriptions, subscribe(t, last, "go.all"))
	}
	check(t, last.Publish("go.all", []byte("to all")))
	for _, subscription := range subscriptions {
		if got := string(next(t, subscription).Data); got != "to all" {
			t.Fatal(got)
		}
	}
}

func TestAnEventIsAnswered(t *testing.T) {
	event := `{"type":"metrics.push","data":{"service":"go","metrics":[{"name":"answered_total","type":"counter",` +
		`"value":1}],"correlation_id":"c-1"}}`
	reply, err := connect(t, openHub).Request("go.metrics.push", []byte(event), soon)
	check(t, err)
	if got := string(reply.Data); !strings.Contains(got, `"metrics.collected"`) || !strings.Contains(got, `"c-1"`) {
		t.Fatal(got)
	}
}
