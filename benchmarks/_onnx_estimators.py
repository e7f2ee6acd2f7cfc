"""Every estimator that skl2onnx says it supports, small, alone and behind StandardScaler, exported by us and by it.

Both are compared on the same rows, real and generated, by the same rule.
"""

from __future__ import annotations

import signal
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

ROWS = 150
LONGEST_S = 90
SMALL = {
    "n_estimators": 5, "max_iter": 50, "n_clusters": 3, "random_state": 0, "n_components": 2, "n_quantiles": 20,
    "n_neighbors": 3, "k": 2, "radius": 3.0, "verbose": -1,
}  # fmt: skip
OWN = {"CastRegressor", "CastTransformer", "ReplaceTransformer", "_ConstantPredictor"}
"""What skl2onnx brings itself."""
UNSCALED = {"FeatureHasher", "NearestNeighbors"}
"""One takes words; a pipeline that ends in the other answers nothing."""
POSITIVE = {"MultinomialNB", "ComplementNB", "CategoricalNB", "GammaRegressor", "PoissonRegressor", "TweedieRegressor"}


@dataclass(frozen=True)
class Outcome:
    """What came of one estimator.

    Parameters
    ----------
    ours, theirs : str
        Empty where the file is equal, else why there is none, or how many rows differ.
    way : str
        The variant that was equal.
    wrong : int
        Rows of a written file that differ from the original on rows that no export has seen; 0 where none is written.
    """

    name: str
    scaled: bool
    ours: str
    theirs: str
    way: str = ""
    wrong: int = 0


def outcomes(quick: bool = False) -> Iterator[Outcome]:
    """Yield what comes of each estimator, alone and behind StandardScaler; of every eighth when quick."""
    for name, estimator in list(estimators())[:: 8 if quick else 1]:
        for scaled in (False, True):
            made = fitted(name, estimator, scaled)
            if made is not None:
                yield outcome(name, scaled, *made)


def estimators() -> Iterator[tuple[str, type]]:
    """Yield the classes that skl2onnx lists, by name, without those of its own."""
    from skl2onnx._supported_operators import sklearn_operator_name_map

    listed = {kind.__name__: kind for kind in sklearn_operator_name_map if kind.__name__ not in OWN}
    yield from sorted(listed.items())


def fitted(name: str, kind: type, scaled: bool) -> tuple[Any, Any, Any] | None:
    """Return a fitted model with the rows to check it on and rows to keep for later; None where it takes no numbers."""
    import numpy as np
    from sklearn.base import is_regressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    draw = np.random.default_rng(0)
    X = draw.normal(size=(2 * ROWS, 4))
    if name in POSITIVE or name == "Binarizer":
        X = np.floor(np.abs(X) * 3) if name == "CategoricalNB" else np.abs(X)
    model = made_of(kind)
    unscaled = UNSCALED | POSITIVE - {"GammaRegressor", "PoissonRegressor", "TweedieRegressor"}
    if model is None or (scaled and name in unscaled):
        return None
    y: Any = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
    if is_regressor(model):
        y = np.abs(X[:, 0] + 0.5 * X[:, 1]) + 0.1
    if name.startswith("MultiTask") or name in ("MultiOutputClassifier", "MultiOutputRegressor"):
        y = np.stack([y, y[::-1]], axis=1)
    if name == "FeatureHasher":
        X = np.array(["red", "green", "blue", "grey"], dtype=object)[np.floor(np.abs(X) * 2).astype(int) % 4]
    whole = make_pipeline(StandardScaler(), model) if scaled else model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            whole.fit(X[:ROWS], y[:ROWS])
        except (ValueError, TypeError, AttributeError):
            return None
    return whole, X[:ROWS], X[ROWS:]


def made_of(kind: type) -> Any:
    """Return a small estimator; those that are made of others get simple ones. None for what takes no table."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.preprocessing import MinMaxScaler, StandardScaler
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    of: dict[str, dict[str, Any]] = {
        "ColumnTransformer": {"transformers": [("a", StandardScaler(), [0, 1]), ("b", MinMaxScaler(), [2, 3])]},
        "FeatureHasher": {"n_features": 16, "input_type": "string"},
        "FeatureUnion": {"transformer_list": [("a", StandardScaler()), ("b", MinMaxScaler())]},
        "GridSearchCV": {"estimator": LogisticRegression(), "param_grid": {"C": [0.1, 1.0]}},
        "LocalOutlierFactor": {"novelty": True},  # otherwise it answers about the rows that it was fitted with alone
        "NearestNeighbors": {"radius": None},
        "Pipeline": {"steps": [("a", MinMaxScaler()), ("b", LogisticRegression())]},
        "StackingClassifier": {"estimators": [("a", DecisionTreeClassifier(max_depth=3)), ("b", LogisticRegression())]},
        "StackingRegressor": {"estimators": [("a", DecisionTreeRegressor(max_depth=3)), ("b", LinearRegression())]},
        "VotingClassifier": {"estimators": [("a", DecisionTreeClassifier(max_depth=3)), ("b", LogisticRegression())]},
        "VotingRegressor": {"estimators": [("a", DecisionTreeRegressor(max_depth=3)), ("b", LinearRegression())]},
        "MultiOutputRegressor": {"estimator": LinearRegression()},
    }
    name = kind.__name__
    try:
        model = kind(**of[name]) if name in of else kind()
    except TypeError:
        try:
            model = kind(LogisticRegression())
        except TypeError:
            return None
    known = model.get_params(deep=False)
    quiet = {"verbose"} if not name.startswith("LGBM") else set()
    fits = {key: value for key, value in SMALL.items() if key in known.keys() - quiet}
    return model.set_params(**fits)


def outcome(name: str, scaled: bool, model: Any, X: Any, later: Any) -> Outcome:
    """Export a model by us and by skl2onnx alone."""
    theirs = limited(lambda: by_them(model, X))
    found: dict[str, Any] = {}

    def ours() -> str:
        found.update(zip(("way", "wrong"), by_us(model, X, later), strict=True))
        return ""

    return Outcome(name, scaled, limited(ours), theirs, found.get("way", ""), found.get("wrong", 0))


def by_us(model: Any, X: Any, later: Any) -> tuple[str, int]:
    """Return the way that was equal, and on how many later rows the file is wrong, asked by onnxruntime alone."""
    import numpy as np
    import onnxruntime

    from jupyter_mlops.export import ExportWish, export_model

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.onnx"
        report = export_model(model, X, path, ExportWish(timed=False))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(str(path), options)
    try:
        right = getattr(model, report.outputs[0].method)(later)
    except ValueError:  # an encoder that has not seen their categories
        return report.variant, 0
    asked = later if later.dtype == object else later.astype(report.inputs[0].type)
    told = session.run([report.outputs[0].name], {"X": asked})[0]
    right = right.toarray() if hasattr(right, "toarray") else np.asarray(right)
    told, right = (np.asarray(each, dtype=float).reshape(len(later), -1) for each in (told, right))
    return report.variant, int((np.abs(told - right) > 1e-5 + 1e-4 * np.abs(right)).any(axis=1).sum())


def by_them(model: Any, X: Any) -> str:
    """Return how many rows differ when skl2onnx converts as it stands, or what it raises; empty for equal."""
    from jupyter_mlops.export._candidates import attempt
    from jupyter_mlops.export._estimator import Estimator
    from jupyter_mlops.export._original import Original
    from jupyter_mlops.export._parity import Tolerance
    from jupyter_mlops.export._table import Table

    subject, table = Estimator(model), Table.of(X)
    original = Original.asked(subject, table, subject.edge_rows(table))
    tried = attempt(AsItIs(X), original, AsItIs.way, None, Tolerance(), {})
    return f"{tried.parity.differing:,} rows differ" if tried.parity.differing else ""


class AsItIs:
    """`skl2onnx.to_onnx`, with what its documentation says: float32 rows, and probabilities as an array."""

    from jupyter_mlops.export import Variant

    name = "skl2onnx"
    way = Variant(name="as it is")

    def __init__(self, X: Any) -> None:
        self._X = X

    def suits(self, model: Any) -> bool:
        """It takes all."""
        return True

    def variants(self, model: Any) -> tuple[Any, ...]:
        """There is one."""
        return (self.way,)

    def convert(self, conversion: Any) -> Any:
        """Call it."""
        import numpy as np
        from skl2onnx import to_onnx
        from sklearn.base import is_classifier

        from jupyter_mlops.exceptions import ExportError

        rows = self._X[:1] if self._X.dtype == object else self._X[:1].astype(np.float32)
        try:
            try:
                options = {"zipmap": False} if is_classifier(conversion.model) else None
                return to_onnx(conversion.model, rows, options=options)
            except NameError:
                return to_onnx(conversion.model, rows)
        except Exception as error:  # whatever it raises, it cannot
            raise ExportError(f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160]}") from error


def limited(work: Any) -> str:
    """Return what a call returns, or the message of what it raises; one that takes too long is ended."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {LONGEST_S} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_S)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(work())
    except Exception as error:  # noqa: BLE001  the outcome is what is asked for
        return str(error) or type(error).__name__
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
