"""The next step that a message names, as it is typed in a terminal: the messages themselves speak of the magics."""

from __future__ import annotations

import re

_SUBCOMMAND = re.compile(r"%runs (show|logs|stop|wait|diff|reproduce|trust|gc)\b")
_MODELS = re.compile(r"%models\b")
_ENDPOINT = re.compile(r"%deploy (list|show|logs|stop|rollback)\b")
_DEPLOYING = re.compile(r"%deploy(?! (test|batch)\b)")
_LISTING = re.compile(r"%runs(?! (main|rerun|load)\b)")


def as_commands(text: str) -> str:
    """Return a message with commands in the place of magics, where there is such a command.

    Examples
    --------
    >>> as_commands("See %runs logs baseline.")
    'See jupyter mlops logs baseline.'
    """
    text = _MODELS.sub("jupyter mlops models", text)
    text = _DEPLOYING.sub("jupyter mlops deploy", _ENDPOINT.sub(r"jupyter mlops endpoints \1", text))
    return _LISTING.sub("jupyter mlops runs", _SUBCOMMAND.sub(r"jupyter mlops \1", text))
