"""Sensitive and control features by name: columns of the data, else values that the caller has under that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ...exceptions import UsageError


def named_columns(wanted: Any, X: Any, namespace: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return columns by name.

    Parameters
    ----------
    wanted : str, Mapping, Series, DataFrame, or iterable of names and Series
        Names, or columns themselves.
    X : DataFrame, optional
        Where names are looked for first.
    namespace : Mapping, optional
        Where they are looked for then: a notebook's names. A frame stands for all its columns.

    Raises
    ------
    UsageError
        There is no column of a name; the message says which is near.
    """
    if isinstance(wanted, Mapping):
        return {str(name): values for name, values in wanted.items()}
    if hasattr(wanted, "columns"):
        return {str(name): wanted[name] for name in wanted.columns}
    if hasattr(wanted, "dtype") and getattr(wanted, "name", None) is not None:
        return {str(wanted.name): wanted}
    if hasattr(wanted, "__array__"):
        raise UsageError("The feature has no name. Give a mapping of names to columns: {'sex': sex}.")
    found: dict[str, Any] = {}
    for name in [wanted] if isinstance(wanted, str) else wanted:
        found |= named_columns(name, X) if hasattr(name, "dtype") else _column(name, X, namespace or {})
    return found


def _column(name: Any, X: Any, namespace: Mapping[str, Any]) -> dict[str, Any]:
    columns = getattr(X, "columns", None)
    if columns is not None and name in columns:
        return {str(name): X[name]}
    if name in namespace:
        value = namespace[name]
        return named_columns(value, X) if hasattr(value, "columns") else {str(name): value}
    known = [] if columns is None else list(map(str, columns))
    where = "X has no columns with names" if columns is None else f"X has no column {name!r}"
    here = f", and {name} is not defined here" if namespace else ""
    raise UsageError(f"{where}{here}.{_meant(str(name), known, namespace)}")


def _meant(name: str, columns: list[str], namespace: Mapping[str, Any]) -> str:
    near = get_close_matches(name, [*columns, *_data_names(namespace)], n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]}?"
    listed = ", ".join(columns[:10]) + (" and others" if len(columns) > 10 else "")
    return f" Its columns are {listed}." if columns else " Give the column itself, under a name of its own."


def _data_names(namespace: Mapping[str, Any]) -> Iterable[str]:
    return [name for name, value in namespace.items() if not name.startswith("_") and hasattr(value, "__len__")]
