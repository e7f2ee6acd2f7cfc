"""What runs owe the notebook: which name comes from which run, what it held before, and what happens in the end.

State only: no IPython, no waiting, no display. `_pending.py` asks these classes and tells them what happened.

A name is *pending* while a run owes it. It is then absent from the namespace, so that nothing can read the old value by
accident; the old value is kept here. It leaves this state in one of five ways: the run delivers it, the run releases it
unchanged (the kept object returns), the run hands it on before its cell begins (an earlier run owes it again), the
notebook assigns or deletes it (the run's value is dropped), or the run fails (see `Ledger.break_promise`).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import TYPE_CHECKING

from ...entities import Result
from ._aliases import StaleAlias, stale_aliases
from ._cells import NOTHING_UNSEEN, UnseenNames
from ._holders import find_holders, put_in_place

if TYPE_CHECKING:
    from ._delivery import OwingRun


Namespace = MutableMapping[str, object]


@dataclass(frozen=True)
class MissingName:
    """A name that a run should have made and did not, and why; a cell that reads it cannot run."""

    run: OwingRun
    reason: str


class Remembered:
    """A value that a name held, remembered without keeping it alive where its type allows that."""

    def __init__(self, value: object) -> None:
        try:
            self._get: Callable[[], object] = weakref.ref(value)
        except TypeError:
            self._get = lambda: value

    def is_still(self, value: object) -> bool:
        """Whether `value` is the very same object."""
        return value is not None and self._get() is value


@dataclass(eq=False)
class Promise:
    """One run's debt to the notebook.

    Parameters
    ----------
    run : OwingRun
        Who owes.
    names : set of str
        Still pending, and this run is the latest to promise them.
    cell_id : str
        Of the `%%train` cell; empty when the front end does not tell.
    kept : dict
        What pending names held before the submission.
    before : dict
        Names that an earlier run owed at the submission, and still may have to give.
    watched : dict
        Captured names that nobody expects to change, with the objects they held.
    seen : dict
        Watched names that a later cell has read, with that cell's label.
    result : Result, optional
        The run's account of its end, once it was read.
    told : set of str
        Watched names that need no further notice.
    imports : dict
        Pending names that the cell only imports, with the statement that does it.
    unseen : UnseenNames
        What else the run may give: names that its cell binds without its text saying so.
    undecided : frozenset of str
        Names that earlier runs owe to this one, and that it may hand on before its cell begins.
    unsure : frozenset of str
        Names that the run may leave as they are: it assigns them on a branch only, and does not read them.
    may_change : frozenset of str, optional
        The part of `names` whose object the run may change; None where nobody knows.
    handed_on : dict
        Those that it has handed on, each with the promise that will give it; this run is watched for changing it.
    functions : dict
        Functions of the notebook that the run took along, by name: what comes back may refer to them.
    held : dict
        What names that the run may change were before, where containers of the notebook hold it.
    holders : dict
        Names of these containers, each with the names of what it holds: they wait with them.
    promised : frozenset of str
        What `names` was in the beginning.
    """

    run: OwingRun
    names: set[str]
    cell_id: str = ""
    kept: dict[str, object] = field(default_factory=dict)
    before: dict[str, Promise] = field(default_factory=dict)
    watched: dict[str, Remembered] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    result: Result | None = None
    told: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    unseen: UnseenNames = NOTHING_UNSEEN
    undecided: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    may_change: frozenset[str] | None = None
    handed_on: dict[str, Promise] = field(default_factory=dict)
    functions: dict[str, Remembered] = field(default_factory=dict)
    held: dict[str, object] = field(default_factory=dict)
    holders: dict[str, frozenset[str]] = field(default_factory=dict)
    promised: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.promised = frozenset(self.names)

    def held_by(self, readers: Iterable[str]) -> set[str]:
        """Return the names still owed that some names hold in their containers."""
        return {name for reader in readers for name in self.holders.get(reader, ()) if name in self.names}

    def still_holds(self, name: str, namespace: Mapping[str, object]) -> bool:
        """Whether a watched name holds the very object that the run captured."""
        return name in self.watched and self.watched[name].is_still(namespace.get(name))


class Ledger:
    """Every promise that is open in one notebook. For the thread that executes cells."""

    def __init__(self) -> None:
        self._open: list[Promise] = []
        self._missing: dict[str, MissingName] = {}

    @property
    def pending(self) -> dict[str, Promise]:
        """Pending name to the promise that will give it."""
        return {name: promise for promise in self._open for name in promise.names}

    @property
    def missing(self) -> Mapping[str, MissingName]:
        """Names that a failed run would have made; reading one is refused until it is assigned."""
        return self._missing

    def __iter__(self) -> Iterator[Promise]:
        """Yield the open promises, oldest first."""
        return iter(tuple(self._open))

    def __bool__(self) -> bool:
        return bool(self._open or self._missing)

    def promise(
        self,
        run: OwingRun,
        names: Iterable[str],
        watched: Iterable[str],
        namespace: Namespace,
        cell_id: str = "",
        unseen: UnseenNames = NOTHING_UNSEEN,
    ) -> Promise:
        """Take the names out of the namespace until the run gives them; a later promise replaces an earlier one."""
        made = Promise(run, set(names), cell_id, unseen=unseen)
        owed = self.pending
        for name in made.names:
            self._missing.pop(name, None)
            if name in namespace:
                made.kept[name] = namespace.pop(name)
            elif name in owed:
                made.before[name] = owed[name]
                owed[name].names.discard(name)
        made.watched = {name: Remembered(namespace[name]) for name in watched if name in namespace}
        self._open.append(made)
        self._close_settled()
        return made

    def note_holders(self, promise: Promise, namespace: Namespace) -> None:
        """Note which containers hold what a run may change; who reads one of them waits for the run."""
        changed = promise.names if promise.may_change is None else promise.names & promise.may_change
        before = self.held_before()
        promise.holders = find_holders({name: before[name] for name in changed & before.keys()}, namespace)
        promise.held = {name: before[name] for names in promise.holders.values() for name in names}

    @staticmethod
    def put_in_place(promise: Promise, names: Iterable[str], namespace: Namespace) -> None:
        """Put what came back for some names where the notebook's containers have what was there before."""
        new = {id(promise.held[name]): namespace[name] for name in names if name in promise.held and name in namespace}
        put_in_place(promise.holders, new, namespace)

    @staticmethod
    def remember_functions(promise: Promise, captured: Iterable[str], namespace: Namespace) -> None:
        """Note which functions a run took along: a table of functions that it makes holds these, not copies of them."""
        held = {name: namespace.get(name) for name in captured}
        promise.functions = {name: Remembered(value) for name, value in held.items() if isinstance(value, FunctionType)}

    def drop(self, names: Iterable[str]) -> None:
        """Forget what runs owe of these names: the notebook has assigned or deleted them."""
        for name in names:
            self._missing.pop(name, None)
            for promise in self._open:
                promise.names.discard(name)
                promise.kept.pop(name, None)
                promise.before.pop(name, None)
                promise.handed_on.pop(name, None)
        self._close_settled()

    def earlier(self) -> tuple[dict[str, tuple[str, ...]], dict[str, object]]:
        """Return, for names that a run may leave as they are, the runs that owed them before, and what they held."""
        runs: dict[str, tuple[str, ...]] = {}
        kept: dict[str, object] = {}
        for name, promise in self.pending.items():
            while name in promise.unsure and name in promise.before:
                promise = promise.before[name]
                runs[name] = (*runs.get(name, ()), promise.run.id)
            if name in promise.unsure and name in promise.kept:
                kept[name] = promise.kept[name]
        return runs, kept

    def drop_assigned(self, namespace: Mapping[str, object]) -> None:
        """Drop pending and missing names that are in the namespace: the notebook has assigned them."""
        self.drop([name for name in (*self.pending, *self._missing) if name in namespace])

    def hand_on(self, promise: Promise, names: Iterable[str], namespace: Namespace) -> None:
        """Take a run's word that it will not change some of its undecided names: they are what it got itself.

        What an earlier run owes, that owes again; what has come in the meantime is bound.
        """
        for name in promise.undecided.intersection(names):
            promise.undecided -= {name}
            owner = promise.before.pop(name, None)
            for other in self._open:
                self._look_past(promise, other, name, owner)
            if owner is not None:
                promise.handed_on[name] = owner
                if name in promise.names:
                    owner.names.add(name)
            elif name in promise.kept:
                value = promise.kept.pop(name)
                promise.watched[name] = Remembered(value)
                if name in promise.names:
                    namespace[name] = value
            promise.names.discard(name)
        self._close_settled()

    @staticmethod
    def _look_past(promise: Promise, other: Promise, name: str, owner: Promise | None) -> None:
        """Let another promise look to whoever gives a name instead of a run that has handed it on."""
        was_before, was_handed_on = other.before.get(name) is promise, other.handed_on.get(name) is promise
        if owner is not None:
            other.before |= {name: owner} if was_before else {}
            other.handed_on |= {name: owner} if was_handed_on else {}
        elif was_before:
            del other.before[name]
            other.kept |= {name: promise.kept[name]} if name in promise.kept else {}
        elif was_handed_on:
            del other.handed_on[name]
            other.watched |= {name: Remembered(promise.kept[name])} if name in promise.kept else {}

    def keep_promise(self, promise: Promise, values: Mapping[str, object], namespace: Namespace) -> None:
        """Give the notebook what a finished run owes it.

        Parameters
        ----------
        promise : Promise
            Its `result` says what was released, deleted or could not come back.
        values : Mapping
            What came back. Names that the notebook has assigned since, or that a later run owes, are left alone.
        namespace : MutableMapping
            The notebook's.
        """
        lost = dict(promise.result.untransferable) if promise.result else {}
        deleted = set(promise.result.deleted) if promise.result else set()
        for name in promise.names & values.keys():
            namespace[name] = values[name]
        for name in promise.names & lost.keys() - values.keys():
            self._missing[name] = MissingName(promise.run, lost[name])
        self._give_back(promise, promise.names - values.keys() - lost.keys() - deleted, namespace)
        self._watch_handed_on(promise, namespace)
        self._bind_unpromised(promise, values, namespace)
        self._pass_on(promise, {**promise.kept, **values})
        self._close(promise)

    def break_promise(self, promise: Promise, reason: str, namespace: Namespace) -> None:
        """Undo the promise of a run that failed: old values return, what only the run would have made is missing."""
        without = promise.names - promise.kept.keys() - promise.before.keys()
        self._missing.update({name: MissingName(promise.run, reason) for name in without})
        self._give_back(promise, promise.names - without, namespace)
        self._watch_handed_on(promise, namespace)
        self._pass_on(promise, promise.kept)
        self._close(promise)

    def held_before(self) -> dict[str, object]:
        """Return what pending names held before a run promised them, where they held something."""
        found: dict[str, object] = {}
        for name, promise in self.pending.items():
            while name not in promise.kept and name in promise.before:
                promise = promise.before[name]
            if name in promise.kept:
                found[name] = promise.kept[name]
        return found

    def stale_aliases(
        self, promise: Promise, names: Iterable[str], namespace: Mapping[str, object]
    ) -> list[StaleAlias]:
        """Return what else refers to objects that some names held before: a run changes copies."""
        wanted = promise.kept.keys() & set(names)
        namespace = {name: value for name, value in namespace.items() if name not in promise.holders}
        if promise.may_change is not None:
            wanted &= promise.may_change
        return stale_aliases({name: promise.kept[name] for name in wanted}, namespace)

    def _give_back(self, promise: Promise, names: set[str], namespace: Namespace) -> None:
        for name in names:
            if name in promise.kept:
                namespace[name] = promise.kept[name]
            elif name in promise.before:
                promise.before[name].names.add(name)

    def _watch_handed_on(self, promise: Promise, namespace: Namespace) -> None:
        """Watch the runs that have handed on what this one gives: they have the same value, and said to leave it."""
        for other in self._open:
            for name in [name for name, owner in other.handed_on.items() if owner is promise]:
                del other.handed_on[name]
                if name in promise.names and name in namespace:
                    other.watched[name] = Remembered(namespace[name])
                elif name in promise.names and name in promise.before:
                    other.handed_on[name] = promise.before[name]

    def _bind_unpromised(self, promise: Promise, values: Mapping[str, object], namespace: Namespace) -> None:
        """Bind what came back although nobody expected it, where no cell can have used the old value meanwhile."""
        taken = self.pending.keys() | promise.seen.keys()
        for name in values.keys() - (promise.promised - promise.watched.keys()) - taken:
            is_new = name not in namespace and name not in promise.watched
            if is_new or promise.still_holds(name, namespace):
                namespace[name] = values[name]
                promise.told.add(name)

    def owed_to_later(self, promise: Promise) -> set[str]:
        """Return the names that a later run has taken over and may have to give back."""
        return {name for later in self._open for name, before in later.before.items() if before is promise}

    def _pass_on(self, promise: Promise, values: Mapping[str, object]) -> None:
        """Hand a superseded name's value to the later promise that may have to give it back."""
        for later in self._open:
            for name in [name for name, before in later.before.items() if before is promise]:
                del later.before[name]
                if name in values:
                    later.kept[name] = values[name]

    def _close(self, promise: Promise) -> None:
        promise.names.clear()
        promise.kept.clear()
        promise.watched.clear()
        promise.handed_on.clear()
        for other in self._open:
            other.handed_on = {name: owner for name, owner in other.handed_on.items() if owner is not promise}
        if promise in self._open:
            self._open.remove(promise)

    def forget_watched(self, promise: Promise, *, except_for: Iterable[str] = ()) -> None:
        """Watch fewer names of a run that has ended: what it has not changed cannot surprise anybody."""
        promise.watched = {name: promise.watched[name] for name in except_for if name in promise.watched}
        self._close_settled()

    def expect_promised_only(self, promise: Promise) -> None:
        """Expect no name of a run that its text does not show."""
        promise.unseen = NOTHING_UNSEEN
        self._close_settled()

    def _close_settled(self) -> None:
        """Close promises with nothing pending or watched, to which no later promise looks back."""
        referred = {before for promise in self._open for before in promise.before.values()}
        for promise in tuple(self._open):
            owes = promise.names or promise.watched or promise.handed_on or promise.unseen
            if not owes and promise not in referred:
                self._close(promise)
