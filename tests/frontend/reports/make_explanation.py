"""Write `explanation*.json` beside this file: what the front end's tests draw, from scikit-learn's own data.

`explanation.json` is a glass-box model with an interaction and two explained rows; `explanation-pipeline.json` a
pipeline over three classes with a category, explained from outside, with individual curves of two rows. The others are
written by hand: small, and with what a stranger's text may hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from interpret.glassbox import ExplainableBoostingClassifier
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from jupyter_mlops.entities import ExplanationReport
from jupyter_mlops.explanation import ExplanationWish, explain_model

FOLDER = Path(__file__).parent


def glassbox() -> ExplanationReport:
    """Return the explanation of a boosting machine over the breast cancer data; its radius has missing values."""
    table = load_breast_cancer(as_frame=True)
    data = table.data[["mean radius", "mean texture", "mean smoothness", "worst area", "worst concavity"]].copy()
    data.insert(1, "size", data["worst area"].gt(700).map({True: "large", False: "small"}))
    data.loc[data.index[::50], "mean radius"] = float("nan")
    labels = table.target.map({0: "malignant", 1: "benign"})
    model = ExplainableBoostingClassifier(
        interactions=1, max_bins=32, max_interaction_bins=8, outer_bags=8, random_state=0, n_jobs=1
    )
    wish = ExplanationWish(rows=(0, 19))
    return explain_model(model.fit(data, labels), data, labels, wish=wish, name="model")


def pipeline() -> ExplanationReport:
    """Return the explanation of a forest over three wines, with a column that is encoded inside the pipeline."""
    table = load_wine(as_frame=True)
    data = table.data[["alcohol", "flavanoids", "proline"]].copy()
    data["colour"] = (table.data["color_intensity"] > 5).map({True: "dark", False: "light"})
    encode = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
    model = make_pipeline(encode, RandomForestClassifier(50, random_state=0)).fit(data, table.target)
    return explain_model(model, data, table.target, wish=ExplanationWish(rows=(0, 100)), name="wine")


if __name__ == "__main__":
    for name, report in (("explanation", glassbox()), ("explanation-pipeline", pipeline())):
        path = FOLDER / f"{name}.json"
        path.write_text(msgspec.structs.replace(report, made_at="2026-11-21T19:00:00+00:00").to_json() + "\n")
        sys.stdout.write(f"{path}\n")
