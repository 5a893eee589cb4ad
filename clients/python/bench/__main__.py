"""What a call costs, beside prometheus_client in the same run: `python -m bench`, in clients/python.

Prints a JSON line for each case: `{"client": "python", "case", "ns", "peer": "prometheus_client", "peer_ns"}`. Both
sides are timed in turns, many short ones, of which the least counts: what else the machine does disturbs both alike.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from .cases import CASES, Turn

ROUNDS = 60


def least(turns: tuple[Turn, Turn], rounds: int) -> tuple[float, float]:
    """Nanoseconds a call, of each."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for side, turn in enumerate(turns):
            best[side] = min(best[side], turn())
    return best[0], best[1]


def main(write: Callable[[str], object], rounds: int) -> None:
    for case, ours, theirs in CASES:
        ns, peer_ns = least((ours, theirs), rounds)
        line = {
            "client": "python",
            "case": case,
            "ns": round(ns, 1),
            "peer": "prometheus_client",
            "peer_ns": round(peer_ns, 1),
        }
        write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.stdout.write, ROUNDS)
