package main

import "dnd/metrics"

func main() {
    client := metrics.NewClient(&metrics.Config{
        ServiceID: "campaign_service",
        MessageHub: messageHub,  // Message Hub client required
        Options: metrics.Options{
            BatchSize: 100,
            PushInterval: "10s",
        },
    })

    // Metrics are pushed via Message Hub
    client.IncCounter("campaign_created_total",
        metrics.Labels{
            "type": "oneshot",
        })
}
