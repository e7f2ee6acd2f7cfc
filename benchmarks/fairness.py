"""What a fairness report costs beside Fairlearn's MetricFrame alone, and how large it is in a notebook.

The peer makes the one table that a MetricFrame of three features has, their intersection. The report has that table and
six more: each feature alone, and each two. Both get the same predictions as arrays, each in a process of its own, one
after the other; memory is the growth of the process's peak.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._figure import Figure, at_most, within

METRICS = (
    "count",
    "accuracy_score",
    "selection_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "precision_score",
    "f1_score",
)
PAYLOAD_KB = 150.0


def figures(quick: bool) -> Iterator[Figure]:
    """Yield time and memory of a report over a million rows (50,000 when quick), and the size of a large one."""
    rows, repetitions = (200_000, 1) if quick else (1_000_000, 3)
    found: dict[str, list[dict[str, float]]] = {"fairlearn": [], "report": []}
    for _ in range(repetitions):
        for who, measured in found.items():
            measured.append(in_a_process(who, rows))
    assert {measured["figure"] for both in found.values() for measured in both} == {found["report"][0]["figure"]}
    for what, unit, limit in (("seconds", "s", 1.3), ("megabytes", "MB", 1.2)):
        ours, theirs = ([measured[what] for measured in found[who]] for who in ("report", "fairlearn"))
        yield at_most(f"fairness.{what}", ours, "MetricFrame", theirs, limit, unit)
    yield within("fairness.payload", [payload_kb()], PAYLOAD_KB, "kB")


def in_a_process(who: str, rows: int) -> dict[str, float]:
    """Return what one of the two costs, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.fairness", who, str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    return dict(json.loads(done.stdout))


def payload_kb() -> float:
    """Return the size of what a notebook's view is given: 5 features, 10 metrics, 4 models; script and style, too."""
    import numpy as np

    from jupyter_mlops import widgets
    from jupyter_mlops.assessment import FairnessQuestion, analyse, cut_for_view

    made = np.random.default_rng(0)
    y = made.integers(0, 2, 5_000)
    scores = {f"model {number}": np.clip(y * 0.2 + made.random(5_000) * 0.8, 0, 1) for number in range(4)}
    sensitive = {f"feature {number}": made.choice(["a", "b", "c", "d"], 5_000) for number in range(5)}
    metrics = (*METRICS, "recall_score", "balanced_accuracy_score")
    models = {name: (score >= 0.5).astype(int) for name, score in scores.items()}
    report = analyse(FairnessQuestion(models=models, y=y, sensitive=sensitive, metrics=metrics, boot=0))
    static = Path(widgets.__file__).parent / "static"
    script = sum(static.joinpath(name).stat().st_size for name in ("fairness.js", "reports.css"))
    return (len(cut_for_view(report).to_json().encode()) + script) / 1000


def data(rows: int) -> tuple[Any, Any, Any]:
    """Return outcomes, predictions, and sensitive features as text, made with a seed."""
    import numpy as np
    import pandas as pd

    made = np.random.default_rng(0)
    y = made.integers(0, 2, rows)
    predicted = np.where(made.random(rows) < 0.8, y, 1 - y)
    features = pd.DataFrame(
        {
            "sex": made.choice(["female", "male"], rows),
            "race": made.choice(["asian", "black", "other", "white"], rows),
            "region": made.choice(["east", "north", "south", "west"], rows),
        }
    )
    return y, predicted, features


def by_fairlearn(y: Any, predicted: Any, features: Any) -> float:
    """Make one MetricFrame; return a figure of it, for comparison."""
    import fairlearn.metrics
    import sklearn.metrics
    from fairlearn.metrics import MetricFrame

    metrics = {name: getattr(fairlearn.metrics, name, None) or getattr(sklearn.metrics, name) for name in METRICS}
    frame = MetricFrame(metrics=metrics, y_true=y, y_pred=predicted, sensitive_features=features)
    return float(frame.difference()["selection_rate"])


def by_report(y: Any, predicted: Any, features: Any) -> float:
    """Make a report; return the same figure of it."""
    from jupyter_mlops.assessment import FairnessQuestion, analyse
    from jupyter_mlops.entities import figure_value

    sensitive = {name: features[name] for name in features}
    report = analyse(FairnessQuestion(models={"model": predicted}, y=y, sensitive=sensitive, metrics=METRICS, boot=0))
    row = [metric.key for metric in report.metrics].index("selection_rate")
    return figure_value(report.results[-1].difference.values[row][0])


def measure(who: str, rows: int) -> dict[str, float]:
    """Return seconds, megabytes and a figure of one of the two, made in this process."""
    import fairlearn.metrics  # noqa: F401 - both have it loaded
    import sklearn.metrics  # noqa: F401

    work = {"fairlearn": by_fairlearn, "report": by_report}[who]
    y, predicted, features = data(rows)
    work(y[:1000], predicted[:1000], features[:1000])  # whatever is loaded late is loaded now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    figure = work(y, predicted, features)
    seconds = time.perf_counter() - started
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"seconds": seconds, "megabytes": megabytes, "figure": figure}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
