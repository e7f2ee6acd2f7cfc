"""Curves drawn by our chart, by vega and by plotly: from numbers to the painted frame, in Chromium without a GPU.

Ours is the run view's own module with uPlot, as TypeScript has compiled it into ``lib/`` (`make lab` does).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._figure import Figure, times_better, within
from .explorer_ui import absent as no_browser
from .explorer_ui import chromium

ROOT = Path(__file__).parent.parent
STORY = Path(__file__).parent / "browser" / "curves.mjs"
OURS = ROOT / "lib" / "view" / "run" / "curvePlot.js"
PEERS = ("vega/build/vega.min.js", "plotly.js-dist-min/plotly.min.js")


def figures(quick: bool) -> Iterator[Figure]:
    """Yield how soon 20 curves of 10,000 points are seen, and how much sooner than by the peers."""
    if missing := absent():
        yield Figure(name="curves_ui: not measured", value=0.0, unit="", reach=missing, ok=True, n=0)
        return
    times = drawn(series=20, points=10_000, turns=3 if quick else 15)
    label = "curves_ui: 20 curves of 10,000 points"
    yield within(label, times["ours"], 100)
    yield times_better(label, times["ours"], "vega, canvas", times["vega"], 5)
    yield times_better(label, times["ours"], "plotly.js, svg", times["plotly"], 5)
    yield within("curves_ui: 20 runs with steps of their own, as the server sends them", times["sent"], 100)


def absent() -> str:
    """Return what the measurement needs and is not here; empty when all is."""
    if missing := no_browser():
        return missing
    if not OURS.exists():
        return "The labextension is not compiled: jlpm build"
    modules = ROOT / "ui-tests" / "node_modules"
    return "" if all((modules / peer).exists() for peer in PEERS) else "The peers are absent: jlpm install in ui-tests/"


def drawn(**options: int) -> Any:
    """Return the milliseconds that each tool took, turn by turn. Refuse tools that have drawn nothing."""
    given = json.dumps({"chromium": chromium(), **options})
    done = subprocess.run(["node", STORY, given], capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seen = json.loads(done.stdout)
    if blank := [tool for tool, ink in seen["inked"].items() if not ink]:
        raise RuntimeError(f"nothing was drawn by {', '.join(blank)}")
    return seen["times"]
