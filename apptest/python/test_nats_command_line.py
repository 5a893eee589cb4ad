"""The `nats` command line against the hub. Its path comes in NATS_CLI, or it is on PATH."""

import asyncio
import os
import re
import shutil
import subprocess

import pytest

from patience import PATIENCE_SECONDS as SOON, connect, settled, until

NATS = os.environ.get("NATS_CLI") or shutil.which("nats")
ATTEMPTS = 10
"""`nats` gives a hub two seconds to open a connection; a hub's first TLS handshake may take longer on a busy machine."""


@pytest.fixture
def run(tmp_path):
    """Runs `nats` without anybody's contexts; gives what it printed."""
    assert NATS, "NATS_CLI is not set and nats is not on PATH: run apptest/run python"
    environment = dict(os.environ, XDG_CONFIG_HOME=str(tmp_path), HOME=str(tmp_path))

    def call(url, *arguments, fails=False, stdin=None):
        for _ in range(ATTEMPTS):
            done = subprocess.run(
                [NATS, "--server", url, "--timeout", "60s", *arguments],
                env=environment, input=stdin, capture_output=True, text=True, timeout=SOON)  # fmt: skip
            output = done.stdout + done.stderr
            if "i/o timeout" not in output:
                break
        assert (done.returncode != 0) == fails, output
        return output

    return call


class Background:
    """A `nats` that goes on until it has what it waits for."""

    def __init__(self, url, tmp_path, *arguments):
        environment = dict(os.environ, XDG_CONFIG_HOME=str(tmp_path), HOME=str(tmp_path))
        self.process = subprocess.Popen(
            [NATS, "--server", url, *arguments],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip

    def until(self, text):
        seen = ""
        for line in self.process.stdout:
            seen += line
            if text in line:
                return seen
        raise AssertionError(f"no {text!r} in:\n{seen}")

    def end(self):
        self.process.terminate()
        return self.process.communicate(timeout=SOON)[0]


def is_heard(hub, subject):
    """Whether somebody subscribed, which is not sure when `nats` says so; who did has got one message by this."""

    async def ask():
        client = await connect(hub)
        inbox = client.new_inbox()
        answers = await client.subscribe(inbox)
        await client.publish(subject, b"are you there?", reply=inbox)
        await settled(client)
        # The hub says at once where there is nobody; somebody may answer later, or never.
        answer = await answers.next_msg() if answers.pending_msgs else None
        await client.close()
        return answer is None or (answer.headers or {}).get("Status") != "503"

    return asyncio.run(ask())


def test_publish_and_subscribe(hub, run, tmp_path):
    subscriber = Background(hub.url, tmp_path, "sub", "cli.*", "--count", "3")
    subscriber.until("Subscribing on cli.*")
    until(lambda: is_heard(hub, "cli.is_heard"))
    run(hub.url, "pub", "cli.one", "hello", "-H", "Trace:abc")
    run(hub.url, "pub", "cli.two", "again")
    output = subscriber.process.communicate(timeout=SOON)[0]
    assert "hello" in output and "again" in output and "Trace: abc" in output
    assert subscriber.process.returncode == 0


def test_request_and_reply(hub, run, tmp_path):
    responder = Background(hub.url, tmp_path, "reply", "cli.echo", "--echo")
    responder.until("Listening on")
    until(lambda: is_heard(hub, "cli.echo"))
    assert "ping-pong" in run(hub.url, "request", "cli.echo", "ping-pong")
    responder.end()


def test_no_responders(hub, run):
    assert "No responders" in run(hub.url, "request", "cli.no.body", "x")


def test_round_trip_time(hub, run):
    assert re.search(r"\d(ns|µs|ms|s)", run(hub.url, "rtt"))


def test_user_and_password(secured, run):
    run(secured.url, "--user", "admin", "--password", "all-0f-it", "pub", "cli.x", "y")
    refused = run(secured.url, "--user", "admin", "--password", "wrong", "pub", "cli.x", "y", fails=True)
    assert "authorization violation" in refused.lower()


def test_permissions(secured, run):
    refused = run(
        secured.url, "--user", "shop", "--password", "pa$$word", "sub", "bank.>", "--count", "1", "--wait", "60s", fails=True
    )
    assert "permissions violation" in refused.lower()


def test_tls(tls_hub, run):
    run(tls_hub.url, "--tlsca", str(tls_hub.ca_file), "pub", "cli.tls", "hello")


def test_bench(hub, run):
    output = run(hub.url, "bench", "pub", "cli.bench", "--msgs", "20000", "--size", "128", "--no-progress")
    assert re.search(r"[\d,]+ msgs/sec", output)
