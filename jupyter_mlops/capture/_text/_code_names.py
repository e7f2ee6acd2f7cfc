"""Globals in compiled code: what a function reads and rebinds, nested functions included."""

from __future__ import annotations

import builtins
import dis
from types import CodeType
from weakref import WeakKeyDictionary

import msgspec

from ._scopes import MODULE_OWN_NAMES

_GLOBAL_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS"})
_GLOBAL_STORES = frozenset({"STORE_GLOBAL", "DELETE_GLOBAL"})
_OUTER_STORES = frozenset({"STORE_DEREF", "DELETE_DEREF"})
_ATTRIBUTE_LOADS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_READS_UNSEEN = frozenset({"eval", "exec", "globals"})
_BUILTINS = frozenset(dir(builtins))


class CodeNames(msgspec.Struct, frozen=True, kw_only=True):
    """Globals of one code object and of those nested in it.

    Parameters
    ----------
    reads : frozenset of str
        Without the builtins.
    builtins : frozenset of str
        Builtins by name; the notebook may have a global of the same name.
    rebinds : frozenset of str
        Assigned or deleted under a `global` statement.
    chains : frozenset of str
        Dotted expressions from a global.
    outer : frozenset of str
        Variables of the function around it that it assigns or deletes under a `nonlocal` statement.
    """

    reads: frozenset[str]
    builtins: frozenset[str]
    rebinds: frozenset[str]
    chains: frozenset[str]
    outer: frozenset[str] = frozenset()

    @property
    def dynamic(self) -> bool:
        """Whether the code reads globals that it does not show."""
        return not _READS_UNSEEN.isdisjoint(self.builtins)


_KNOWN: WeakKeyDictionary[CodeType, CodeNames] = WeakKeyDictionary()


def code_names(code: CodeType) -> CodeNames:
    """Return the globals that a code object and those nested in it use."""
    known = _KNOWN.get(code)
    if known is None:
        known = _KNOWN[code] = _read(code)
    return known


def _read(code: CodeType) -> CodeNames:
    nested = [code_names(constant) for constant in code.co_consts if isinstance(constant, CodeType)]
    loads, rebinds, chains = _own_names(code)
    loads -= MODULE_OWN_NAMES
    return CodeNames(
        reads=frozenset(loads - _BUILTINS).union(*(inner.reads for inner in nested)),
        builtins=frozenset(loads & _BUILTINS).union(*(inner.builtins for inner in nested)),
        rebinds=frozenset(rebinds).union(*(inner.rebinds for inner in nested)),
        chains=frozenset(chains).union(*(inner.chains for inner in nested)),
        outer=_outer_stores(code).union(*(inner.outer for inner in nested)).intersection(code.co_freevars),
    )


def _outer_stores(code: CodeType) -> frozenset[str]:
    if not code.co_freevars:
        return frozenset()
    return frozenset(step.argval for step in dis.get_instructions(code) if step.opname in _OUTER_STORES)


def _own_names(code: CodeType) -> tuple[set[str], set[str], set[str]]:
    """Return the globals loaded, the globals stored, and the dotted chains of one code object."""
    loads: set[str] = set()
    stores: set[str] = set()
    chains: set[str] = set()
    chain: list[str] = []
    for instruction in dis.get_instructions(code):
        if instruction.opname == "EXTENDED_ARG":
            # The first half of the next one, in code with many names.
            continue
        if chain and instruction.opname in _ATTRIBUTE_LOADS:
            chain.append(instruction.argval)
            continue
        if len(chain) > 1 and chain[0] == "__main__":
            loads.add(chain[1])
        if len(chain) > 1:
            chains.add(".".join(chain))
        chain = []
        if instruction.opname in _GLOBAL_LOADS:
            loads.add(instruction.argval)
            chain = [instruction.argval]
        elif instruction.opname in _GLOBAL_STORES:
            stores.add(instruction.argval)
    return loads, stores, chains
