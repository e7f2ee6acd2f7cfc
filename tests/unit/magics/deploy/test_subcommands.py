"""`%deploy`: what its words do with runs, files and names of the notebook, and what the cell shows."""

import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from endpoint_models import bundle, total
from msgspec.structs import replace
from sklearn.linear_model import LogisticRegression

import jupyter_mlops as mlops
from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.entities import (
    Endpoint,
    EndpointAgreement,
    EndpointFigures,
    EndpointRestarts,
    EndpointTest,
    EndpointVersion,
    OnnxTensor,
)
from jupyter_mlops.exceptions import EndpointNotFoundError, UnknownReferenceError, UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.magics._deploy._subcommands import deploy
from jupyter_mlops.magics._deploy._views import EndpointsTable, EndpointTestView, EndpointView, LinesView
from jupyter_mlops.magics._pending._origins import Origins
from jupyter_mlops.services import service_of, use_service

MARKUP = "<img src=x onerror=alert(1)>"
SOCKET = Path("/run/user/0/jupyter-mlops/0/e-1")
VERSION = EndpointVersion(
    number=2, sha256="a" * 64, size=3100, label="wide", run_id="b" * 32, made_at="2026-11-21T00:00:00+00:00"
)
ENDPOINT = Endpoint(
    name="cancer",
    state="running",
    current=2,
    versions=(replace(VERSION, number=1), VERSION),
    figures=EndpointFigures(requests=1200, errors=3, rows=1300, per_s=12.5, p50_s=0.0012, p95_s=0.0021),
    inputs=(OnnxTensor(name="X", type="float32", shape=(None, 2), columns=("a", "b")),),
    outputs=(OnnxTensor(name="label", type="int64", shape=(None,)),),
    example={"a": 1.5, "b": None},
)
TEST = EndpointTest(
    name="cancer",
    number=2,
    rows=143,
    answered=143,
    agreements=(
        EndpointAgreement(output="label", method="predict", rows=143, equal=143),
        EndpointAgreement(output="probabilities", method="predict_proba", rows=143, equal=143, largest=3e-7),
    ),
    timed=143,
    p50_s=0.0012,
    p95_s=0.0021,
)


@pytest.fixture
def session(tmp_path) -> Iterator[SimpleNamespace]:
    runs = service_of(Home.create(tmp_path / ".mlops"))
    use_service(runs)
    pending = SimpleNamespace(deliveries=SimpleNamespace(origins=Origins()))
    yield SimpleNamespace(shell=SimpleNamespace(user_ns={}), runs=runs, pending=pending)
    use_service(None)
    for name in EndpointDirectory.names(runs.home):
        stop(EndpointDirectory(runs.home, name))


class Interrupting:
    """Rows at which somebody stops the cell."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        signal.raise_signal(signal.SIGINT)
        return np.ones((1, 3))


def test_an_interrupt_says_what_goes_on(session, tmp_path):
    file = bundle(tmp_path, total(), "sums").path
    deploy(session, f"{file} --to local")
    session.shell.user_ns["rows"] = Interrupting()

    with pytest.raises(KeyboardInterrupt, match=r"^Stopped; no version was deployed, and what was served goes on\.$"):
        deploy(session, f"{file} --to local -n sums -X rows")
    with pytest.raises(KeyboardInterrupt, match=r"^Stopped; sums goes on\.$"):
        deploy(session, "test sums -X rows")
    assert mlops.endpoints["sums"].stand().current == 1


def test_the_story_of_an_endpoint(session, tmp_path):
    file = bundle(tmp_path, total(), "sums").path
    session.shell.user_ns["X_test"] = pd.DataFrame({"a": [1.0], "b": [2.0], "c": [3.0]})

    made = deploy(session, f"{file} --to local")
    bundle(tmp_path, total(factor=2.0), "sums")
    deploy(session, f"{file} --to local -n sums")
    tested = deploy(session, "test sums")
    back = deploy(session, "rollback sums")
    listed = deploy(session, "list")
    logged = deploy(session, "logs sums --tail 1")
    stopped = deploy(session, "stop sums")

    assert repr(made).splitlines()[0].startswith("● sums  running · version 1 of 1 (sums)")
    assert made.endpoint.example == {"a": 1.0, "b": 2.0, "c": 3.0}
    assert "✓ sums version 2: 1 of 1 rows answered" in repr(tested)
    assert "Not compared: the file names no run that its model comes from." in repr(tested)
    assert back.endpoint.current == 1
    assert repr(listed).splitlines()[1].startswith("sums")
    assert "sums version 1 answers" in repr(logged)
    assert repr(stopped) == "Endpoint sums was stopped."
    assert repr(deploy(session, "stop sums")) == "Endpoint sums did not run."
    assert deploy(session, "show sums").endpoint.state == "stopped"


def test_a_run_is_deployed_and_compared_with_what_it_returned(session):
    pytest.importorskip("skl2onnx")
    X = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 2)), columns=["a", "b"])

    def train():
        rows = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"])
        return LogisticRegression().fit(rows, (rows["a"] > 0).astype(int))

    run = mlops.train(train, name="wide")
    run.wait()
    session.shell.user_ns |= {"Xte": X, "model": next(iter(run.results().values())), "wide_run": run}
    session.pending.deliveries.origins.note(run.id, {"model": session.shell.user_ns["model"]})

    deploy(session, "last --to local -n cancer -X Xte")
    found = deploy(session, "test cancer -X Xte").found
    broken = X.copy()
    broken.loc[3, "a"] = np.nan
    session.shell.user_ns["broken"] = broken
    partly = deploy(session, "test cancer -X broken").found

    assert [(each.method, each.equal, each.rows) for each in found.agreements] == [
        ("predict", 30, 30),
        ("predict_proba", 30, 30),
    ]
    assert found.is_well
    assert (found.timed, found.p50_s > 0) == (30, True)
    assert (partly.answered, partly.rows, partly.is_well) == (29, 30, False)
    assert list(partly.refused) == ["Column 'a', row 0: it is missing, and the model takes no missing value there."]
    for word in ("model", "wide_run"):
        assert deploy(session, f"{word} --to local -n cancer").endpoint.current == 1, "it is served already"


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("best --to moon", UsageError, r"No target is called 'moon'\. Known: .*; and local"),
        ("nobody --to local", UnknownReferenceError, "nobody"),
        ("mine --to local", UsageError, r"mine was made by no run\. Export it and deploy the file: %export_onnx mine"),
        ("show nobody", EndpointNotFoundError, r"No endpoint is called nobody\. Known: there is none yet"),
        ("nowhere.onnx --to local", Exception, "nowhere.onnx cannot be opened"),
        ("best --to local -X Xtest", UsageError, r"Xtest is not defined here\."),
    ],
)
def test_what_is_not_there_is_told(session, line, error, message):
    session.shell.user_ns["mine"] = LogisticRegression()

    with pytest.raises(error, match=message):
        deploy(session, line)


def test_a_test_without_rows_says_what_to_name(session, tmp_path):
    file = bundle(tmp_path, total(), "sums").path
    deploy(session, f"{file} --to local")

    with pytest.raises(UsageError, match="%deploy test sums -X X_test"):
        deploy(session, "test sums")


def test_the_card_says_how_to_ask():
    text = repr(EndpointView(ENDPOINT, SOCKET))

    assert text.splitlines()[:5] == [
        "● cancer  running · version 2 of 2 (wide from run bbbbbbbb), 3.1 KB",
        "in: X float32[rows, 2]",
        "out: label int64[rows]",
        "asked: 1,200 requests, 3 refused, 12.5/s; p50 1.2 ms, p95 2.1 ms",
        f"socket: {SOCKET}",
    ]
    assert 'mlops.endpoints["cancer"].predict(X)' in text
    assert '{"dataframe_records": [{"a": 1.5, "b": null}]}' in text


def test_an_example_is_made_up_where_nobody_gave_one():
    assert '[{"a": 0.0, "b": 0.0}]' in repr(EndpointView(replace(ENDPOINT, example={}), SOCKET))


def unnamed(*sizes, kind="float32", name="X"):
    return OnnxTensor(name=name, type=kind, shape=(None, *sizes))


@pytest.mark.parametrize(
    ("inputs", "body"),
    [
        ((unnamed(3),), '{"instances": [[0.0, 0.0, 0.0]]}'),
        ((unnamed(kind="str"),), '{"instances": [""]}'),
        (
            (unnamed(kind="int64", name="ids"), unnamed(None, 2, name="b")),
            '{"inputs": {"ids": [0], "b": [[[0.0, 0.0]]]}}',
        ),
        ((unnamed(3, 224, 224),), '{"inputs": {"X": ["..."]}}'),
    ],
    ids=["array", "texts", "several", "pictures"],
)
def test_an_example_without_columns_has_the_shape_that_the_model_takes(inputs, body):
    assert body in repr(EndpointView(replace(ENDPOINT, inputs=inputs, example={}), SOCKET))


def test_one_that_is_down_says_why():
    view = EndpointView(replace(ENDPOINT, state="down", problem="it was killed"), SOCKET)

    assert "✕ cancer  down" in repr(view)
    assert "problem: it was killed" in repr(view)
    assert "it was killed" in view._repr_html_()


def test_names_are_text_in_every_view():
    hostile = replace(ENDPOINT, name=MARKUP, problem=MARKUP, versions=(replace(VERSION, label=MARKUP),))
    views = (EndpointView(hostile, SOCKET), EndpointsTable([hostile]), LinesView(MARKUP))
    told = EndpointTestView(replace(TEST, name=MARKUP, note=MARKUP, refused={MARKUP: 2}))

    for view in (*views, told):
        assert MARKUP not in view._repr_html_()
        assert "&lt;img" in view._repr_html_()


def test_the_list_has_a_line_for_each():
    damaged = Endpoint(name="old", state="down", current=0, versions=(), problem="it is damaged")

    lines = repr(EndpointsTable([ENDPOINT, damaged])).splitlines()

    assert lines[0].split() == ["endpoint", "state", "version", "model", "asked", "since"]
    assert lines[1].startswith("cancer    ● running        2  wide   1,200 requests, 3 refused, 12.5/s")
    assert "it is damaged" in lines[2]
    assert "No endpoints yet. %deploy best --to local -n NAME" in repr(EndpointsTable([]))
    assert "No endpoints yet." in EndpointsTable([])._repr_html_()


def test_a_test_counts_what_is_equal():
    assert repr(EndpointTestView(TEST)).splitlines() == [
        "✓ cancer version 2: 143 of 143 rows answered",
        "label = predict: equal 143 of 143",
        "probabilities = predict_proba: equal 143 of 143, largest difference 3e-07",
        "one row, 143 times, through its socket: p50 1.2 ms, p95 2.1 ms",
    ]
    assert repr(EndpointTestView(replace(TEST, answered=140))).startswith("✕")


def test_a_log_without_a_word_is_told():
    assert repr(LinesView("")) == "Nothing was logged yet."
    assert "Nothing was logged yet." in LinesView("")._repr_html_()


CRASHED = EndpointRestarts(count=2, cause="signal 9", at="2026-11-22T00:00:00+00:00", in_a_row=2)


@pytest.mark.parametrize(
    ("restarts", "state", "said"),
    [
        (EndpointRestarts(), "running", ""),
        (replace(CRASHED, count=1), "running", "restarted 1 time: signal 9"),
        (CRASHED, "running", "restarted 2 times: signal 9"),
        (
            replace(CRASHED, count=5, given_up=True),
            "down",
            "given up after it was restarted 5 times: signal 9; whoever asks it next starts it",
        ),
    ],
    ids=["never", "once", "twice", "given up"],
)
def test_restarts_are_told_on_the_card_and_in_the_list(restarts, state, said):
    crashed = replace(ENDPOINT, restarts=restarts, state=state)
    card, table = EndpointView(crashed, SOCKET), EndpointsTable([crashed])

    for view in (repr(card), str(card.element()), repr(table), str(table.element())):
        assert (said in view, "restarted" in view) == (True, bool(said))


def test_what_a_process_cried_is_text_on_the_card_and_in_the_list():
    crashed = replace(ENDPOINT, restarts=replace(CRASHED, cause=MARKUP))
    for view in (EndpointView(crashed, SOCKET), EndpointsTable([crashed])):
        assert MARKUP not in str(view.element())
