"""The client for threads, against the program that ships."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS, until
from prometheus_client import CollectorRegistry, Counter
from service import Service

from dnd_metrics import ClosedError, FlushTimeoutError, HubError, InvalidQueryError, SyncMetricsClient, Vector


def fresh() -> str:
    return "threads_" + uuid.uuid4().hex[:8]


def total(client: SyncMetricsClient, query: str) -> float:
    found = client.query(query)
    assert isinstance(found, Vector)
    return sum(sample.number for sample in found)


def test_threads_record_and_query(service: Service) -> None:
    with SyncMetricsClient.connect(service.url, fresh()) as client:
        counter = client.counter("rolls_total", {"die": "d6"})

        def work() -> None:
            for _ in range(1000):
                client.inc_counter("rolls_total", labels={"die": "d20"})
                counter.inc()
                client.observe("seconds", 0.1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.set_gauge("level", 3)
        client.inc_gauge("level")
        client.dec_gauge("level", 2)
        with client.timer("seconds"):
            pass
        client.flush()
        own = f'{{service="{client.service_id}"}}'
        assert total(client, f"rolls_total{own}") == 8000
        assert total(client, f"histogram_count(seconds{own})") == 4001
        assert total(client, f"level{own}") == 2
        assert client.status.waiting_events == 0
        assert client.metadata("rolls_total")["rolls_total"].type == "counter"
        assert client.label_values("die", f"rolls_total{own}") == ["d20", "d6"]
        now = time.time()
        assert len(client.query_range(f"level{own}", now - 10, now, "5s")) == 1
        with pytest.raises(InvalidQueryError):
            client.query("sum(")
    with pytest.raises(ClosedError):
        client.query("1")
    with pytest.raises(ClosedError):
        client.inc_counter("rolls_total")
    assert client.close()


def test_recording_does_not_wait_for_a_hub() -> None:
    client = SyncMetricsClient(fresh(), "nats://127.0.0.1:1")
    start = time.monotonic()
    for _ in range(1000):
        client.inc_counter("rolls_total")
    assert time.monotonic() - start < 20
    with pytest.raises(FlushTimeoutError):
        client.flush("100ms")
    with pytest.raises(HubError, match=r"within 0\.1 s"):
        client.query("1", timeout="100ms")
    assert time.monotonic() - start < 50
    assert client.close("200ms") is False
    with pytest.raises(HubError, match=r"within 0\.2 s") as caught:
        SyncMetricsClient.connect("nats://zoe:s3cret@127.0.0.1:1", fresh(), connect_timeout="200ms")
    assert "s3cret" not in str(caught.value)


def test_live_queries_and_registries(service: Service) -> None:
    registry = CollectorRegistry()
    counter = Counter("rolls", "Dice.", registry=registry)
    counter.inc(3)
    with SyncMetricsClient(fresh(), service.url) as client:
        client.report_registry(registry, interval="100ms")
        with client.live(f'rolls_total{{service="{client.service_id}"}}') as live:
            seen = []
            for update in live:
                assert isinstance(update.result, Vector)
                seen += [sample.number for sample in update.result]
                if seen and seen[-1] == 3:
                    counter.inc(2)
                if seen and seen[-1] == 5:
                    break
        assert seen[-2:] == [3, 5]


FORKED = """
import os, sys
from dnd_metrics import SyncMetricsClient
client = SyncMetricsClient(sys.argv[2], sys.argv[1], {"push_interval": "100ms"})
counter = client.counter("rolls_total")
counter.inc(100)
client.flush()
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        for _ in range(1000):
            counter.inc()
        client.inc_counter("rolls_total", 1)
        client.flush()
        # As gunicorn's workers: what is left is sent at exit.
        client.inc_counter("rolls_total", 1)
        sys.exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
counter.inc(1)
client.flush()
print(client.instance)
input()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_children_of_a_fork_are_instances_of_their_own(service: Service, tmp_path: Path) -> None:
    program = tmp_path / "forked.py"
    program.write_text(FORKED)
    name = fresh()
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(program), service.url, name],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        parent = running.stdout.readline().strip()
        assert parent
        with SyncMetricsClient.connect(service.url, fresh()) as client:
            now = client.query(f'rolls_total{{service="{name}"}}')
            assert isinstance(now, Vector)
            # The children have ended, and said so: only the parent's series is left.
            assert {sample.labels["instance"]: sample.value for sample in now} == {parent: 101}
            before = client.query(f'max_over_time(rolls_total{{service="{name}"}}[5m])')
            assert isinstance(before, Vector)
            assert sorted(sample.number for sample in before) == [101, 1002, 1002, 1002]
        running.communicate("\n", timeout=PATIENCE_SECONDS)
    assert running.returncode == 0


def test_what_is_left_is_sent_at_exit(service: Service, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\nfrom dnd_metrics import SyncMetricsClient\n"
        "client = SyncMetricsClient(sys.argv[2], sys.argv[1])\n"
        "client.query('1')\n"  # connected: what an exit takes is for sending
        "client.inc_counter('rolls_total', 7)\n"
    )
    name = fresh()
    subprocess.run([sys.executable, str(program), service.url, name], check=True, timeout=PATIENCE_SECONDS)
    with SyncMetricsClient.connect(service.url, fresh()) as client:
        assert total(client, f'last_over_time(rolls_total{{service="{name}"}}[5m])') == 7
        assert total(client, f'count(rolls_total{{service="{name}"}})') == 0


def test_announcements_in_threads(service: Service) -> None:
    import asyncio

    import nats

    got: list[str] = []
    with SyncMetricsClient.connect(service.url, fresh()) as client:
        listening = client.on_alert(
            lambda alert: got.append(f"{threading.current_thread().name != 'dnd_metrics'} {alert}")
        )
        dashboards = client.on_dashboard(
            lambda update: got.append(f"{update.action} {update.project}/{update.name} v{update.version}")
        )

        async def announce() -> None:
            hub = await nats.connect(service.url, connect_timeout=PATIENCE_SECONDS)
            data = {
                "rule": "TooManyRolls",
                "severity": "page",
                "status": "firing",
                "labels": {"alertname": "TooManyRolls"},
                "annotations": {"summary": "Too many."},
                "started_at": "2026-11-24T10:00:00.000Z",
                "correlation_id": "c",
            }
            alert = {"type": "alert.triggered", "id": "a-1", "data": data}
            for _ in range(2):  # what a crash makes come twice has the same id
                await hub.publish("alert.triggered", json.dumps(alert).encode())
            changed = {
                "action": "saved",
                "project": "dnd",
                "name": "dice",
                "version": 3,
                "updated_by": "zoe",
                "correlation_id": "d",
            }
            update = {"type": "dashboard.updated", "id": "d-1", "data": changed}
            await hub.publish("dashboard.updated", b"not json")
            await hub.publish("dashboard.updated", json.dumps(update).encode())
            await hub.close()

        asyncio.run(announce())
        until(lambda: len(got) >= 2)
        listening.stop()
        dashboards.stop()
    assert sorted(got) == ['True FIRING TooManyRolls {alertname="TooManyRolls"}: Too many.', "saved dnd/dice v3"]
