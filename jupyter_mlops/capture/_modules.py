"""Modules travel as imports: the notebook's alias, the module, and the submodules that the cell uses through it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from types import ModuleType

import msgspec


class ModuleImport(msgspec.Struct, frozen=True):
    """An import to repeat where the cell runs.

    Parameters
    ----------
    alias : str
        The notebook's name of the module.
    module : str
        Its full name, such as `sklearn.linear_model`.
    submodules : tuple of str
        Full names of modules below it that the notebook's code reaches by attribute; Python does not import them with
        the parent.
    """

    alias: str
    module: str
    submodules: tuple[str, ...] = ()


def modules_of(
    names: Collection[str], namespace: Mapping[str, object], attribute_chains: Collection[str] = ()
) -> tuple[ModuleImport, ...]:
    """Return the imports that bring back those of some names that are modules.

    A module that Python does not know by its own name (made by hand, replaced since) is left out: it cannot be
    imported elsewhere.

    Parameters
    ----------
    names : collection of str
        Names of the notebook's namespace.
    attribute_chains : collection of str
        Dotted expressions of the code, such as `sklearn.linear_model.Ridge`.
    """
    found = []
    for alias in sorted(names):
        module = namespace.get(alias)
        if isinstance(module, ModuleType) and _is_importable(module):
            found.append(ModuleImport(alias, module.__name__, _submodules(alias, module, attribute_chains)))
    return tuple(found)


def _is_importable(module: ModuleType) -> bool:
    return sys.modules.get(module.__name__) is module


def _submodules(alias: str, module: ModuleType, chains: Collection[str]) -> tuple[str, ...]:
    """Return the loaded submodules along the chains that start from an alias.

    The chain is followed by value, because `tf.keras` may be another package under an alias.
    """
    found = set()
    for chain in chains:
        first, *attributes = chain.split(".")
        if first != alias:
            continue
        parent: object = module
        for attribute in attributes:
            # Not getattr: a lazy package would import the attribute now, in the kernel.
            parent = vars(parent).get(attribute)
            if not isinstance(parent, ModuleType):
                break
            if _is_importable(parent) and parent is not module:
                found.add(parent.__name__)
    return tuple(sorted(found))
