"""One export from beginning to end: what is refused before anything is asked, and what a file is called inside."""

import hashlib
import signal
import sys

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_mlops._installed import installed as installed_points
from jupyter_mlops.entities import OnnxSignature
from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, Variant, export_model
from jupyter_mlops.export._files import write_onnx
from jupyter_mlops.export._weights import Pieces
from jupyter_mlops.widgets import onnx_text

QUICK = ExportWish(timed=False)


@pytest.fixture
def fitted(X, y):
    return LogisticRegression().fit(X, y)


@pytest.fixture(scope="module")
def good():
    """The bytes of a file that may be opened."""
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["x"], ["y"])],
        "same",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 1])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 1])],
    )
    opsets = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


@pytest.fixture
def installed(tmp_path, make_module):
    """Install a converter, as a package would: by its entry point."""

    def install(name: str, code: str) -> None:
        make_module(f"{name}_by_somebody", code)
        told = tmp_path / f"{name}_by_somebody-1.dist-info"
        told.mkdir()
        (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}_by_somebody\nVersion: 1\n")
        (told / "entry_points.txt").write_text(f"[jupyter_mlops.converters]\n{name} = {name}_by_somebody:Theirs\n")
        installed_points.cache_clear()

    yield install
    installed_points.cache_clear()


THEIRS = """
import numpy as np
import onnx
from onnx import helper
from jupyter_mlops.export import Variant
from jupyter_mlops.exceptions import ExportError

class Theirs:
    name = "adding"

    def suits(self, model):
        return type(model).__name__ == "Adding"

    def variants(self, model):
        return model.variants

    def convert(self, conversion):
        bias = conversion.model.biases[conversion.variant.name]
        if isinstance(bias, BaseException):
            raise bias
        wide = conversion.variant.precision == "float64"
        kind = onnx.TensorProto.DOUBLE if wide else onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            [helper.make_node("Add", ["X", "bias"], ["sum"])],
            "adding",
            [helper.make_tensor_value_info("X", kind, [None, 1])],
            [helper.make_tensor_value_info("sum", kind, [None, 1])],
            [helper.make_tensor("bias", kind, [1], [bias])],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
"""
SINGLE, WIDE = Variant(name="single"), Variant(name="wide", precision="float64", needs="a wide machine")


class Adding(RegressorMixin, BaseEstimator):
    """Adds nothing; what each variant adds in the file is another matter."""

    def __init__(self, variants, biases):
        self.variants = variants
        self.biases = biases

    def predict(self, X):
        return X[:, 0] + 0.0


@pytest.mark.parametrize("rows", [np.empty((0, 4)), np.empty((0, 4), dtype=int), pd.DataFrame(columns=list("abcd"))])
def test_without_a_row_nothing_can_be_compared(fitted, rows, tmp_path):
    with pytest.raises(UsageError, match=r"^X has no rows, and nothing could be compared[.] Give some"):
        export_model(fitted, rows, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("~no_such_user_42/m.onnx", "Cannot write ~no_such_user_42/m.onnx: there is no such user"),
        ("a\0b.onnx", r"'a.x00b.onnx' is no name of a file"),
    ],
)
def test_a_path_that_can_be_none_is_told_before_the_model_is_asked(path, message, X):
    with pytest.raises(UsageError, match=message):
        export_model(LogisticRegression(), X, path, QUICK)


@pytest.mark.parametrize("name", ["rtol", "atol"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e-9])
def test_a_tolerance_that_says_nothing_is_refused(name, value):
    with pytest.raises(UsageError, match=rf"^{name} is {value!r}, which is no tolerance[.] Give a number from 0"):
        ExportWish(**{name: value})


def test_fewer_rows_than_none_cannot_be_allowed():
    with pytest.raises(UsageError, match=r"^allow_mismatch is -1, which is no number of rows[.] Give 0 or more[.]$"):
        ExportWish(allow_mismatch=-1)


@given(rtol=st.floats(0, 1e300), atol=st.floats(0, 1e300), allow=st.integers(0))
def test_any_other_tolerance_is_kept_as_it_is(rtol, atol, allow):
    kept = ExportWish(rtol=rtol, atol=atol, allow_mismatch=allow).tolerance

    assert (kept.rtol, kept.atol, kept.allowed) == (rtol, atol, allow)


def test_the_report_is_about_the_file(fitted, X, tmp_path):
    path = tmp_path / "ł 🙂.onnx"
    report = export_model(fitted, X, str(path), ExportWish(timed=False, name="mine", run_id="1" * 32))
    data = path.read_bytes()

    assert (report.file, report.size, report.sha256) == (path.name, len(data), hashlib.sha256(data).hexdigest())
    assert (report.model, report.run_id, report.latency) == ("mine", "1" * 32, ())
    assert report.model_type == "sklearn.linear_model._logistic.LogisticRegression"
    assert sum(report.operators.values()) == len(onnx.load(path).graph.node)


COLUMNS = [
    ("House Age", "ocean proximity"),
    ("a b", "a_b"),
    ("🙂", "ł"),
    ("9", "-"),
    ("label", "probabilities"),
    ("X", "variable"),
    ("it's", 'a "quoted" \\ word'),
]


@pytest.mark.parametrize("names", COLUMNS, ids=" and ".join)
def test_whatever_columns_are_called_the_file_is_asked_as_the_card_says(names, X, y, tmp_path):
    number, word = names
    rows = pd.DataFrame({number: X[:, 0], word: np.array(["x", "y", "z"])[np.arange(len(X)) % 3]})
    columns = make_column_transformer((StandardScaler(), [number]), (OneHotEncoder(handle_unknown="ignore"), [word]))
    model = make_pipeline(columns, LogisticRegression()).fit(rows, y)
    path = tmp_path / "m 🙂.onnx"
    report = export_model(model, rows, path, QUICK)
    facts = {entry.key: entry.value for entry in onnx.load(path).metadata_props}

    assert [tensor.columns for tensor in report.inputs] == [(number,), (word,)]
    said = OnnxSignature.from_json(facts["jupyter_mlops.signature"])
    assert (said.inputs, said.outputs) == (report.inputs, report.outputs)
    assert pasted(onnx_text(report, str(path)), rows)[0].tolist() == model.predict(rows).tolist()


def pasted(card: str, rows: object) -> list[np.ndarray]:
    """What the card's lines of Python give in a notebook where X is the rows."""
    lines = card.partition("Use it in Python:\n")[2].splitlines()
    names = {"X": rows}
    exec("\n".join(line.strip() for line in lines), names)
    return names["outputs"]


@pytest.mark.parametrize("form", [list, pd.Series, np.array])
def test_texts_are_asked_as_the_card_says(form, tmp_path):
    texts = form(["good day", "bad day", "good luck", "bad luck"] * 5)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0] * 5)
    report = export_model(model, texts, tmp_path / "m.onnx", QUICK)

    assert pasted(onnx_text(report, str(tmp_path / "m.onnx")), texts)[0].tolist() == [1, 0, 1, 0] * 5


@pytest.mark.parametrize("form", [pd.DataFrame, np.array])
def test_numbers_are_asked_as_the_card_says(form, fitted, X, tmp_path):
    report = export_model(fitted, form(X), tmp_path / "m.onnx", QUICK)

    assert pasted(onnx_text(report, str(tmp_path / "m.onnx")), form(X))[0].tolist() == fitted.predict(X).tolist()


def test_an_installed_converter_is_tried_way_by_way(installed, tmp_path):
    installed("adding", THEIRS)
    model = Adding((SINGLE, WIDE), {"single": ExportError("no single."), "wide": 0.0})
    report = export_model(model, [[1.0], [2.0]], tmp_path / "m.onnx", QUICK)

    assert (report.converter, report.variant, report.repaired) == ("adding", "wide", True)
    assert [(each.variant, each.problem) for each in report.tried] == [("single", "no single.")]
    assert report.notes == ("Whoever loads the file needs a wide machine.",)


def test_a_file_that_was_asked_nothing_is_not_nearer_than_one_of_which_rows_differ(installed, tmp_path):
    """1e300 is no float32: nothing differs there, because nothing is compared."""
    installed("adding", THEIRS)
    model = Adding((SINGLE, WIDE), {"single": 0.0, "wide": 1e290})
    wish = ExportWish(timed=False, allow_mismatch=100, rtol=0, atol=0)
    report = export_model(model, [[1e300]], tmp_path / "m.onnx", wish)

    assert (report.variant, report.parity.real.checked, report.parity.real.differing) == ("wide", 1, 1)
    assert f"{report.parity.differing} rows differ, and were allowed to." in report.notes


def test_rows_that_no_file_can_be_asked_are_the_refusal(installed, tmp_path):
    installed("adding", THEIRS)
    with pytest.raises(ExportError) as refused:
        export_model(Adding((SINGLE,), {"single": 0.0}), [[1e300]], tmp_path / "m.onnx", QUICK)

    assert str(refused.value) == (
        "Not written: no row of X could be compared: the input's type has no such value "
        "(37). Give rows that the file can be asked about."  # 5 that are generated, 32 close calls
    )


def test_the_allowed_number_is_exactly_enough(installed, tmp_path):
    installed("adding", THEIRS)
    model = Adding((SINGLE,), {"single": 1.0})
    with pytest.raises(ExportError) as refused:
        export_model(model, [[1.0], [2.0]], tmp_path / "m.onnx", QUICK)
    needed = int(str(refused.value).partition("--allow-mismatch ")[2].split()[0])

    with pytest.raises(ExportError, match=f"--allow-mismatch {needed} "):
        export_model(model, [[1.0], [2.0]], tmp_path / "m.onnx", ExportWish(timed=False, allow_mismatch=needed - 1))
    assert not (tmp_path / "m.onnx").exists()
    wish = ExportWish(timed=False, allow_mismatch=needed)
    report = export_model(model, [[1.0], [2.0]], tmp_path / "m.onnx", wish)
    facts = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert (report.parity.differing, facts["jupyter_mlops.allow_mismatch"]) == (needed, str(needed))


def test_an_interrupt_while_a_converter_works_leaves_no_file(installed, tmp_path):
    installed("adding", THEIRS)
    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        export_model(Adding((SINGLE,), {"single": KeyboardInterrupt()}), [[1.0]], tmp_path / "out" / "m.onnx", QUICK)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_an_interrupt_while_the_model_is_asked_leaves_what_was_there(asked, X, y, tmp_path):
    class Stopped(LogisticRegression):
        calls = 0

        def predict(self, X):
            type(self).calls += 1
            if self.calls == asked:
                signal.raise_signal(signal.SIGINT)
            return super().predict(X)

    (tmp_path / "m.onnx").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        export_model(Stopped().fit(X, y), X, tmp_path / "m.onnx", QUICK)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("m.onnx", b"before")]


def interrupted_at(line: int, work) -> bool:
    """Do work with an interrupt before its so-many-th line, in `write_onnx` itself; tell whether it came to that."""
    left = line

    def trace(frame, event, _):
        nonlocal left
        if frame.f_code is not write_onnx.__code__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("quantised", [False, True])
def test_an_interrupt_while_it_is_timed_leaves_no_file(quantised, fitted, X, tmp_path):
    """All that takes long is done before the first file is there."""

    def predict(rows):
        if len(rows) == 10_000:
            raise KeyboardInterrupt
        return LogisticRegression.predict(fitted, rows)

    fitted.predict = predict
    with pytest.raises(KeyboardInterrupt):
        export_model(fitted, X, tmp_path / "m.onnx", ExportWish(quantise=quantised))

    assert list(tmp_path.iterdir()) == []


# Between a file's opening and the first line of its `with` only the collector can close it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("before", [None, b"before"], ids=["nothing", "another file"])
def test_an_interrupt_at_any_line_of_the_writing_leaves_the_whole_file_or_what_was_there(before, good, tmp_path):
    path, line, stopped = tmp_path / "m.onnx", 0, True
    while stopped:
        path.unlink(missing_ok=True) if before is None else path.write_bytes(before)
        line += 1
        stopped = interrupted_at(line, lambda: write_onnx(Pieces(good), path))
        found = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        assert found in ({"m.onnx": good}, {} if before is None else {"m.onnx": before}), f"at line {line}"
    assert line > 8
    assert onnxruntime.InferenceSession(path).run(None, {"x": np.float32([[1]])})[0].tolist() == [[1.0]]


def test_a_name_as_long_as_a_name_may_be_is_written(good, tmp_path):
    path = tmp_path / ("m" * 250 + ".onnx")
    write_onnx(Pieces(good), path)

    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_link_is_replaced_and_what_it_led_to_stays(good, tmp_path):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "m.onnx").symlink_to(tmp_path / "theirs")
    write_onnx(Pieces(good), tmp_path / "m.onnx")

    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert ((tmp_path / "m.onnx").is_symlink(), (tmp_path / "m.onnx").read_bytes()) == (False, good)
