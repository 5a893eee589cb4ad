"""`./dnd-metrics status` and `backup` as an operator sees them, while the service runs."""

import json
import re
import subprocess

from commands import Commands, run
from patience import PATIENCE_SECONDS, until

from service import Service


def query(service, expression, at):
    result = run("query", expression, "--time", at, "--format", "json", "--hub", service.url)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["data"]["result"]


def test_the_status_names_the_tables(own_hub):
    def is_written():
        status = run("status", "--json", "--hub", own_hub.url)
        assert status.stdout, status.stderr
        database = json.loads(status.stdout)["database"]
        assert database["kind"].startswith("SQLite")
        assert status.returncode == (0 if database["state"] == "available" else 1), status.stdout
        return database["state"] == "available" and database["waiting_writes"] == 0

    until(is_written, "the tables are not open, or what the service wrote at its start still waits for them")
    shown = run("status", "--hub", own_hub.url)
    assert "waiting writes     0\n" in shown.stdout


def test_a_backup_of_the_running_service_is_restored_elsewhere(tmp_path):
    (tmp_path / "first").mkdir()
    service = Service(tmp_path / "first")
    try:
        pushed = run("push", 'gold{who="Mira"} 3', 'gold{who="Tom"} 4', "--hub", service.url)
        assert pushed.returncode == 0, pushed.stderr
        instant = json.loads(run("query", "gold", "--format", "json", "--hub", service.url).stdout)
        at = instant["data"]["result"][0]["value"][0]
        expected = query(service, "sum(gold)", at)
        made = run("backup", "create", "--hub", service.url, "--to", tmp_path / "kept")
        assert made.returncode == 0, made.stderr
        backup = made.stdout.removeprefix("backup ").strip()
        assert backup.startswith(str(tmp_path / "kept"))
        behind_its_back = run("backup", "create", "--data", tmp_path / "first" / "data")
        assert behind_its_back.returncode == 1
        assert "in use by another process" in behind_its_back.stderr
    finally:
        service.stop()
    assert backup in run("backup", "list", tmp_path / "kept").stdout
    assert run("backup", "verify", backup).stdout == f"{backup} is whole\n"
    sums = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=backup, capture_output=True, text=True)
    assert sums.returncode == 0, sums.stdout

    (tmp_path / "second").mkdir()
    data = tmp_path / "second" / "data"
    restored = run("backup", "restore", backup, "--data", data)
    assert restored.returncode == 0, restored.stderr
    # Since ten seconds after its start the service's own metrics are there, too.
    series, senders = re.search(r"(\d+) series of (\d+) senders", restored.stdout).groups()
    assert (series, senders) == ("2", "1") or int(series) > 2 and senders == "2"
    again = run("backup", "restore", backup, "--data", data)
    assert again.returncode == 1
    assert "is not empty" in again.stderr
    service = Service(tmp_path / "second")
    try:
        assert query(service, "sum(gold)", at) == expected
    finally:
        service.stop()

    log = next((tmp_path / "kept").glob("*/wal/*.wal"))
    log.write_bytes(log.read_bytes()[:-1] + b"?")
    damaged = run("backup", "verify", backup)
    assert damaged.returncode == 1
    assert f"wal/{log.name}: is not what was written" in damaged.stdout
    assert run("backup", "restore", backup, "--data", tmp_path / "third").returncode == 1
    assert not (tmp_path / "third").exists()


def test_a_backup_that_is_being_made_does_not_hold_up_the_end(tmp_path):
    service = Service(tmp_path)
    # Copied like what is left of blocks; it has no bytes on the disk, but its copy would have.
    large = tmp_path / "data" / "blocks" / "removed" / "01BX5ZZKBKACTAV9WEVGEMMVRZ"
    large.parent.mkdir(parents=True)
    with large.open("wb") as file:
        file.truncate(16 << 30)
    asking = Commands(service.url).start("backup", "create")
    backups = tmp_path / "data" / "backups"
    until(lambda: any(backups.glob("*.partial/blocks/removed/*")), "nothing is copied")
    assert service.stop() == 0
    _, said = asking.communicate(timeout=PATIENCE_SECONDS)
    assert asking.returncode == 1
    assert "no backup was made: the service is stopping" in said
    large.unlink()
    with Service(tmp_path) as service:
        made = run("backup", "create", "--hub", service.url)
        assert made.returncode == 0, made.stderr
    assert not any(backups.glob("*.partial")), "what was left goes with the next backup"
