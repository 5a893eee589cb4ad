"""Blocks in an object store, while the real program runs."""

import json
import subprocess
import time

from service import PROJECT, Service

PROGRAM = str(PROJECT / "dnd-metrics")
HOUR = 3600


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def objects(service):
    status = run("status", "--json", "--hub", service.url)
    return json.loads(status.stdout)["objects"]


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "not within a minute"
        time.sleep(0.2)


def count(service, at):
    answer = run("query", "count_over_time(gold[3d])", "--time", at, "--format", "json", "--hub", service.url)
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout)["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


def test_blocks_go_to_the_store_and_are_read_from_there(tmp_path):
    store = tmp_path / "store"
    store.mkdir()
    config = f"storage:\n  objects: file://{store}\n  local: {{time: 6h}}\n"
    service = Service(tmp_path, config=config)
    hub = ["--hub", service.url]
    now = int(time.time())
    times = range(now - 48 * HOUR, now, 600)
    lines = "".join(
        json.dumps({"type": "metrics.push", "data": {"service": "cli", "timestamp": at, "metrics": [
            {"name": "gold", "type": "gauge", "value": at % 97}]}}) + "\n" for at in times)
    pushed = subprocess.run([PROGRAM, "push", "--format", "json", *hub], input=lines, capture_output=True, text=True)
    assert pushed.returncode == 0, pushed.stderr
    assert count(service, now) == len(times)
    until(lambda: objects(service)["state"] == "available" and objects(service)["blocks"] > 3)
    until(lambda: objects(service)["waiting_blocks"] == 0)
    blocks = tmp_path / "data" / "blocks"
    until(lambda: len(list(blocks.glob("*/meta.json"))) < len(list(store.glob("*/meta.json"))))
    assert count(service, now) == len(times)
    metas = [json.loads(path.read_text()) for path in store.glob("*/meta.json")]
    assert all(meta["thanos"]["labels"] == {"dnd_metrics": "metrics_service"} for meta in metas)
    service.process.kill()
    service.process.wait()
    service = Service(tmp_path, config=config)
    try:
        until(lambda: objects(service)["state"] == "available")
        assert count(service, now) == len(times)
        deleted = run("delete", "gold", "--yes", "--end", now - 12 * HOUR, "--hub", service.url)
        assert deleted.returncode == 0, deleted.stderr
        left = len([at for at in times if at > now - 12 * HOUR])
        assert count(service, now) == left
    finally:
        service.stop()
