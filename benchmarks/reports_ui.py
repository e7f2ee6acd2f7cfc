"""How soon a report's view answers a reader, in headless Chromium: 1,000 groups shown of 10,000, metric after metric.

The page is the one that `--save report.html` writes; JupyterLab draws with the same module.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ._figure import Figure, within
from .explorer_ui import absent as no_browser
from .explorer_ui import chromium

STORY = Path(__file__).parent / "browser" / "reports.mjs"
GROUPS, SHOWN = 10_000, 1_000
REACH_MS = 50


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the time from another metric or grouping to the painted frame: the median, and the worst of twenty."""
    if missing := absent():
        yield Figure(name="reports_ui: not measured", value=0.0, unit="", reach=missing, ok=True, n=0)
        return
    with TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        groups = saved(page)
        seen = story(page, turns=5 if quick else 30)
    label = f"reports_ui: {groups:,} of {GROUPS:,} groups"
    yield within(f"{label}: another metric", seen["metric"], REACH_MS)
    yield within(f"{label}: another metric", seen["metric"], REACH_MS, quantile=0.95)
    yield within(f"{label}: another grouping", seen["grouping"], REACH_MS)
    yield within(f"{label}: another grouping", seen["grouping"], REACH_MS, quantile=0.95)


def absent() -> str:
    """Return what the measurement needs and is not here; empty when all is."""
    from jupyter_mlops.exceptions import MlopsError
    from jupyter_mlops.widgets._page import front_end

    if missing := no_browser():
        return missing
    try:
        front_end("fairness.js")
    except MlopsError as error:
        return str(error)
    return ""


def saved(page: Path) -> int:
    """Write a report of 10,000 groups, cut as a view gets it, and return how many groups it has."""
    import numpy as np

    from jupyter_mlops.assessment import FairnessQuestion, analyse, cut_for_view
    from jupyter_mlops.widgets import save_report

    rows = 20 * GROUPS
    made = np.random.default_rng(0)
    y = made.integers(0, 2, rows)
    models = {name: np.where(made.random(rows) < share, y, 1 - y) for name, share in (("a", 0.8), ("b", 0.7))}
    towns, streets = np.arange(rows) % 100, np.arange(rows) // 100 % 100
    sensitive = {"town": towns.astype(str), "street": streets.astype(str)}
    metrics = ("count", "accuracy_score", "selection_rate", "true_positive_rate", "false_positive_rate")
    asked = {"models": models, "y": y, "sensitive": sensitive, "metrics": metrics, "boot": 0, "bins": 0}
    report = analyse(FairnessQuestion(**asked))
    view = cut_for_view(report)
    both = view.groupings[-1]
    if both.total != GROUPS or len(both.sizes) < SHOWN:
        raise RuntimeError(f"the report has {both.total:,} groups and shows {len(both.sizes):,}")
    save_report(view, page)
    return len(both.sizes)


def story(page: Path, turns: int) -> Any:
    """Return the milliseconds of each kind of change."""
    given = json.dumps({"chromium": chromium(), "page": page.as_uri(), "turns": turns})
    done = subprocess.run(["node", STORY, given], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)
