"""What a word on a magic's line means in the notebook: a name, with attributes perhaps."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ..exceptions import UsageError


def value_named(name: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name, with attributes perhaps, means in the notebook.

    Raises
    ------
    UsageError
        It is not defined; the message says which name is near.
    """
    first, *attributes = name.split(".")
    if first not in namespace:
        raise UsageError(f"{first} is not defined here.{near_name(first, namespace)}")
    value = namespace[first]
    for attribute in attributes:
        if not hasattr(value, attribute):
            raise UsageError(f"{name}: {type(value).__name__} has no {attribute}.")
        value = getattr(value, attribute)
    return value


def near_name(name: str, namespace: Mapping[str, Any]) -> str:
    """Return which name of the notebook was probably meant, as a sentence; empty when none is near."""
    near = get_close_matches(name, [known for known in namespace if not known.startswith("_")], n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""
