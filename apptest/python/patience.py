"""Waits for what comes sooner or later."""

import time

import nats

PATIENCE_SECONDS = 180
"""How long a test waits for what must come: far longer than a machine needs that is slow and busy."""


def until(condition, otherwise="not in three minutes"):
    """Asks for the condition again and again; fails with `otherwise` where it does not come true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


async def connect(service, **options):
    """A connection of nats-py to the service's hub; it is not made again when it is lost."""
    options.setdefault("allow_reconnect", False)
    options.setdefault("connect_timeout", PATIENCE_SECONDS)
    return await nats.connect(service.url, **options)


async def settled(client):
    """Waits until the hub has read all that the client was told to send so far."""
    # nats-py's PING overtakes what it has not yet written: only the second PONG comes after everything.
    await client.flush(PATIENCE_SECONDS)
    await client.flush(PATIENCE_SECONDS)
