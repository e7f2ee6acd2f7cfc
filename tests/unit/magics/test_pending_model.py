"""A notebook with runs gives what the same notebook gives without: random cells against plain sequential execution.

The runs here compute what real runs would: from the values captured at submission, or from the runs they wait for.
They end when a cell waits for them, or at random moments before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = ("a", "b", "c")


@dataclass(frozen=True)
class Cell:
    """One step: what it does, to which name, from which."""

    kind: str
    target: str
    source: str
    number: int

    @property
    def code(self) -> str:
        """The cell as a plain notebook runs it; runs are such cells under `%%train`."""
        bodies = {
            "set": f"{self.target} = {self.number}",
            "copy": f"{self.target} = {self.source} + {self.number}",
            "add": f"{self.target} += {self.number}",
            "del": f"del {self.target}",
            "look": f"{self.target}",
            "unreached": f"if False:\n    {self.target} = {self.number}",
            "unreached del": f"if False:\n    del {self.target}",
        }
        return bodies[self.kind.removeprefix("train ")]

    @property
    def is_run(self) -> bool:
        return self.kind.startswith("train ")

    @property
    def reads(self) -> set[str]:
        kind = self.kind.removeprefix("train ")
        return {"copy": {self.source}, "add": {self.target}, "look": {self.target}}.get(kind, set())


KINDS = [
    "set",
    "copy",
    "add",
    "del",
    "look",
    "unreached",
    "unreached del",
    "train set",
    "train copy",
    "train add",
    "train look",
    "train unreached",
]

cells = st.lists(
    st.builds(Cell, st.sampled_from(KINDS), st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 9)),
    max_size=14,
)


class PlainNotebook:
    """What a notebook without us would do."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}

    def can(self, cell: Cell) -> bool:
        needed = {cell.target} if cell.kind == "del" else cell.reads
        return needed <= self.names.keys()

    def run(self, cell: Cell) -> None:
        exec(cell.code, {}, self.names)


class Submissions:
    """Submits cells as the services do: reads come from the namespace, or from the run that owes them."""

    def __init__(self, notebook, run_named: Callable) -> None:
        self._notebook = notebook
        self._run_named = run_named
        self.runs: list = []
        self._values: dict[str, dict[str, int]] = {}

    def submit(self, cell: Cell) -> None:
        owed = self._notebook.pending.run_ids()
        namespace = self._notebook.shell.user_ns
        captured = {name: namespace[name] for name in cell.reads if name not in owed}
        earlier, kept = self._notebook.pending.ledger.earlier()
        upstream = {name: (owed[name], *earlier.get(name, ())) for name in cell.reads if name in owed}
        run = self._run_named(f"run{len(self.runs)}", f"{len(self.runs):032x}")

        def end() -> None:
            inputs = captured | {name: self._value(name, chain, kept) for name, chain in upstream.items()}
            outputs = dict(inputs)
            exec(cell.code, {}, outputs)
            changed = {name: value for name, value in outputs.items() if name not in inputs or inputs[name] != value}
            # As a run does it: also a name that it has never had, since its assignment was not reached.
            released = () if cell.target in changed else (cell.target,)
            self._values[run.id] = outputs
            run.finish(_released=released, **{name: changed[name] for name in changed if name == cell.target})

        run.on_wait = run.end = end
        self.runs.append(run)
        self._notebook.submit(run, cell.target, cell=cell.code)

    def _value(self, name: str, chain: tuple[str, ...], kept: dict[str, int]) -> int:
        """Return what the first run gives that has the name, else what it held before all of them."""
        for run_id in chain:
            (run,) = [run for run in self.runs if run.id == run_id]
            if not run.has_ended:
                run.end()
            if name in self._values[run_id]:
                return self._values[run_id][name]
        return kept[name]

    def end_one(self, choice: int) -> None:
        going = [run for run in self.runs if not run.has_ended]
        if going:
            going[choice % len(going)].end()


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=cells, ends=st.lists(st.integers(0, 5), max_size=14))
def test_runs_change_nothing_but_the_time(notebook, run_named, cells, ends):
    notebook.shell.reset(new_session=True)
    notebook.pending.ledger.__init__()
    plain, submissions, ending = PlainNotebook(), Submissions(notebook, run_named), list(ends)
    for cell in cells:
        if not plain.can(cell):
            continue
        plain.run(cell)
        if cell.is_run:
            submissions.submit(cell)
        else:
            notebook.run(cell.code)
        if ending:
            submissions.end_one(ending.pop())
    found = {}
    for name in NAMES:
        try:
            found[name] = notebook.run(name)
        except NameError:
            continue
    assert found == plain.names
