"""The last progress bar in a log's tail, as tqdm, Keras, rich and training loops print it: a picture made of text.

A guess from text, for a bar on a card. It is never asked to decide anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..entities import RunProgress
from ._names import clean_name

TAIL_BYTES = 8192
"""Of a log's end that is looked at."""

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_LABEL = 60
_MOST_LINES, _MOST_CHARACTERS = 60, 400

_NUMBER = r"(\d+(?:\.\d+)?[kMGT]?)"
_TQDM = re.compile(rf"^(.*?):?\s*\d+%\|.*?\|\s*{_NUMBER}/{_NUMBER}\s*\[")
_RICH = re.compile(r"^(.*?)\s*[━╸╺─]{5,}\s+(\d+)%")
_KERAS_STEPS = re.compile(r"^\s*(\d+)/(\d+)\s+(?:[━─]+|\[[=>.]+\])")
_KERAS_EPOCH = re.compile(r"^\s*Epoch (\d+)/(\d+)\s*$")
_COUNTED = re.compile(
    r"\b(epoch|step|iter(?:ation)?|batch|round|trial|fold)s?\b[ :#=\[(]*(\d+)\s*(?:/|of)\s*(\d+)", re.IGNORECASE
)
_FACTORS = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def parse_progress(tail: bytes) -> RunProgress | None:
    r"""Return the last progress bar that a log's end shows, or None.

    Examples
    --------
    >>> parse_progress(b"Epoch 7/20\\n100/400 \\xe2\\x94\\x81\\xe2\\x94\\x81 1s 2ms/step - loss: 0.2")
    RunProgress(label='Epoch 7/20', done=6.25, total=20.0)
    """
    text = _ANSI.sub("", tail.decode("utf-8", "replace"))
    # Lines are cut: a line of thousands of digits would keep the patterns busy.
    lines = [line[:_MOST_CHARACTERS] for line in re.split(r"[\r\n]+", text) if line.strip()][-_MOST_LINES:]
    for number in range(len(lines) - 1, -1, -1):
        for reader in _READERS:
            progress = reader(lines, number)
            if progress is not None:
                return progress
    return None


def _tqdm(lines: list[str], number: int) -> RunProgress | None:
    match = _TQDM.match(lines[number])
    return _progress(match[1], _figure(match[2]), _figure(match[3])) if match else None


def _rich(lines: list[str], number: int) -> RunProgress | None:
    match = _RICH.match(lines[number])
    return _progress(match[1], float(match[2]), 100.0) if match else None


def _keras(lines: list[str], number: int) -> RunProgress | None:
    """Read a bar of steps together with the epoch above it: what the user waits for is the last epoch's end."""
    match = _KERAS_STEPS.match(lines[number])
    if match is None:
        return None
    step, steps = float(match[1]), float(match[2])
    for above in reversed(lines[:number]):
        epoch = _KERAS_EPOCH.match(above)
        if epoch and steps:
            done = float(epoch[1]) - 1 + min(1.0, step / steps)
            return _progress(f"Epoch {epoch[1]}/{epoch[2]}", done, float(epoch[2]))
    return _progress("", step, steps)


def _counted(lines: list[str], number: int) -> RunProgress | None:
    match = _COUNTED.search(lines[number])
    if match is None:
        return None
    return _progress(f"{match[1].capitalize()} {match[2]}/{match[3]}", float(match[2]), float(match[3]))


_READERS: tuple[Callable[[list[str], int], RunProgress | None], ...] = (_tqdm, _rich, _keras, _counted)


def _progress(label: str, done: float, total: float) -> RunProgress | None:
    """Return what was read if it is a part of a whole."""
    if not 0 <= done <= total or total <= 0:
        return None
    return RunProgress(label=clean_name(label)[:_LABEL], done=done, total=total)


def _figure(text: str) -> float:
    return float(text[:-1]) * _FACTORS[text[-1]] if text[-1] in _FACTORS else float(text)
