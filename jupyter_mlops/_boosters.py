"""XGBoost's own model, which is none of scikit-learn's kind: told apart by its class, without importing XGBoost."""

from __future__ import annotations


def booster_advice(model: object) -> str:
    """Return what to do with a `Booster`, which answers a `DMatrix` only; empty for any other model."""
    kind = type(model)
    if kind.__name__ != "Booster" or not kind.__module__.startswith("xgboost."):
        return ""
    return (
        "An xgboost.Booster answers a DMatrix only. Give it the form that scikit-learn knows: "
        "model = xgboost.XGBClassifier() or XGBRegressor(), then model.load_model(booster.save_raw())."
    )
