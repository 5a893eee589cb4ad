"""Downsampled blocks from the configuration to the answer of a query, while the real program runs."""

import json
import time

from blocks import metas
from commands import push_metrics, run
from patience import until

from service import Service

HOUR = 3600
CONFIG = """\
storage:
  objects: file://{store}
  retention: {{time: 20h}}
  downsampling: {{5m: 30d}}
"""


def test_a_query_reads_downsampled_blocks_and_says_so(tmp_path):
    """Samples of a day and a half come late: those older than the retention are in downsampled blocks only."""
    store = tmp_path / "store"
    store.mkdir()
    service = Service(tmp_path, config=CONFIG.format(store=store))
    try:
        hub = ["--hub", service.url]
        end = int(time.time()) // HOUR * HOUR
        begin = end - 36 * HOUR
        times = range(begin + 20, end, 20)
        push_metrics(
            service.url, ((at, [{"name": "gold_total", "type": "counter", "value": at - begin}]) for at in times)
        )

        def ask(expression):
            answer = run("query", expression, "--start", begin + HOUR, "--end", end - 12 * HOUR, "--step", "1h",
                         "--format", "json", *hub)  # fmt: skip
            assert answer.returncode == 0, answer.stderr
            return json.loads(answer.stdout)

        kinds = tmp_path / "data/downsampled"
        until(lambda: len(list(kinds.glob("5m-weights/*/meta.json"))) >= 4)
        until(lambda: not [block for block in metas(tmp_path / "data/blocks").values()
                           if block["maxTime"] <= (end - 22 * HOUR) * 1000])  # fmt: skip
        found = ask("increase(gold_total[1h])")
        assert "downsampled to 5m" in json.dumps(found["infos"])
        values = [float(value) for _, value in found["data"]["result"][0]["values"]]
        assert len(values) == 24
        assert all(abs(value - HOUR) < 1 for value in values[1:]), values
        counted = ask("count_over_time(gold_total[1h])")["data"]["result"][0]["values"]
        assert {int(value) for _, value in counted[1:]} == {HOUR // 20}
        stand_in = ask("gold_total")
        assert "raw samples" in json.dumps(stand_in["warnings"])
        last = {int(at): int(value) for at, value in stand_in["data"]["result"][0]["values"]}
        assert all(value == at - begin for at, value in last.items()), last

        until(lambda: len(list(store.glob("downsampled/5m-*/*/meta.json"))) >= 24)
        for block in metas(store / "downsampled/5m-count").values():
            assert block["thanos"]["downsample"]["resolution"] == 300_000
        deleted = run("delete", "gold_total", "--yes", "--service", "cli", *hub)
        assert deleted.returncode == 0, deleted.stderr
        assert ask("count_over_time(gold_total[1h])")["data"]["result"] == []
    finally:
        service.stop()
