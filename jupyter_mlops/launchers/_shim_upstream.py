"""What a run waits for before its turn: its inputs, and the runs that feed it. Standard library, Python 3.9 syntax.

Nothing here blocks for ever on a process that is gone: each look either finds an answer, or names a lock that a living
process holds and that is worth waiting for.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from ..home._files import read_json
from ..home._locks import Word, has_said, lock_holder

START_PATIENCE_S = 5.0
"""How long a process that was asked for may take until it holds its lock."""


LONGEST_BLOCK_S = 5.0
"""How long a shim sleeps in a lock before it looks around, in case a signal was lost."""


class Look(NamedTuple):
    """What a look found: an answer, or the lock whose release is worth another look (None: look again soon).

    `word` is what its holder may say before, and is worth another look as well.
    """

    answer: str | None
    lock: Path | None = None
    word: Word | None = None


HANDED_ON = "handed on"
"""The run goes on, and has said that it will not change what is asked for: what it got is the value."""


INPUTS_LOST = "inputs could not be stored"


def look_for_inputs(run_dir: Path) -> Look:
    """Say whether the inputs of a run are complete: "" when they are, the reason when they never will be."""
    if (run_dir / "inputs.json").exists():
        return Look("")
    lock = run_dir / "snapshot.lock"
    if lock_holder(lock) is not None:
        return Look(None, lock)
    # The writer names inputs.json before it lets its lock go, so this second look is the last word.
    if (run_dir / "inputs.json").exists():
        return Look("")
    if lock.exists():
        return Look(INPUTS_LOST)
    return Look(INPUTS_LOST if _age_s(run_dir / "spec.json") > START_PATIENCE_S else None)


def look_for_delivery(run_dir: Path, names: frozenset[str] = frozenset()) -> Look:
    """Say how the cell of a run that feeds another has ended, as one of MLflow's statuses; no answer while it goes on.

    `HANDED_ON` when it has released all of `names` early, however it ends. What its executor does after the delivery
    (plots and models of autologging) is not waited for.
    """
    executor, shim = run_dir / "executor.lock", run_dir / "shim.lock"
    # Words are heard before the files are read: one that comes in between is still to wake us.
    awaited = Word.DELIVERED if not names or has_said(executor, Word.RELEASED) else Word.RELEASED
    is_delivered = has_said(executor, Word.DELIVERED)
    if names and names <= _released(run_dir):
        return Look(HANDED_ON)
    status = _delivered(run_dir)
    if status:
        return Look(status)
    if lock_holder(executor) is not None:
        return Look(None) if is_delivered else Look(None, executor, awaited)
    if lock_holder(shim) is not None:
        # Its executor has begun and takes its lock in this moment, or has ended.
        return Look(None) if has_said(shim, Word.BEGUN) else Look(None, shim, Word.BEGUN)
    for name in ("snapshot.lock", "spec.json"):
        if lock_holder(run_dir / name) is not None:
            return Look(None, run_dir / name)
    # The last holder may have written its word between the two looks.
    status = _delivered(run_dir)
    if status:
        return Look(status)
    begun = (run_dir / "shim.json").exists() or (run_dir / "executor.json").exists()
    if begun or _age_s(run_dir / "spec.json") > START_PATIENCE_S:
        return Look("FAILED")
    return Look(None)


def describe_failure(run_dir: Path, status: str) -> str:
    """Return the reason of a run whose upstream run did not finish."""
    name = (read_json(run_dir / "spec.json") or {}).get("name") or run_dir.name
    return f"upstream run {name} {'was stopped' if status == 'KILLED' else 'failed'}"


def upstream_names(spec: dict[str, Any], runs: Path | None = None) -> dict[str, frozenset[str]]:
    """Return the ids of the runs that feed a run, each with the names that it gives.

    A name may have several runs: the next one gives it only where the one before has ended without making it, which
    its files in `runs` tell.
    """
    found: dict[str, frozenset[str]] = {}
    settled: set[str] = set()
    for upstream in spec.get("upstream", ()):
        name, run_id = str(upstream["name"]), str(upstream["run_id"])
        if name not in settled:
            found[run_id] = found.get(run_id, frozenset()) | {name}
            if runs is None or name not in _left_alone(runs / run_id):
                settled.add(name)
    return found


def _left_alone(run_dir: Path) -> list[str]:
    names = (read_json(run_dir / "result.json") or {}).get("released", ())
    return names if isinstance(names, list) else []


def _released(run_dir: Path) -> frozenset[str]:
    names = (read_json(run_dir / "released.json") or {}).get("names", ())
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def _delivered(run_dir: Path) -> str | None:
    told = _recorded(run_dir / "exit.json")
    if told:
        return told
    told = _recorded(run_dir / "result.json")
    # Of a run that is stopped its executor knows an interrupt; its shim will say what it was.
    return "KILLED" if told == "FAILED" and (run_dir / "stop.json").exists() else told


def _recorded(path: Path) -> str | None:
    status = (read_json(path) or {}).get("status")
    return status if isinstance(status, str) else None


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
