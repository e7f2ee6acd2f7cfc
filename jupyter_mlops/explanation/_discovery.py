"""Methods by name, ours and those of the entry points `jupyter_mlops.explainers`: anybody may add one.

An entry point names a class that is called without arguments and gives an `Explainer`; it is loaded when its name is
asked for, or when a model is to be explained without a name.
"""

from __future__ import annotations

from .._installed import installed, made_by
from ..exceptions import UsageError
from ._glassbox import GlassBoxExplainer
from ._gradients import GradientsExplainer
from ._permutation import PermutationExplainer
from ._pixels import PixelsExplainer
from ._protocol import Explainer, Suitability
from ._shap import ShapExplainer
from ._subject import Subject
from ._words import WordsExplainer

GROUP = "jupyter_mlops.explainers"
AUTO = "auto"


def explainer_names() -> tuple[str, ...]:
    """Return what `--method` takes besides "auto"."""
    return tuple(sorted({*_ours(), *installed(GROUP)}))


def choose_explainer(wanted: str | Explainer, subject: Subject) -> tuple[Explainer, str]:
    """Return a method, that of a name, or for "auto" the one that knows most of the model, and why it was taken.

    Raises
    ------
    UsageError
        There is no such method, it does not explain this model, or it needs a library that is not installed.
    """
    if wanted == AUTO:
        known = [load_explainer(known) for known in explainer_names()]
        explainer = max(known, key=lambda method: _suitability(method, subject).preference)
        found = _suitability(explainer, subject)
        if found.preference <= 0:
            raise UsageError(f"No method explains {type(subject.model).__name__} on {subject.kind}: {found.reason}.")
        return explainer, found.reason
    explainer = load_explainer(wanted) if isinstance(wanted, str) else wanted
    suitability = _suitability(explainer, subject)
    if suitability.preference <= 0:
        raise UsageError(
            f"--method {explainer.name} does not explain {type(subject.model).__name__}: {suitability.reason}."
        )
    return explainer, f"--method {explainer.name} asked for it"


def _suitability(explainer: Explainer, subject: Subject) -> Suitability:
    """Return whether a method explains a model, and this kind of data at all."""
    kinds = getattr(explainer, "kinds", ("table",))
    if subject.kind not in kinds:
        held = {"table": "rows and columns", "text": "text", "images": "images"}[subject.kind]
        return Suitability(-1, f"X holds {held}; use --method auto")
    return explainer.suits(subject)


def load_explainer(name: str) -> Explainer:
    """Return a method by its name.

    Raises
    ------
    UsageError
        There is no such method, or what is installed under this name cannot be loaded.
    """
    ours = _ours()
    if name in ours:
        return ours[name]
    if name in installed(GROUP):
        explainer: Explainer = made_by(installed(GROUP)[name], "method")
        return explainer
    raise UsageError(f"No method named {name!r}. Known: auto, {', '.join(explainer_names())}.")


def _ours() -> dict[str, Explainer]:
    ours: tuple[Explainer, ...] = (
        GlassBoxExplainer(),
        GradientsExplainer(),
        PermutationExplainer(),
        PixelsExplainer(),
        ShapExplainer(),
        WordsExplainer(),
    )
    return {explainer.name: explainer for explainer in ours}
