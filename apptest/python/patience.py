"""Waits for what comes sooner or later."""

import time

PATIENCE_SECONDS = 60


def until(condition, otherwise="not within a minute"):
    """Asks for the condition again and again; fails with `otherwise` where it does not come true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)


async def settled(client):
    """Waits until the hub has read all that the client was told to send so far."""
    # nats-py's PING overtakes what it has not yet written: only the second PONG comes after everything.
    await client.flush()
    await client.flush()
