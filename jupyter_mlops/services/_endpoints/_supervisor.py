"""Starts endpoints again that ended unasked, with longer and longer pauses, until too many starts did not last.

One that was stopped stays stopped. What a directory says that never ran here is left alone too: it may have come with
somebody's archive, and opening that starts nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...entities import EndpointRestarts
from ...exceptions import MlopsError
from .._homes import Homes
from ._endpoints import Endpoints, LocalEndpoint, changing

if TYPE_CHECKING:
    from ...deployment import EndpointDirectory, Patience

PAUSES_S = (0.0, 2.0, 10.0, 30.0, 120.0)
"""From an end to its restart: the first, the second in a row, and so on; after the last it is given up."""

LASTING_S = 600.0
"""A process that has lived so long was well: an end after it is the first in a row."""


class EndpointSupervisor:
    """Looks after the endpoints of all homes that a server shows. Safe to share between threads; every call may block.

    Parameters
    ----------
    homes : Homes
        Whose endpoints are looked after.
    pauses_s : tuple of float
        As `PAUSES_S`.
    lasting_s : float
        As `LASTING_S`.
    """

    def __init__(self, homes: Homes, pauses_s: tuple[float, ...] = PAUSES_S, lasting_s: float = LASTING_S) -> None:
        self._homes = homes
        self._pauses_s = pauses_s
        self._lasting_s = lasting_s

    def due(self) -> tuple[LocalEndpoint, ...]:
        """Return the endpoints that are to be restarted now, or given up."""
        return tuple(each for each in self._all() if self._is_due(each.directory))

    def restart(self, endpoint: LocalEndpoint, patience: Patience | None = None) -> None:
        """Start an endpoint again, once, or give it up; nothing where it is not due any more.

        What goes wrong with the start is the cause of the next one. Whoever changes the endpoint goes first.
        """
        from ...deployment import Patience, ensure

        directory = endpoint.directory
        try:
            with changing(directory, patience_s=0.0):
                if not self._is_due(directory):
                    return
                told = self._told(directory)
                directory.write_restarts(told)
                if not told.given_up:
                    ensure(directory, patience or Patience(pauses_s=()))
        except (MlopsError, OSError):
            pass  # its directory tells why: the next look reads it there

    def _all(self) -> Iterator[LocalEndpoint]:
        for _home_id, service in self._homes:
            endpoints = Endpoints(service.home)
            yield from (LocalEndpoint(endpoints.directory(name)) for name in endpoints)

    def _is_due(self, directory: EndpointDirectory) -> bool:
        from ...deployment import has_waiting_shell, state_of

        try:
            if not directory.end_file.exists() or state_of(directory) != "down" or has_waiting_shell(directory):
                return False
            ended_at = directory.end_file.stat().st_mtime
        except (MlopsError, OSError):
            return False  # a damaged record is told where it is listed
        restarts = directory.restarts()
        in_a_row = self._in_a_row(restarts)
        pause_s = 0.0 if in_a_row >= len(self._pauses_s) else self._pauses_s[in_a_row]
        return not restarts.given_up and time.time() >= ended_at + pause_s

    def _told(self, directory: EndpointDirectory) -> EndpointRestarts:
        """Return the record of a restart, or of giving up."""
        before, cause = directory.restarts(), directory.last_words()
        in_a_row = self._in_a_row(before)
        if in_a_row >= len(self._pauses_s) or directory.is_unservable():
            return replace(before, cause=cause, given_up=True)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return EndpointRestarts(count=before.count + 1, cause=cause, at=now, in_a_row=in_a_row + 1)

    def _in_a_row(self, restarts: EndpointRestarts) -> int:
        """Return how many restarts did not last; a pause is short beside what lasts."""
        started_at = datetime.fromisoformat(restarts.at).timestamp() if restarts.at else 0.0
        return restarts.in_a_row if time.time() - started_at < self._lasting_s else 0
