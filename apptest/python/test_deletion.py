"""`./dnd-metrics delete` as an operator sees it, and what is deleted stays so over a `kill -9`."""

import json

import pytest
from commands import run

from service import Service


@pytest.fixture
def service(tmp_path):
    service = Service(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def retaining(tmp_path):
    service = Service(tmp_path, config="storage:\n  retention: {time: 30d, size: 10GiB}\n")
    yield service
    service.stop()


def series(service):
    answer = run("query", "gold", "--format", "json", "--hub", service.url)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)["data"]["result"]
    return sorted(each["metric"]["who"] for each in found)


def test_samples_are_deleted_after_somebody_said_yes(service):
    hub = ["--hub", service.url]
    pushed = run("push", 'gold{who="Mira"} 3', 'gold{who="Tom"} 4', 'gold{who="Ada"} 5', *hub)
    assert pushed.returncode == 0, pushed.stderr
    shown = run("delete", 'gold{who=~"Mira|Tom"}', "--dry-run", *hub)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("2 samples of 2 series, from ")
    assert 'who="Mira"' in shown.stdout
    assert "deleted" not in shown.stdout

    nobody_to_ask = run("delete", 'gold{who=~"Mira|Tom"}', *hub)
    assert nobody_to_ask.returncode == 1
    assert "--yes" in nobody_to_ask.stderr
    assert series(service) == ["Ada", "Mira", "Tom"]

    others = run("delete", 'gold{who="Mira"}', "--yes", "--service", "dice", *hub)
    assert others.stdout == "nothing is there that this would delete\n"

    deleted = run("delete", 'gold{who="Mira"}', 'gold{who="Tom"}', "--yes", *hub)
    assert deleted.returncode == 0, deleted.stderr
    assert deleted.stdout.endswith("deleted\n")
    assert series(service) == ["Ada"]
    labels = run("query", "count by (who) ({who!=\"\"})", "--format", "json", *hub)
    assert "Mira" not in labels.stdout

    wrong = run("delete", "gold{", *hub)
    assert wrong.returncode == 1
    assert "parse error" in wrong.stderr or "unexpected" in wrong.stderr


def test_what_is_deleted_does_not_come_back(service):
    hub = ["--hub", service.url]
    assert run("push", 'gold{who="Mira"} 3', 'gold{who="Tom"} 4', *hub).returncode == 0
    assert run("delete", 'gold{who="Tom"}', "--yes", *hub).returncode == 0
    assert run("push", 'gold{who="Tom"} 7', *hub).returncode == 0
    assert run("delete", 'gold{who="Mira"}', "--yes", *hub).returncode == 0
    service.kill()
    service.start()
    assert series(service) == ["Tom"]


def test_the_retention_is_changed_while_the_service_runs(retaining):
    service = retaining
    hub = ["--hub", service.url]
    assert run("retention", *hub).stdout == "time    30d\nsize    10GiB\nsource  configuration\n"
    changed = run("retention", "set", "--time", "60d", "--rule", '{service="combat"}=7d', *hub)
    assert changed.returncode == 0, changed.stderr
    wanted = 'time    60d\nsize    10GiB\nrule    {service="combat"} 7d\nsource  event\n'.replace("7d", "1w")
    assert changed.stdout == wanted
    wrong = run("retention", "set", "--time", "sixty", *hub)
    assert wrong.returncode == 1
    assert "'sixty' is neither none nor a duration" in wrong.stderr
    refused = run("retention", "reset", "--service", "combat", *hub)
    assert refused.returncode == 1
    assert "service.operators" in refused.stderr
    service.kill()
    service.start()
    assert run("retention", *hub).stdout == wanted
    reset = run("retention", "reset", *hub)
    assert reset.stdout == "time    30d\nsize    10GiB\nsource  configuration\n"
