package blackbox

// The examples of clients/go/README.md: TestReadmeShowsTheseExamples holds that it shows what is run here.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"dnd/metrics"
	"dnd/metrics/gatherer"
)

func connected(name string) (*metrics.Client, context.Context) {
	client, err := metrics.Connect(context.Background(), service.URL(), &metrics.Config{ServiceID: name})
	if err != nil {
		log.Fatal(err)
	}
	return client, context.Background()
}

func Example_firstSteps() {
	url := service.URL()

	hub, err := nats.Connect(url)
	if err != nil {
		log.Fatal(err)
	}
	defer hub.Close()
	client := metrics.NewClient(&metrics.Config{ServiceID: "character_service", MessageHub: hub})
	defer client.Close(context.Background())

	client.IncCounter("character_created_total", metrics.Labels{"class": "wizard"})
	client.SetGauge("character_sessions", 17, nil)
	client.Observe("character_save_seconds", 0.012, metrics.Labels{"class": "wizard"})

	client.Flush(context.Background()) // for this example: pushes come by themselves
	result, err := client.Query(context.Background(), `sum by (class) (character_created_total)`)
	if err != nil {
		log.Fatal(err)
	}
	for _, sample := range result.Vector {
		fmt.Println(sample.Labels["class"], sample.Value)
	}
	// Output: wizard 1
}

func Example_handles() {
	client, ctx := connected("dice_service")
	defer client.Close(ctx)

	rolls, err := client.Counter("dice_rolled_total", metrics.Labels{"die": "d20"})
	if err != nil {
		log.Fatal(err)
	}
	seconds, err := client.Histogram("dice_roll_seconds", nil)
	if err != nil {
		log.Fatal(err)
	}
	for range 20 {
		timer := seconds.Start()
		rolls.Inc()
		timer.Stop()
	}

	client.Flush(ctx)
	result, err := client.Query(ctx, `dice_rolled_total{die="d20"} + on () histogram_count(dice_roll_seconds)`)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Vector[0].Value)
	// Output: 40
}

func Example_timer() {
	client, ctx := connected("spell_service")
	defer client.Close(ctx)

	cast := func() error {
		defer client.StartTimer("spell_cast_seconds", metrics.Labels{"school": "evocation"}).Stop()
		time.Sleep(time.Millisecond)
		return nil
	}

	fmt.Println(cast())
	client.Flush(ctx)
	result, err := client.Query(ctx, `histogram_sum(spell_cast_seconds) >= 0.001`)
	fmt.Println(len(result.Vector), err)
	// Output:
	// <nil>
	// 1 <nil>
}

func Example_errors() {
	client, ctx := connected("error_service")
	defer client.Close(ctx)

	err := client.AddCounter("dice_rolled_total", -1, nil)
	fmt.Println(err)
	fmt.Println(errors.Is(err, metrics.ErrInvalidCounterValue), metrics.Code(err))

	_, err = client.Query(ctx, `sum(`)
	var failed *metrics.QueryError
	if errors.As(err, &failed) {
		fmt.Println(failed.ErrorCode, failed.Type, failed.Start)
	}
	// Output:
	// metrics: "dice_rolled_total": a counter grows by a finite number from 0 up, not by -1
	// true invalid_counter_value
	// invalid_query bad_data 4
}

func Example_range() {
	client, ctx := connected("dm_screen")
	defer client.Close(ctx)

	now := time.Now()
	result, err := client.QueryRange(ctx, `vector(20)`,
		metrics.Range{Start: now.Add(-time.Minute), End: now, Step: 15 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	for _, series := range result.Matrix {
		fmt.Println(series.Labels, len(series.Points), series.Points[0].Value)
	}
	// Output: {} 5 20
}

func Example_live() {
	client, ctx := connected("live_service")
	defer client.Close(ctx)
	client.SetGauge("party_hp", 31, nil)
	client.Flush(ctx)

	for update, err := range client.QueryLive(ctx, `party_hp{service="live_service"}`) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(update.Result.Vector[0].Value)
		if update.Result.Vector[0].Value == 12 {
			break // ends the query
		}
		client.SetGauge("party_hp", 12, nil)
		client.Flush(ctx)
	}
	// Output:
	// 31
	// 12
}

func Example_alerts() {
	client, ctx := connected("dm_screen")
	defer client.Close(ctx)

	alerts, err := client.OnAlert(func(alert metrics.Alert) {
		fmt.Println(alert.Rule, alert.Status, alert.Labels, alert.StartedAt)
	})
	if err != nil {
		log.Fatal(err)
	}
	defer alerts.Stop()
	// Output:
}

func Example_gatherer() {
	client, ctx := connected("campaign_service")
	defer client.Close(ctx)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector())

	err := gatherer.Report(client, registry, 15*time.Second) // or prometheus.DefaultGatherer
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(client.Flush(ctx))
	// Output: <nil>
}

func Example_connect() {
	url := service.URL()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := metrics.Connect(ctx, url, &metrics.Config{ServiceID: "character_service"}, nats.UserInfo("user", "password"))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(context.Background())

	fmt.Println(client.Err())
	// Output: <nil>
}

func Example_rejections() {
	hub, err := nats.Connect(service.URL())
	if err != nil {
		log.Fatal(err)
	}
	defer hub.Close()

	client := metrics.NewClient(&metrics.Config{
		ServiceID:  "character_service",
		MessageHub: hub,
		Options: metrics.Options{
			OnRejected: func(rejection metrics.Rejection) { log.Print(rejection) },
			OnDropped:  func(drop metrics.Drop) { log.Printf("%d events were dropped: %s", drop.Events, drop.Reason) },
		},
	})

	fmt.Println(client.Close(context.Background()))
	// Output: <nil>
}
