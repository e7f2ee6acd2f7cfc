"""What the lines that make a report have in common: words of their lines, the output that shows a report, its file."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .._elements import element
from ..entities import plain
from ..exceptions import UsageError
from ._view import muted

if TYPE_CHECKING:
    from ..entities import ExplanationReport, FairnessReport

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SAVED_AS = (".html", ".json")

# argparse converts what was not given too, so an empty text passes.


def name_word(text: str) -> str:
    """Return a name of the notebook, with attributes perhaps.

    Raises
    ------
    argparse.ArgumentTypeError
        It is an expression.
    """
    if text and not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:60]!r} is no name; assign it first: X = {text[:60]}")
    return text


def file_word(text: str) -> str:
    """Return the file that a report is written to.

    Raises
    ------
    argparse.ArgumentTypeError
        Its ending does not say how.
    """
    if text and Path(text).suffix.lower() not in _SAVED_AS:
        raise argparse.ArgumentTypeError(f"{text[:60]!r} says not how: end it with {' or '.join(_SAVED_AS)}")
    return text


def save_as(file: str, report: ExplanationReport | FairnessReport, view: ExplanationReport | FairnessReport) -> None:
    """Write a report: as data, all of it, or as a page that opens offline, with what a view shows.

    Parameters
    ----------
    file : str
        Its ending says how; see `file_word`.
    report, view
        The whole report, and as it is cut for a page.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    from ..home import write_atomic
    from ..widgets import save_report

    path = Path(file).expanduser()
    if path.suffix.lower() == ".html":
        save_report(view, path)
        return
    try:
        write_atomic(path, report.to_json().encode() + b"\n")
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place with --save.") from error


def report_bundle(text: str, html: str, mime_type: str, view: msgspec.Struct, told: str) -> dict[str, Any]:
    """Return a report as Jupyter shows it: data for the labextension, HTML and text for everybody else.

    Parameters
    ----------
    text, html : str
        The static forms.
    mime_type : str
        Of the labextension's renderer.
    view : msgspec.Struct
        The report, cut to what a page can hold.
    told : str
        What else happened, in a sentence; empty for nothing.
    """
    below = str(element("div", muted(told))) if told else ""
    return {"text/plain": text, "text/html": html + below, mime_type: msgspec.to_builtins(view, enc_hook=plain)}
