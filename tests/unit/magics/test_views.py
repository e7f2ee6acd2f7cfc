"""What magics return: text and HTML that say the same, figures for people, and no way for text to become markup."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from jupyter_mlops._elements import element
from jupyter_mlops.entities import CellError, Param, RunState, RunStatus, ValueRef
from jupyter_mlops.home import CollectionPlan
from jupyter_mlops.magics import RunCard
from jupyter_mlops.magics._comparison_views import CollectionView, DiffView, ReproductionView
from jupyter_mlops.magics._figures import ago, clock, number, size, span
from jupyter_mlops.magics._log_view import LogView
from jupyter_mlops.magics._names import width
from jupyter_mlops.magics._notice import HelpText, Notice
from jupyter_mlops.magics._pending._waiting import WaitingView
from jupyter_mlops.magics._run_details import RunDetails
from jupyter_mlops.magics._runs_table import RunRow, RunsTable
from jupyter_mlops.magics._travel_view import TravelView
from jupyter_mlops.services import RunDiff, TravelReport

RUN_ID = "3fa9" + "0" * 28
NASTY = "<img src=x onerror=alert(1)>\u202e\"'&"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text.append(data)


def parsed(view) -> _Text:
    reader = _Text()
    reader.feed(view._repr_html_())
    return reader


# Figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.958333, "0.9583"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (12345.678, "12346"),
        (1e-5, "1e-05"),
        (123456789.0, "1.235e+08"),
        (-0.25, "-0.25"),
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_have_four_significant_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 B"),
        (512, "512 B"),
        (41_300, "41 KB"),
        (1_200_000_000, "1.2 GB"),
        (999_999, "1.0 MB"),
        (10**16, "10000 TB"),
    ],
)
def test_sizes(value, text):
    assert size(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "00:00"), (42, "00:42"), (3723, "1:02:03"), (-5, "00:00")])
def test_clock(value, text):
    assert clock(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0131, "13 ms"), (4.21, "4.2 s"), (59.99, "1 m 0 s"), (118, "1 m 58 s"), (7500, "2 h 5 m"), (-1, "0 ms")],
)
def test_span(value, text):
    assert span(value) == text


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=1, hours=1), "yesterday"),
        (timedelta(days=5), "5 days ago"),
        (timedelta(seconds=-30), "just now"),
    ],
)
def test_ago(past, text):
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert ago((now - past).isoformat(), now) == text


def test_an_old_time_is_a_date_and_an_unreadable_one_stays():
    assert ago("2026-01-02T12:00:00+00:00", datetime(2026, 11, 21, tzinfo=UTC)) == "2026-01-02"
    assert ago("yesterday-ish") == "yesterday-ish"


# Safety: one test over every view


def nasty_views():
    value = ValueRef(NASTY, NASTY, 10)
    change = SimpleNamespace(key=NASTY, before=NASTY, after=None)
    run = SimpleNamespace(name=NASTY, id=RUN_ID)
    state = RunState(run_id=RUN_ID, status=RunStatus.FAILED, reason=NASTY)
    row = RunRow(NASTY, RUN_ID, RunStatus.RUNNING, NASTY, NASTY, 1.0, ((NASTY, 0.5),), NASTY)
    diff = SimpleNamespace(
        a=run,
        b=run,
        cell=NASTY,
        upstream=NASTY,
        params=(change,),
        data=(change,),
        packages=(change,),
        metrics=(change,),
        fairness=(change,),
        importance=(change,),
        unknown=(NASTY,),
    )
    agreement = SimpleNamespace(name=NASTY, equal=False, how=NASTY, largest=0.5)
    both = SimpleNamespace(original=run, again=run, outputs=(agreement,), metrics=(agreement,), is_exact=False)
    return [
        RunCard(NASTY, RUN_ID, RunStatus.SCHEDULED, NASTY, ((NASTY, 3),), (NASTY,), ((NASTY, NASTY),), (NASTY,)),
        RunDetails(
            NASTY, RUN_ID, state, CellError(type=NASTY, message=NASTY, line=1, source=NASTY), ((NASTY, NASTY),), NASTY
        ),
        RunsTable([row], NASTY, has_more=True, missing=NASTY),
        RunsTable([], NASTY),
        LogView(NASTY, NASTY, is_tail=True, is_over=False),
        DiffView(diff),
        ReproductionView(both),
        CollectionView(CollectionPlan(home=NASTY, freed_bytes=1, directories=(NASTY,)), is_dry=True),
        TravelView(TravelReport(values=(value,), pending=(NASTY,), upstream={NASTY: NASTY}, refused=NASTY)),
        WaitingView([NASTY], NASTY, 1.0, NASTY),
        Notice(NASTY),
        HelpText(NASTY),
    ]


@pytest.mark.parametrize("view", nasty_views(), ids=lambda view: type(view).__name__)
def test_text_never_becomes_markup(view):
    html = parsed(view)
    assert not {"img", "script", "style", "iframe", "link"} & set(html.tags)
    assert not [name for name in html.attributes if name.startswith("on")]
    assert any("<img src=x onerror=alert(1)>" in text for text in html.text)


@pytest.mark.parametrize("view", nasty_views(), ids=lambda view: type(view).__name__)
def test_every_view_is_one_bundle_of_text_and_html(view):
    bundle = view._repr_mimebundle_()
    assert bundle == {"text/plain": repr(view), "text/html": view._repr_html_(), **view.data()}
    assert "None" not in bundle["text/html"]


def test_a_view_may_add_its_own_mime_type():
    class Live(Notice):
        def data(self):
            return {"application/vnd.jupyter-mlops.run+json": {"run_id": RUN_ID}}

    assert Live("x")._repr_mimebundle_()["application/vnd.jupyter-mlops.run+json"] == {"run_id": RUN_ID}


def test_elements_leave_out_what_is_none_and_escape_attributes():
    assert (
        str(element("p", None, "a<b", title='"', class_="c", hidden=None)) == '<p title="&quot;" class="c">a&lt;b</p>'
    )


# What they say


def test_the_card_at_submit():
    card = RunCard(
        name="baseline",
        run_id=RUN_ID,
        status=RunStatus.SCHEDULED,
        travels=(("Xtr", 107_000), ("big", 3)),
        pending=("model",),
        upstream=(("weights", "pretrain"),),
        notices=("best refers to model.",),
        params=(Param("C", "1.0"), Param("e", "x+1")),
    )
    assert repr(card) == (
        "◌ SCHEDULED  baseline  3fa90000\n"
        "  params    C=1.0, e='x+1'\n"
        "  travels   Xtr (107 KB), big (3 B)\n"
        "  waits for weights from pretrain\n"
        "  pending   model\n"
        "  note: best refers to model."
    )


def test_the_card_takes_data_along_that_the_labextension_finds_the_run_by():
    card = RunCard(
        name=NASTY,
        run_id=RUN_ID,
        status=RunStatus.SCHEDULED,
        travels=(("Xtr", 107_000), ("big", 3)),
        pending=("model",),
        submitted_at="2026-11-21T12:00:00+00:00",
    )
    assert card.data() == {
        "application/vnd.jupyter-mlops.run+json": {
            "version": 1,
            "run_id": RUN_ID,
            "name": NASTY,
            "status": "SCHEDULED",
            "submitted_at": "2026-11-21T12:00:00+00:00",
            "pending": ["model"],
            "travels": ["Xtr", "big"],
        }
    }


def test_a_card_of_many_names_is_cut():
    card = RunCard("a", RUN_ID, RunStatus.SCHEDULED, pending=tuple(f"n{i}" for i in range(40)))
    assert repr(card).endswith("n10, n11 and 28 more")


def test_the_table_of_runs():
    rows = [
        RunRow("wide", RUN_ID, RunStatus.FINISHED, "digits", "", 118.0, (("acc", 0.958333), ("loss", 0.2))),
        RunRow("bad", "ab" * 16, RunStatus.FAILED, "digits", "", None, (("acc", float("nan")),)),
    ]
    assert repr(RunsTable(rows)) == (
        "state       name  id        when      took     acc  loss\n"
        "✓ FINISHED  wide  3fa90000        1 m 58 s  0.9583   0.2\n"
        "✕ FAILED    bad   abababab                     NaN"
    )
    assert "0.958333" in RunsTable(rows)._repr_html_()


def test_the_table_says_what_a_run_waits_for_and_what_ended_it():
    rows = [
        RunRow("a", RUN_ID, RunStatus.SCHEDULED, reason="waiting for a slot, 2 ahead"),
        RunRow("b", "ab" * 16, RunStatus.FINISHED),
    ]
    assert repr(RunsTable(rows)) == (
        "state        name  id        when  took  why\n"
        "◌ SCHEDULED  a     3fa90000              waiting for a slot, 2 ahead\n"
        "✓ FINISHED   b     abababab"
    )


def test_long_and_wide_names_leave_the_columns_in_line():
    long = "resnet50-imagenet-augmented-mixup-lr0.001-seed17"
    rows = [
        RunRow(long, RUN_ID, RunStatus.FINISHED, metrics=(("validation/top-5/accuracy/mean", 0.5),)),
        RunRow("学習 🚀", "ab" * 16, RunStatus.FINISHED, metrics=(("validation/top-5/accuracy/mean", 0.25),)),
    ]
    table = RunsTable(rows)
    head, first, second = repr(table).splitlines()
    assert "resnet50-imagenet-au…ixup-lr0.001-seed17" in first
    assert head.endswith("validation/t…curacy/mean")
    assert width(head) == width(first) == width(second)
    assert first.index("3fa9") == second.index("abab") + 3
    assert f'title="{long}"' in table._repr_html_()


def test_an_empty_table_says_what_to_do_next():
    assert repr(RunsTable([])) == "No runs yet. Put %%train NAME on the first line of a cell."
    assert "No run fits 'acc > 2'" in repr(RunsTable([], "acc > 2"))


def test_what_is_missing_is_said():
    table = RunsTable([], missing="The tracking store did not answer within 2 s.", has_more=True)
    assert "did not answer" in repr(table)
    assert "did not answer" in table._repr_html_()


def test_states_are_icon_word_and_colour():
    for status in RunStatus:
        html = RunsTable([RunRow("a", RUN_ID, status)])._repr_html_()
        assert status.value in html
        assert "aria-hidden" in html
        assert "var(--jp-" in html


def test_details_of_a_failed_run_begin_with_the_error():
    error = CellError(type="ValueError", message="first\nhints", line=3, source="  fit(X)")
    state = RunState(run_id=RUN_ID, status=RunStatus.FAILED, reason="exit code 1")
    details = RunDetails("a", RUN_ID, state, error, (("took", "4 s"),), "x = 1\nfit(X)")
    assert repr(details) == (
        f"✕ FAILED  a  {RUN_ID}\n"
        "  error       ValueError: first (cell line 3: fit(X))\n"
        "  took        4 s\n"
        "\n"
        "    x = 1\n"
        "    fit(X)"
    )


def test_a_log_says_when_there_is_more():
    view = LogView("a", "1\n2\n", is_tail=True, is_over=False)
    assert repr(view).splitlines()[:2] == ["1", "2"]
    assert "%runs logs -f a follows it" in repr(view)
    assert repr(LogView("a", "", is_tail=False, is_over=True)) == "a has printed nothing yet."


def test_a_travel_report():
    report = TravelReport(
        values=(
            ValueRef("X", "numpy.ndarray", 8_000, (1000,)),
            ValueRef("Z", "numpy.ndarray", 0, (1000,), same_as="X"),
        ),
        pending=("m",),
    )
    assert repr(TravelView(report)).splitlines() == [
        "name  type           shape    size",
        "X     numpy.ndarray  1000   8.0 KB",
        "Z     numpy.ndarray  1000      = X",
        "total: 8.0 KB",
        "pending: m",
        "Nothing was started (--dry-run).",
    ]


def test_a_refused_report_says_why():
    assert "Could not start: lock is a lock" in repr(TravelView(TravelReport(refused="lock is a lock")))


def test_equal_runs_say_so():
    run = SimpleNamespace(name="a", id=RUN_ID)
    same = RunDiff(a=run, b=run, unknown=("packages",))
    assert repr(DiffView(same)) == (
        "a (3fa90000) and a (3fa90000) do not differ in anything that was recorded.\n\nNot compared: packages."
    )


def test_a_diff_shows_only_what_differs():
    run = SimpleNamespace(name="a", id=RUN_ID)
    change = SimpleNamespace(key="lr", before="0.1", after=None)
    diff = RunDiff(a=run, b=run, cell="-x\n+y", params=(change,))
    assert repr(DiffView(diff)) == "Cell\n-x\n+y\n\nParameters\n    a (3fa90000)  a (3fa90000)\nlr  0.1           -"


def test_a_reproduction_says_what_is_equal():
    run = SimpleNamespace(name="a", id=RUN_ID)
    outputs = (
        SimpleNamespace(name="m", equal=True, how="", largest=None),
        SimpleNamespace(name="p", equal=False, how="by 1e-9", largest=1e-9),
    )
    both = SimpleNamespace(original=run, again=run, outputs=outputs, metrics=(), is_exact=False)
    text = repr(ReproductionView(both))
    assert "✕ not everything is equal" in text
    assert "p     output  by 1e-9               1e-09" in text


def test_a_collection_says_what_it_frees():
    plan = CollectionPlan(
        home="/h", freed_bytes=2_000_000, remaining_bytes=10, directories=("a", "b"), leftovers=("x",)
    )
    assert repr(CollectionView(plan, is_dry=True)) == "Would free 2.0 MB: 2 runs, 1 leftover. 10 B remain in /h."
    assert repr(CollectionView(CollectionPlan(home="/h"), is_dry=False)).startswith("Nothing to remove")
