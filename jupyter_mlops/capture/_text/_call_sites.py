"""Which arguments a notebook's own functions write into: what their bodies do to parameters meets how they are called.

An array that is only passed to a call counts as read (`_stateful.py`), because libraries seldom write into one. Of a
function of the notebook the text is known: `def fill(a): a[:] = 1` changes what it is given, `def mean(a)` does not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec

ANY = "?"
"""The place of an argument that cannot be told: `f(*arrays)`, `f(**options)`."""

LAMBDA = "<lambda>"
"""Stands for every lambda without a name."""


class CallSite(msgspec.Struct, frozen=True):
    """A call, as its text shows it.

    Parameters
    ----------
    functions : frozenset of str
        What may be called: a name, `.method`, or `LAMBDA`.
    handed : frozenset of str
        What is among the arguments and may be a function, in the same words: `map(fill, arrays)`.
    arguments : tuple of (str, frozenset of str)
        Place (a number, a keyword or `ANY`) and the names whose object may be there.
    """

    functions: frozenset[str]
    handed: frozenset[str] = frozenset()
    arguments: tuple[tuple[str, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, call: ast.Call, names_of: Callable[[ast.expr], Iterable[str]]) -> CallSite:
        """Return a call; `names_of` tells which names the value of an expression may share its object with."""
        given = _given_arguments(call)
        handed = frozenset(name for _, value in given for name in called_names(value))
        arguments = ((place, frozenset(names_of(value))) for place, value in given)
        return cls(
            frozenset(called_names(call.func)), handed, tuple((place, names) for place, names in arguments if names)
        )

    @property
    def names(self) -> frozenset[str]:
        """Everything that is passed."""
        return frozenset().union(*(names for _, names in self.arguments))

    def renamed(self, rename: Callable[[Iterable[str]], Iterable[str]]) -> CallSite:
        """Return the same call with other names for what is passed."""
        arguments = ((place, frozenset(rename(names))) for place, names in self.arguments)
        return CallSite(self.functions, self.handed, tuple((place, names) for place, names in arguments if names))


class Parameters(msgspec.Struct, frozen=True):
    """What a function may do to what it is given.

    Parameters
    ----------
    places : dict
        Place of an argument to the parameter that takes it. Empty where that cannot be told (methods, decorated
        functions): what the function does to one parameter counts for all arguments then.
    changed : frozenset of str
        Parameters that its body writes into.
    calls : frozenset of CallSite
        Where it passes parameters on; the names are parameters.
    """

    places: dict[str, str] = {}
    changed: frozenset[str] = frozenset()
    calls: frozenset[CallSite] = frozenset()

    @staticmethod
    def join(every: Iterable[Parameters]) -> Parameters:
        """Return one for several definitions of which nobody knows which is meant."""
        found = list(every)
        if len(found) == 1:
            return found[0]
        changed = frozenset().union(*(one.changed for one in found))
        return Parameters({}, changed, frozenset().union(*(one.calls for one in found)))


def _given_arguments(call: ast.Call) -> list[tuple[str, ast.expr]]:
    """Return the arguments of a call, each with its place."""
    positional = [(str(place), value) for place, value in enumerate(call.args)]
    if any(isinstance(value, ast.Starred) for value in call.args):
        # What comes after `*values` may be anywhere.
        positional = [(ANY, value) for value in call.args]
    return positional + [(keyword.arg or ANY, keyword.value) for keyword in call.keywords]


def places_of(arguments: ast.arguments) -> dict[str, str]:
    """Return the place of each argument to the parameter that takes it; `*` and `**` take the others."""
    positional = [*arguments.posonlyargs, *arguments.args]
    places = {str(number): argument.arg for number, argument in enumerate(positional)}
    places |= {argument.arg: argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)}
    rest = {"*": arguments.vararg, "**": arguments.kwarg}
    return places | {place: argument.arg for place, argument in rest.items() if argument is not None}


def first_argument(arguments: ast.arguments) -> str:
    """Return the name of the first parameter, `self` of a method; empty without one."""
    positional = [*arguments.posonlyargs, *arguments.args]
    return positional[0].arg if positional else ""


def called_names(function: ast.expr) -> Iterator[str]:
    """Yield what an expression may stand for when it is called, as in `CallSite`."""
    match function:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr=method):
            yield f".{method}"
        case ast.Lambda():
            yield LAMBDA
        case (
            ast.Subscript(value=inner) | ast.NamedExpr(value=inner) | ast.Await(value=inner) | ast.Starred(value=inner)
        ):
            yield from called_names(inner)
        case ast.Call(func=inner, args=arguments, keywords=keywords):
            # `partial(fill)(x)`, `delayed(fill)(x)`
            for part in (inner, *arguments, *(keyword.value for keyword in keywords)):
                yield from called_names(part)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*called_names(body), *called_names(orelse))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from called_names(part)


def changed_arguments(
    calls: Iterable[CallSite],
    defined: Mapping[str, Parameters],
    behind: Callable[[str], Collection[str]],
) -> frozenset[str]:
    """Return the names whose object a function of the notebook may write into in one of some calls.

    Parameters
    ----------
    calls : iterable of CallSite
        Of a cell, and of the functions that it uses.
    defined : Mapping
        Function, `Class.method` or `LAMBDA` to what it does to its parameters.
    behind : callable
        Return the functions and classes of the notebook that a name, which is none itself, may lead to: a partial, a
        wrapper, an object that can be called.
    """
    if not any(parameters.changed for parameters in defined.values()):
        return frozenset()
    writers = _Writers(defined, behind)
    return frozenset().union(*(writers.changed_by(call) for call in calls))


class _Writers:
    """What each function writes into, through however many others it passes its parameters to."""

    def __init__(self, defined: Mapping[str, Parameters], behind: Callable[[str], Collection[str]]) -> None:
        self._defined = defined
        self._behind = behind
        self._changed = {name: set(parameters.changed) for name, parameters in defined.items()}
        while self._spread():
            pass

    def _spread(self) -> bool:
        """Follow parameters one call further; return whether that found anything."""
        found = False
        for name, parameters in self._defined.items():
            for call in parameters.calls:
                more = self.changed_by(call) - self._changed[name]
                self._changed[name] |= more
                found |= bool(more)
        return found

    def changed_by(self, call: CallSite) -> frozenset[str]:
        """Return the names whose object a call may change."""
        if not call.arguments:
            return frozenset()
        if any(self._changed[key] for name in call.handed for key in self._keys(name)):
            return call.names
        keys = {key for name in call.functions for key in self._keys(name)}
        return frozenset().union(*(self._changed_through(key, call) for key in keys))

    def _changed_through(self, key: str, call: CallSite) -> frozenset[str]:
        changed, places = self._changed[key], self._defined[key].places
        if not changed:
            return frozenset()
        if not places:
            return call.names
        found: set[str] = set()
        for place, names in call.arguments:
            rest = places.get("*" if place.isdigit() else "**")
            if place == ANY or places.get(place, rest) in changed:
                found |= names
        return frozenset(found)

    def _keys(self, name: str) -> list[str]:
        """Return the definitions that a name may mean where it is called."""
        if name.startswith("."):
            # An attribute may hold a plain function, too.
            return [key for key in self._defined if key.endswith(name) or key == name[1:]]
        if name in self._defined:
            return [name]
        if any(key.startswith(f"{name}.") for key in self._defined):
            return [key for key in self._defined if key == f"{name}.__init__"]
        roots = self._behind(name)
        return [key for key in self._defined if key.partition(".")[0] in roots]
