"""Blocks in an object store, a directory or S3, while the real program runs."""

import asyncio
import json
import time
from collections import Counter
from pathlib import Path

import pytest
from blocks import metas
from commands import push_metrics, run
from patience import PATIENCE_SECONDS, connect, until
from s3 import SECRET_KEY, HoldingProxy, S3Server

from service import Service

HOUR = 3600
PIECE = 256 << 10  # of an object, as it is fetched


async def ask(service, event):
    client = await connect(service)
    reply = await client.request("store.metrics.status", json.dumps(event).encode(), timeout=PATIENCE_SECONDS)
    await client.close()
    return json.loads(reply.data)["data"]


def objects(service):
    """What `status` says of the store; asked without starting a program each time."""
    return asyncio.run(ask(service, {"type": "metrics.status", "data": {}}))["result"]["objects"]


def query(service, expression, at):
    """The answer; right after a start it waits until the service knows what is in the store."""
    answer = run("query", expression, "--time", at, "--format", "json", "--hub", service.url)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["data"]["result"]


def count(service, at):
    result = query(service, "count_over_time(gold[3d])", at)
    return int(result[0]["value"][1]) if result else 0


def push(service, times):
    push_metrics(service.url, ((at, [{"name": "gold", "type": "gauge", "value": at % 97}]) for at in times))


class Directory:
    environment = {}
    proxy = None

    def __init__(self, folder):
        self.files = folder / "store"
        self.files.mkdir()

    def address(self):
        return f"file://{self.files}"

    def stop(self):
        """It does not run."""


class Bucket(S3Server):
    """S3, through a proxy."""

    def __init__(self, folder):
        super().__init__(folder)
        self.proxy = HoldingProxy(self, self.is_held)

    def is_held(self, _name):
        return False

    def address(self):
        return super().address(self.proxy.port)

    def stop(self):
        self.proxy.stop()
        super().stop()


class InterruptedBucket(Bucket):
    """Its proxy holds the index of the second block in its middle."""

    def __init__(self, folder):
        self.indexes = set()
        super().__init__(folder)

    def is_held(self, name):
        if name.endswith("/index"):
            self.indexes.add(name)
        return len(self.indexes) == 2


@pytest.fixture(params=[Directory, InterruptedBucket])
def store(request, tmp_path):
    store = request.param(tmp_path)
    yield store
    store.stop()


def whole(store):
    """The blocks that are there; fails where one of them lacks something that its meta.json speaks of."""
    found = metas(store.files)
    lacking = {
        (block, file["rel_path"])
        for block, meta in found.items()
        for file in meta["thanos"]["files"]
        if not has(store, block, file)
    }
    still_there = metas(store.files)  # a block may be removed while one looks: meta.json goes first
    assert not [each for each in lacking if each[0] in still_there]
    return {block: meta for block, meta in found.items() if block in still_there}


def has(store, block, file):
    path = store.files / block / file["rel_path"]
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return False
    return size == file.get("size_bytes", size)


def is_settled(service, store):
    """Whether every block is in the store, and some are there only."""
    status = objects(service)
    local = len(list((service.folder / "data/blocks").glob("*/meta.json")))
    return status["state"] == "available" and status["waiting_blocks"] == 0 and local < len(metas(store.files))


def kill_in_an_upload(service, store):
    """kill -9 while the index of the second block is put."""
    proxy = store.proxy
    assert proxy.held.wait(PATIENCE_SECONDS), "no second block is put"
    service.kill()
    proxy.give_up()
    begun = proxy.held_object.split("/")[0]
    before = whole(store)
    assert len(before) == 1
    assert begun not in before
    assert any((store.files / begun / "chunks").iterdir()), "what was put of it is there to be taken up"


def test_blocks_go_to_the_store_and_are_read_from_there(tmp_path, store):
    config = f"storage:\n  objects: {store.address()}\n  local: {{time: 6h}}\n"
    with Service(
        tmp_path, config=config, environment=store.environment, arguments=["--log-level", "trace"]
    ) as service:
        now = int(time.time())
        times = range(now - 48 * HOUR, now, 600)
        push(service, times)
        sums = "sum_over_time(gold[3d])"
        expected = query(service, sums, now)
        assert count(service, now) == len(times)
        if store.proxy:
            kill_in_an_upload(service, store)
        else:
            until(lambda: objects(service)["blocks"] > 3 and is_settled(service, store))
            assert query(service, sums, now) == expected
            service.kill()
        service.start()
        assert query(service, sums, now) == expected
        until(lambda: is_settled(service, store))
        assert query(service, sums, now) == expected
        assert count(service, now) == len(times)
        assert all(meta["thanos"]["labels"] == {"dnd_metrics": "metrics_service"} for meta in whole(store).values())
        if store.proxy:
            puts = Counter(name for method, name, _ in store.proxy.requests if method == "PUT")
            assert max(puts.values()) == 1, "an object was put that was there: " + str(puts.most_common(3))
        deleted = run("delete", "gold", "--yes", "--end", now - 12 * HOUR, "--hub", service.url)
        assert deleted.returncode == 0, deleted.stderr
        left = len([at for at in times if at > now - 12 * HOUR])
        assert count(service, now) == left
        shown = run("run", "--print-config", "--config", tmp_path / "config.yaml")
        assert store.address() in shown.stdout
        told = "".join(service.output) + shown.stdout + json.dumps(objects(service))
        assert "is in the object store" in told
        assert SECRET_KEY not in told
        assert "Signature" not in told


def test_a_query_of_few_series_brings_little_of_a_large_index(tmp_path):
    """Both are read by ranges, index and chunks; of a directory `BlockCacheTest` looks at it."""
    store = Bucket(tmp_path)
    config = f"storage:\n  objects: {store.address()}\n  local: {{time: 6h}}\n"
    try:
        with Service(tmp_path, config=config, environment=store.environment) as service:
            now = int(time.time()) // HOUR * HOUR
            at = now - 30 * HOUR
            players = [{"player": f"player-{player:04d}"} for player in range(400)]
            push_metrics(service.url, (
                (at, [{"name": f"gold_{name}", "type": "gauge", "value": name, "labels": player} for name in range(200)])
                for player in players))  # fmt: skip
            push(service, range(now - 29 * HOUR, now, 600))
            until(lambda: is_settled(service, store))
            service.kill()
            service.start()
            until(lambda: is_settled(service, store))
            large = max(store.files.glob("*/index"), key=lambda path: path.stat().st_size)
            assert large.stat().st_size > 12 * PIECE
            assert objects(service)["fetched_bytes"] == 0
            found = query(service, 'gold_77{player="player-0123"}', at + 1)
            assert [series["value"][1] for series in found] == ["77"]
            assert 0 < objects(service)["fetched_bytes"] <= 6 * PIECE
            name = f"{large.parent.name}/index"
            got = [size for method, path, size in store.proxy.requests if method == "GET" and path == name]
            assert got and sum(got) <= 5 * PIECE, got
    finally:
        store.stop()


def test_a_backup_names_what_is_in_the_store_only(tmp_path):
    """Restored with the same store it gives the same answers; the rules of retention come with it."""
    store = Directory(tmp_path)
    config = f"storage:\n  objects: {store.address()}\n  local: {{time: 6h}}\n  downsampling: {{5m: 1y}}\n"
    service = Service(tmp_path, config=config)
    try:
        hub = ["--hub", service.url]
        now = int(time.time())
        push(service, range(now - 48 * HOUR, now, 600))
        until(lambda: is_settled(service, store))
        until(lambda: len(list(store.files.glob("downsampled/5m-count/*/meta.json"))) > 3)
        changed = run("retention", "set", "--rule", '{service="combat"}=7d', *hub)
        assert changed.returncode == 0, changed.stderr
        expected = query(service, "sum_over_time(gold[3d])", now)
        made = run("backup", "create", "--to", tmp_path / "kept", *hub)
        assert made.returncode == 0, made.stderr
    finally:
        service.stop()
    backup = Path(made.stdout.removeprefix("backup ").strip())
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["objects"]["address"] == store.address()
    local = {path.parent.name for path in (backup / "blocks").glob("*/meta.json")}
    named = {name for name in manifest["objects"]["blocks"] if "/" not in name}
    assert named and not named & local
    assert any(name.startswith("downsampled/5m-count/") for name in manifest["objects"]["blocks"])
    there = tmp_path / "restored"
    there.mkdir()
    restored = run("backup", "restore", backup, "--data", there / "data", "--config", tmp_path / "config.yaml")
    assert restored.returncode == 0, restored.stderr
    assert f"{len(manifest['objects']['blocks'])} blocks are in the object store only: {store.address()}" in restored.stdout
    assert "they are found where" not in restored.stdout
    service = Service(there, config=config)
    try:
        until(lambda: objects(service)["state"] == "available")
        assert query(service, "sum_over_time(gold[3d])", now) == expected
        assert '{service="combat"}' in run("retention", "--hub", service.url).stdout
    finally:
        service.stop()
    elsewhere = run("backup", "restore", backup, "--data", tmp_path / "elsewhere")
    assert "they are found where storage.objects says so, which is none now" in elsewhere.stdout
