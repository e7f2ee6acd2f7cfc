"""What each `%runs` subcommand asks of the services, and the sentence or view that it answers with."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from runs import spec_of

from jupyter_mlops.entities import Result, RunState, RunStatus
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.home import CollectionPlan
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._comparison_views import CollectionView, DiffView, ReproductionView
from jupyter_mlops.magics._log_view import LogView
from jupyter_mlops.magics._run_details import RunDetails
from jupyter_mlops.magics._runs import runs
from jupyter_mlops.magics._runs_table import RunsTable
from jupyter_mlops.services import OtherRun
from jupyter_mlops.tracking import ForeignRun

RUN_ID = "3fa9" + "0" * 28


class KnownRun:
    """A run's handle with what the magics ask of it; a stop ends it at once."""

    def __init__(self, name: str = "baseline", *, status: RunStatus = RunStatus.FINISHED, log: str = "") -> None:
        self.name = name
        self.id = RUN_ID
        self.experiment = "digits"
        self.spec = spec_of(RUN_ID, name=name, experiment=self.experiment)
        self.status = status
        self.error = None
        self.metrics: dict[str, float] = {}
        self.params: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.lost_points = 0
        self.cell = "model = 1"
        self.directory = SimpleNamespace(
            result=lambda: Result(status=self.status),
            seen_alive_s=lambda: None,
            path=Path("/home/.mlops/runs/3fa9"),
        )
        self.waited: list[float | None] = []
        self.asked_for: list[tuple[str, ...] | None] = []
        self.stopped = 0
        self._log = log

    @property
    def state(self) -> RunState:
        return RunState(run_id=RUN_ID, status=self.status)

    def stop(self) -> None:
        self.stopped += 1
        self.status = RunStatus.KILLED

    def wait(self, timeout_s: float | None) -> None:
        self.waited.append(timeout_s)
        self.status = RunStatus.FINISHED

    def log(self, tail: int | None = None) -> str:
        lines = self._log.splitlines(keepends=True)
        return "".join(lines[-tail:] if tail else lines)

    def follow(self) -> Iterator[str]:
        yield self._log
        raise KeyboardInterrupt

    def results(self, names: tuple[str, ...] | None) -> dict[str, object]:
        self.asked_for.append(names)
        return {name: name.upper() for name in names or ("history", "model")}


class Services:
    """The use cases of one run; keeps what it was asked to do."""

    def __init__(self, run: KnownRun) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.plan = CollectionPlan(home="/h", freed_bytes=5_000, remaining_bytes=10, directories=("a",))
        self.trusted: tuple[str, ...] = ()
        self._run = run

    def find(self, reference: str) -> KnownRun:
        if reference not in ("last", self._run.name, self._run.id):
            raise UnknownReferenceError(f"No run {reference!r}. %runs lists them.")
        return self._run

    find_any = find_own = find

    def list(self, query: str, *, foreign: bool) -> SimpleNamespace:
        self.done.append(("list", query, foreign))
        return SimpleNamespace(runs=(self._run,), has_more=False, missing="")

    def diff(self, *references: str) -> SimpleNamespace:
        self.done.append(("diff", *references))
        same = {"cell": "", "upstream": "", "params": (), "data": (), "packages": (), "metrics": (), "unknown": ()}
        return SimpleNamespace(a=self._run, b=self._run, **same)

    def reproduce(self, run: KnownRun) -> KnownRun:
        self.done.append(("reproduce", run.name))
        return run

    def compare_reproduction(self, run: KnownRun, again: KnownRun) -> SimpleNamespace:
        self.done.append(("compare", run.name, again.name))
        return SimpleNamespace(original=run, again=again, outputs=(), metrics=(), is_exact=True)

    def reproduce_notebook(self, run: KnownRun, path: Path) -> Path:
        self.done.append(("notebook", run.name, path))
        return path

    def __iter__(self) -> Iterator[KnownRun]:
        return iter((self._run,))

    def trust(self, run: KnownRun) -> tuple[str, ...]:
        self.done.append(("trust", run.name))
        return self.trusted

    def plan_collection(self) -> CollectionPlan:
        return self.plan

    def collect(self, plan: CollectionPlan) -> None:
        self.done.append(("collect", plan))

    def set_main_metric(self, metric: str, experiment: str) -> str:
        self.done.append(("main", metric, experiment))
        return experiment or "digits"


class Session:
    """A notebook's session that binds into a dictionary."""

    def __init__(self, run: KnownRun) -> None:
        self.runs = Services(run)
        self.bound: dict[str, object] = {}

    def bind(self, values: Mapping[str, object], made_by: str = "") -> None:
        assert made_by
        self.bound.update(values)

    def rerun(self, run: KnownRun) -> tuple[KnownRun, str]:
        return run, "its promise"

    def card(self, run: KnownRun, promise: str) -> str:
        return f"card of {run.name} with {promise}"


@pytest.fixture
def run() -> KnownRun:
    return KnownRun()


@pytest.fixture
def session(run: KnownRun) -> Session:
    return Session(run)


@pytest.fixture
def ask(session: Session) -> Callable[[str], Any]:
    return lambda line: runs(session, line)


def test_without_a_subcommand_it_lists_with_the_runs_of_other_tools(ask, session):
    view = ask("acc > 0.9  # good ones")
    assert isinstance(view, RunsTable)
    assert session.runs.done == [("list", "acc > 0.9", True)]


def test_a_subcommand_with_a_slip_of_the_pen_is_suggested(ask, session):
    session.runs.list = lambda query, *, foreign: SimpleNamespace(runs=(), has_more=False, missing="")  # a fake
    assert repr(ask("shwo last")) == (
        "No run fits 'shwo last'. Did you mean %runs show last? "
        "%runs lists them all; %runs -h shows what a query can say."
    )
    assert "Did you mean %runs name:baseline?" in ask("baselnie")._repr_html_()
    assert "Did you mean" not in repr(ask("acc > 2"))


def test_a_reference_that_is_no_query_is_answered_with_how_to_show_the_run(ask, session):
    def refuse(query, *, foreign):
        raise UsageError(f"Query not understood: {query}.")

    session.runs.list = refuse  # a fake
    with pytest.raises(UsageError) as raised:
        ask("best:acc")
    assert str(raised.value) == "Query not understood: best:acc. Did you mean %runs show best:acc?"
    with pytest.raises(UsageError) as raised:
        ask("acc >")
    assert str(raised.value) == "Query not understood: acc >."


def test_trust_signs_and_says_what(ask, session):
    session.runs.trusted = ("inputs.json", "outputs.json")
    assert repr(ask("trust baseline")) == (
        "Signed inputs.json and outputs.json of baseline (3fa90000) as yours: they may be loaded here now."
    )
    session.runs.trusted = ()
    assert repr(ask("trust baseline")) == "baseline (3fa90000) has nothing to sign."
    assert session.runs.done == [("trust", "baseline")] * 2


def test_show_is_about_the_last_run_unless_told(ask, run):
    assert repr(ask("show")) == repr(ask("show baseline")) == repr(RunDetails.of(run))


def test_a_run_that_is_not_there_is_the_services_own_message(ask):
    with pytest.raises(UnknownReferenceError) as raised:
        ask("show nobody")
    assert str(raised.value) == "No run 'nobody'. %runs lists them."


THEIRS = ForeignRun(
    id="a" * 32,
    name="<b>their run</b>",
    experiment="theirs",
    status=RunStatus.FINISHED,
    start_time=1_760_000_000_000,
    end_time=1_760_000_060_000,
    metrics={"acc": 0.5, "system/cpu": 3.0},
    params={"lr": "0.1"},
    tags={"team": "red", "mlflow.user": "ada", "mlflow.source.name": "train.py", "mlflow.note.content": "a\nnote"},
)


def test_show_tells_what_the_store_knows_of_another_tools_run(ask, session):
    session.runs.find_any = lambda _reference: OtherRun(THEIRS, "sqlite:///their.db")

    view = ask("show their-run")

    lines = repr(view).splitlines()
    facts = dict(line.split(maxsplit=1) for line in lines[1:])
    assert lines[0].endswith(f"<b>their run</b>  {'a' * 32}")
    assert facts.pop("started").endswith("(2025-10-09T08:53:20.000+00:00)")
    assert facts == {
        "experiment": "theirs",
        "took": "1 m 0 s",
        "params": "lr=0.1",
        "metrics": "acc 0.5",
        "tags": "team=red",
        "note": "a note",
        "user": "ada",
        "source": "train.py",
        "store": "sqlite:///their.db: made by another tool, whose code, log and files are not here",
    }
    html = str(view.element())
    assert ("&lt;b&gt;their run&lt;/b&gt;" in html, "<details" in html) == (True, False)


def test_show_says_little_of_a_run_of_which_little_is_known(ask, session):
    bare = ForeignRun(id="b" * 32, name="bare", experiment="", status=RunStatus.RUNNING)
    session.runs.find_any = lambda _reference: OtherRun(bare, "http://away")
    assert [line.split()[0] for line in repr(ask("show bare")).splitlines()[1:]] == ["store"]


def test_a_running_run_is_stopped_and_shown_as_it_is_then(ask, run):
    run.status = RunStatus.RUNNING
    assert repr(ask("stop baseline")).startswith("■ KILLED  baseline")
    assert run.stopped == 1


@pytest.mark.parametrize("status", [status for status in RunStatus if status.is_terminal])
def test_f04_stopping_an_ended_run_does_nothing_and_says_how_it_ended(ask, run, status):
    run.status = status
    assert repr(ask("stop baseline")) == f"baseline has ended already: {status.value}."
    assert run.stopped == 0


@pytest.mark.parametrize(("line", "timeout_s"), [("wait", None), ("wait --timeout 5m", 300.0)])
def test_waiting_shows_the_run_as_it_is_afterwards(ask, run, line, timeout_s):
    run.status = RunStatus.RUNNING
    assert repr(ask(line)).startswith("✓ FINISHED  baseline")
    assert run.waited == [timeout_s]


def test_load_binds_all_results_or_those_that_are_named(ask, run, session):
    assert repr(ask("load baseline")) == "Bound history, model from baseline (3fa90000)."
    assert session.bound == {"history": "HISTORY", "model": "MODEL"}
    assert repr(ask("load baseline other")) == "Bound other from baseline (3fa90000)."
    assert session.bound["other"] == "OTHER"
    assert run.asked_for == [None, ("other",)]


def test_load_of_a_run_without_results_says_that_nothing_was_bound(ask, run, session):
    run.results = lambda names: {}  # a fake, not ours
    assert repr(ask("load baseline")) == "Bound nothing from baseline (3fa90000)."
    assert session.bound == {}


def test_rerun_answers_with_the_card_of_the_new_run(ask):
    assert ask("rerun baseline") == "card of baseline with its promise"


def test_diff_takes_both_references_as_they_are(ask, session):
    assert isinstance(ask("diff best:-loss last~2"), DiffView)
    assert session.runs.done == [("diff", "best:-loss", "last~2")]


def test_reproduce_runs_again_and_compares(ask, session):
    view = ask("reproduce baseline")
    assert isinstance(view, ReproductionView)
    assert repr(view) == (
        "Run baseline (3fa90000) repeated baseline (3fa90000): neither has results or metrics to compare."
    )
    assert session.runs.done == [("reproduce", "baseline"), ("compare", "baseline", "baseline")]


def test_reproduce_as_a_notebook_starts_nothing(ask, session):
    told = repr(ask("reproduce baseline --notebook 'my proof.ipynb'"))
    assert told == "Wrote my proof.ipynb. Running it repeats baseline and compares the results."
    assert session.runs.done == [("notebook", "baseline", Path("my proof.ipynb"))]


def test_gc_collects_what_it_has_told(ask, session):
    view = ask("gc")
    assert isinstance(view, CollectionView)
    assert repr(view) == "Freed 5.0 KB: 1 run. 10 B remain in /h."
    assert session.runs.done == [("collect", session.runs.plan)]


def test_gc_dry_run_removes_nothing(ask, session):
    assert repr(ask("gc --dry-run")) == "Would free 5.0 KB: 1 run. 10 B remain in /h."
    assert session.runs.done == []


@pytest.mark.parametrize(
    ("line", "asked", "told"),
    [
        ("main acc", ("main", "acc", ""), "best in digits is now the run with the largest acc."),
        ("main -loss -e mnist", ("main", "-loss", "mnist"), "best in mnist is now the run with the smallest loss."),
        ("main -e mnist -loss", ("main", "-loss", "mnist"), "best in mnist is now the run with the smallest loss."),
    ],
)
def test_main_says_which_run_is_best_from_now_on(ask, session, line, asked, told):
    assert repr(ask(line)) == told
    assert session.runs.done == [asked]


# Logs


def logs_of(text: str, line: str = "logs", **fields: Any) -> Any:
    return runs(Session(KnownRun(log=text, **fields)), line)


MORE = "The end of the log; %runs logs -n LINES shows more, output.log in the run's directory has all of it."


def test_a_short_log_is_shown_whole_and_nothing_is_said_about_it():
    assert repr(logs_of("epoch 1\nepoch 2\n")) == "epoch 1\nepoch 2"


def test_b37_a_log_of_more_lines_than_are_shown_says_so():
    text = "".join(f"line {number}\n" for number in range(3_000))
    shown = repr(logs_of(text)).splitlines()
    assert (shown[0], shown[-2], shown[-1], len(shown)) == ("line 2000", "line 2999", MORE, 1_001)


def test_b37_the_tail_that_was_asked_for_is_the_end_of_a_longer_log():
    assert repr(logs_of("a\nb\nc\n", "logs -n 2")) == f"b\nc\n{MORE}"


def test_b37_a_tail_that_holds_all_there_is_claims_no_more():
    assert repr(logs_of("a\nb\n", "logs -n 20")) == "a\nb"


@pytest.mark.parametrize(
    ("name", "quoted"), [("baseline", "baseline"), ("my run", "'my run'"), ("it's", "'it'\"'\"'s'"), ("a#b", "'a#b'")]
)
def test_the_next_step_of_a_running_runs_log_can_be_pasted(name, quoted):
    shown = repr(LogView(name, "a\n", is_tail=False, is_over=False)).splitlines()
    assert shown == ["a", f"The run goes on; %runs logs -f {quoted} follows it."]
    command = shown[1].partition("%runs ")[2].removesuffix(" follows it.")
    found = runs(Session(KnownRun(name, log="x")), command.replace("-f ", ""))
    assert repr(found) == "x"


def test_following_ends_quietly_when_it_is_interrupted(ask, run, capsys):
    run._log = "epoch 1\n"
    assert ask("logs -f") is None
    assert capsys.readouterr().out == "epoch 1\n"
    assert run.stopped == 0


def test_a_huge_log_is_cut_to_what_a_browser_can_show():
    view = LogView("a", "x" * 300 + "\n" + "y\n" * 200_000, is_tail=False, is_over=True)
    assert repr(view).splitlines()[-1] == MORE
    assert len(repr(view)) < 201_000


@pytest.mark.parametrize("text", ["\x1b[2K\x1b[1A", "\r", "\x00\x07", "\n"])
def test_a_log_of_nothing_visible_is_still_one_line_of_text(text):
    assert repr(LogView("a", text, is_tail=False, is_over=True)) == "a has printed nothing yet."


# Lines that are wrong do nothing


@pytest.mark.parametrize(
    "line", ["stop", "load", "trust", "diff a", "logs -n x", "gc now", "wait --timeout soon", "(1)"]
)
def test_b01_a_wrong_line_asks_the_services_for_nothing(ask, session, run, line):
    with pytest.raises(UsageError):
        ask(line)
    assert (session.runs.done, run.waited, run.stopped, session.bound) == ([], [], 0, {})


@pytest.mark.parametrize("line", ["-h", "stop -h", "load --help"])
def test_help_asks_the_services_for_nothing(ask, session, run, line):
    with pytest.raises(HelpRequested):
        ask(line)
    assert (session.runs.done, run.stopped) == ([], 0)
