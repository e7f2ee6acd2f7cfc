"""Write the fairness reports that the front end's tests draw: real models, scikit-learn's diabetes data.

The question of the data: does the disease progress more than in the median patient? Sex and age are the sensitive
features; the models see neither. The data does not say which sex its codes 1 and 2 are.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.assessment import FairnessQuestion, analyse, cut_for_view
from jupyter_mlops.entities import FairnessReport

HERE = Path(__file__).parent


def main() -> None:
    """Write `fairness.json`, with intervals, and `fairness_control.json`, with strata and suppressed groups."""
    data = load_diabetes(as_frame=True, scaled=False)
    X = data.data.assign(sex=data.data["sex"].map({1: "sex 1", 2: "sex 2"}))
    y = (data.target > data.target.median()).map({False: "slower", True: "faster"})
    X_fit, X, y_fit, y = train_test_split(X, y, test_size=0.5, random_state=0)
    blind = X.columns.drop(["sex", "age"])
    models = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression()).fit(X_fit[blind], y_fit),
        "forest": RandomForestClassifier(random_state=0).fit(X_fit[blind], y_fit),
    }
    asked = {"models": models, "X": X, "y": y, "sensitive": {"sex": X["sex"], "age": X["age"]}, "positive": "faster"}
    data_names = {"X": "X_test", "y": "y_test"}
    write(analyse(FairnessQuestion(**asked, boot=100, data=data_names)), "fairness.json")
    pressure = X["bp"].gt(X["bp"].median()).map({False: "low", True: "high"})
    control = {"blood pressure": pressure}
    write(analyse(FairnessQuestion(**asked, boot=0, control=control, min_group=10)), "fairness_control.json")


def write(report: FairnessReport, name: str) -> None:
    """Write what a notebook would be given."""
    shown = msgspec.structs.replace(cut_for_view(report), made_at="2026-01-01T00:00:00+00:00")
    HERE.joinpath(name).write_text(shown.to_json() + "\n")


if __name__ == "__main__":
    main()
