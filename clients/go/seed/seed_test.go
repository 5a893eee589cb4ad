package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"dnd/metrics"
)

// TestTheProgramsCounterArrives runs the program in a process that, like a service, lives on: what it recorded is pushed when
// its push_interval of ten seconds is over. Then it is asked for. NATS_URL says where the service is (blackbox.TestSeed).
func TestTheProgramsCounterArrives(t *testing.T) {
	acknowledged := make(chan *nats.Msg, 16)
	subscription, err := messageHub.ChanSubscribe("metrics.collected", acknowledged)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = subscription.Unsubscribe() }()

	main()

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for of := ""; of != "campaign_service"; {
		select {
		case message := <-acknowledged:
			var event struct{ Data struct{ Service string } }
			if err := json.Unmarshal(message.Data, &event); err != nil {
				t.Fatal(err)
			}
			of = event.Data.Service
		case <-ctx.Done():
			t.Fatal("nothing of campaign_service was collected")
		}
	}
	client := metrics.NewClient(&metrics.Config{ServiceID: "dm_screen", MessageHub: messageHub})
	defer func() { _ = client.Close(context.Background()) }()
	result, err := client.Query(ctx, `sum by (type) (campaign_created_total{service="campaign_service"})`)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Vector) != 1 || result.Vector[0].Value != 1 || result.Vector[0].Labels["type"] != "oneshot" {
		t.Fatal(result)
	}
}
