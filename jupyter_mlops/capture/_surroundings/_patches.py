"""What the notebook has put into modules and classes of others: `pd.DataFrame.double = double`, `helper.f = patched`.

Such an attribute is reached through no name that a cell reads, and a module travels as an import. Where to look tells
the text of the cells that have run; what is there now travels, and is set in the run once the module is imported there.
Numbers and texts in modules of the notebook's own are `_module_state.py`'s.
"""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

from .._local_modules import changed_files
from .._on_import import when_imported
from .._pickle import dump_values
from .._text._slice import ExecutedCell

PATCHES = "__mlops_patches__"
"""The name under which they travel."""

_OF_THE_PROCESS = frozenset(
    {"__main__", "builtins", "gc", "os", "signal", "sys", "threading", "IPython", "ipykernel", "jupyter_mlops"}
)
"""Packages whose attributes belong to the kernel's process, or to its shell."""

_NAMED = (FunctionType, BuiltinFunctionType, type)
_ATOMS = (type(None), bool, int, float, complex, str, bytes)

_BINDING_SIGNS = ("=", "setattr", " as ", "for ")
"""Without any of these a cell assigns to no attribute."""


class _Target(NamedTuple):
    """`a.b.c` of an assignment. `sure`: it stands at top level, so that it has run with its cell."""

    chain: tuple[str, ...]
    sure: bool


@dataclass(frozen=True)
class Patch:
    """An attribute of a module, or of a class in it (`owner`, dotted; empty for the module itself)."""

    module: str
    owner: str
    attribute: str
    value: Any

    def apply(self) -> None:
        """Set it as soon as its module is imported; a module that has another class by then is left alone."""
        when_imported(self.module, self._set)

    def _set(self) -> None:
        found: Any = sys.modules[self.module]
        for part in filter(None, self.owner.split(".")):
            found = getattr(found, part, None)
        if found is not None:
            setattr(found, self.attribute, self.value)

    def __str__(self) -> str:
        return ".".join(filter(None, (self.module, self.owner, self.attribute)))


@dataclass(frozen=True)
class Patches:
    """Every patch of a notebook.

    Parameters
    ----------
    travel : tuple of Patch
        Those whose value can.
    stay : tuple of str
        The others, dotted.
    """

    travel: tuple[Patch, ...] = ()
    stay: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, history: Iterable[ExecutedCell], namespace: Mapping[str, object], transform: Callable[[str], str] = str
    ) -> Patches:
        """Return what the cells that have run have put into others' modules and classes, as it is now."""
        told = (target for cell in history for target in _targets(cell.source, transform))
        targets = {target for target in told if _is_kind(namespace.get(target.chain[0]), ModuleType, type)}
        found = {str(patch): patch for target in sorted(targets) for patch in _patch_at(target, namespace)}
        # The notebook's version of a file that has changed is not the run's: nothing is put into that.
        edited = changed_files({patch.module for patch in found.values()}) if found else ()
        found = {name: patch for name, patch in found.items() if patch.module not in edited}
        if not found:
            return cls()
        refused = {refusal.name for refusal in dump_values(found, namespace=namespace).refused}
        travel = tuple(patch for name, patch in found.items() if name not in refused)
        return cls(travel, tuple(sorted(refused)))

    @property
    def code(self) -> dict[str, object]:
        """The functions and classes among them, each under a name that no cell has: what they read travels as well."""
        return {f"{PATCHES}{number}": patch.value for number, patch in enumerate(self.travel)}


def _patch_at(target: _Target, namespace: Mapping[str, object]) -> Iterator[Patch]:
    root, *path, attribute = target.chain
    owner: Any = namespace.get(root)
    try:
        for part in path:
            owner = getattr(owner, part)
        value = getattr(owner, attribute)
    except Exception:  # noqa: BLE001  # a property of any library, or what a later cell has deleted
        return
    if _is_kind(owner, ModuleType):
        module, within = vars(owner).get("__name__"), ""
    elif _is_kind(owner, type):
        module, within = vars(owner).get("__module__"), owner.__qualname__
    else:
        return
    if not isinstance(module, str):
        return
    if module.partition(".")[0] in _OF_THE_PROCESS or sys.modules.get(module) is None or "<" in within:
        return
    if not _is_kind(owner, ModuleType):
        value = vars(owner).get(attribute, value)
    if _is_own(value, module, within, attribute) or not (target.sure or _is_kind(value, *_NAMED, *_ATOMS)):
        return
    yield Patch(module, within, attribute, value)


def _is_own(value: object, module: str, within: str, attribute: str) -> bool:
    """Whether an attribute holds what its module has under that very name: the patch was taken back."""
    if _is_kind(value, ModuleType):
        return True
    own_name = ".".join(filter(None, (within, attribute)))
    try:
        return bool(value.__module__ == module and value.__qualname__ == own_name)  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001  # most values have no such names; what others answer is their own code
        return False


def _is_kind(value: object, *kinds: type) -> bool:
    """`isinstance` that does not ask the value, which may answer with any code of its own."""
    return issubclass(type(value), kinds)


@functools.lru_cache(maxsize=1024)
def _targets(source: str, transform: Callable[[str], str]) -> tuple[_Target, ...]:
    """Return the attributes that a cell assigns to, by a statement or by `setattr` with a name that stands there."""
    if not any(sign in source for sign in _BINDING_SIGNS):
        return ()
    try:
        tree = ast.parse(transform(source))
    except (SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(_walk(tree))


def _walk(tree: ast.AST) -> Iterator[_Target]:
    # Not recursive: a cell may be a sum of a thousand terms.
    pending = [(tree, True)]
    while pending:
        node, sure = pending.pop()
        chain: tuple[str, ...] = ()
        match node:
            case ast.Attribute(ctx=ast.Store()):
                chain = _chain(node)
            case ast.Call(func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str(attribute)), _]):
                chain = (*_chain(owner), attribute)
        if len(chain) > 1:
            yield _Target(chain, sure)
        inner = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef))
        pending += [(child, sure and not inner) for child in ast.iter_child_nodes(node)]


def _chain(node: ast.expr) -> tuple[str, ...]:
    """Return the parts of `a.b.c`; none for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return (node.id, *parts) if isinstance(node, ast.Name) else ()
