"""What an explanation report costs beside the libraries that compute it: 100,000 rows, 50 columns, two kinds of models.

The boosting machine's peer is InterpretML asked for the same: the global explanation, the data of every term, its
importance in every outer bag, and ten local explanations. Gradient boosting's peer is scikit-learn asked for the same
permutation importance and partial dependence, on the same sample. Ours and the peer take turns in one process. Models
are made with a seed and are not timed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ._figure import Figure, at_most, timed_ms, within

REACH = 1.2
PAYLOAD_KB = 300
ROWS = tuple(range(10))


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the time of both kinds of models, and the size of what a notebook stores of the larger report."""
    rows, columns = (5_000, 10) if quick else (100_000, 50)
    data, labels = table(rows, columns)
    model = boosting_machine(data, labels)
    yield glassbox(model, data, labels, 3 if quick else 31)
    yield payload(model, data, labels)
    yield from_outside(data, labels, 1 if quick else 7)


def table(rows: int, columns: int) -> tuple[Any, Any]:
    """Return numbers made with a seed, and labels of two classes that follow a few of them."""
    import numpy as np
    import pandas as pd

    made = np.random.default_rng(0)
    data = pd.DataFrame(made.normal(size=(rows, columns)), columns=[f"x{number}" for number in range(columns)])
    odds = data["x0"] + np.sin(3 * data["x1"]) - data["x2"] * data["x3"]
    return data, (odds + made.normal(size=rows) > 0).astype(int)


def boosting_machine(data: Any, labels: Any) -> Any:
    """Return InterpretML's boosting machine with as many bins as usual, trained for a short time."""
    from interpret.glassbox import ExplainableBoostingClassifier

    model = ExplainableBoostingClassifier(interactions=10, max_rounds=20, outer_bags=4, random_state=0, n_jobs=1)
    return model.fit(data, labels)


def glassbox(model: Any, data: Any, labels: Any, times: int) -> Figure:
    """Explain a boosting machine as we do, and as InterpretML does."""
    from jupyter_mlops.explanation import ExplanationWish, explain_model

    wish = ExplanationWish(rows=ROWS)

    def theirs() -> None:
        found = model.explain_global()
        for term in range(len(found.feature_names)):
            found.data(term)
        one = copy.copy(model)
        for bag in range(len(model.bagged_scores_[0])):
            one.term_scores_ = [scores[bag] for scores in model.bagged_scores_]
            one.term_importances()
        local = model.explain_local(data.iloc[list(ROWS)], labels.iloc[list(ROWS)])
        for row in ROWS:
            local.data(row)
        model.predict_proba(data.iloc[list(ROWS)])

    def ours() -> None:
        explain_model(model, data, labels, wish=wish)

    return _turns("explanation.glassbox", ours, "InterpretML", theirs, times)


def from_outside(data: Any, labels: Any, times: int) -> Figure:
    """Explain gradient boosting as we do, and as scikit-learn's inspection does."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.inspection import partial_dependence, permutation_importance

    from jupyter_mlops.explanation import SAMPLE, explain_model

    model = HistGradientBoostingClassifier(max_iter=50, random_state=0).fit(data, labels)

    def sampled(most: int) -> Any:
        chosen = np.random.RandomState(0).choice(len(data), min(most, len(data)), replace=False)
        return np.sort(chosen)

    def theirs() -> None:
        drawn = sampled(SAMPLE)
        permutation_importance(model, data.iloc[drawn], labels.iloc[drawn], n_repeats=5, random_state=0)
        few = data.iloc[sampled(1_000)]
        for column in range(data.shape[1]):
            partial_dependence(model, few, [column], grid_resolution=20, kind="both")

    def ours() -> None:
        explain_model(model, data, labels)

    return _turns("explanation.boosting", ours, "scikit-learn's inspection", theirs, times)


def payload(model: Any, data: Any, labels: Any) -> Figure:
    """Return how much of a report a notebook stores."""
    from jupyter_mlops.explanation import cut_for_view, explain_model

    size = len(cut_for_view(explain_model(model, data, labels)).to_json()) / 1000
    return within("explanation.payload", [size], PAYLOAD_KB, "kB")


def _turns(name: str, ours: Any, peer: str, theirs: Any, times: int) -> Figure:
    """Time two ways in turns, after each was done once."""
    theirs()
    ours()
    pairs = [(timed_ms(theirs), timed_ms(ours)) for _ in range(times)]
    return at_most(name, [pair[1] for pair in pairs], peer, [pair[0] for pair in pairs], REACH)
