"""What autologging costs a fit, its model included: until the waiting cell has the model, and until all is on disk."""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from ._figure import Figure, at_most, times_better, within
from ._kernel import Kernel

DATA = """
import numpy as np
from sklearn.datasets import make_classification
X, y = make_classification({rows}, 20, random_state=0)
"""
STOCK = """
import mlflow
mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.autolog(silent=True)
"""
KERAS = """
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1, "sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(X, y, epochs=20, verbose=0)
"""


@dataclass(frozen=True)
class Case:
    """A fit, what it needs, and how much longer it may take: in milliseconds, or as a share of the bare fit."""

    name: str
    rows: int
    imports: str
    fit: str
    most_ms: float | None = None
    most_share: float = 0.02

    @property
    def setup(self) -> str:
        """Return the cell that a notebook runs first."""
        return f"{DATA.format(rows=self.rows)}\n{self.imports}"


CASES = (
    Case(
        "logistic regression 1,000x20",
        1_000,
        "from sklearn.linear_model import LogisticRegression",
        "model = LogisticRegression().fit(X, y)",
        most_ms=50,
    ),
    Case(
        "random forest 20,000x20",
        20_000,
        "from sklearn.ensemble import RandomForestClassifier",
        "model = RandomForestClassifier(random_state=0).fit(X, y)",
    ),
    Case("Keras 20 epochs 10,000x20", 10_000, "import keras", KERAS),
)


def figures(quick: bool) -> Iterator[Figure]:
    """Yield, for each fit, the time until its model is there, against the bare fit and MLflow's own autologging."""
    for case in CASES:
        if case.fit is KERAS and importlib.util.find_spec("tensorflow") is None:
            continue
        yield from measured(case, repetitions=3 if quick and case.most_ms is None else 7, stock=2 if quick else 7)


def measured(case: Case, *, repetitions: int, stock: int) -> Iterator[Figure]:
    """Yield the figures of one fit; bare, unlogged and autologged fits take turns, so that they share the weather.

    Each has the machine to itself: what a run logs once its model is there must not count as the next fit's.
    """
    bare, unlogged, ours, durable = [], [], [], []
    with Kernel(case.setup) as kernel:
        kernel.await_warm()
        for i in range(-1, repetitions):
            kernel.await_calm()
            plain = kernel.run(case.fit)
            off = until_there(kernel, case, f"off{i}", "--autolog off")
            kernel.run(f"%runs wait off{i}")
            kernel.await_calm()
            on = until_there(kernel, case, f"on{i}")
            waited = kernel.run(f"%runs wait on{i}")
            # The first round is for what a kernel and a store do once.
            if i >= 0:
                bare.append(plain)
                unlogged.append(off)
                ours.append(on)
                durable.append(on + waited)
    theirs = with_stock_autologging(case, stock)
    name = f"autolog: {case.name}"
    typical = statistics.median(bare)
    if case.most_ms is not None:
        yield within(f"{name}, more than the bare fit", [taken - typical for taken in ours], case.most_ms)
    else:
        yield at_most(f"{name}, until the model is there", ours, "the bare fit", bare, 1 + case.most_share)
    yield at_most(f"{name}, until the model is there", ours, "the same run, --autolog off", unlogged, 1.02)
    yield times_better(f"{name}, until the model is there", ours, "mlflow.autolog()", theirs, 1)
    yield at_most(f"{name}, until all is on disk", durable, "mlflow.autolog()", theirs, float("inf"))


def until_there(kernel: Kernel, case: Case, name: str, options: str = "") -> float:
    """Return the milliseconds from sending a ``%%train`` cell until the next cell has its model."""
    return kernel.run(f"%%train {name} {options}\n{case.fit}") + kernel.run("assert model is not None")


def with_stock_autologging(case: Case, repetitions: int) -> list[float]:
    """Return the milliseconds of the fit in a plain kernel with ``mlflow.autolog()``, without what it does once."""
    with Kernel(f"{case.setup}\n{STOCK}", load=False) as kernel:
        return [kernel.run(case.fit) for _ in range(repetitions + 1)][1:]
