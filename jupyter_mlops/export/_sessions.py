"""Ways to ask one onnxruntime session: each row alone, or all of them together, whichever way somebody asks.

Of a file whose answer to a row does not hang on the rows beside it there is no difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_Feeds = dict[str, np.ndarray[Any, Any]]


class RowByRow:
    """Asks about each row alone.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        What answers.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self.first: np.ndarray[Any, Any] = np.empty((0, 1))
        """What the first output said of the rows that were asked about first."""

    def run(self, names: list[str], feeds: _Feeds) -> list[np.ndarray[Any, Any]]:
        """Return the answers, rows first."""
        rows = len(next(iter(feeds.values())))
        if not rows:
            return list(self._session.run(names, feeds))
        answers = [self._session.run(names, _row(feeds, at)) for at in range(rows)]
        found = [np.concatenate([np.asarray(each) for each in column]) for column in zip(*answers, strict=True)]
        if not len(self.first):
            self.first = found[0]
        return found

    def __getattr__(self, name: str) -> Any:
        """Return what else a session has."""
        return getattr(self._session, name)


class Together:
    """Asks about rows as they come, and says of one row alone what was said of it beside the others.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        What answers.
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._said: dict[tuple[object, ...], list[np.ndarray[Any, Any]]] = {}

    def run(self, names: list[str], feeds: _Feeds) -> list[np.ndarray[Any, Any]]:
        """Return the answers, rows first."""
        rows = len(next(iter(feeds.values())))
        if rows == 1 and (said := self._said.get(_key(feeds, 0))) is not None:
            return said
        found = [np.asarray(each) for each in self._session.run(names, feeds)]
        self._said |= {_key(feeds, at): [each[at : at + 1] for each in found] for at in range(rows)}
        return found

    def __getattr__(self, name: str) -> Any:
        """Return what else a session has."""
        return getattr(self._session, name)


def _row(feeds: _Feeds, at: int) -> _Feeds:
    return {name: feed[at : at + 1] for name, feed in feeds.items()}


def _key(feeds: _Feeds, at: int) -> tuple[object, ...]:
    """Return what tells a row from others; texts are objects, whose bytes are addresses."""
    rows = [feed[at] for feed in feeds.values()]
    return tuple(tuple(np.ravel(row)) if np.asarray(row).dtype == object else np.asarray(row).tobytes() for row in rows)
