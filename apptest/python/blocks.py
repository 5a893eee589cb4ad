"""Looks at blocks that the program may put, and may remove at any moment."""

import json
from contextlib import suppress


def metas(folder):
    """What the meta.json files of the blocks in a folder say, by the blocks' names; nothing of a block that just goes."""
    found = {}
    for path in folder.glob("*/meta.json"):
        with suppress(FileNotFoundError):
            found[path.parent.name] = json.loads(path.read_text())
    return found
