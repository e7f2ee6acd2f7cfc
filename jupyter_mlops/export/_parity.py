"""The comparison: the same rows through the file and the original, every row counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ..entities import OnnxDomain, OnnxParity, OnnxRows, figure
from ._inputs import InputTensor
from ._original import ALONE, Answers, Original
from ._quiet import answer_or_error, quiet

_LARGEST = 64 << 20
"""Bytes of rows that go through a file at once."""

RECURRENT = frozenset({"GRU", "LSTM", "RNN"})
"""onnxruntime's own end the process when they are asked about no rows."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """Equal is the same label, and `|a - b| <= atol + rtol * |b|`; so many rows may differ."""

    rtol: float = 1e-4
    atol: float = 1e-5
    allowed: int = 0


@dataclass(frozen=True)
class Compared:
    """What came of some rows.

    Parameters
    ----------
    differing : ndarray of int
        Rows that differ, by their numbers among those asked about.
    """

    rows: OnnxRows
    domain: Counter[str]
    largest: float
    differing: np.ndarray[Any, Any]

    def with_more(self, other: Compared) -> Compared:
        """Return what came of these rows and of others, which have no numbers among these."""
        rows = OnnxRows(
            given=self.rows.given + other.rows.given,
            checked=self.rows.checked + other.rows.checked,
            differing=self.rows.differing + other.rows.differing,
            labels=self.rows.labels + other.rows.labels,
        )
        return Compared(rows, self.domain + other.domain, max(self.largest, other.largest), self.differing)


@dataclass(frozen=True)
class _Exchange:
    """Rows by number, the original's answers by method, the file's by output, and where file or original gave none."""

    rows: np.ndarray[Any, Any]
    told: dict[str, np.ndarray[Any, Any]]
    heard: dict[str, np.ndarray[Any, Any]]
    silent: np.ndarray[Any, Any]
    lost: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Candidate:
    """A file that may be the model: a session, what it takes, and which method each of its outputs answers."""

    session: Any
    inputs: tuple[InputTensor, ...]
    outputs: dict[str, str]

    def parity(self, original: Original, tolerance: Tolerance) -> tuple[OnnxParity, Compared]:
        """Return the comparison, and what came of the real rows."""
        real = self.compared(original, original.real, tolerance)
        edge = self.compared(original, original.edge, tolerance)
        free = any(None in (tensor.sizes or ()) for tensor in self.inputs)
        lengths = original.lengths.answers if free or original.lengths.given else ()
        for other in (*lengths, *original.alone):
            edge = edge.with_more(self.compared(original, other, tolerance))
        domain = [OnnxDomain(reason=reason, rows=rows) for reason, rows in (real.domain + edge.domain).most_common()]
        parity = OnnxParity(
            real=real.rows,
            edge=edge.rows,
            largest=figure(max(real.largest, edge.largest)),
            rtol=tolerance.rtol,
            atol=tolerance.atol,
            allowed=tolerance.allowed,
            domain=tuple(domain),
            batches=tuple(sorted({1, max(real.rows.checked, 1), max(edge.rows.checked, 1)})),
        )
        return parity, real

    def compared(self, original: Original, answers: Answers, tolerance: Tolerance) -> Compared:
        """Ask the file about the rows that the original answers, and count."""
        feeds, fits = original.subject.feeds(self.inputs, answers.rows)
        domain = Counter({f"the model rejects: {why}": rows for why, rows in answers.rejected.items()})
        outside = int((answers.answered & ~fits).sum())
        if outside:
            domain["the input's type has no such value"] += outside
        asked = np.flatnonzero(answers.answered & fits)
        place = (np.cumsum(answers.answered) - 1)[asked]
        nothing = np.empty((0, 1))
        told = {name: answers.by_method[name][place] if len(asked) else nothing for name in self.outputs.values()}
        heard, silent = self._heard(original, {name: feed[asked] for name, feed in feeds.items()}, len(asked))
        lost = original.subject.beyond(answers.rows.take(asked), told) if len(asked) else silent
        exchange = _Exchange(asked, told, heard, silent, lost)
        return self._counted(original.has_labels, exchange, domain, len(answers.rows), tolerance)

    def _counted(
        self, has_labels: bool, exchange: _Exchange, domain: Counter[str], given: int, tolerance: Tolerance
    ) -> Compared:
        wrong, labels = exchange.silent.copy(), np.zeros(len(exchange.rows), dtype=bool)
        off, beyond, largest = np.zeros_like(labels), exchange.lost.copy(), 0.0
        for name, method in self.outputs.items():
            ours, theirs = exchange.heard[name], exchange.told[method]
            if method == "predict" and has_labels:
                labels = same_label(ours, theirs)
                wrong |= ~labels & ~exchange.lost
                continue
            if "O" in (ours.dtype.kind, theirs.dtype.kind):  # columns of texts
                off |= ~same_label(ours, theirs)
                continue
            beyond |= _beyond(ours, theirs)
            differ, distance = figures_off(ours, theirs, tolerance)
            off |= differ
            largest = max(largest, float(distance[~beyond & ~exchange.silent].max(initial=0.0)))
        wrong |= off & ~beyond
        excused = beyond & ~wrong  # a label that differs counts, where only the figures are beyond the file's type
        for why, which in (("model's own sums", exchange.lost), ("output's type", ~exchange.lost)):
            if (excused & which).any():
                domain[f"the answer is beyond the {why}"] += int((excused & which).sum())
        rows = OnnxRows(
            given=given,
            checked=int((~excused).sum()),
            differing=int(wrong.sum()),
            labels=int((labels & ~excused & ~exchange.silent).sum()),
        )
        return Compared(rows, domain, largest, exchange.rows[wrong])

    def _heard(
        self, original: Original, feeds: dict[str, np.ndarray[Any, Any]], rows: int
    ) -> tuple[dict[str, np.ndarray[Any, Any]], np.ndarray[Any, Any]]:
        """Return the file's answers, and the rows to which it has none, or another one when they are alone."""
        silent = np.zeros(rows, dtype=bool)
        size = sum(feed.nbytes for feed in feeds.values())
        portions = np.array_split(np.arange(rows), min(rows, size // _LARGEST + 1)) if rows else []
        pieces = [piece for portion in portions for piece in self._pieces(original, feeds, portion, silent)]
        heard = {}
        for name in self.outputs:
            found = [piece[name] for _, piece in pieces]
            shape = (rows, *found[0].shape[1:]) if found else (rows, 1)
            heard[name] = np.zeros(shape, dtype=found[0].dtype if found else np.float32)
            for where, piece in pieces:
                if piece[name].shape[1:] == shape[1:]:
                    heard[name][where] = piece[name]
                else:
                    silent[where] = True
        for row in np.unique(np.linspace(0, rows - 1, min(rows, ALONE)).astype(int)):
            alone = self._pieces(original, feeds, np.array([row]), silent)
            for _, piece in alone:
                silent[row] |= any(not _alike(piece[name], heard[name][[row]]) for name in self.outputs)
        return heard, silent

    def _pieces(
        self,
        original: Original,
        feeds: dict[str, np.ndarray[Any, Any]],
        rows: np.ndarray[Any, Any],
        silent: np.ndarray[Any, Any],
    ) -> list[tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]]:
        if not len(rows):
            return []
        given = {name: feed[rows] for name, feed in feeds.items()}
        found = answer_or_error(partial(self._run, original, given, len(rows)))
        if not isinstance(found, Exception):
            return [(rows, found)]
        if len(rows) == 1:
            silent[rows] = True  # such a row differs, and is counted
            return []
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        return [piece for half in halves for piece in self._pieces(original, feeds, half, silent)]

    def _run(
        self, original: Original, feeds: dict[str, np.ndarray[Any, Any]], rows: int
    ) -> dict[str, np.ndarray[Any, Any]]:
        found = self.session.run(list(self.outputs), feeds)
        arranged = [original.subject.arranged(np.asarray(answer), rows) for answer in found]
        return dict(zip(self.outputs, arranged, strict=True))

    def answers_none(self, original: Original, operators: Collection[str]) -> bool:
        """Tell whether the file answers a batch of no rows as the original does.

        Parameters
        ----------
        operators : collection of str
            Kinds of operators in the file.
        """
        if RECURRENT.intersection(operators):
            return False
        feeds, _ = original.subject.feeds(self.inputs, original.real.rows.take([]))
        found = answer_or_error(partial(self._run, original, feeds, 0))
        if isinstance(found, Exception):
            return False
        return all(original.empty.get(method) == found[name].shape for name, method in self.outputs.items())


def figures_off(
    ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any], tolerance: Tolerance
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return which rows differ, and by how much at most; NaN is like NaN, and infinity like itself."""
    if ours.shape[1:] == (2,) and theirs.shape[1:] == (1,):  # onnxruntime gives the score of both classes
        ours = ours[:, 1:]
    if ours.shape != theirs.shape:
        return np.ones(len(theirs), dtype=bool), np.full(len(theirs), np.inf)
    ours, theirs = _flat(ours), _flat(theirs)
    with quiet():
        a, b = ours.astype(np.float64), theirs.astype(np.float64)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        distance = np.where(same, 0.0, np.abs(a - b))
        near = same | (distance <= tolerance.atol + tolerance.rtol * np.abs(b)) & np.isfinite(a) & np.isfinite(b)
    distance = np.where(np.isnan(distance), np.inf, distance)
    return ~near.all(axis=1), distance.max(axis=1, initial=0.0)


def same_label(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return which rows have the same label; texts are compared as texts, numbers and truths as numbers."""
    if ours.shape != theirs.shape:
        return np.zeros(len(theirs), dtype=bool)
    numbers = all(array.dtype.kind in "fiub" for array in (ours, theirs))
    a, b = (ours, theirs) if numbers else (ours.astype(str), theirs.astype(str))
    return np.asarray((a == b).all(axis=1))


def _beyond(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the rows whose true answer the output's type cannot hold."""
    if ours.dtype != np.float32 or theirs.dtype.kind != "f":
        return np.zeros(len(theirs), dtype=bool)
    large = np.isfinite(theirs) & (np.abs(theirs) > np.finfo(np.float32).max)
    return np.asarray(_flat(large).any(axis=1))


def _flat(answers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return answers with one axis behind that of the rows."""
    return answers.reshape(len(answers), int(np.prod(answers.shape[1:])))


def _alike(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> bool:
    if ours.dtype.kind not in "fiub":
        return bool((ours == theirs).all())
    return not figures_off(ours, theirs, Tolerance())[0].any()
