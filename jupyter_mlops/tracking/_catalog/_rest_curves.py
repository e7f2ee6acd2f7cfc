"""The curves of a run that only an MLflow server has: asked for when somebody looks, within seconds, and kept."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .._foreign._rest import RestPoint, last_points, metric_points
from .._uris import without_credentials
from ._curve import Curve
from ._rows import stored_value

_MOST_S = 10.0


@dataclass
class _Begun:
    """A series that is being read: its last point when that began, what has come, and where to go on."""

    last: str
    points: list[RestPoint] = field(default_factory=list)
    token: str | None = ""


class RestCurves:
    """The curves of a run on an MLflow server; see `RunCurves`.

    A key is read when it is first asked for, and anew when the server tells another last point of it: a server does
    not say which points came since.

    Parameters
    ----------
    uri : str
        The server's address; it may hold a login.
    run_id : str
        The server's id of the run.
    """

    def __init__(self, uri: str, run_id: str) -> None:
        self.source = uri
        self.total = 0
        self._run_id = run_id
        self._curves: dict[str, Curve] = {}
        self._last: dict[str, str] = {}
        self._begun: dict[str, _Begun] = {}

    @property
    def size(self) -> int:
        """Buckets that are kept in memory, and points that wait for the rest of their series."""
        waiting = sum(len(begun.points) for begun in tuple(self._begun.values()))
        return waiting + sum(map(len, tuple(self._curves.values())))

    def read(self, keys: Collection[str]) -> Mapping[str, Curve]:
        """Return the curves of keys as they are now, of all keys where none is named.

        Raises
        ------
        OSError
            The server does not answer, refuses, or takes more than some seconds. What it has told is kept, so that
            another attempt comes further.
        ValueError
            It answers nonsense.
        """
        end = time.monotonic() + _MOST_S
        # Compared as texts: a NaN is not equal to itself.
        last = {key: repr(point) for key, point in last_points(self.source, self._run_id, _MOST_S).items()}
        self.total = len(last)
        wanted = [key for key in last if not keys or key in keys]
        for key in wanted:
            if self._last.get(key) != last[key]:
                begun = self._begun.get(key)
                if begun is None or begun.last != last[key]:
                    begun = self._begun[key] = _Begun(last[key])
                self._curves[key] = self._read_one(key, begun, end)
                self._last[key] = last[key]
                del self._begun[key]
        return {key: self._curves[key] for key in wanted}

    def _read_one(self, key: str, begun: _Begun, end: float) -> Curve:
        while begun.token is not None:
            left_s = end - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(f"{without_credentials(self.source)} needs more than {_MOST_S:g} s for {key[:80]!r}")
            page, begun.token = metric_points(self.source, self._run_id, key, begun.token, left_s)
            begun.points += page
        points = sorted(begun.points, key=lambda point: (point.step, point.time))
        curve = Curve()
        curve.extend(
            [point.step for point in points],
            [point.time for point in points],
            [stored_value(point.value, False) for point in points],
        )
        return curve
