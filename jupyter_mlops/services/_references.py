"""From what a person writes for a run to the run.

```
R = id, or its unique beginning (4 digits and more)
  | a name                 the newest run of that name
  | last | last~N          the newest run, the one N before it
  | best:METRIC            largest last value among the runs that have delivered; best:-METRIC smallest
  | best                   by the main metric of the newest run's experiment, set once; a direction is never guessed;
                           of one run that has delivered there, that one
```
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from ..entities import RunStatus
from ..exceptions import NotFinishedError, UnknownReferenceError
from ._index import RunIndex
from ._main_metrics import MainMetrics
from ._names import clean_name
from ._run import Run

_ID = re.compile(r"[0-9a-f]{4,32}")
_QUERY = re.compile(r"[:~=<>]")
_LAST = re.compile(r"last(?:~(\d{1,9}))?")


class References:
    """Resolves references among the runs of one home."""

    def __init__(self, index: RunIndex, main_metrics: MainMetrics) -> None:
        self._index = index
        self._main_metrics = main_metrics

    def find(self, reference: str, experiment: str = "") -> Run:
        """Return the run that a reference means.

        Parameters
        ----------
        reference : str
            As the module's grammar has it.
        experiment : str
            Restrict names, `last` and `best` to one experiment.

        Raises
        ------
        UnknownReferenceError
            No run fits, or several do; the message lists them.
        NotFinishedError
            No run fits `best` yet.
        """
        reference = reference.strip()
        if match := _LAST.fullmatch(reference):
            return self._last(int(match[1] or 0), experiment)
        if reference == "best":
            return self._best_by_main_metric(experiment)
        if reference.startswith("best:"):
            return self._best(reference.removeprefix("best:"), experiment)
        return self._by_id_or_name(reference, experiment)

    def _runs(self, experiment: str) -> Iterator[Run]:
        return (run for run in self._index if not experiment or run.experiment == experiment)

    def _delivered(self, experiment: str) -> Iterator[Run]:
        return (run for run in self._runs(experiment) if _has_delivered(run))

    def _last(self, back: int, experiment: str) -> Run:
        for run in islice(self._runs(experiment), back, None):
            return run
        count = sum(1 for _ in self._runs(experiment))
        if not count:
            where = f"in experiment {experiment!r}" if experiment else "here"
            raise UnknownReferenceError(f"There is no run {where} yet: %%train on a cell starts one.")
        raise UnknownReferenceError(f"There is no last~{back}: {count} runs here. See %runs.")

    def _by_id_or_name(self, reference: str, experiment: str) -> Run:
        if len(reference) == 32 and _ID.fullmatch(reference) and reference in self._index:
            return self._index.get(reference)
        candidates = [self._index.get(run_id) for run_id in self._ids_beginning(reference)]
        wanted = clean_name(reference)
        named = next((run for run in self._runs(experiment) if wanted and run.name == wanted), None)
        if named is not None and named not in candidates:
            candidates.append(named)
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise UnknownReferenceError(f"{reference!r} is ambiguous: {_listed(candidates)}. Write more of the id.")
        none = f"No run {reference!r}."
        if _QUERY.search(reference):
            raise UnknownReferenceError(f"{none} Of a query, mlops.runs.search({reference!r}) gives every run.")
        raise UnknownReferenceError(f"{none}{_similar(wanted, self._runs(experiment))} See %runs.")

    def _ids_beginning(self, prefix: str) -> Iterator[str]:
        if _ID.fullmatch(prefix):
            yield from (run_id for run_id in self._index.ids() if run_id.startswith(prefix) and run_id in self._index)

    def _best_by_main_metric(self, experiment: str) -> Run:
        where = experiment or self._last(0, "").experiment
        metric = self._main_metrics.get(where)
        if metric is None:
            delivered = list(islice(self._delivered(where), 2))
            if len(delivered) == 1:
                return delivered[0]
            raise UnknownReferenceError(
                f"Experiment {where!r} has no main metric, so nothing says what is best. "
                "Set it once, `%runs main acc` or `%runs main -loss` in a notebook, or write best:METRIC."
            )
        return self._best(metric, where)

    def _best(self, metric: str, experiment: str) -> Run:
        key, sign = metric.removeprefix("-"), -1 if metric.startswith("-") else 1
        if not key:
            raise UnknownReferenceError("best: needs a metric: best:acc (largest) or best:-loss (smallest).")
        best: tuple[float, Run] | None = None
        under_way: list[Run] = []
        for run in self._runs(experiment):
            value = sign * run.metrics.get(key, math.nan) if _has_delivered(run) else math.nan
            if not math.isnan(value):
                best = max(best, (value, run), key=itemgetter(0)) if best else (value, run)
            elif not run.status.is_terminal:
                under_way.append(run)
        if best is None:
            raise _none_yet(key, under_way)
        return best[1]


def _has_delivered(run: Run) -> bool:
    """Whether a cell ended well. Its run may still be logging plots and models, which nobody waits for."""
    status = run.status
    if status is not RunStatus.RUNNING:
        return status is RunStatus.FINISHED
    result = run.directory.result()
    return result is not None and result.status is RunStatus.FINISHED


def _none_yet(metric: str, under_way: Sequence[Run]) -> UnknownReferenceError:
    """Return what to say where no run that has delivered has a metric."""
    none = f"No finished run has a metric {metric!r}"
    if not under_way:
        return UnknownReferenceError(f"{none}. See %runs for those that were logged.")
    going = f"{none} yet; under way: {_listed(under_way)}. Ask again when they have ended."
    return NotFinishedError(going, tuple(run.id for run in under_way))


def _listed(candidates: Iterable[Run]) -> str:
    return ", ".join(f"{run.id[:8]} ({run.name})" for run in islice(candidates, 8))


def _similar(name: str, runs: Iterable[Run]) -> str:
    from difflib import get_close_matches

    names = list(dict.fromkeys(run.name for run in islice(runs, 1000)))
    close = get_close_matches(name, names, n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
