"""What a user of the explorer waits for, in headless Chromium: 100,000 runs, a line on its way to the card, a flood."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_mlops.home import Home

from ._figure import Figure, within
from ._jupyter import Jupyter
from ._kernel import Kernel
from ._stores import fill_sqlite

STORY = Path(__file__).parent / "browser" / "explorer.mjs"
PLAYWRIGHT = Path(__file__).parent.parent / "ui-tests" / "node_modules" / "playwright-core"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
GIB = 1 << 30

TICKS = """
import random, time
while True:
    time.sleep(random.uniform(0.02, 0.2))
    print("TICK", time.time_ns() // 1_000_000, flush=True)
"""

FLOOD = """
import os, time
time.sleep(20)
for step in range({lines}):
    print(f"step {{step:9d}} loss {{1 / (step + 1):.9f}} learning rate 0.001 momentum 0.")
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the figures of the list, of a line's way, and of a tab in a flood of 1 GiB (1/16 GiB when quick)."""
    if missing := absent():
        yield Figure(name="explorer_ui: not measured", value=0.0, unit="", reach=missing, ok=True, n=0)
        return
    yield from of_the_list(10_000 if quick else 100_000, turns=5 if quick else 15)
    yield from of_a_card(lines=50 if quick else 300, flood=GIB // 16 if quick else GIB)


def absent() -> str:
    """Return what a browser needs and is not here; empty when all is."""
    if not chromium():
        return "Chromium is not installed: apt-get install chromium, or say in CHROMIUM where it is"
    if not shutil.which("node"):
        return "Node is not installed"
    return "" if PLAYWRIGHT.exists() else "Playwright is not installed: make test, or jlpm install in ui-tests/"


def chromium() -> str | None:
    """Return the browser's path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def of_the_list(runs: int, turns: int) -> Iterator[Figure]:
    """Yield what is loaded at the start, and how soon the list of a store shows, jumps and answers a search."""
    jupyter = Jupyter()
    home = Home.create(jupyter.home)
    fill_sqlite(home.path / "mlflow.db", runs)
    with jupyter:
        await_runs(jupyter, runs)
        searches = [(query, total(jupyter, query)) for query in queries(turns)]
        seen = story(jupyter, "list", "lab?reset", turns=turns, searches=searches)
    label = f"explorer_ui: {runs:,} runs"
    yield within(f"explorer_ui: labextension loaded at start ({build()} build)", [seen["loaded"] / 1000], 500, "kB")
    yield within(f"{label}: sidebar, first ever", [seen["sidebar"]], 300)
    yield within(f"{label}: first paint of the table", seen["paints"], 300)
    yield within(f"{label}: scroll jump", seen["jumps"], 50)
    yield within(f"{label}: letter typed to result", seen["searches"], 100)


def build() -> str:
    """Return how the labextension was built: for development it is larger, and not what users get."""
    static = Path(__file__).parent.parent / "jupyter_mlops" / "labextension" / "static"
    return "development" if any(static.glob("*.js.map")) else "production"


def queries(turns: int) -> list[str]:
    """Return searches as a user types them, a letter more each; all have results."""
    typed = ("acc > 0.9", "acc > 0.95", "acc > 0.95 a", "mlp", "mlp-", "mlp-1", "loss < 0.5", "state:failed", "forest")
    return [query for _ in range(max(1, turns // len(typed))) for query in typed if not query.endswith(" a")]


def total(jupyter: Jupyter, query: str) -> int:
    """Return how many runs a search finds."""
    from urllib.parse import quote

    return int(json.loads(jupyter.get(f"jupyter-mlops/api/runs?limit=1&query={quote(query)}"))["total"])


def await_runs(jupyter: Jupyter, runs: int) -> None:
    """Wait until the catalog has all runs: how soon it does is another benchmark's."""
    deadline = time.monotonic() + 300
    while total(jupyter, "") < runs:
        if time.monotonic() > deadline:
            raise TimeoutError("the catalog has not read the store")
        time.sleep(0.5)


def of_a_card(lines: int, flood: int) -> Iterator[Figure]:
    """Yield how soon a printed line stands in the card, and the longest task of the tab while a run floods."""
    with Kernel() as kernel, Jupyter(kernel.home) as jupyter:
        kernel.await_warm()
        notebook = notebook_of(jupyter, started(jupyter, kernel, "ticks", TICKS))
        delays = story(jupyter, "lines", f"lab/tree/{notebook}?reset", lines=lines)["delays"]
        kernel.run("%runs stop ticks")
        notebook = notebook_of(jupyter, started(jupyter, kernel, "flood", FLOOD.format(lines=flood // 64)))
        seen = story(jupyter, "flood", f"lab/tree/{notebook}?reset", floodMs=600_000)
    yield within("explorer_ui: a line in the card", [float(delay) for delay in delays], 100)
    yield within("explorer_ui: a line in the card", [float(delay) for delay in delays], 500, quantile=0.99)
    label = f"explorer_ui: longest task while {flood >> 20} MiB are printed"
    yield within(label, [max([0.0, *seen["tasks"]])], 200, quantile=1.0)
    yield within("explorer_ui: the tab's memory after it", [seen["heap"] / 1e6], 500, "MB")


def started(jupyter: Jupyter, kernel: Kernel, name: str, cell: str) -> str:
    """Start a run and return its id."""
    before = set((jupyter.home / "runs").glob("*"))
    kernel.run(f"%%train {name} --autolog off --returns none\n{cell}")
    (run,) = set((jupyter.home / "runs").glob("*")) - before
    return run.name


def notebook_of(jupyter: Jupyter, run_id: str) -> str:
    """Write a trusted notebook that shows a run's card, and return its path."""
    card = {"version": 1, "run_id": run_id, "name": "bench", "status": "SCHEDULED", "submitted_at": "", "pending": []}
    data = {"application/vnd.jupyter-mlops.run+json": card, "text/plain": "a run"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "a", "source": "1", "metadata": {}, "outputs": [output], "execution_count": 1}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    document = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path = jupyter.root / f"{run_id[:8]}.ipynb"
    path.write_text(json.dumps(document))
    trust = [sys.executable, "-m", "jupyter", "trust", str(path)]
    subprocess.run(trust, env=jupyter.environment, check=True, capture_output=True)
    return path.name


def story(jupyter: Jupyter, name: str, path: str, **options: object) -> Any:
    """Return what a story measured in the browser."""
    given = {"story": name, "url": jupyter.url(path), "chromium": chromium(), **options}
    done = subprocess.run(["node", STORY, json.dumps(given)], capture_output=True, text=True, timeout=1200, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)
