"""Rows of a Parquet file answered in a second, and the memory that takes, beside pandas and the original model.

Each runs in a process of its own, so that its memory is its own. The peer reads the file with pandas, asks the original
for its labels and writes them; ours writes the probabilities too.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ._figure import Figure, more_often, reported, within

ROWS, FOREST_ROWS, COLUMNS, GROUP = 10_000_000, 500_000, 10, 1_000_000
GOAL, MEMORY_MB = 1.5, 500.0

_MEASURED = """
import json, resource, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
{prepare}
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, peak]))
"""

_OURS = _MEASURED.format(
    prepare="""
from jupyter_mlops.deployment import ScoreWish, score
from jupyter_mlops.export import open_bundle
bundle = open_bundle(folder / "model.onnx")
wish = ScoreWish(source=folder / "in.parquet", destination=folder / "ours.parquet")
""",
    work="score(bundle, wish)",
)

_THEIRS = _MEASURED.format(
    prepare="""
import pickle
import pandas as pd
model = pickle.loads((folder / "model.pickle").read_bytes())
""",
    work="""
rows = pd.read_parquet(folder / "in.parquet")
pd.DataFrame({"predict": model.predict(rows)}).to_parquet(folder / "theirs.parquet")
""",
)


def figures(quick: bool) -> Iterator[Figure]:
    """Yield rows in a second and the memory of a linear pipeline, and rows in a second of a forest."""
    rows = 500_000 if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="mlops-batch-") as name:
        folder = Path(name)
        write_rows(folder / "in.parquet", rows)
        write_model(folder, _linear())
        ours, theirs = [], []
        for _ in range(1 if quick else 2):
            ours.append(measured(_OURS, folder))
            theirs.append(measured(_THEIRS, folder))
        check(folder, rows)
        paces = [[rows / seconds for seconds, _ in each] for each in (ours, theirs)]
        yield more_often("batch.linear", paces[0], "pandas and model.predict", paces[1], GOAL, "rows/s")
        yield within("batch.memory", [peak for _, peak in ours], MEMORY_MB, "MB")
        yield reported("batch.peer_memory", [peak for _, peak in theirs], "ours", [peak for _, peak in ours], "MB")
        rows = 50_000 if quick else FOREST_ROWS
        write_rows(folder / "in.parquet", rows)
        write_model(folder, _forest())
        paces = [[rows / measured(program, folder)[0]] for program in (_OURS, _THEIRS)]
        yield reported("batch.forest", paces[0], "pandas and model.predict", paces[1], "rows/s")


def measured(program: str, folder: Path) -> tuple[float, float]:
    """Return the seconds of a program's work, and its largest memory in MB."""
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def write_rows(path: Path, rows: int) -> None:
    """Write numbers in row groups of a million, as pandas does."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    generator = np.random.default_rng(0)
    names = [f"x{number}" for number in range(COLUMNS)]
    with pq.ParquetWriter(path, pa.schema([(name, pa.float64()) for name in names])) as writer:
        for start in range(0, rows, GROUP):
            count = min(GROUP, rows - start)
            writer.write_table(pa.table({name: generator.normal(size=count) for name in names}))


def write_model(folder: Path, estimator: Any) -> None:
    """Fit a pipeline behind a scaler, and write it as what it is and as ONNX."""
    import numpy as np
    import pandas as pd
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from jupyter_mlops.export import ExportWish, export_model

    X = pd.DataFrame(np.random.default_rng(1).normal(size=(2_000, COLUMNS)), columns=[f"x{n}" for n in range(COLUMNS)])
    model = make_pipeline(StandardScaler(), estimator).fit(X, (X["x0"] + X["x1"] ** 2 > 0.5).astype(int))
    (folder / "model.pickle").write_bytes(pickle.dumps(model))
    export_model(model, X[:500], folder / "model.onnx", ExportWish(timed=False))


def check(folder: Path, rows: int) -> None:
    """Raise unless both answered every row, and alike on all but rounding."""
    import pyarrow.parquet as pq

    ours, theirs = (
        pq.read_table(folder / f"{who}.parquet", columns=["predict"])["predict"] for who in ("ours", "theirs")
    )
    same = float((ours.to_numpy() == theirs.to_numpy()).mean()) if len(ours) == len(theirs) == rows else 0.0
    if same < 0.999999:
        raise AssertionError("The answers differ, and their pace says nothing.")


def _linear() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def _forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=0)
