"""One run as a row of the explorer and the head of a card, read from its directory again and again while it lives."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import islice

from ..entities import Figure, RunProgress, RunState, RunStatus, RunSummary, figure
from ..tracking import RunLogbook
from ._main_metrics import MainMetrics
from ._names import clean_name, clean_text
from ._progress import TAIL_BYTES, parse_progress
from ._run import Run

MOST_KEYS = 1_000
"""Parameters, metrics and tags of a run that a summary tells, each."""

MOST_TEXT = 500
"""Characters of a key or a text that a summary tells."""


class SummaryReader:
    """Reads one run's summary; the second time only what came since. Safe to share between threads.

    Parameters
    ----------
    run : Run
        Of ours.
    home_id : str
        Where it lives, on the wire.
    main_metrics : MainMetrics
        Tells which metric counts in its experiment.

    Raises
    ------
    RunNotFoundError
        There is no such run.
    """

    def __init__(self, run: Run, home_id: str, main_metrics: MainMetrics) -> None:
        self.run = run
        self._home_id = home_id
        self._main_metrics = main_metrics
        self._logbook = RunLogbook(run.directory)
        self._notebook = clean_name(run.provenance.notebook)
        self._lock = threading.Lock()
        self._progress: tuple[int, RunProgress | None] = (-1, None)
        self._is_whole = False

    def read(self) -> RunSummary:
        """Return the run as it stands now."""
        with self._lock:
            # Asked before the files are read: what an ended run has logged is all there then.
            state = self.run.state
            if not self._is_whole:
                self._logbook.refresh()
                self._is_whole = state.status.is_terminal and bool(state.ended_at)
            return self._summary(state)

    def _summary(self, state: RunState) -> RunSummary:
        run, spec, book, user = self.run, self.run.spec, self._logbook, self.run.directory.user()
        metrics, params, tags = book.metrics, book.params, user.tagged(book.tags)
        main = (self._main_metrics.get(spec.experiment) or "").removeprefix("-")
        result = run.directory.result() if state.status is not RunStatus.SCHEDULED else None
        size = run.output.size
        return RunSummary(
            run_id=run.id,
            home_id=self._home_id,
            source="mlops",
            name=clean_name(user.name or spec.name),
            experiment=clean_name(spec.experiment),
            notebook=self._notebook,
            user=clean_name(book.user),
            status=state.status,
            detail=clean_name(state.reason if state.error is None else f"{state.error.type}: {state.error.message}"),
            submitted_at=spec.submitted_at,
            started_at=state.started_at,
            ended_at=state.ended_at,
            duration_s=None if state.duration_s is None else round(state.duration_s, 3),
            params=shown(params.items()),
            tags=shown(tags.items()),
            metrics=shown_metrics(metrics),
            left_out=left_out(params, tags, metrics),
            main_metric=main if main in metrics else "",
            spark=tuple(figure(value) for value in book.spark(headline(main, metrics))),
            progress=None if state.status.is_terminal else self._read_progress(size),
            log_bytes=size,
            returned=tuple(name for name in (result.returned if result else spec.pending) if name not in spec.imports),
            archived=user.archived,
            kept=run.directory.keep_file.exists(),
        )

    def _read_progress(self, size: int) -> RunProgress | None:
        """Return the last progress bar; a log that has not grown is not read again."""
        if size != self._progress[0]:
            # A program that prints other things between two bars still has the first.
            self._progress = (size, parse_progress(_end(self.run, size)) or self._progress[1])
        return self._progress[1]


def shown_metrics(metrics: dict[str, float]) -> dict[str, Figure]:
    """Return last values as the wire takes them, of bounded number and with keys that are safe to show."""
    return {_clean_key(key[:MOST_TEXT]): figure(value) for key, value in islice(metrics.items(), MOST_KEYS)}


def shown(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return keys and texts safe to show and of bounded length and number; the run view has the rest."""
    return {_clean_key(key[:MOST_TEXT]): clean_text(text[:MOST_TEXT]) for key, text in islice(items, MOST_KEYS)}


def left_out(*kinds: Collection[str]) -> int:
    """Return how many keys a summary does not tell."""
    return sum([len(keys) - MOST_KEYS for keys in kinds if len(keys) > MOST_KEYS])


@lru_cache(4096)
def _clean_key(key: str) -> str:
    """Return a key that is safe to show: the same few, in every run of 100,000."""
    return clean_name(key)


def headline(main: str, metrics: Iterable[str]) -> str:
    """Return the metric to show where there is room for one; `src/model/runs.ts` follows the same order.

    That is the experiment's main one, else the first that the cell has logged. What autologging has measured on the
    data that the model was trained on comes after it, there the estimator's own score first; what measures the machine
    never comes.
    """
    keys = [key for key in metrics if not key.startswith("system/")]
    return min(keys, key=lambda key: (key != main, key.startswith("training_"), key != "training_score"), default="")


def _end(run: Run, size: int) -> bytes:
    try:
        with run.directory.log_file.open("rb") as file:
            return os.pread(file.fileno(), TAIL_BYTES, max(0, size - TAIL_BYTES))
    except FileNotFoundError:
        return b""
