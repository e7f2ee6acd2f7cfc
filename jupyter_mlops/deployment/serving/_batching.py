"""Requests that wait at the same time are asked together; nobody waits for others to come.

What is there when the model is free goes into one call. Each gets its own rows back; where the call fails, each is
asked alone, so that nobody hears of another's mistake.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._errors import RequestError
from ._feeds import Feeds
from ._model import ServedModel

MOST_ROWS = 1_024
"""Rows of several requests that go into one call; a request of more rows is asked alone."""

_QUICK_S = 0.002

Found = Mapping[str, "np.ndarray[Any, Any]"]


@dataclass
class _Waiting:
    feeds: Feeds
    answer: asyncio.Future[Found]


class Batcher:
    """Asks one model for many requests, in the event loop where it is quick and in a thread where it is not.

    Parameters
    ----------
    model : ServedModel
        That is asked.
    pool : ThreadPoolExecutor
        For calls that take longer than an event loop may be held.
    """

    def __init__(self, model: ServedModel, pool: ThreadPoolExecutor) -> None:
        self.model = model
        self.calls = 0
        self._pool = pool
        self._waiting: list[_Waiting] = []
        self._is_busy = False
        self._row_s = 2 * _QUICK_S  # of the last calls, by row: the first one goes into a thread
        self._loop = asyncio.get_running_loop()

    async def run(self, feeds: Feeds, *, is_alone: bool = False) -> Found:
        """Return every output for the tensors of one request.

        Parameters
        ----------
        feeds : Feeds
            Of the request.
        is_alone : bool
            Whether it is the only one that is worked on: then nobody can be waited for.

        Raises
        ------
        RequestError
            The model cannot answer them.
        """
        if is_alone and not self._is_busy and self._row_s * feeds.rows <= _QUICK_S:
            (found,) = self._ask([feeds])
            if isinstance(found, RequestError):
                raise found
            return found
        waiting = _Waiting(feeds, self._loop.create_future())
        self._waiting.append(waiting)
        if not self._is_busy:
            self._is_busy = True
            # After all that is to be read now: these requests are there, and cost no wait.
            self._loop.call_soon(self._next)
        return await waiting.answer

    def _next(self) -> None:
        """Ask for what waits, as long as it is quick; else go on when the thread has done."""
        while self._waiting:
            batch = self._take()
            if self._row_s * sum(each.feeds.rows for each in batch) > _QUICK_S:
                self._ask_in_thread(batch)
                return
            _hand_out(batch, self._ask([each.feeds for each in batch]))
        self._is_busy = False

    def _ask_in_thread(self, batch: list[_Waiting]) -> None:
        asked = self._pool.submit(self._ask, [each.feeds for each in batch])
        asked.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._continue, batch, done))

    def _continue(self, batch: list[_Waiting], asked: Future[list[Found | RequestError]]) -> None:
        """Hand out what the thread has found, and ask for what came meanwhile."""
        _hand_out(batch, asked.result())
        self._next()

    def _take(self) -> list[_Waiting]:
        """Take from the queue, in order, what fits into one call; those who have gone are left out."""
        self._waiting = [each for each in self._waiting if not each.answer.cancelled()]
        batch: list[_Waiting] = []
        rows = 0
        for each in self._waiting:
            fits = rows + each.feeds.rows <= MOST_ROWS and self.model.is_by_rows and each.feeds.rows
            if batch and not fits:
                break
            batch.append(each)
            rows += each.feeds.rows
            if not fits:
                break
        del self._waiting[: len(batch)]
        return batch

    def _ask(self, batch: list[Feeds]) -> list[Found | RequestError]:
        """Ask for a batch, in any thread."""
        began = time.perf_counter()
        try:
            answers = self._together(batch) if len(batch) > 1 else None
            if answers is None:
                answers = [self._alone(each) for each in batch]
        except MemoryError:
            answers = [RequestError("There is no memory left for this request.", 503) for _ in batch]
        rows = max(1, sum(each.rows for each in batch))
        self._row_s += 0.3 * ((time.perf_counter() - began) / rows - self._row_s)
        self.calls += 1
        return answers

    def _together(self, batch: list[Feeds]) -> list[Found | RequestError] | None:
        """Return the answers of one call for all; None where they must be asked alone."""
        names = batch[0].tensors
        joined = {name: np.concatenate([each.tensors[name] for each in batch]) for name in names}
        rows = sum(each.rows for each in batch)
        try:
            found = self.model.run(joined)
        except RequestError:
            return None
        if any(array.ndim == 0 or array.shape[0] != rows for array in found.values()):
            return None
        answers: list[Found | RequestError] = []
        begin = 0
        for each in batch:
            end = begin + each.rows
            answers.append({name: array[begin:end] for name, array in found.items()})
            begin = end
        return answers

    def _alone(self, feeds: Feeds) -> Found | RequestError:
        try:
            return self.model.run(feeds.tensors)
        except RequestError as error:
            return error


def _hand_out(batch: list[_Waiting], answers: list[Found | RequestError]) -> None:
    for each, found in zip(batch, answers, strict=True):
        if each.answer.done():
            continue
        if isinstance(found, RequestError):
            each.answer.set_exception(found)
        else:
            each.answer.set_result(found)
