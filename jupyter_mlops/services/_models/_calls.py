"""Loads and exports a model in a child process: `_model_child.py`, started, limited, heard and ended from here.

What comes back is text and ONNX files, which are checked; nothing of it is unpickled.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ...entities import OnnxReport
from ...exceptions import ExportError, MissingExtraError, MlopsError, UsageError

if TYPE_CHECKING:
    from ...export import ExportWish

PROGRAM = (sys.executable, "-P", "-m", "jupyter_mlops.services._models._child")

REQUEST, ANSWER, OUT = "request", "answer.json", "out"
"""In its folder: what is asked, what is answered, and where files are written."""

_LOG = "log"
_GIB = 2**30
_SECRET = re.compile(r"token|secret|passw|credential|api_?key|cookie", re.IGNORECASE)
_KINDS: dict[str, type[MlopsError]] = {kind.__name__: kind for kind in (ExportError, UsageError, MissingExtraError)}


@dataclass(frozen=True, kw_only=True)
class Loading:
    """How a model is loaded that lies at an address.

    Parameters
    ----------
    trusted : bool
        Whether the user has said that code which lies beside it may run.
    wall_s : float
        For all of it, loading, converting and comparing; then the process is ended.
    memory_bytes : int
        That it may take; 0 for what is free, at least 2 GiB.
    program : tuple of str
        What loads it; its folder follows.
    """

    trusted: bool = False
    wall_s: float = 900.0
    memory_bytes: int = 0
    program: tuple[str, ...] = PROGRAM

    @property
    def memory(self) -> int:
        """Bytes that the process may take."""
        import psutil

        return self.memory_bytes or max(2 * _GIB, int(psutil.virtual_memory().available))


def exported_in_child(
    fetch: Callable[[Path], Path], rows: tuple[Any, Any], place: Path, wish: ExportWish, loading: Loading
) -> OnnxReport:
    """Export a model that lies in a folder, and return the report.

    Parameters
    ----------
    fetch : callable
        Puts the model's files below a folder, and returns where.
    rows : tuple
        X and y, as `export_model` takes them.
    place : Path
        Of the file.

    Raises
    ------
    ExportError
        It cannot be exported as the same model, or the process ended otherwise.
    UsageError, MissingExtraError
        As `export_model`, and where the model cannot be loaded.
    """
    import cloudpickle

    with TemporaryDirectory(prefix="jupyter-mlops-") as name:
        folder = Path(name)
        model = fetch(folder / "model")
        (folder / OUT).mkdir()
        asked = {
            "model": str(model.absolute()),
            "file": str(folder / OUT / place.name),
            "wish": wish,
            "path": [path for path in sys.path if path],
            "limits": (loading.wall_s, loading.memory),
        }
        with (folder / REQUEST).open("wb") as file:
            cloudpickle.dump(asked, file)
            cloudpickle.dump(rows, file)
        answer = _run(folder, loading)
        if "error" in answer:
            raise _KINDS.get(str(answer.get("kind")), ExportError)(str(answer["error"]))
        return _taken_over(folder / OUT, OnnxReport.from_json(str(answer.get("report"))), place)


def _run(folder: Path, loading: Loading) -> dict[str, Any]:
    """Run the program, and return what it says; it and all that it has started are gone then."""
    environment = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(
            [*loading.program, str(folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=folder, env=environment,
        )  # fmt: skip
        try:
            code = process.wait(loading.wall_s)
        except subprocess.TimeoutExpired:
            raise ExportError(
                f"Not written: loading and comparing the model took more than {loading.wall_s:,.0f} s. Give fewer rows."
            ) from None
        finally:
            _end(process)
    try:
        answer = json.loads((folder / ANSWER).read_bytes())
    except (OSError, ValueError, RecursionError):
        answer = None
    if code or not isinstance(answer, dict):
        raise ExportError(
            f"Not written: the process that loads the model ended with {_how(code)}{_last_line(folder / _LOG)}. It "
            f"may take {loading.memory / _GIB:.1f} GiB. Where you trust the model, load it and export what you get."
        )
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started, which is one group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # all of them have ended
    process.wait()


def _taken_over(folder: Path, report: OnnxReport, place: Path) -> OnnxReport:
    """Check the files that the report names, and put them in their places; the first one last."""
    from ...export import check_onnx_file, write_onnx

    small = report.quantised
    wanted = {place.name: report.sha256}
    if small is not None and small.file:
        wanted[f"{place.stem}.int8{place.suffix or '.onnx'}"] = small.sha256
    for name, digest in reversed(wanted.items()):
        pieces = check_onnx_file(folder / name)
        if (sha256(pieces.graph).hexdigest(), pieces.name) != (digest, report.weights if name == place.name else ""):
            raise ExportError("Not written: the process that loads the model made another file than it says.")
        write_onnx(pieces, place.with_name(name))
    return report


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4_000))
        lines = file.read().decode("utf-8", "replace").strip().splitlines() or [""]
    return f" ({lines[-1][:200]})" if lines[-1] else ""
