"""Methods by name, ours and those of the entry points `jupyter_mlops.explainers`: anybody may add one.

An entry point names a class that is called without arguments and gives an `Explainer`; it is loaded when its name is
asked for, or when a model is to be explained without a name.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ..exceptions import MissingExtraError, UsageError
from ._glassbox import GlassBoxExplainer
from ._gradients import GradientsExplainer
from ._permutation import PermutationExplainer
from ._protocol import Explainer
from ._subject import Subject

GROUP = "jupyter_mlops.explainers"
AUTO = "auto"


def explainer_names() -> tuple[str, ...]:
    """Return what `--method` takes besides "auto"."""
    return tuple(sorted({*_ours(), *_installed()}))


def choose_explainer(wanted: str | Explainer, subject: Subject) -> tuple[Explainer, str]:
    """Return a method, that of a name, or for "auto" the one that knows most of the model, and why it was taken.

    Raises
    ------
    UsageError
        There is no such method, or it does not explain this model.
    MissingExtraError
        It needs a library that is not installed.
    """
    if wanted == AUTO:
        known = [load_explainer(known) for known in explainer_names()]
        explainer = max(known, key=lambda method: method.suits(subject).preference)
        return explainer, explainer.suits(subject).reason
    explainer = load_explainer(wanted) if isinstance(wanted, str) else wanted
    suitability = explainer.suits(subject)
    if suitability.preference <= 0:
        raise UsageError(
            f"--method {explainer.name} does not explain {type(subject.model).__name__}: {suitability.reason}."
        )
    return explainer, f"--method {explainer.name} asked for it"


def load_explainer(name: str) -> Explainer:
    """Return a method by its name.

    Raises
    ------
    UsageError
        There is no such method.
    MissingExtraError
        It needs a library that is not installed.
    """
    ours = _ours()
    if name in ours:
        return ours[name]
    if name in _installed():
        explainer: Explainer = _installed()[name].load()()
        return explainer
    if name == "shap":
        raise MissingExtraError(
            "SHAP is no part of jupyter_mlops: --method shap needs a package that adds it as an entry point "
            f"{GROUP}. Use --method permutation, which explains any model."
        )
    raise UsageError(f"No method named {name!r}. Known: auto, {', '.join(explainer_names())}.")


@cache
def _installed() -> dict[str, EntryPoint]:
    """Return the methods of other packages: to look takes longer than to explain a small glass box."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _ours() -> dict[str, Explainer]:
    ours: tuple[Explainer, ...] = (GlassBoxExplainer(), GradientsExplainer(), PermutationExplainer())
    return {explainer.name: explainer for explainer in ours}
