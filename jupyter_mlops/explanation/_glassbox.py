"""Models that explain themselves: InterpretML's additive models, as their own explanations have it.

`explain_global().data()` and `explain_local().data()` are taken over number by number; nothing is computed here but
the spread of an EBM's importance over its outer bags, for which the model's own `term_importances` is asked per bag.
"""

from __future__ import annotations

from typing import Any

from ..entities import Importance, LocalExplanations
from ._asking import asking
from ._columns import figures
from ._glassbox_data import Term, features_of_model, has_spread, interaction_of, local_of, shape_of, terms_of
from ._privacy import privacy_notes
from ._protocol import Explained, ExplanationWish, Suitability
from ._subject import Subject, check_rows

_SCALES = {"logit": "log odds", "mlogit": "log odds", "log": "logarithm of the prediction"}


class GlassBoxExplainer:
    """Explains InterpretML's EBMs and linear models by what they are."""

    name = "glassbox"

    def suits(self, subject: Subject) -> Suitability:
        """Tell whether the model, inside a search perhaps, is one that explains itself in the user's columns."""
        core = subject.core
        name = type(core).__name__
        if not _is_interpretml(core):
            return Suitability(
                0, "only InterpretML's EBMs and linear models explain themselves; use --method permutation"
            )
        if _is_ebm(core):
            return Suitability(30, f"{name} is a sum of curves that InterpretML shows as they are")
        if subject.task.name == "multiclass":
            return Suitability(0, f"InterpretML explains only the first class of {name}; use --method permutation")
        if hasattr(core, "linear_class"):
            return Suitability(30, f"{name} is a weighted sum whose weights InterpretML shows as they are")
        return Suitability(0, f"InterpretML shows {name} as a diagram, not as figures; use --method permutation")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Take over what the model says of itself; data are needed only for single rows.

        Raises
        ------
        UsageError
            Single rows are asked for and the model cannot read them.
        """
        if wish.rows:
            subject.require_data("Explaining single rows")
            check_rows(wish.rows, subject.rows)
        with asking(subject):
            return self._explained(subject, wish)

    def _explained(self, subject: Subject, wish: ExplanationWish) -> Explained:
        core = subject.core
        found = core.explain_global()
        terms = terms_of(core, found)
        importance, ranked = _importance(core, found, terms)
        return Explained(
            title=f"{type(core).__name__} as InterpretML shows it",
            scale=_SCALES.get(_link(core), subject.task.target_name or "prediction"),
            importance=importance,
            features=features_of_model(core),
            outputs=subject.task.outputs,
            base_values=figures(_intercepts(core)),
            shapes=tuple(shape_of(core, found, term) for term in ranked if len(term.features) == 1),
            interactions=tuple(interaction_of(core, found, term) for term in ranked if len(term.features) == 2),
            local=self.explain_rows(subject, wish.rows, importance.names) if wish.rows else None,
            notes=(*_notes(core, len(terms)), *privacy_notes(core, has_rows=bool(wish.rows))),
        )

    def explain_rows(self, subject: Subject, rows: tuple[int, ...], names: tuple[str, ...]) -> LocalExplanations:
        """Return what each term adds in some rows, the terms in the order of these names."""
        return local_of(subject, rows, names)


def _is_ebm(model: Any) -> bool:
    return hasattr(model, "term_features_") and hasattr(model, "bagged_scores_")


def _is_interpretml(model: Any) -> bool:
    return any(kind.__module__.startswith("interpret.glassbox") for kind in type(model).__mro__)


def _link(core: Any) -> str:
    return str(core.link_) if _is_ebm(core) else "logit" if hasattr(core, "classes_") else "identity"


def _intercepts(core: Any) -> Any:
    import numpy as np

    return np.atleast_1d(core.intercept_ if _is_ebm(core) else core.sk_model_.intercept_)


def _importance(core: Any, found: Any, terms: list[Term]) -> tuple[Importance, list[Term]]:
    """Return the importance, and the terms in its order: the largest first."""
    overall = found.data()
    scores = [float(score) for score in overall["scores"]]
    ranked = sorted(terms, key=lambda term: -abs(scores[term.number]))
    spread = _spread(core) if has_spread(core) else []
    bags = len(core.bagged_scores_[0]) if spread else 0
    return Importance(
        measure="mean size of what the term adds" if _is_ebm(core) else "coefficient, what one more of the column adds",
        interval=f"one standard deviation over {bags} outer bags" if spread else "",
        names=tuple(str(overall["names"][term.number]) for term in ranked),
        features=tuple(term.features for term in ranked),
        scores=figures(scores[term.number] for term in ranked),
        low=figures(scores[term.number] - spread[term.place] for term in ranked) if spread else (),
        high=figures(scores[term.number] + spread[term.place] for term in ranked) if spread else (),
    ), ranked


def _spread(core: Any) -> list[float]:
    """Return how the importance of an EBM's terms differs between its outer bags, by `term_importances` of each."""
    import copy

    import numpy as np

    one = copy.copy(core)
    found = []
    for bag in range(len(core.bagged_scores_[0])):
        one.term_scores_ = [scores[bag] for scores in core.bagged_scores_]
        found.append(one.term_importances())
    return [float(width) for width in np.std(found, axis=0)]


def _notes(core: Any, shown: int) -> tuple[str, ...]:
    if not _is_ebm(core):
        return ("A coefficient is for one more of its column: columns in different units do not compare.",)
    left_out = len(core.term_features_) - shown
    if not left_out:
        return ()
    terms = "1 term" if left_out == 1 else f"{left_out} terms"
    return (
        f"InterpretML shows no interactions of several classes or of three columns: {terms} left out, of single rows "
        "too, whose contributions do not sum up then.",
    )
