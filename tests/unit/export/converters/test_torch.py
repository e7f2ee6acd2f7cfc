"""torch modules as files: any rank, several inputs and outputs, and the module as it was before."""

import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest

from jupyter_mlops.exceptions import ExportError, UsageError
from jupyter_mlops.export import ExportWish, export_model, load_converter, open_bundle, rows_together

torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # torch's exporter, of torch
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
nn = torch.nn

QUICK = ExportWish(timed=False)
DRAW = np.random.default_rng(0)
ROWS = 40


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.sequence, self.last = nn.LSTM(4, 6, batch_first=True, bidirectional=True), nn.Linear(12, 2)

    def forward(self, x):
        return self.last(self.sequence(x)[0][:, -1])


class Mixed(nn.Module):
    """Tokens and numbers, two outputs by name."""

    def __init__(self):
        super().__init__()
        self.words, self.last = nn.Embedding(20, 4), nn.Linear(7, 3)

    def forward(self, ids, x):
        both = torch.cat([self.words(ids).mean(1), x], 1)
        return {"scores": self.last(both), "size": both.sum(1)}


class ByValue(nn.Module):
    """Goes one way or the other by what the rows hold together, which no file can."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(4, 2)

    def forward(self, x):
        return self.last(x) if x.sum() > 0 else self.last(x) * 2


class Unknown(nn.Module):
    """Ends in what neither of torch's exporters knows."""

    def forward(self, x):
        return torch.special.bessel_j0(x)


class OneBatch(nn.Module):
    def forward(self, x):
        return x.reshape(ROWS // 2, 2, -1).sum(-1).reshape(-1)


class Taking(nn.Module):
    """Takes its dict whole."""

    def forward(self, batch):
        return batch["a"] + batch["b"]


def dense(*last):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3), *last)


def numbers(*shape) -> np.ndarray:
    return DRAW.normal(size=(ROWS, *shape))


TOKENS = DRAW.integers(2, 18, (ROWS, 5))
IMAGES = nn.Sequential(
    nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 3)
)
MODELS = {
    "dense": (dense(nn.Softmax(1)), numbers(4)),
    "images": (IMAGES, numbers(1, 8, 8).astype(np.float32)),
    "recurrent": (Recurrent(), numbers(5, 4)),
    "attention": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), numbers(5, 8)),
    "exact gelu": (nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.LayerNorm(4)), numbers(4)),
    "double": (nn.Sequential(nn.Linear(4, 3), nn.Tanh()).double(), numbers(4)),
    "positional": (Mixed(), (TOKENS, numbers(3))),
    "by keyword": (Mixed(), {"x": torch.randn(ROWS, 3), "ids": torch.from_numpy(TOKENS)}),
    "a dict": (Taking(), {"b": numbers(2), "a": numbers(2)}),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_module_becomes_a_file_that_answers_alike(name, tmp_path):
    module, X = MODELS[name]
    report = export_model(module, X, tmp_path / "m.onnx", QUICK)
    arrays = list(X.values()) if isinstance(X, dict) else list(X) if isinstance(X, tuple) else [X]
    feeds = {
        tensor.name: np.asarray(array)[:7].astype(tensor.type)
        for tensor, array in zip(report.inputs, arrays, strict=True)
    }
    found = onnxruntime.InferenceSession(tmp_path / "m.onnx").run(None, feeds)
    module.eval()
    given = [torch.from_numpy(feed) for feed in feeds.values()]
    with torch.no_grad():
        named = dict(zip(feeds, given, strict=True))
        told = module(named) if name == "a dict" else module(**named) if isinstance(X, dict) else module(*given)
    for ours, theirs in zip(found, told.values() if isinstance(told, dict) else [told], strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-5)
    assert (report.converter, report.parity.real.checked, report.parity.differing) == ("torch", ROWS, 0)
    assert open_bundle(tmp_path / "m.onnx").signature.inputs == report.inputs


@pytest.mark.parametrize(
    ("name", "inputs", "outputs"),
    [
        ("images", [("X", "float32", (None, 1, 8, 8))], [("output", (None, 3), "call")]),
        (
            "positional",
            [("ids", "int64", (None, 5)), ("x", "float32", (None, 3))],
            [("scores", (None, 3), "call['scores']"), ("size", (None,), "call['size']")],
        ),
        ("double", [("X", "float64", (None, 4))], [("output", (None, 3), "call")]),
    ],
)
def test_the_report_says_what_the_file_takes_and_answers(name, inputs, outputs, tmp_path):
    report = export_model(*MODELS[name], tmp_path / "m.onnx", QUICK)

    assert [(each.name, each.type, each.shape) for each in report.inputs] == inputs
    assert [(each.name, each.shape, each.method) for each in report.outputs] == outputs


def test_missing_values_in_an_lstm_are_repaired_and_said(tmp_path):
    report = export_model(*MODELS["recurrent"], tmp_path / "m.onnx", QUICK)

    assert report.variant == "torch.export, missing values stay missing"
    assert (report.repaired, report.tried[0].differing > 0) == (True, True)
    assert report.notes == ("Never send it a batch of no rows: onnxruntime's LSTM and GRU end the process then.",)
    assert 0 not in report.parity.batches


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.last = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), nn.Linear(4, 2)

    def forward(self, x):
        return self.last(self.inner(x).mean(1))


@pytest.mark.parametrize("kind", [Recurrent, Attention])
def test_a_sequence_may_have_any_length_where_rows_of_two_are_given(kind, tmp_path):
    module = kind().eval()
    long, short = (DRAW.normal(size=(8, length, 4)).astype("float32") for length in (6, 3))
    report = export_model(module, rows_together([long, short], ["long", "short"]), tmp_path / "m.onnx", QUICK)
    later = DRAW.normal(size=(5, 11, 4)).astype("float32")
    (told,) = onnxruntime.InferenceSession(tmp_path / "m.onnx").run(None, {"X": later})

    assert report.inputs[0].shape == (None, None, 4)
    assert report.parity.differing == 0
    np.testing.assert_allclose(told, module(torch.from_numpy(later)).detach().numpy(), atol=1e-5)


class Largest(nn.Module):
    def forward(self, x):
        return x.amax(1), x.min(dim=1).values


def test_missing_values_among_which_the_largest_is_chosen_stay_missing(tmp_path):
    report = export_model(Largest(), DRAW.normal(size=(ROWS, 5, 4)), tmp_path / "m.onnx", QUICK)
    assert report.parity.differing == 0
    assert report.variant == "torch.export, missing values stay missing"


def test_a_batch_of_none_is_asked_where_both_answer_it(tmp_path):
    report = export_model(*MODELS["dense"], tmp_path / "m.onnx", QUICK)

    assert report.parity.batches[:2] == (0, 1)
    assert onnxruntime.InferenceSession(tmp_path / "m.onnx").run(None, {"X": np.empty((0, 4), np.float32)})[
        0
    ].shape == (0, 3)


@pytest.mark.parametrize("training", [True, False])
def test_mode_gradients_and_weights_are_as_before(training, tmp_path):
    module = dense().train(training)
    module[3].train(not training)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    modes = [part.training for part in module.modules()]
    export_model(module, numbers(4), tmp_path / "m.onnx", QUICK)

    assert [part.training for part in module.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(value.grad is None and value.requires_grad for value in module.parameters())


def test_a_compiled_module_is_asked_as_it_was_written(tmp_path):
    """To compile it takes a compiler, and half a minute for each number of rows."""
    module = dense()
    report = export_model(torch.compile(module), numbers(4), tmp_path / "m.onnx", QUICK)

    assert (report.parity.differing, module.training) == (0, True)


def test_a_lazy_module_is_built_by_the_rows(tmp_path):
    lazy = nn.LazyLinear(2)
    export_model(lazy, numbers(4), tmp_path / "m.onnx", QUICK)

    assert lazy.weight.shape == (2, 4)


def test_what_is_none_among_the_outputs_is_left_out(tmp_path):
    class Optional(nn.Module):
        def forward(self, x, mask=None):
            return x.sum(1), mask, {"mean": x.mean(1)}

    report = export_model(Optional(), numbers(4), tmp_path / "m.onnx", QUICK)

    assert [(each.name, each.method) for each in report.outputs] == [
        ("output_0", "call[0]"),
        ("output_2_mean", "call[2]['mean']"),
    ]


def test_a_frames_columns_are_said(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(numbers(3), columns=["age", "pay", "size"])
    report = export_model(nn.Linear(3, 1), frame, tmp_path / "m.onnx", QUICK)

    assert [(each.shape, each.columns) for each in report.inputs] == [((None, 3), ("age", "pay", "size"))]


def test_what_depends_on_the_rows_together_is_refused_with_torchs_reason(tmp_path):
    with pytest.raises(ExportError) as refused:
        export_model(ByValue(), numbers(4), tmp_path / "m.onnx", QUICK)

    assert "Could not guard on data-dependent expression" in str(refused.value)
    assert "use torch.where or torch.cond in place of `if`" in str(refused.value)
    assert "Put another layer in its place" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_module_that_goes_another_way_with_one_row_is_refused(tmp_path):
    """All rows together go the way that was followed, and so do the edge rows; some of them alone do not."""
    rows = np.random.default_rng(1).normal(size=(ROWS, 4)) - 0.5
    assert rows.sum() < 0
    assert (rows.sum(axis=1) > 0).any()
    assert rows[[0, -1]].sum() < 0
    with pytest.raises(ExportError, match="generated rows differ"):
        export_model(ByValue(), rows, tmp_path / "m.onnx", QUICK)


def test_a_module_of_one_number_of_rows_is_refused(tmp_path):
    """It takes the sixteen rows that are asked alone no more than the file does."""
    with pytest.raises((ExportError, UsageError)):
        export_model(OneBatch(), numbers(4), tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_an_export_says_nothing(capfd, tmp_path):
    export_model(*MODELS["dense"], tmp_path / "m.onnx", QUICK)
    for refused in (ByValue(), Unknown()):
        with pytest.raises(ExportError):
            export_model(refused, numbers(4), tmp_path / "no.onnx", QUICK)

    assert capfd.readouterr() == ("", "")


def test_a_half_that_differs_is_refused_unless_the_tolerance_says_so(tmp_path):
    half = nn.Sequential(nn.Linear(4, 8), nn.Tanh()).half()
    with pytest.raises(ExportError, match="given rows"):
        export_model(half, numbers(4), tmp_path / "m.onnx", QUICK)
    report = export_model(half, numbers(4), tmp_path / "m.onnx", ExportWish(timed=False, rtol=1e-2, atol=2e-3))

    assert report.inputs[0].type == "float16"


def test_bfloat16_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"bfloat16, which ONNX' operators have not[.] Use module[.]float"):
        export_model(nn.Linear(4, 2).bfloat16(), numbers(4), tmp_path / "m.onnx", QUICK)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array(["a", "b"]), "a network's file takes numbers"),
        (np.ones((3, 9)), "Sequential does not take these rows .RuntimeError"),
        ({"y": np.ones((3, 4))}, "Sequential does not take these rows"),
        (np.empty((0, 4)), "X has no rows"),
    ],
    ids=["texts", "other features", "another name", "none"],
)
def test_rows_that_are_none_for_it_are_told(X, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        export_model(dense(), X, tmp_path / "m.onnx", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_b32_weights_are_in_the_one_file(tmp_path):
    export_model(*MODELS["images"], tmp_path / "m.onnx", QUICK)

    assert [file.name for file in tmp_path.iterdir()] == ["m.onnx"]
    assert not any(tensor.external_data for tensor in onnx.load(tmp_path / "m.onnx").graph.initializer)


@pytest.mark.parametrize("opset", [18, 20])
def test_the_opset_is_the_one_that_was_asked_for(opset, tmp_path):
    report = export_model(dense(), numbers(4), tmp_path / "m.onnx", ExportWish(timed=False, opset=opset))

    assert report.opsets["ai.onnx"] == opset


def test_latency_is_measured_beside_the_module(tmp_path):
    one, many = export_model(dense(), numbers(4), tmp_path / "m.onnx").latency

    assert (one.rows, many.rows) == (1, 10_000)
    assert one.times > 0


def test_a_converter_is_not_asked_about_others():
    converter = load_converter("torch")

    assert converter.suits(dense())
    assert not converter.suits(dense)
    assert not converter.suits(object())


def test_looking_for_a_converter_loads_no_framework():
    code = (
        "import sys; from jupyter_mlops.export import converter_names; print(converter_names());"
        "sys.exit(bool({'torch', 'tensorflow', 'keras', 'onnx', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "'keras'" in done.stdout
    assert "'torch'" in done.stdout
