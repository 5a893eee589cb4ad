"""The official Python client, nats-py, against the hub."""

import asyncio
import ssl

import nats.errors
import pytest
from patience import PATIENCE_SECONDS as SOON, connect, settled


class Recorder:
    """What the client reports of itself."""

    def __init__(self):
        self.errors = []
        self.lame_duck = asyncio.Event()
        self.reconnected = asyncio.Event()
        self.closed = asyncio.Event()

    async def on_error(self, error):
        self.errors.append(str(error))

    async def on_lame_duck(self):
        self.lame_duck.set()

    async def on_reconnected(self):
        self.reconnected.set()

    async def on_closed(self):
        self.closed.set()

    def options(self):
        return {
            "error_cb": self.on_error,
            "lame_duck_mode_cb": self.on_lame_duck,
            "reconnected_cb": self.on_reconnected,
            "closed_cb": self.on_closed,
        }


async def next_of_others(subscription):
    """The next message, but for those by which the service reports its own metrics every ten seconds."""
    while True:
        message = await subscription.next_msg(timeout=SOON)
        if message.subject != "metrics.collected" and not message.subject.startswith("metrics_service."):
            return message


async def until(condition):
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.01)


async def test_publish_and_subscribe(hub):
    client = await connect(hub)
    other = await connect(hub)
    subscription = await client.subscribe("py.one.*")
    await settled(client)
    await other.publish("py.one.x", b"hello", reply="answers")
    message = await subscription.next_msg(timeout=SOON)
    assert (message.subject, message.reply, message.data) == ("py.one.x", "answers", b"hello")
    await client.close()
    await other.close()


async def test_server_info(hub):
    client = await connect(hub)
    assert client.max_payload == 1024 * 1024
    assert client.connected_server_version.major == 2 and client.connected_server_version.minor >= 10
    await client.close()


async def test_wildcards(hub):
    client = await connect(hub)
    star = await client.subscribe("py.w.*.c")
    rest = await client.subscribe("py.w.>")
    for subject in ("py.w.b.c", "py.w.b", "py.w.b.c.d", "py.v.b.c"):
        await client.publish(subject)
    await settled(client)
    assert [(await star.next_msg(timeout=SOON)).subject] == ["py.w.b.c"]
    assert [(await rest.next_msg(timeout=SOON)).subject for _ in range(3)] == ["py.w.b.c", "py.w.b", "py.w.b.c.d"]
    assert star.pending_msgs == 0 and rest.pending_msgs == 0
    await client.close()


async def test_queue_groups_are_balanced(hub):
    messages, shares, members = 900, [0, 0, 0], []

    def counter(index):
        async def count(_):
            shares[index] += 1

        return count

    for index in range(3):
        member = await connect(hub)
        await member.subscribe("py.jobs", queue="workers", cb=counter(index))
        await settled(member)
        members.append(member)
    publisher = await connect(hub)
    for _ in range(messages):
        await publisher.publish("py.jobs", b"x")
    await until(lambda: sum(shares) == messages)
    assert all(200 < share < 400 for share in shares), shares
    for client in [publisher, *members]:
        await client.close()


async def test_request_and_reply(hub):
    service = await connect(hub)

    async def answer(message):
        await message.respond(message.data.upper())

    await service.subscribe("py.upper", cb=answer)
    await settled(service)
    client = await connect(hub)
    for number in range(50):
        reply = await client.request("py.upper", f"n{number}".encode(), timeout=SOON)
        assert reply.data == f"N{number}".encode()
    await client.close()
    await service.close()


async def test_no_responders(hub):
    client = await connect(hub)
    with pytest.raises(nats.errors.NoRespondersError):
        await client.request("py.no.body", b"", timeout=SOON)
    await client.close()


async def test_headers(hub):
    client = await connect(hub)
    subscription = await client.subscribe("py.headers")
    await client.publish("py.headers", b"body", headers={"Nats-Msg-Id": "1", "Trace": "grüße"})
    message = await subscription.next_msg(timeout=SOON)
    assert message.data == b"body"
    assert message.headers == {"Nats-Msg-Id": "1", "Trace": "grüße"}
    await client.close()


async def test_largest_payload_and_one_byte_more(hub):
    recorder = Recorder()
    client = await connect(hub, **recorder.options())
    subscription = await client.subscribe("py.large")
    largest = bytes(1024 * 1024)
    await client.publish("py.large", largest)
    assert (await subscription.next_msg(timeout=SOON)).data == largest
    with pytest.raises(nats.errors.MaxPayloadError):
        await client.publish("py.large", largest + b"x")
    # Past the client's own check, the hub ends the connection.
    client._max_payload = 2 * 1024 * 1024
    await client.publish("py.large", largest + b"x")
    await asyncio.wait_for(recorder.closed.wait(), SOON)
    assert "maximum payload violation" in str(client.last_error).lower()


async def test_unsubscribe_after_so_many(hub):
    client = await connect(hub)
    got = []

    async def take(message):
        got.append(message.data)

    subscription = await client.subscribe("py.few", cb=take)
    await subscription.unsubscribe(limit=3)
    for number in range(10):
        await client.publish("py.few", str(number).encode())
    await settled(client)
    await until(lambda: len(got) == 3)
    with pytest.raises(nats.errors.NoRespondersError):
        await client.request("py.few", b"", timeout=SOON)
    assert got == [b"0", b"1", b"2"]
    await client.close()


async def test_drain(hub):
    recorder, got = Recorder(), []
    client = await connect(hub, **recorder.options())
    publisher = await connect(hub)

    async def take(message):
        got.append(message.data)

    await client.subscribe("py.drain", cb=take)
    await settled(client)
    for number in range(500):
        await publisher.publish("py.drain", str(number).encode())
    await settled(publisher)
    await client.drain()
    await asyncio.wait_for(recorder.closed.wait(), SOON)
    assert got == [str(number).encode() for number in range(500)]
    await publisher.close()


async def test_no_echo(hub):
    client = await connect(hub, no_echo=True)
    other = await connect(hub)
    subscription = await client.subscribe("py.echo")
    await client.publish("py.echo", b"own")
    await settled(client)
    await other.publish("py.echo", b"other")
    assert (await subscription.next_msg(timeout=SOON)).data == b"other"
    await client.close()
    await other.close()


async def test_verbose_and_pedantic(hub):
    recorder = Recorder()
    client = await connect(hub, verbose=True, pedantic=True, **recorder.options())
    subscription = await client.subscribe("py.verbose")
    await client.publish("py.verbose", b"1")
    await settled(client)
    assert (await subscription.next_msg(timeout=SOON)).data == b"1"
    assert recorder.errors == []
    await client.close()


async def test_reconnects_when_the_hub_comes_back(own_hub):
    recorder = Recorder()
    client = await connect(
        own_hub, allow_reconnect=True, max_reconnect_attempts=-1, reconnect_time_wait=0.05, **recorder.options()
    )
    subscription = await client.subscribe("py.again")
    await settled(client)
    assert await asyncio.to_thread(own_hub.stop) == 0
    await asyncio.wait_for(recorder.lame_duck.wait(), SOON)
    await asyncio.to_thread(own_hub.start)
    await asyncio.wait_for(recorder.reconnected.wait(), SOON)
    await client.publish("py.again", b"back")
    assert (await subscription.next_msg(timeout=SOON)).data == b"back"
    await client.close()


@pytest.mark.parametrize(
    "options",
    [{"user": "admin", "password": "all-0f-it"}, {"user": "shop", "password": "pa$$word"}, {"token": "t0ken"}],
)
async def test_credentials_open(secured, options):
    client = await connect(secured, **options)
    await settled(client)
    assert client.max_payload == 64 * 1024
    await client.close()


@pytest.mark.parametrize("options", [{}, {"user": "admin", "password": "wrong"}, {"token": "wrong"}])
async def test_wrong_credentials_do_not_open(secured, options):
    with pytest.raises(Exception) as refused:
        await connect(secured, **options)
    assert "authorization violation" in repr(refused.value).lower()


async def test_permissions(secured):
    recorder = Recorder()
    admin = await connect(secured, user="admin", password="all-0f-it")
    heard = await admin.subscribe("*.>")
    await settled(admin)
    client = await connect(secured, user="shop", password="pa$$word", **recorder.options())
    wide = await client.subscribe("metrics.*")
    await client.publish("bank.order", b"")
    await client.publish("shop.secret", b"")
    await client.subscribe("bank.>")
    await client.subscribe("work", queue="others")
    await client.publish("shop.order", b"mine")
    await settled(client)
    await until(lambda: len(recorder.errors) == 4)
    texts = "\n".join(recorder.errors).lower()
    for expected in (
        'permissions violation for publish to "bank.order"',
        'permissions violation for publish to "shop.secret"',
        'permissions violation for subscription to "bank.>"',
        'permissions violation for subscription to "work" using queue "others"',
    ):
        assert expected in texts
    assert (await next_of_others(heard)).subject == "shop.order"
    # What is denied is left out of what a wider subscription gets.
    await admin.publish("metrics.secret", b"")
    await admin.publish("metrics.open", b"")
    assert (await next_of_others(wide)).subject == "metrics.open"
    assert client.is_connected
    await client.close()
    await admin.close()


async def test_tls(tls_hub):
    context = ssl.create_default_context(cafile=str(tls_hub.ca_file))
    client = await connect(tls_hub, tls=context)
    subscription = await client.subscribe("py.tls")
    await client.publish("py.tls", bytes(300_000))
    assert len((await subscription.next_msg(timeout=SOON)).data) == 300_000
    await client.close()


async def test_tls_certificate_is_checked_by_the_client(tls_hub):
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(tls_hub, tls=ssl.create_default_context())


async def test_many_clients(hub):
    clients = [await connect(hub) for _ in range(40)]
    subscriptions = [await client.subscribe("py.all") for client in clients]
    for client in clients:
        await settled(client)
    await clients[0].publish("py.all", b"to all")
    for subscription in subscriptions:
        assert (await subscription.next_msg(timeout=SOON)).data == b"to all"
    for client in clients:
        await client.close()


async def test_an_event_is_answered(hub):
    """The service behind the hub answers as the contract says."""
    client = await connect(hub)
    event = (
        b'{"type":"metrics.push","data":{"service":"py","metrics":[{"name":"answered_total","type":"counter",'
        b'"value":1}],"correlation_id":"c-1"}}'
    )
    reply = await client.request("py.metrics.push", event, timeout=SOON)
    assert b'"metrics.collected"' in reply.data and b'"c-1"' in reply.data, reply.data
    await client.close()
