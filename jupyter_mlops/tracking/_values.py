"""What the tracking store takes: the rules for keys, values, steps, times and lengths.

They are MLflow's own rules, stated again because `mlops.log` may not import MLflow into the training process, and
because MLflow cuts long texts without a word. Everything here is pure; who breaks a rule is named in the message.
"""

from __future__ import annotations

import operator
import posixpath
import re
from typing import Any, SupportsFloat

MAX_KEY_LENGTH = 250
MAX_PARAM_LENGTH = 6000
MAX_TAG_LENGTH = 8000
MAX_STEP = 2**63 - 1
MAX_TIMESTAMP_MS = 9_223_372_036_854
"""The last millisecond that 64-bit nanoseconds hold: in the year 2262."""

MASK = "[masked]"

_KEY = re.compile(r"[/\w.\- :]+")
_SECRET = re.compile(
    r"(?:^|[^a-z])(?:pass(?:word|wd|phrase)?|pwd|secrets?|tokens?|credentials?|api[^a-z]?keys?|access[^a-z]?keys?"
    r"|private[^a-z]?keys?|auth(?:orization)?|bearer)(?:$|[^a-z])"
)
_NOT_SECRET = re.compile(
    r"(?:max|min|num|n|count|total)[^a-z]?(?:new[^a-z]?)?tokens?|tokens?[^a-z](?:count|per|limit|length)"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def check_key(key: object, kind: str = "metric") -> str:
    """Return a key that every store takes.

    Parameters
    ----------
    key : object
        Letters, digits, `_`, `-`, `.`, `:`, spaces and `/`; at most 250 characters; a clean relative path.
    kind : str
        "metric", "param" or "tag", for the message.

    Raises
    ------
    TypeError
        The key is no text.
    ValueError
        The store would refuse it.
    """
    if not isinstance(key, str):
        raise TypeError(f"A {kind} key is text, not {type(key).__name__}: {key!r:.80}.")
    if len(key) > MAX_KEY_LENGTH:
        raise ValueError(
            f"The {kind} key {key[:40]!r}... has {len(key)} characters; at most {MAX_KEY_LENGTH} are stored."
        )
    if not _KEY.fullmatch(key):
        raise ValueError(f"The {kind} key {key!r} may only hold letters, digits, _ - . : / and spaces.")
    clean = posixpath.normpath(key)
    if clean != key or key == "." or key.startswith(("..", "/")):
        raise ValueError(
            f"The {kind} key {key!r} must be a clean relative path, such as {clean.lstrip('./') or 'loss'!r}."
        )
    return key


def metric_value(key: str, value: object) -> float:
    """Return a metric's value as a float; NaN and infinities stay what they are.

    Parameters
    ----------
    key : str
        Named in the message.
    value : object
        A number, or whatever holds exactly one: a bool, a NumPy scalar or 0-d array, a tensor.

    Raises
    ------
    TypeError
        `value` is no number: None, text, complex, an array of several.
    """
    number = value
    item = getattr(value, "item", None)
    if callable(item):
        try:
            number = item()
        except (ValueError, TypeError, RuntimeError):
            shape = tuple(getattr(value, "shape", ()))
            raise TypeError(f"Metric {key!r} takes one number, not {_type_name(value)} of shape {shape}.") from None
    if isinstance(number, SupportsFloat) and not isinstance(number, (str, bytes, bytearray)):
        try:
            return float(number)
        except (TypeError, ValueError):
            pass
        except OverflowError:
            raise TypeError(f"Metric {key!r}: {str(number)[:20]}... is beyond the largest float.") from None
    raise TypeError(f"Metric {key!r} takes a number, not {_type_name(value)} {value!r:.80}.")


def metric_step(key: str, step: object) -> int:
    """Return a step as a 64-bit integer.

    Raises
    ------
    TypeError
        The step is no integer (1.0 is none: a float step is mostly a mistake).
    ValueError
        It does not fit 64 bits.
    """
    try:
        number = operator.index(step)  # type: ignore[arg-type]  # index() raises the TypeError that is answered below
    except TypeError:
        raise TypeError(f"Metric {key!r}: a step is an integer, not {_type_name(step)} {step!r:.80}.") from None
    if not -MAX_STEP - 1 <= number <= MAX_STEP:
        raise ValueError(f"Metric {key!r}: step {number} does not fit into 64 bits.")
    return number


def metric_timestamp(key: str, timestamp_ms: object) -> int:
    """Return a time in milliseconds since 1970, UTC, checked to lie in 1970..2262.

    Raises
    ------
    TypeError, ValueError
        It is no number, or outside.
    """
    if isinstance(timestamp_ms, float) and timestamp_ms == int(timestamp_ms):
        timestamp_ms = int(timestamp_ms)
    try:
        number = operator.index(timestamp_ms)  # type: ignore[arg-type]  # index() raises the TypeError answered below
    except TypeError:
        raise TypeError(
            f"Metric {key!r}: a timestamp is milliseconds as an integer, not {timestamp_ms!r:.80}."
        ) from None
    if not 0 <= number <= MAX_TIMESTAMP_MS:
        raise ValueError(f"Metric {key!r}: timestamp {number} ms lies outside of the years 1970..2262.")
    return number


def fit_text(text: str, limit: int) -> tuple[str, int]:
    """Return a text cut to a limit, with the cut said in it, and the number of characters cut."""
    if len(text) <= limit:
        return text, 0
    note = f"... [{len(text)} characters, cut]"
    return text[: limit - len(note)] + note, len(text) - limit + len(note)


def is_secret(key: str) -> bool:
    """Return whether a key names a secret (`api_key`, `dbPassword`), so that its value must not be stored."""
    words = _CAMEL.sub("_", key).lower()
    return bool(_SECRET.search(_NOT_SECRET.sub("", words)))


def masked(key: str, text: str) -> str:
    """Return the text, or the mask where the key names a secret."""
    return MASK if is_secret(key) else text


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
