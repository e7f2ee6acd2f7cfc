"""Which logged metrics a run's own event files show already: some autologgers log what a SummaryWriter is given."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Protocol

from ..tracking import Point
from ._event_file import in_32_bits

_WRITTEN_S = 150.0
"""Within so long a writer of event files has written what it was given: two minutes is what writers take at most."""


class OwnScalars(Protocol):
    """The scalars of a run's own event files, as far as TensorBoard has read them."""

    def values(self, tag: str) -> Mapping[int, set[float]]:
        """Return the values of a tag at each step; nothing where there is no such tag."""

    @property
    def newest(self) -> float:
        """When the last of them was written, in seconds since 1970; 0 where there is none."""


class HeldCurve:
    """Points of a metric, kept back until it is known whether the run's own event files have them."""

    def __init__(self) -> None:
        self.is_copy: bool | None = None
        self._held: list[Point] = []

    def add(self, points: Iterable[Point]) -> None:
        """Take in what has come."""
        if not self.is_copy:
            self._held += points

    def shown(self, own: OwnScalars, key: str, *, ended: bool) -> list[Point]:
        """Return the points that are to be shown beside the own event files, each once.

        Parameters
        ----------
        own : OwnScalars
            What the event files have.
        key : str
            Of the metric.
        ended : bool
            The run has ended: nothing more will be written.
        """
        if self.is_copy is None:
            self._decide(own, key, ended=ended)
        if self.is_copy is None:
            return []
        held, self._held = self._held, []
        return [] if self.is_copy else held

    def _decide(self, own: OwnScalars, key: str, *, ended: bool) -> None:
        known = own.values(key)
        both = [point for point in self._held if point.step in known]
        if both:
            self.is_copy = all(in_32_bits(point.value) in known[point.step] for point in both)
        elif self._held:
            first = self._held[0].timestamp / 1000
            if ended or own.newest > first or abs(time.time() - first) > _WRITTEN_S:
                self.is_copy = False
