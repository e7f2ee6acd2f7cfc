"""`%export_onnx`: what a line asks for, what its words mean in the notebook, and what the cell shows."""

import signal
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.entities import (
    OnnxCard,
    OnnxDomain,
    OnnxLatency,
    OnnxParity,
    OnnxReport,
    OnnxRows,
    OnnxTensor,
    OnnxTry,
)
from jupyter_mlops.exceptions import UnknownReferenceError, UsageError
from jupyter_mlops.magics._arguments import HelpRequested
from jupyter_mlops.magics._export_onnx import MIME_TYPE, OnnxView, export_onnx
from jupyter_mlops.magics._export_onnx_command import ExportOnnxCommand, parser
from jupyter_mlops.magics._pending._origins import Origins

PAGE = Path(__file__).parents[3] / "docs" / "onnx.md"
MARKUP = "<img src=x onerror=alert(1)>\"'</details>"


def report(**changes) -> OnnxReport:
    """A report in which everything is said."""
    made = OnnxReport(
        made_at="2026-11-21T00:00:00+00:00",
        file="model.onnx",
        sha256="0" * 64,
        size=41_300,
        model="model",
        model_type="sklearn.pipeline.Pipeline",
        converter="sklearn",
        variant="double",
        repaired=True,
        precision="float64",
        inputs=(OnnxTensor(name="X", type="float64", shape=(None, 2), columns=("a", "b")),),
        outputs=(
            OnnxTensor(name="label", type="int64", shape=(None,), method="predict"),
            OnnxTensor(name="probabilities", type="float64", shape=(None, 2), method="predict_proba"),
        ),
        operators={"MatMul": 1, "Add": 2},
        opsets={"ai.onnx": 22},
        parity=OnnxParity(
            real=OnnxRows(given=3000, checked=3000, labels=3000),
            edge=OnnxRows(given=234, checked=214, labels=214),
            largest=3.2e-7,
            rtol=1e-4,
            atol=1e-5,
            domain=(OnnxDomain(reason="the model rejects: it contains NaN", rows=20),),
        ),
        tried=(OnnxTry(variant="float32", differing=12),),
        latency=(
            OnnxLatency(rows=1, onnx_p50=18e-6, onnx_p95=2e-5, original_p50=7e-4, original_p95=1e-3),
            OnnxLatency(rows=10_000, onnx_p50=1e-3, onnx_p95=2e-3, original_p50=1e-3, original_p95=2e-3),
        ),
        notes=("Left out, because no method of the original says the same: scores.",),
    )
    return msgspec.structs.replace(made, **changes)


class FakeRuns:
    """Knows no run."""

    def find(self, reference: str) -> object:
        raise UnknownReferenceError(f"No run {reference!r}. See %runs.")

    def get(self, run_id: str) -> object:
        return SimpleNamespace(id=run_id, name="wide", exists=False)


@pytest.fixture
def session() -> SimpleNamespace:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["a", "b"])
    model = LogisticRegression().fit(X, (X["a"] > 0).astype(int))
    names = {"model": model, "X_test": X, "more": X + 1, "other": X[["a"]]}
    pending = SimpleNamespace(deliveries=SimpleNamespace(origins=Origins()))
    return SimpleNamespace(shell=SimpleNamespace(user_ns=names), runs=FakeRuns(), pending=pending)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("model", ExportOnnxCommand(model="model")),
        ("model -X a,b -o 'my model.onnx'", ExportOnnxCommand(model="model", data=("a", "b"), output="my model.onnx")),
        (
            "model --quantise dynamic -y y_test",
            ExportOnnxCommand(model="model", quantise="dynamic", target="y_test"),
        ),
        (
            "last --rtol 1e-3 --atol 0 --allow-mismatch 3 --opset 17",
            ExportOnnxCommand(model="last", rtol=1e-3, atol=0.0, allow_mismatch=3, opset=17),
        ),
    ],
)
def test_a_line_is_one_command(line, command):
    assert ExportOnnxCommand.parse(line) == command


@pytest.mark.parametrize(
    ("word", "file"),
    [("model", "model.onnx"), ("search.best_estimator_", "best_estimator_.onnx"), ("last", "last.onnx")],
)
def test_the_file_is_named_as_the_model(word, file):
    assert ExportOnnxCommand.parse(word).file == file


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the following arguments are required: MODEL"),
        ("model -X X[0]", r"'X\[0\]' is no name; assign it first"),
        ("model -X ,", "',' names nothing"),
        ("model --rtol nan", "'nan' is no tolerance"),
        ("model --atol 2", "'2' is no tolerance"),
        ("model --allow-mismatch -1", "--allow-mismatch"),
        ("model --quantise int4", "'int4' is no way that is known; write dynamic"),
        ("model -y y_test", "-y is for the accuracy of a smaller file. Ask for one: --quantise dynamic"),
        ("model --opset 99", "'99' is no opset that can be written; write 11 to 22"),
        ("model --opsett 17", "unknown option --opsett - did you mean --opset"),
        ("(model)", "looks like Python"),
    ],
)
def test_a_line_that_is_wrong_is_told(line, message):
    with pytest.raises(UsageError, match=message):
        ExportOnnxCommand.parse(line)


def test_help_is_text():
    with pytest.raises(HelpRequested, match="otherwise write nothing"):
        ExportOnnxCommand.parse("-h")


def test_the_page_tells_every_option():
    options = [action.option_strings[0] for action in parser()._actions if action.option_strings]
    text = PAGE.read_text()

    assert [option for option in options if f"`{option}" not in text and option != "-h"] == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("modle", "modle is not defined here. Did you mean model[?] No run 'modle'"),
        ("last~9", "No run 'last~9'"),
        ("model -X Xtest", "Xtest is not defined here. Did you mean X_test[?]"),
        ("model -X X_test,other", "X_test, other have not the same columns"),
    ],
)
def test_what_is_not_there_is_told_by_name(session, line, message):
    with pytest.raises(UsageError, match=message):
        export_onnx(session, line)


def test_rows_that_the_line_does_not_name_are_known_by_their_usual_names(session, tmp_path):
    pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    session.shell.user_ns["Xte"] = session.shell.user_ns.pop("X_test")[:7]

    assert export_onnx(session, f"model -o {tmp_path / 'm.onnx'}").report.parity.real.given == 7


def test_without_rows_nothing_can_be_compared(session):
    del session.shell.user_ns["X_test"]
    with pytest.raises(UsageError, match=r"no rows to compare on[.] Name them with -X"):
        export_onnx(session, "model")


def test_a_model_is_written_and_its_run_is_in_the_file(session, tmp_path):
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    session.pending.deliveries.origins.note("1" * 32, {"model": session.shell.user_ns["model"]})
    view = export_onnx(session, f"model -X X_test,more -o {tmp_path / 'm.onnx'}")
    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}

    assert (view.report.model, view.report.run_id) == ("model", "1" * 32)
    assert view.report.parity.real.checked == 80
    assert facts["jupyter_mlops.run_id"] == "1" * 32
    assert msgspec.json.decode(facts["jupyter_mlops.signature"])["inputs"][0]["columns"] == ["a", "b"]
    assert str(tmp_path / "m.onnx") in repr(view)


def test_the_text_says_what_the_card_says():
    assert repr(OnnxView(report(), "out/model.onnx")).splitlines() == [
        "✓ model.onnx  opset 22 · 41 KB · 3 operators",
        "repaired: double (float32 as it is: 12 rows differ)",
        "same model: 3,000 rows + 214 of 234 edge rows checked, labels 3,214/3,214, largest difference 3.2e-07",
        "speed, one row: p50 0.018 ms against 0.7 ms (39x); p95 0.02 against 1 ms",
        "speed, 10,000 rows: p50 1 ms against 1 ms (1.0x); p95 2 against 2 ms",
        "in:  X float64[rows, 2] = 2 columns",
        "out: label int64[rows] = predict",
        "out: probabilities float64[rows, 2] = predict_proba",
        "not compared: 20 rows, the model rejects: it contains NaN",
        "Left out, because no method of the original says the same: scores.",
        "Use it in Python:",
        "    import onnxruntime as ort",
        '    session = ort.InferenceSession("out/model.onnx")',
        '    outputs = session.run(["label", "probabilities"], {"X": X.to_numpy("float64")})',
    ]


def test_the_labextension_gets_the_whole_report_and_the_file_as_the_user_named_it():
    data = OnnxView(report(), "models/m.onnx")._repr_mimebundle_()[MIME_TYPE]
    card = msgspec.convert(data, OnnxCard)

    assert card == OnnxCard.of(report(), "models/m.onnx", card.usage)
    assert OnnxReport.from_json(msgspec.json.encode(data)) == report()
    assert list(card.usage) == ["Python", ".NET", "JavaScript"]
    assert "models/m.onnx" in card.usage["Python"]


def test_a_card_tells_how_to_load_it_everywhere():
    class Words(HTMLParser):
        text = ""

        def handle_data(self, data):
            self.text += data

    bundle = OnnxView(report())._repr_mimebundle_()
    page = Words()
    page.feed(bundle["text/html"])

    assert set(bundle) == {MIME_TYPE, "text/html", "text/plain"}
    for word in ("Python", "InferenceSession(", ".NET", "DenseTensor<double>", "JavaScript", "ort.Tensor('float64'"):
        assert word in page.text


def test_text_stays_text_in_a_card():
    tensor = OnnxTensor(name=MARKUP, type="str", shape=(None, 1), columns=(MARKUP,))
    hostile = report(file=MARKUP, variant=MARKUP, inputs=(tensor,), notes=(MARKUP,))

    assert "<img" not in OnnxView(hostile, MARKUP)._repr_mimebundle_()["text/html"]


def test_rows_that_differ_as_allowed_are_no_same_model():
    parity = msgspec.structs.replace(
        report().parity, real=OnnxRows(given=10, checked=10, differing=2, labels=8), allowed=5
    )
    text = repr(OnnxView(report(parity=parity)))

    assert "2 rows differ, as allowed: 10 rows" in text
    assert "same model" not in text
    assert (parity.differing, parity.holds) == (2, True)


def test_a_report_survives_its_json_and_a_newer_one_is_refused():
    made = report()

    assert OnnxReport.from_json(made.to_json()) == made
    with pytest.raises(UsageError, match=r"has version 2, and this package reads up to 1[.]"):
        OnnxReport.from_json(report(version=2).to_json())
    with pytest.raises(UsageError, match="no report of an export"):
        OnnxReport.from_json("[]")


@pytest.mark.parametrize(
    ("word", "file"),
    [
        ("wide-1.5", "wide-1.5.onnx"),
        ("v1.2", "v1.2.onnx"),
        ("last~2", "last~2.onnx"),
        ("team/wide", "team-wide.onnx"),
        ("/etc/passwd", "-etc-passwd.onnx"),
        ("größe.модель", "модель.onnx"),
    ],
)
def test_a_runs_name_is_the_files_whole_and_in_this_folder(word, file):
    assert ExportOnnxCommand.parse(word).file == file


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--allow-mismatch", "0000000000005", "is no number of rows"),
        ("--allow-mismatch", "1000000001", "is no number of rows"),
        ("--allow-mismatch", "1.5", "is no number of rows"),
        ("--allow-mismatch", "²", "is no number of rows"),
        ("--opset", "00171", "is no opset"),
        ("--opset", "17.0", "is no opset"),
        ("--opset", "10", "is no opset"),
        ("--rtol", "1", "is no tolerance"),
        ("--rtol", "inf", "is no tolerance"),
        ("--atol", "", "is no tolerance"),
        ("--atol", "1e-4" + "x" * 500, "is no tolerance"),
        ("-X", "a,b c", "is no name; assign it first"),
        ("-X", "__import__('os')", "is no name; assign it first"),
    ],
)
def test_a_value_is_what_its_option_wants_or_is_told_shortly(option, value, message):
    with pytest.raises(UsageError, match=message) as refused:
        ExportOnnxCommand.parse(f'model {option} "{value}"')
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(("text", "rows"), [("0", 0), ("007", 7), ("1000000000", 10**9)])
def test_an_allowed_number_is_the_number_that_is_written(text, rows):
    assert ExportOnnxCommand.parse(f"model --allow-mismatch {text}").allow_mismatch == rows


@pytest.mark.parametrize(
    ("word", "file"),
    [
        ("runs:/0123/model", "model.onnx"),
        ("models:/credit/3", "credit-3.onnx"),
        ("models:/credit@champion", "credit-champion.onnx"),
    ],
)
def test_an_address_gives_the_file_its_name(word, file):
    assert ExportOnnxCommand.parse(word).file == file


def test_b30_trust_is_asked_for_by_its_own_word():
    assert ExportOnnxCommand.parse("models:/credit/3").trust is False
    assert ExportOnnxCommand.parse("models:/credit/3 --trust").trust is True


def test_rows_named_twice_are_taken_once():
    assert ExportOnnxCommand.parse("model -X a,b,a,").data == ("a", "b")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (None, "There are no rows to compare with"),
        (5, "X is int of shape"),
        ([[1.0], [2.0, 3.0]], "not equally long"),
        (np.empty((0, 2)), "X has no rows"),
        (np.zeros((3, 7)), "The model answers no row of X: X has 7 features"),
    ],
)
def test_rows_that_are_none_are_told_and_nothing_is_written(rows, message, session, tmp_path):
    session.shell.user_ns["X_test"] = rows
    with pytest.raises(UsageError, match=message):
        export_onnx(session, f"model -o {tmp_path / 'm.onnx'}")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_says_that_no_file_was_written_and_there_is_none(session, tmp_path):
    class Stopped(LogisticRegression):
        def predict(self, X):
            signal.raise_signal(signal.SIGINT)

    X = session.shell.user_ns["X_test"]
    session.shell.user_ns["model"] = Stopped().fit(X, X["a"] > 0)
    with pytest.raises(KeyboardInterrupt, match=r"^Stopped; no file was written[.]$"):
        export_onnx(session, f"model -o {tmp_path / 'm.onnx'}")
    assert list(tmp_path.iterdir()) == []


def test_in_a_cell_with_await_an_interrupt_reaches_the_export_and_its_handler_is_back_afterwards(session, tmp_path):
    """There ipykernel's own handler only cancels the cell's task."""
    told = []

    class Stopped(LogisticRegression):
        def predict(self, X):
            signal.raise_signal(signal.SIGINT)

    X = session.shell.user_ns["X_test"]
    session.shell.user_ns["model"] = Stopped().fit(X, X["a"] > 0)

    def handler(number, frame):
        told.append(number)

    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt, match="Stopped"):
            export_onnx(session, f"model -o {tmp_path / 'm.onnx'}")
        assert (signal.getsignal(signal.SIGINT), told) == (handler, [])
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_card_without_a_path_names_the_file():
    assert 'InferenceSession("model.onnx")' in repr(OnnxView(report()))


def test_a_smaller_file_is_asked_for_with_what_is_true(session, tmp_path):
    pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    session.shell.user_ns["y_test"] = [True] * 40
    view = export_onnx(session, f"model -o {tmp_path / 'm.onnx'} --quantise dynamic -y y_test")

    assert view.report.quantised.kind == "dynamic int8"
    session.shell.user_ns["y_test"] = [True]
    with pytest.raises(UsageError, match="y has the shape"):
        export_onnx(session, f"model -o {tmp_path / 'm.onnx'} --quantise dynamic -y y_test")
