from dnd_metrics import MetricsClient

client = MetricsClient(
    service_id="character_service",
    message_hub=message_hub,  # Message Hub client required
    options={
        "batch_size": 100,
        "push_interval": "10s"
    }
)

# Metrics are pushed via Message Hub
await client.inc_counter(
    "character_created_total",
    labels={"class": "wizard"}
)

# Query metrics via Message Hub
results = await client.query(
    'rate(character_created_total[5m])'
)
