"""How many estimators become files that are equal, how quick these are, and what an export adds to the converter.

The peer of the count is `skl2onnx.to_onnx` as it stands, held against the same rows by the same rule. The files that we
write are asked once more about rows that no export has seen, by onnxruntime alone.
"""

from __future__ import annotations

import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ._figure import Figure, at_most, reported, timed_ms, times_better, within
from ._onnx_estimators import outcomes

GOAL = 5.0
OVERHEAD = 1.1


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the count of equal estimators (of every eighth when quick), the speed of one row, and the overhead."""
    yield from one_row(20 if quick else 200)
    yield from networks(20 if quick else 200)
    yield overhead(5 if quick else 30)
    yield from equal(quick)


def equal(quick: bool) -> Iterator[Figure]:
    """Yield how many models are converted and equal, and how many rows of written files are wrong."""
    found = list(outcomes(quick))
    ours, theirs = (sum(not getattr(each, who) for each in found) for who in ("ours", "theirs"))
    yield Figure(
        name="onnx.equal",
        value=ours,
        unit="models",
        peer="skl2onnx.to_onnx",
        ratio=ours / max(1, theirs),
        reach="more than the peer",
        ok=ours > theirs,
        n=len(found),
    )
    written = [float(each.wrong) for each in found if not each.ours]
    yield within("onnx.wrong_rows_written", [sum(written)], 0.0, "rows")


def models() -> dict[str, tuple[Any, Any]]:
    """Return a linear pipeline and one of trees, with their rows."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X = np.random.default_rng(0).normal(size=(1000, 30))
    y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
    forest = RandomForestClassifier(100, random_state=0)
    return {
        "linear": (make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y), X),
        "forest": (make_pipeline(StandardScaler(), forest).fit(X, y), X),
    }


def one_row(repetitions: int) -> Iterator[Figure]:
    """Yield how long a written file and its original take for one row."""
    from jupyter_mlops.export import ExportWish, export_model, open_session

    for name, (model, X) in models().items():
        with tempfile.TemporaryDirectory() as folder:
            report = export_model(model, X, Path(folder) / "m.onnx", ExportWish(timed=False))
            session = open_session(Path(folder) / "m.onnx")
        row, feed = X[:1], X[:1].astype(report.inputs[0].type)
        ours = [timed_ms(lambda f=feed, s=session: s.run(None, {"X": f})) for _ in range(repetitions)]  # type: ignore[misc]
        theirs = [timed_ms(lambda r=row, m=model: m.predict(r)) for _ in range(repetitions)]  # type: ignore[misc]
        yield times_better(f"onnx.one_row_{name}", ours, "the original", theirs, GOAL)


def networks(repetitions: int) -> Iterator[Figure]:
    """Yield how long a written network and its original take for one row; there is no goal, because both are quick."""
    import numpy as np

    from jupyter_mlops.export import ExportWish, export_model, open_session

    X = np.random.default_rng(0).normal(size=(200, 30)).astype("float32")
    for name, model, ask in (_torch(X[:1]), _keras(X[:1])):
        with tempfile.TemporaryDirectory() as folder:
            export_model(model, X, Path(folder) / "m.onnx", ExportWish(timed=False))
            session = open_session(Path(folder) / "m.onnx")
        ours = [timed_ms(lambda s=session: s.run(None, {"X": X[:1]})) for _ in range(repetitions)]  # type: ignore[misc]
        theirs = [timed_ms(ask) for _ in range(repetitions)]
        yield reported(f"onnx.one_row_{name}", ours, "the original", theirs)


def _torch(row: Any) -> tuple[str, Any, Callable[[], object]]:
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2), nn.Softmax(1))
    tensor = torch.from_numpy(row)

    def ask() -> object:
        with torch.no_grad():
            return model(tensor).numpy()

    return "torch", model.eval(), ask


def _keras(row: Any) -> tuple[str, Any, Callable[[], object]]:
    import keras
    from keras import layers

    parts = [layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"), layers.Dense(2, "softmax")]
    model = keras.Sequential([keras.Input((30,)), *parts])
    return "keras", model, lambda: keras.ops.convert_to_numpy(model(row, training=False))


def overhead(repetitions: int) -> Figure:
    """Return what an export does besides the comparison, beside the converter alone: both convert and write a file."""
    from skl2onnx import to_onnx

    from jupyter_mlops.export import Conversion, Table, inputs_of, load_converter
    from jupyter_mlops.export._graph import add_metadata

    model, X = models()["linear"]
    converter, table, rows = load_converter("sklearn"), Table.of(X), X[:1].astype("float32")

    def by_us(path: Path) -> None:
        variant = converter.variants(model)[0]
        inputs = inputs_of(table, variant.precision, whole=True, apart=False)
        proto = converter.convert(Conversion(model=model, inputs=inputs, variant=variant))
        add_metadata(proto, {"jupyter_mlops.variant": variant.name})
        path.write_bytes(proto.SerializeToString())

    def by_them(path: Path) -> None:
        path.write_bytes(to_onnx(model, rows, options={"zipmap": False}).SerializeToString())

    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "m.onnx"
        by_us(path)
        by_them(path)
        for _ in range(repetitions):
            ours.append(timed_ms(lambda: by_us(path)))
            theirs.append(timed_ms(lambda: by_them(path)))
    return at_most("onnx.overhead", [statistics.median(ours)], "skl2onnx.to_onnx", theirs, OVERHEAD)
