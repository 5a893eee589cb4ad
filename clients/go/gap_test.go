package metrics

import (
	"context"
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"
)

// lastValues is what metrics came to, as the events tell that the hub was given.
func lastValues(hub *hubDouble) map[string]float64 {
	values := map[string]float64{}
	for _, one := range hub.taken() {
		data := one.(map[string]any)["event"].(map[string]any)["data"].(map[string]any)
		for _, metric := range data["metrics"].([]any) {
			metric := metric.(map[string]any)
			values[metric["name"].(string)] = metric["value"].(float64)
		}
	}
	delete(values, droppedEvents)
	return values
}

// overflowed has a client with four gauges; all events but the last two had to go.
func overflowed(t *testing.T, hub *hubDouble) *Client {
	t.Helper()
	hub.behave("down")
	c := newTestClient(t, hub, Options{BufferEvents: 2, RepeatInterval: "1h"})
	for _, name := range []string{"first", "second", "third", "fourth"} {
		check(t, c.SetGauge(name, 4, nil))
		time.Sleep(10 * time.Second)
		synctest.Wait()
	}
	hub.behave("up")
	hub.taken()
	return c
}

var four = map[string]float64{"first": 4, "second": 4, "third": 4, "fourth": 4}

func TestFlushTellsWhatWentWithAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		c := overflowed(t, hub)
		check(t, c.Flush(context.Background()))
		if got := lastValues(hub); !maps.Equal(got, four) {
			t.Error(got)
		}
		check(t, c.Flush(context.Background()))
		if got := lastValues(hub); len(got) > 0 {
			t.Error("nothing is missing any more", got)
		}
	})
}

func TestCloseTellsWhatWentWithAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		check(t, overflowed(t, hub).Close(context.Background()))
		if got := lastValues(hub); !maps.Equal(got, four) {
			t.Error(got)
		}
	})
}

// TestAFlushWhoseEventWentIsNotOver has its event go while it waits.
func TestAFlushWhoseEventWentIsNotOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		hub.behave("down")
		c := newTestClient(t, hub, Options{BufferEvents: 2, RepeatInterval: "1h"})
		check(t, c.SetGauge("first", 4, nil))
		flushed := make(chan error, 1)
		go func() { flushed <- c.Flush(context.Background()) }()
		for number := range 4 {
			synctest.Wait()
			check(t, c.SetGauge("second", float64(number), nil))
			time.Sleep(10 * time.Second)
		}
		synctest.Wait()
		if len(flushed) > 0 {
			t.Fatal("what it has to tell went, and it is over", <-flushed)
		}
		hub.taken()
		hub.behave("up")
		check(t, <-flushed)
		if got := lastValues(hub); got["first"] != 4 {
			t.Error(got)
		}
	})
}

// TestAFlushPushesNothingBehindTheLastPush has the client closed while a flush waits, and an event go for the last push; again and
// again, since it depends on which of the two goes on first.
func TestAFlushPushesNothingBehindTheLastPush(t *testing.T) {
	for range 30 {
		synctest.Test(t, pushesNothingBehindTheLastPush)
	}
}

func pushesNothingBehindTheLastPush(t *testing.T) {
	hub := newHubDouble()
	hub.behave("down")
	c := newTestClient(t, hub, Options{BufferEvents: 2, RepeatInterval: "1h"})
	check(t, c.SetGauge("first", 4, nil))
	time.Sleep(10 * time.Second)
	check(t, c.SetGauge("second", 4, nil))
	go func() { _ = c.Flush(context.Background()) }()
	synctest.Wait()
	check(t, c.SetGauge("third", 4, nil))
	time.Sleep(10 * time.Second) // the first event goes; the flush waits for the one behind it
	synctest.Wait()
	closed := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	go func() { closed <- c.Close(ctx) }()
	synctest.Wait()
	hub.taken()
	hub.behave("up")
	check(t, <-closed)
	told := 0
	for _, one := range hub.taken() {
		data := one.(map[string]any)["event"].(map[string]any)["data"].(map[string]any)
		for _, metric := range data["metrics"].([]any) {
			if metric.(map[string]any)["name"] == "first" {
				told++
			}
		}
	}
	if told != 1 {
		t.Error("all series were told so often after the client was closed:", told)
	}
}

// TestAFlushOfMoreThanMayWaitEnds pushes what does not fit once more, and then lets it be: it can never be there at once.
func TestAFlushOfMoreThanMayWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newHubDouble()
		hub.behave("silent")
		c := newTestClient(t, hub, Options{BufferBytes: 1000, RepeatInterval: "1h", BatchSize: 1000})
		for number := range 20 {
			check(t, c.SetGauge("a", float64(number), Labels{"x": string(rune('a' + number))}))
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			if err := c.Flush(ctx); !errors.Is(err, ErrUndelivered) {
				t.Error(err)
			}
			cancel()
		}
		hub.behave("up")
		check(t, c.Flush(context.Background()))
	})
}
