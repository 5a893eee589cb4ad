"""The program that ships, for tests from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from patience import PATIENCE_SECONDS
from service import Service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`./dnd-metrics run` on a free port."""
    running = Service(tmp_path_factory.mktemp("service"))
    yield running
    assert running.stop() == 0
    running.process.stdout.close()


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """One that no other test has used."""
    running = Service(tmp_path)
    yield running
    assert running.stop() == 0
    running.process.stdout.close()


@pytest.fixture
async def message_hub(service: Service) -> AsyncIterator[Client]:
    """A connected nats-py client."""
    hub = await nats.connect(service.url, connect_timeout=PATIENCE_SECONDS)
    yield hub
    await hub.close()
