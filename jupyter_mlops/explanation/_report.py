"""A model and data become a report: the method is chosen, asked, and what it found is joined with what is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..entities import ExplanationReport
from ._discovery import AUTO, choose_explainer
from ._dummies import as_asked
from ._fingerprint import fingerprint_of
from ._matching import matched
from ._protocol import Explainer, ExplanationWish
from ._task import type_name


def explain_model(
    model: Any,
    data: Any = None,
    target: Any = None,
    *,
    method: str | Explainer = AUTO,
    wish: ExplanationWish | None = None,
    name: str = "",
    run_id: str = "",
) -> ExplanationReport:
    """Return what a model does with its features.

    Parameters
    ----------
    model : object
        A fitted model of scikit-learn's kind, alone, in a pipeline or found by a search; a Keras model; a torch module.
    data : DataFrame or array, optional
        Rows and columns as the model takes them. A model that explains itself needs none.
    target : Series or array, optional
        Labels or numbers of these rows.
    method : str or Explainer
        A method or its name; "auto" takes the one that knows most of the model.
    wish : ExplanationWish, optional
        How.
    name : str
        What the user calls the model.
    run_id : str
        Of the run that made it.

    Raises
    ------
    UsageError
        Model, data and method do not go together; nothing was computed in vain.
    """
    explained = matched(model, data, target)
    explainer, reason = choose_explainer(method, explained)
    fingerprint = fingerprint_of(explained.data)
    explained = as_asked(explainer, explained)
    found = explainer.explain(explained, wish or ExplanationWish())
    return ExplanationReport(
        method=explainer.name,
        method_title=found.title,
        chosen_because=reason,
        model=name,
        model_type=type_name(model),
        run_id=run_id,
        task=explained.task.name,
        classes=explained.task.classes or found.classes,
        outputs=found.outputs,
        scale=found.scale,
        base_values=found.base_values,
        rows=explained.rows,
        rows_used=found.rows_used,
        fingerprint=fingerprint,
        contains_data=found.local is not None,
        features=found.features,
        importance=found.importance,
        shapes=found.shapes,
        interactions=found.interactions,
        local=found.local,
        texts=found.texts,
        images=found.images,
        notes=(*explained.notes, *found.notes),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
