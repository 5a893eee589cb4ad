"""Alerts that services report, silences and routes, against the program, through kill -9 too."""

import asyncio
import json

import pytest
from commands import Commands
from patience import PATIENCE_SECONDS, connect, settled
from service import Service

GROUPED = """\
alerts:
  route:
    receiver: everybody
    group_by: [shop]
    group_wait: 0s
    group_interval: 0s
    routes:
      - matchers: [severity="page"]
        receiver: pager
        continue: true
      - matchers: [severity="page"]
        receiver: chat
  inhibit_rules:
    - source_matchers: [severity="page"]
      target_matchers: [severity="warning"]
      equal: [shop]
"""


class Listener:
    """What is announced of alerts, in the order of arrival."""

    def __init__(self, client):
        self.client = client
        self.heard = None
        self.ids = []

    async def start(self):
        self.heard = await self.client.subscribe("alert.*")
        await settled(self.client)

    async def take(self, count, known=()):
        """What came since, such as `alert.triggered Slow`: `count` of them or more, not counting ids that are known.

        Once the service announces, it does so before it replies; just after its start it replies and announces later.
        """
        events, new = [], 0
        while True:
            if new >= count:
                await settled(self.client)
                if not self.heard.pending_msgs:
                    return events
            message = await self.heard.next_msg(timeout=PATIENCE_SECONDS)
            event = json.loads(message.data)
            assert message.headers["Nats-Msg-Id"] == event["id"]
            receiver = event["data"].get("receiver")
            to = f" to {receiver}" if receiver else ""
            events.append(f"{message.subject} {event['data']['rule']}{to}")
            self.ids.append(event["id"])
            new += event["id"] not in known


async def report(client, *alerts):
    event = {"type": "alert.status", "data": {"alerts": list(alerts), "correlation_id": "c"}}
    reply = await client.request("shop.alert.status", json.dumps(event).encode(), timeout=PATIENCE_SECONDS)
    data = json.loads(reply.data)["data"]
    assert data["status"] == "success", data
    assert data["rejected"] == []
    return data


def alert(name, status="firing", **labels):
    return {"name": name, "status": status, "labels": labels, "expires": "1h"}


def test_what_was_announced_is_not_announced_again_after_kill_9(own_hub):
    async def before():
        async with await connect(own_hub) as client:
            listener = Listener(client)
            await listener.start()
            await report(client, alert("Stays"), alert("Ends"), alert("Over"))
            await report(client, alert("Over", "resolved"))
            assert await listener.take(4) == [
                "alert.triggered Stays", "alert.triggered Ends", "alert.triggered Over", "alert.resolved Over"]  # fmt: skip
            ids = list(listener.ids)
            await report(client, alert("Stays"))
            return ids

    async def after(ids):
        async with await connect(own_hub) as client:
            listener = Listener(client)
            await listener.start()
            await report(client, alert("Stays"), alert("Ends", "resolved"), alert("New"))
            events = await listener.take(2, ids)
            # What was published in the very moment of the kill may come again, with the same id.
            again = [event for event, one in zip(events, listener.ids, strict=True) if one in ids]
            assert len(again) <= 1, again
            assert [event for event in events if event not in again] == ["alert.resolved Ends", "alert.triggered New"]

    ids = asyncio.run(before())
    own_hub.process.kill()
    own_hub.process.wait()
    own_hub.start()
    asyncio.run(after(ids))


def test_silences_from_the_command_line(own_hub):
    command = Commands(own_hub.url)
    added = command("silence", "add", "Quiet", "disk=~\"a|b\"", "-d", "2h", "-a", "Mira", "-c", "works")
    assert added.code == 0, added
    silence = added.out.strip()

    async def reports():
        async with await connect(own_hub) as client:
            listener = Listener(client)
            await listener.start()
            await report(client, alert("Quiet", disk="a"), alert("Loud", disk="a"))
            assert await listener.take(1) == ["alert.triggered Loud"]
            shown = command("alerts", "disk=a")
            lines = shown.out.splitlines()
            assert lines[0].split() == ["Alertname", "Severity", "Service", "Starts", "At", "State", "Summary"]
            assert sorted((line.split()[0], line.split()[-1]) for line in lines[1:]) == [
                ("Loud", "active"), ("Quiet", "suppressed")]  # fmt: skip
            listed = command("silence", "query", "--json")
            assert json.loads(listed.out)["matchers"] == ['alertname="Quiet"', 'disk=~"a|b"']
            updated = command("silence", "update", silence, "-d", "5h", "-c", "longer", "-q")
            assert updated.out.strip() == silence
            assert command("silence", "expire", silence).code == 0
            assert await listener.take(1) == ["alert.triggered Quiet"]
            assert command("silence", "query", "-q").out == ""
            assert command("silence", "query", "--expired", "-q").out.strip() == silence

    asyncio.run(reports())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["silence", "add", 'a=~".*"', "-c", "x"], "at least one matcher must not match the empty string"),
        (["silence", "add", "a=b", "c", "-c", "x"], "'c' is no matcher"),
        (["silence", "add", "a=b", "-d", "0s", "-c", "x"], "--duration must be a duration above zero"),
        (["silence", "expire", "nothing"], "there is no silence 'nothing'"),
        (["alerts", "a=b", "=c"], "'=c' is no matcher"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(hub, arguments, says):
    outcome = Commands(hub.url)(*arguments)
    assert outcome.code == 1, outcome
    assert says in outcome.err


def test_routes_and_inhibition(tmp_path):
    service = Service(tmp_path, GROUPED)

    async def reports():
        async with await connect(service) as client:
            listener = Listener(client)
            await listener.start()
            await report(
                client,
                alert("Slow", shop="x", severity="warning"),
                alert("Down", shop="x", severity="page"),
                alert("Slow", shop="y", severity="warning"))  # fmt: skip
            assert sorted(await listener.take(3)) == [
                "alert.triggered Down to chat", "alert.triggered Down to pager", "alert.triggered Slow to everybody"]  # fmt: skip
            await report(client, alert("Down", "resolved", shop="x", severity="page"))
            assert sorted(await listener.take(3)) == [
                "alert.resolved Down to chat", "alert.resolved Down to pager", "alert.triggered Slow to everybody"]  # fmt: skip

    try:
        asyncio.run(reports())
    finally:
        assert service.stop() == 0
