"""The commands query, push and tail, as a person calls them."""

import csv
import io
import json

import pytest

from commands import Commands
from patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def run(hub):
    return Commands(hub.url)


def rows(outcome):
    return list(csv.DictReader(io.StringIO(outcome.out)))


def test_what_is_pushed_can_be_asked_for(run):
    pushed = run("push", 'room_celsius{room="hall"} 21.5', 'room_celsius{room="attic"} 18', "--service", "house")
    assert (pushed.code, pushed.out) == (0, "collected 2 metrics\n"), pushed
    asked = run("query", "room_celsius")
    assert asked.code == 0, asked
    lines = asked.out.splitlines()
    assert lines[0].split() == ["metric", "room", "service", "value"]
    assert sorted(line.split() for line in lines[1:]) == [
        ["room_celsius", "attic", "house", "18"],
        ["room_celsius", "hall", "house", "21.5"],
    ]


def test_names_that_end_in_total_are_counters(run):
    assert run("push", 'doors_total{door="front"} 3', "--service", "types").code == 0
    listed = run("tail", "--help")
    assert listed.code == 0 and "Ctrl-C" in listed.out
    assert run("push", "doors_total -1", "--service", "types").code == 1


def test_csv_and_json_are_for_programs(run):
    run("push", 'shape{kind="a,b"} 0.25', "--service", "formats")
    row = rows(run("query", "shape", "--format", "csv"))[0]
    assert (row["__name__"], row["kind"], row["value"]) == ("shape", "a,b", "0.25")
    answer = json.loads(run("query", "shape", "--format", "json").out)
    assert answer["status"] == "success"
    assert answer["data"]["resultType"] == "vector"
    assert answer["data"]["result"][0]["metric"] == {"__name__": "shape", "kind": "a,b", "service": "formats"}
    assert answer["data"]["result"][0]["value"][1] == "0.25"


def test_ranges(run):
    run("push", "level 4", "--service", "ranges")
    answer = json.loads(run("query", "level * 2", "--since", "30s", "--step", "10s", "--format", "json").out)
    assert answer["data"]["resultType"] == "matrix"
    assert answer["data"]["result"][0]["values"][-1][1] == "8"
    fixed = run("query", "time()", "--start", "100", "--end", "120", "--step", "10", "--format", "csv")
    assert [row["value"] for row in rows(fixed)] == ["100", "110", "120"]
    assert rows(fixed)[0]["time"] == "1970-01-01T00:01:40.000Z"


def test_graph(run):
    run("push", 'wave{side="left"} 1', 'wave{side="right"} 5', "--service", "graphs")
    drawn = run("query", "wave", "--graph", "--since", "1m", environment={"COLUMNS": "90"})
    assert drawn.code == 0, drawn
    assert "┤" in drawn.out and "└" in drawn.out
    assert 'wave{service="graphs", side="left"}' in drawn.out
    assert "\x1b[" not in drawn.out
    assert max(len(line) for line in drawn.out.splitlines()) <= 90


def test_large_answers_come_in_parts(run):
    metrics = [
        {"name": "wide", "type": "gauge", "value": i, "labels": {"number": str(i), "padding": "p" * 200}}
        for i in range(6000)
    ]
    events = [
        json.dumps({"type": "metrics.push", "data": {"service": "large", "metrics": metrics[at : at + 1000]}})
        for at in range(0, len(metrics), 1000)
    ]
    pushed = run("push", "--format", "json", stdin="\n".join(events))
    assert (pushed.code, pushed.out) == (0, "collected 6000 metrics\n"), pushed.err
    found = rows(run("query", "wide", "--format", "csv"))
    assert sorted(int(row["value"]) for row in found) == list(range(6000))


def test_a_wrong_query_is_underlined(run):
    wrong = run("query", "sum(rate(x[5m])")
    assert wrong.code == 1
    assert wrong.out == ""
    lines = wrong.err.splitlines()
    assert lines[0].startswith("dnd-metrics: 1:") and "parse error: unclosed left parenthesis" in lines[0]
    assert lines[1] == "  sum(rate(x[5m])"
    assert lines[2].strip("^ ") == "" and "^" in lines[2]


def test_nothing_found_says_so(run):
    nothing = run("query", "there_is_no_such_metric")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "nothing found\n")


@pytest.mark.parametrize("command", [["query", "up"], ["push", "a 1"], ["tail"]])
def test_no_hub_is_one_clear_line(run, command):
    failed = run(*command, "--hub", "nats://127.0.0.1:9")
    assert failed.code == 1
    assert failed.err.splitlines() == [
        "dnd-metrics: no Message Hub at nats://127.0.0.1:9;"
        " start one with './dnd-metrics run' or name another with --hub"
    ]


@pytest.mark.parametrize(
    "arguments, reason",
    [
        (["query"], "EXPR"),
        (["query", "up", "--step", "15s"], "--step needs a range"),
        (["query", "up", "--start", "yesterday"], "--start yesterday is no time"),
        (["query", "up", "--since", "1 hour"], "--since 1 hour is no duration"),
        (["push"], "give either samples as arguments"),
        (["push", "a b c"], "'a b c': \"b\" is not a number"),
        (["push", "a 1", "--service", "two.tokens"], "--service must be one token"),
        (["push", "a 1", "--format", "json"], "give either samples as arguments"),
    ],
)
def test_wrong_command_lines_end_with_2(run, arguments, reason):
    wrong = run(*arguments)
    assert wrong.code == 2, wrong
    assert reason in wrong.err
    assert wrong.out == ""


def test_rejections_are_told_and_end_with_1(run):
    partly = run("push", "good 1", "jobs_total -5", "--service", "rejects")
    assert partly.code == 1
    assert partly.out == "collected 1 metric\n"
    assert "rejected: metric 1 jobs_total: " in partly.err


EXPOSITION = """\
# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{code="200"} 1027
http_requests_total{code="500"} 3
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 5
latency_seconds_bucket{le="+Inf"} 7
latency_seconds_sum 2.5
latency_seconds_count 7
"""


def test_an_exposition_is_a_snapshot(run):
    first = run("push", "--format", "prometheus", "--service", "scraped", stdin=EXPOSITION)
    assert (first.code, first.out) == (0, "collected 3 metrics\n"), first
    assert run("query", 'http_requests_total{service="scraped",code="500"}', "--format", "csv").out.endswith(",3\n")
    count = run("query", 'latency_seconds_bucket{service="scraped",le="0.1"}', "--format", "csv")
    assert count.out.endswith(",5\n"), count
    second = run("push", "--format", "prometheus", "--service", "scraped",
                 stdin='# TYPE http_requests_total counter\nhttp_requests_total{code="200"} 1030\n')  # fmt: skip
    assert second.code == 0, second
    assert run("query", 'http_requests_total{service="scraped",code="500"}').err == "nothing found\n"


def test_openmetrics_is_known_by_its_end(run):
    text = (
        "# TYPE jobs counter\njobs_total 5 # {trace_id=\"x\"} 1\njobs_created 1.7e9\n# EOF\n"
    )
    pushed = run("push", "--format", "prometheus", "--service", "open", stdin=text)
    assert (pushed.code, pushed.out, pushed.err) == (0, "collected 1 metric\n", "left out 1 exemplars\n"), pushed
    wrong = run("push", "--format", "prometheus", stdin="ok 1\nbroken\n")
    assert wrong.code == 1
    assert "stdin: line 2: expected a value" in wrong.err


def test_tail_shows_events_as_they_pass(run):
    tail = run.start("tail", "metrics.>", "watched.>")
    assert tail.stderr.readline() == "listening on metrics.> watched.>\n"
    assert run("push", "seen 1", "--service", "watched").code == 0
    # The service reports metrics of its own meanwhile, which are collected, too.
    seen = (line for line in tail.stdout if "watched" in line)
    assert "watched.metrics.push  1 metric: seen" in next(seen)
    assert "metrics.collected  1 metric of watched, seq " in next(seen)
    tail.terminate()
    tail.communicate(timeout=PATIENCE_SECONDS)


def test_tail_raw_is_json(run):
    tail = run.start("tail", "raw.>", "--raw", "--count", "1")
    tail.stderr.readline()
    assert run("push", "seen 1", "--service", "raw").code == 0
    out, _ = tail.communicate(timeout=PATIENCE_SECONDS)
    assert tail.returncode == 0
    event = json.loads(out)
    assert event["subject"] == "raw.metrics.push"
    assert event["event"]["data"]["metrics"][0]["name"] == "seen"


def test_a_hub_that_asks_for_credentials(secured):
    refused = Commands(secured.url)("query", "up")
    assert refused.code == 1
    assert "refuses these credentials" in refused.err
    assert len(refused.err.splitlines()) == 1
    admin = Commands(secured.url.replace("nats://", "nats://admin:all-0f-it@"))
    assert admin("push", "secret_level 3").code == 0
    assert admin("query", "secret_level", "--format", "csv").out.endswith(",3\n")
    wrong = admin("push", "a 1", "--hub", secured.url.replace("nats://", "nats://admin:wrong@"))
    assert wrong.code == 1
    assert "wrong@" not in wrong.err
