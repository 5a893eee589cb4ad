"""The README's examples, in order, in one program; with the hub that this test has started."""

from __future__ import annotations

import ast
import inspect
import re
import types
from pathlib import Path
from typing import Any

import httpx
import pytest
from service import Service

from dnd_metrics import MetricsClient, Vector

README = Path(__file__).resolve().parents[1] / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)")


async def run(source: str, names: dict[str, Any]) -> None:
    code = compile(source, str(README), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = types.FunctionType(code, names)()
    if inspect.iscoroutine(running):
        await running


async def test_the_examples_run(own_service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(EXAMPLES) > 12
    names: dict[str, Any] = {"__name__": "readme"}
    printed: list[str] = []
    for example in EXAMPLES:
        await run(example.replace("nats://127.0.0.1:4222", own_service.url), names)
        printed.append(capsys.readouterr().out)
    shown = re.search(r"^prints\n\n```\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    assert shown is not None
    query = next(i for i, example in enumerate(EXAMPLES) if "sum by (class)" in example)
    assert TIME.sub("T", printed[query]) == TIME.sub("T", shown[1])
    assert "unclosed left parenthesis" in "".join(printed)
    assert "Position(start=" in "".join(printed)
    assert 'campaign_created_total{instance="' in "".join(printed)
    assert len(names["frame"]) >= 1


async def test_the_example_of_the_projects_readme_runs(
    own_service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (README.parents[2] / "README.md").read_text()
    examples = [e for e in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if "dnd_metrics" in e]
    assert len(examples) == 1
    await run(examples[0].replace("nats://127.0.0.1:4222", own_service.url), {"__name__": "readme"})
    assert 'character_created_total{class="wizard", instance="' in capsys.readouterr().out


async def test_the_fastapi_example_serves(own_service: Service) -> None:
    names: dict[str, Any] = {"__name__": "readme", "MetricsClient": MetricsClient}
    example = next(example for example in EXAMPLES if "FastAPI(" in example)
    await run(example.replace("nats://127.0.0.1:4222", own_service.url), names)
    app = names["app"]
    app.get("/roll")(lambda: 20)
    async with (
        await MetricsClient.connect(own_service.url, "asker") as asker,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as http,
    ):
        async with app.router.lifespan_context(app):
            assert (await http.get("/roll")).json() == 20
        found = await asker.query('last_over_time(http_requests_total{service="web_service", handler="/roll"}[1m])')
        assert isinstance(found, Vector)
        assert found.one().value == 1
