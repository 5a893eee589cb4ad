"""Native histograms: exponential buckets, as Prometheus's native histogram specification has them."""

from __future__ import annotations

from bisect import bisect_left
from math import frexp

FIRST_SCHEMA = 3
LEAST_SCHEMA = -4
MAX_BUCKETS = 160
ZERO_THRESHOLD = 2.0**-128

BOUNDS = tuple(2.0 ** (k / 8 - 1) for k in range(8))
"""The bounds of schema 3 between 0.5 and 1: upper bounds, each belongs to the bucket below it."""


def index_of(magnitude: float, schema: int) -> int:
    """The bucket of a positive, finite number: buckets end at the powers of 2 ** (2 ** -schema), these included."""
    fraction, exponent = frexp(magnitude)
    finest = bisect_left(BOUNDS, fraction) + (exponent - 1) * 8
    coarser = FIRST_SCHEMA - schema
    return (finest + (1 << coarser) - 1) >> coarser


class Window:
    """The counts of one side, from its lowest to its highest bucket. Guarded by who owns it."""

    __slots__ = ("counts", "first")

    def __init__(self) -> None:
        self.first = 0
        self.counts: list[int] = []

    def size_with(self, index: int) -> int:
        """How many buckets there would be with this one among them."""
        if not self.counts:
            return 1
        return max(self.first + len(self.counts) - 1, index) - min(self.first, index) + 1

    def increment(self, index: int) -> None:
        counts = self.counts
        at = index - self.first
        if not counts:
            self.first = index
            counts.append(1)
        elif at < 0:
            self.counts = [1] + [0] * (-at - 1) + counts
            self.first = index
        else:
            if at >= len(counts):
                counts.extend([0] * (at - len(counts) + 1))
            counts[at] += 1

    def halve(self) -> None:
        """Buckets of double width: bucket i goes into (i + 1) >> 1."""
        if not self.counts:
            return
        low = (self.first + 1) >> 1
        merged = [0] * (((self.first + len(self.counts)) >> 1) - low + 1)
        for at, count in enumerate(self.counts, self.first):
            merged[((at + 1) >> 1) - low] += count
        self.first, self.counts = low, merged


def side_json(first: int, counts: list[int]) -> str:
    """One side as events carry it: runs of buckets that are not empty, and each count less the one before."""
    spans: list[str] = []
    deltas: list[str] = []
    end = 0  # behind the last run, as an index
    length = 0
    start = 0
    last = 0
    for index, count in enumerate(counts, first):
        if not count:
            continue
        if length and index == start + length:
            length += 1
        else:
            if length:
                spans.append(f"[{start - end},{length}]")
                end = start + length
            start, length = index, 1
        deltas.append(str(count - last))
        last = count
    spans.append(f"[{start - end},{length}]")
    return f'{{"spans":[{",".join(spans)}],"deltas":[{",".join(deltas)}]}}'
