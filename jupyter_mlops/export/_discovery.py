"""Converters by name, ours and those of the entry points `jupyter_mlops.converters`: anybody may add one.

An entry point names a class that is called without arguments and gives a `Converter`.
"""

from __future__ import annotations

from typing import Any

from .._installed import installed, made_by
from ..exceptions import ExportError, UsageError
from ._converters._ebm import EbmConverter
from ._converters._keras import KerasConverter
from ._converters._lightgbm import LightgbmConverter
from ._converters._sklearn import SklearnConverter
from ._converters._torch import TorchConverter
from ._converters._xgboost import XgboostConverter
from ._estimator import Estimator
from ._protocol import Converter, NetworkConverter
from ._subject import Subject

GROUP = "jupyter_mlops.converters"


def converter_names() -> tuple[str, ...]:
    """Return the names of all converters."""
    return tuple(sorted({*_ours(), *installed(GROUP)}))


def converter_for(model: Any) -> Converter:
    """Return the converter that knows a model; one that was installed comes before ours.

    Raises
    ------
    ExportError
        None does.
    UsageError
        One that was installed cannot be loaded.
    """
    for name in dict.fromkeys((*installed(GROUP), *_ours())):
        converter = load_converter(name)
        if converter.suits(model):
            return converter
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    raise ExportError(
        f"No converter knows {kind}. Known: {', '.join(converter_names())}. Boosters go by their scikit-learn classes "
        "(XGBClassifier, LGBMClassifier); other frameworks need a package that adds a converter."
    )


def subject_of(model: Any, converter: Converter | None = None) -> Subject:
    """Return a model with the way in which it is asked, as its converter says it.

    Raises
    ------
    ExportError
        No converter knows it.
    """
    known = converter or converter_for(model)
    return known.subject(model) if isinstance(known, NetworkConverter) else Estimator(model)


def load_converter(name: str) -> Converter:
    """Return a converter by its name.

    Raises
    ------
    UsageError
        There is none, or what is installed under this name cannot be loaded.
    """
    if name in installed(GROUP):
        converter: Converter = made_by(installed(GROUP)[name], "converter")
        return converter
    if name in _ours():
        return _ours()[name]
    raise UsageError(f"No converter named {name!r}. Known: {', '.join(converter_names())}.")


def _ours() -> dict[str, Converter]:
    ours: tuple[Converter, ...] = (
        XgboostConverter(),
        LightgbmConverter(),
        EbmConverter(),  # before scikit-learn's: it is built on its base
        SklearnConverter(),
        KerasConverter(),
        TorchConverter(),
    )
    return {converter.name: converter for converter in ours}
