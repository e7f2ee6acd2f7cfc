"""`python -m jupyter_mlops.services._models._child FOLDER`: loads a model that MLflow wrote, and exports it.

A process of its own, because loading a model runs code that lies beside it: limited before it begins, without the
secrets of the environment, ended with all that it has started. What it is asked lies in the folder, and its answer.
"""

from __future__ import annotations

import importlib
import json
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from ...exceptions import MissingExtraError, MlopsError, UsageError
from ._calls import ANSWER, REQUEST

FLAVORS = ("sklearn", "xgboost", "lightgbm", "keras", "tensorflow", "pytorch")
"""In the order in which they are asked; a model that has none of them is Python code."""


def main() -> None:
    """Do what the folder asks for, and write the answer into it."""
    folder = Path(sys.argv[1])
    with (folder / REQUEST).open("rb") as file:
        asked = pickle.load(file)  # by the process that has started this one
        limit(*asked["limits"])
        sys.path.extend(asked["path"])
        rows = pickle.load(file)
    try:
        answer = {"report": _exported(asked, *rows)}
    except MlopsError as error:
        answer = {"error": str(error), "kind": type(error).__name__}
    except MemoryError:
        answer = {"error": f"Not written: the model needs more than {asked['limits'][1] / 2**30:.1f} GiB of memory."}
    (folder / ANSWER).write_text(json.dumps(answer))


def limit(wall_s: float, memory_bytes: int) -> None:
    """Let this process take so much and no more, whatever runs in it: it cannot undo it."""
    signal.setitimer(signal.ITIMER_REAL, wall_s + 5.0)  # for the case that nobody waits any more
    for what, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_CPU, int(wall_s * 8) + 1),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def _exported(asked: dict[str, Any], X: Any, y: Any) -> str:
    from ...export import export_model

    return export_model(load(Path(asked["model"])), X, asked["file"], asked["wish"], y).to_json()


def load(place: Path) -> Any:
    """Return the model of a folder, loaded by its flavor.

    Raises
    ------
    UsageError
        It cannot be loaded.
    MissingExtraError
        MLflow, or the model's own library, is not installed.
    """
    flavor = _flavor(place)
    try:
        loaded = importlib.import_module(f"mlflow.{flavor}").load_model(str(place))
    except ImportError as error:
        raise MissingExtraError(f"The model needs a library that is not installed here: {error}.") from error
    except MemoryError:
        raise
    except Exception as error:  # a model is anybody's code: whatever it raises, it cannot be loaded
        reason = " ".join(str(error).split())[:200].rstrip(". ")
        raise UsageError(f"The model cannot be loaded ({type(error).__name__}: {reason}).") from error
    if flavor != "pyfunc":
        return loaded
    raw = loaded.get_raw_model()
    return getattr(raw, "python_model", raw)


def _flavor(place: Path) -> str:
    """Return the flavor by which a model is loaded, as its file says; the file is read as text."""
    import yaml  # type: ignore[import-untyped]  # it comes with jupyter_events

    try:
        said = yaml.safe_load((place / "MLmodel").read_text())
        known = set(said["flavors"])
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise UsageError(f"There is no model of MLflow's in it ({type(error).__name__}).") from None
    return next((name for name in FLAVORS if name in known), "pyfunc")


if __name__ == "__main__":
    main()
