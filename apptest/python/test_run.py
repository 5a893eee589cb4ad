"""`./dnd-metrics run` as an operator sees it: exit codes, what is said on stdout and stderr, stopping, starting again."""

import re
import shlex
import socket
import subprocess
import time

import pytest
from commands import run
from patience import PATIENCE_SECONDS, until

from service import PROGRAM, STOP_SECONDS, Service

LOOPBACK = "127.0.0.1:0"


def assert_refused(result, *words):
    """Exit code 1, nothing on stdout, and one line on stderr that says what the words say."""
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    for word in words:
        assert str(word) in result.stderr


def test_help_and_version_work_from_anywhere(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(PROGRAM)
    shown = subprocess.run([link, "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert shown.returncode == 0
    names = re.findall(r"^  ([a-z]+) ", shown.stdout, re.MULTILINE)
    assert {"run", "query", "push", "tail", "promql", "version", "test", "bench"} <= set(names)
    for name in set(names) - {"bench"}:
        help_text = run(name, "--help")
        assert help_text.returncode == 0, name
        assert "Usage: dnd-metrics " + name in help_text.stdout
        assert help_text.stderr == ""


def test_a_wrong_command_line_is_exit_code_2():
    for arguments in ([], ["vesrion"], ["run", "--nonsense"], ["run", "--listen", "nowhere"], ["test", "--nonsense"]):
        result = run(*arguments)
        assert result.returncode == 2, arguments
        assert result.stdout == ""
    assert "did you mean 'version'?" in run("vesrion").stderr


def test_a_taken_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        assert_refused(run("run", "--data", tmp_path / "data", "--listen", address), address, "in use")


def test_folders_that_cannot_be_used(tmp_path, own_hub):
    locked = own_hub.folder / "data"
    assert_refused(run("run", "--data", locked, "--listen", LOOPBACK), locked, "in use by another process")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    assert_refused(run("run", "--data", foreign, "--listen", LOOPBACK), foreign, "thesis.txt")
    assert [file.name for file in foreign.iterdir()] == ["thesis.txt"]
    file = tmp_path / "file"
    file.write_text("")
    assert_refused(run("run", "--data", file, "--listen", LOOPBACK), file)
    # A folder that not even root can write to.
    assert_refused(run("run", "--data", "/proc/nowhere/data", "--listen", LOOPBACK), "/proc/nowhere/data")


def test_listening_wider_wants_credentials(tmp_path):
    result = run("run", "--data", tmp_path / "data", "--listen", "0.0.0.0:0")
    assert_refused(result, "without credentials", "allow_insecure")


@pytest.mark.parametrize(
    "text, line",
    [
        ("message_hub:\n  subscriptons: []\n", ":2: unknown key 'subscriptons' in message_hub; did you mean 'subscriptions'?"),
        ("limits:\n  out_of_order_window: soon\n", ":2: limits.out_of_order_window must be a duration"),
        ("storage:\n  tables:\n    alert: {ttl: 1d}\n", "unknown table 'alert'; did you mean 'alerts'?"),
        ("service:\n  name: a\n  name: b\n", ":3: key 'name' is given twice in service, first at line 2"),
        ("message_hub:\n  token: ${DND_METRICS_NOT_SET}\n", "the environment variable DND_METRICS_NOT_SET is not set"),
    ],
)
def test_a_wrong_configuration(tmp_path, text, line):
    config = tmp_path / "metrics.yaml"
    config.write_text(text)
    assert_refused(run("run", "--config", config, "--data", tmp_path / "data"), config, line)
    assert not (tmp_path / "data").exists()


def test_what_print_config_prints_can_be_read_and_has_no_secrets(tmp_path):
    config = tmp_path / "metrics.yaml"
    config.write_text('message_hub:\n  users:\n    - {user: combat, password: "hit points"}\n')
    printed = run("run", "--config", config, "--print-config")
    assert printed.returncode == 0
    assert "hit points" not in printed.stdout and "***" in printed.stdout
    config.write_text(printed.stdout)
    assert run("run", "--config", config, "--print-config").stdout == printed.stdout


def test_every_line_that_the_banner_suggests_works(own_hub):
    lines = []
    until(lambda: any("Ctrl-C" in line for line in own_hub.output))
    for line in own_hub.output:
        if line.startswith("  " + PROGRAM + " ") or "dnd-metrics " in line and "--hub" in line:
            lines.append(line.strip())
    assert len(lines) >= 3, own_hub.output
    for line in lines:
        if " tail " in line:
            tail = subprocess.Popen(shlex.split(line), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            assert "listening" in tail.stdout.readline()
            tail.terminate()
            tail.wait(60)
        else:
            done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
            assert done.returncode == 0, line + "\n" + done.stderr
            assert done.stdout != ""


def test_it_stops_at_sigterm_within_5_seconds_and_serves_again_what_it_had(tmp_path):
    with Service(tmp_path) as service:
        pushed = run("push", 'character_created_total{class="wizard"} 7', "--hub", service.url)
        assert pushed.returncode == 0, pushed.stderr
        for attempt in range(5):  # a machine may be too busy for a moment, but not always
            began = time.monotonic()
            code = service.end()
            took = time.monotonic() - began
            began = time.monotonic()
            service.start()
            if code == 0 and took < 5:
                break
        assert (code, took < 5) == (0, True)
        print(f"served again after {time.monotonic() - began:.2f} s")
        answer = run("query", "character_created_total", "--format", "csv", "--hub", service.url)
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.strip().endswith(",7")
        assert service.stop() == 0


def test_the_demo_fills_every_service(tmp_path):
    folder = tmp_path / "data"
    process = subprocess.Popen(
        [PROGRAM, "run", "--demo", "--data", folder, "--listen", LOOPBACK],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        url = None
        for line in process.stdout:
            found = re.search(r"Message Hub\s+(nats://\S+)", line)
            url = found.group(1) if found else url
            if "Ctrl-C" in line:
                break
        query = "count by (service) ({service=~'.+',service!='metrics_service'})"
        wanted = {"character", "campaign", "combat", "dice", "spell", "inventory", "session", "host"}
        seen = set()

        def all_are_seen():
            answer = run("query", query, "--format", "csv", "--hub", url)
            seen.clear()
            seen.update(row.split(",")[0] for row in answer.stdout.splitlines()[1:])
            return seen >= wanted

        until(all_are_seen, seen)
        assert seen == wanted
    finally:
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0
