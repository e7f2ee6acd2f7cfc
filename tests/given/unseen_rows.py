"""Exported models on rows that no export has seen."""

import numpy as np
from sklearn.neighbors import KNeighborsRegressor

from jupyter_mlops.export import ExportWish, Table, export_model, open_session
from jupyter_mlops.export._estimator import METHODS, said
from jupyter_mlops.export._inputs import InputTensor, feeds_of
from jupyter_mlops.export._parity import Tolerance, figures_off, same_label

QUICK = ExportWish(timed=False)


def equally_far(X):
    """Return a model that no file is equal to: which of many equally far points are neighbours, its tree decides."""
    return KNeighborsRegressor(3).fit(X.round(), X[:, 0])


def rows_off(model, report, path, rows):
    """Return how many rows of a written file differ from the model, output by output."""
    table = Table.of(rows)
    inputs = tuple(
        InputTensor(
            given.name,
            given.type,
            tuple(table.columns.index(name) for name in given.columns) or tuple(range(table.width)),
            flat=len(given.shape) == 1,
        )
        for given in report.inputs
    )
    feeds, held = feeds_of(inputs, table)
    assert held.all()
    told = open_session(path).run([output.name for output in report.outputs], feeds)
    found = {}
    for output, ours in zip(report.outputs, told, strict=True):
        assert output.method in METHODS
        theirs = said(model, output.method, table)
        ours = np.moveaxis(ours, 1, 0) if ours.ndim == 3 and len(ours) != len(table) else ours
        ours = ours.reshape(len(table), -1)
        named = output.method == "predict" and hasattr(model, "classes_")
        off = ~same_label(ours, theirs) if named else figures_off(ours, theirs, Tolerance())[0]
        found[output.method] = int(off.sum())
    return found


def exported(model, rows, later, path):
    """Return the report of an exported model that is right about later rows too."""
    report = export_model(model, rows, path, QUICK)
    assert report.parity.differing == 0
    assert set(rows_off(model, report, path, later).values()) == {0}
    return report
