"""The seed document's snippet, as it stands, against the program that ships."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from pathlib import Path
from typing import Any

from nats.aio.client import Client

from dnd_metrics import Vector

PROJECT = Path(__file__).resolve().parents[3]
EXAMPLE = PROJECT / "clients" / "python" / "examples" / "seed.py"


def test_the_example_is_the_seeds_snippet() -> None:
    snippets = re.findall(r"```python\n(.*?)```", (PROJECT / "docs" / "seed-clients.md").read_text(), re.DOTALL)
    assert len(snippets) == 1
    assert EXAMPLE.read_text().rstrip() == textwrap.dedent(snippets[0]).rstrip()


async def test_the_seeds_snippet_runs(message_hub: Client) -> None:
    code = compile(EXAMPLE.read_text(), str(EXAMPLE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, Any] = {"message_hub": message_hub}
    running = types.FunctionType(code, names)()
    assert inspect.iscoroutine(running)
    await running
    assert isinstance(names["results"], Vector)
    client = names["client"]
    await client.flush()
    found = await client.query('character_created_total{class="wizard"}')
    assert found.one().value == 1
    assert found[0].labels["service"] == "character_service"
    assert found[0].labels["instance"] == client.instance
    assert await client.close()
