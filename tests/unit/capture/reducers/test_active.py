"""Data and models of the scientific libraries: equal after, writable, and without a copy into the stream."""

import random
import types

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values

ROWS = 100_000


def stream_size(value):
    return len(dump_values({"value": value}).stream)


ARRAYS = {
    "contiguous": np.arange(ROWS),
    "fortran": np.asfortranarray(np.arange(2 * ROWS).reshape(2, ROWS)),
    "strided": np.arange(4 * ROWS).reshape(2, -1)[:, ::2],
    "transposed_slice": np.arange(4 * ROWS).reshape(-1, 4).T[1:3],
    "dates": np.arange(ROWS).astype("M8[s]"),
    "fortran_durations": np.asfortranarray(np.arange(2 * ROWS).reshape(2, -1).astype("m8[ms]")),
    "records": np.zeros(ROWS, dtype=[("a", "i4"), ("b", "f8", (2,))]),
    "strings": np.full(ROWS, "abc"),
    "booleans": np.ones(100_000, dtype=bool),
    "complex": np.arange(ROWS) * 1j,
    "empty": np.empty((0, 3)),
    "scalar": np.array(3),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_equal_writable_and_out_of_band(carry, name):
    array = ARRAYS[name]
    copy = carry(array)
    np.testing.assert_array_equal(copy, array)
    assert (copy.dtype, copy.flags.writeable) == (array.dtype, True)
    assert not array.size or copy.strides == np.array(array, order="K").strides
    assert stream_size(array) < 1000


@pytest.mark.parametrize("name", ["contiguous", "dates"])
def test_a_read_only_array_stays_read_only(carry, name):
    array = ARRAYS[name].copy()
    array.flags.writeable = False
    assert not carry(array).flags.writeable


@pytest.mark.parametrize(
    "array",
    [
        np.ma.array(np.arange(9), mask=[1] * 9),
        np.rec.fromarrays([[1], ["a"]]),
        np.array([{"a": 1}, None]),
        np.float32(1.5),
        np.dtype("f4"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_kinds_of_arrays_keep_their_kind(carry, array):
    copy = carry(array)
    assert type(copy) is type(array)
    assert repr(copy) == repr(array)


def test_a_mapped_file_is_mapped_again(carry, tmp_path):
    mapped = np.memmap(tmp_path / "data", dtype="i4", mode="w+", shape=(100, 50))
    mapped[3, 4] = 5
    copy = carry(mapped)
    copy[0, 0] = 9
    assert (type(copy), copy.filename, copy[3, 4], mapped[0, 0]) == (np.memmap, str(tmp_path / "data"), 5, 9)


def test_a_part_of_a_mapped_file_is_data(carry, tmp_path):
    mapped = np.memmap(tmp_path / "data", dtype="i4", mode="w+", shape=(100, 50))
    part = carry(mapped[10:20])
    assert (type(part), part.shape) == (np.ndarray, (10, 50))


@pytest.mark.parametrize(
    "make",
    [
        lambda: random.Random(3),
        lambda: np.random.default_rng(3),
        lambda: np.random.RandomState(3),
        lambda: np.random.Generator(np.random.Philox(3)),
    ],
)
def test_a_random_generator_goes_on_where_it_was(carry, make):
    sent, expected = make(), make()
    assert sent.random() == expected.random()
    copy = carry(sent)
    assert [copy.random() for _ in range(3)] == [expected.random() for _ in range(3)]


def frames():
    pd = pytest.importorskip("pandas")
    plain = pd.DataFrame(
        {
            "n": np.arange(ROWS),
            "x": np.linspace(0, 1, ROWS),
            "when": pd.date_range("2026", periods=ROWS, freq="s"),
            "kind": pd.Categorical(["a", "b"] * (ROWS // 2)),
            "text": [f"row {n}" for n in range(ROWS)],
            "maybe": pd.array([1, None] * (ROWS // 2), dtype="Int64"),
        }
    )
    pytest.importorskip("pyarrow")
    return {
        "plain": plain,
        "indexed": plain.set_index(["kind", "n"]),
        "arrow": plain.convert_dtypes(dtype_backend="pyarrow"),
        "chunked": pd.concat([plain.convert_dtypes(dtype_backend="pyarrow")] * 2, ignore_index=True),
        "zoned": plain.assign(when=plain["when"].dt.tz_localize("Europe/Berlin")),
        "empty": plain.iloc[:0],
    }


@pytest.mark.parametrize("name", ["plain", "indexed", "arrow", "chunked", "zoned", "empty"])
def test_a_frame_is_equal_and_writable(carry, name):
    pd = pytest.importorskip("pandas")
    frame = frames()[name]
    copy = carry(frame)
    pd.testing.assert_frame_equal(copy, frame)
    if len(copy):
        copy.loc[copy.index[0], "x"] = 5.0
        copy.loc[copy.index[0], "text"] = "new"
        assert (copy["x"].iloc[0], frame["x"].iloc[0], copy["text"].iloc[0]) == (5.0, 0.0, "new")


@pytest.mark.parametrize("name", ["plain", "arrow"])
def test_a_frame_goes_out_of_band(name):
    assert stream_size(frames()[name]) < 70_000


def test_a_slice_of_a_frame_sends_its_part_only():
    frame = frames()["arrow"]
    pickled = dump_values({"part": frame.iloc[100:110], "column": frame["text"].iloc[5:10]})
    assert pickled.buffer_bytes + len(pickled.stream) < 40_000


def test_a_frame_of_python_strings(carry):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"s": np.array(["a", None, "b", np.nan, 3] * 10, dtype=object)}, dtype=object)
    pd.testing.assert_frame_equal(carry(frame), frame)


STRINGS = {
    "plain": [f"row {n}" for n in range(10_000)],
    "repeated": ["a", "b"] * 5000,
    "none": ["a", None] * 5000,
    "different or none": [None if n % 3 else f"row {n}" for n in range(10_000)],
    "different or nan": [np.nan if n % 5 == 0 else f"row {n}" for n in range(10_000)],
    "nan": ["a", np.nan] * 5000,
    "none and nan": ["a", None, np.nan, "b"] * 2500,
    "numbers": ["a", 1.5] * 5000,
    "mixed": ["a", 1, b"c", ["d"]] * 2500,
    "half a pair": ["\ud800"] * 10_000,
    "subclass": [np.str_("a")] * 10_000,
    "empty": [""] * 10_000,
}


@pytest.mark.parametrize("name", STRINGS)
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_python_strings(carry, name, order):
    pytest.importorskip("pyarrow")
    array = np.empty(10_000, dtype=object)
    array[:] = STRINGS[name]
    array = array.reshape(2, -1, order=order)
    copy = carry(array)
    assert [*map(type, copy.ravel())] == [*map(type, array.ravel())]
    assert [*map(str, copy.ravel())] == [*map(str, array.ravel())]
    copy[0, 0] = "new"
    assert (copy.dtype, copy.shape, array[0, 0] is copy[0, 0]) == (object, (2, 5000), False)


def test_python_strings_go_out_of_band_and_share_what_is_equal(carry):
    pytest.importorskip("pyarrow")
    array = np.array(["yes", "no"] * 50_000, dtype=object)
    assert stream_size(array) < 2000
    assert len(set(map(id, carry(array)))) == 2


def test_python_strings_that_a_few_objects_are_stay_these_objects(carry):
    pytest.importorskip("pyarrow")
    words = np.array([f"word {n % 900}" for n in range(1000)] + [None, float("nan")], dtype=object)
    array = np.resize(words, 300_000).reshape(-1, 2, order="F")
    received = carry(word=words[3], array=array)
    copy, flat = received["array"], received["array"].ravel(order="F")
    assert (stream_size(array) < 20_000, copy.shape, copy.flags.f_contiguous) == (True, array.shape, True)
    assert [*map(str, flat)] == [*map(str, array.ravel(order="F"))]
    # One object before is one after, also beside the array; equal ones that were two are two.
    assert [*map(id, flat[: len(words)])] == [*map(id, flat[len(words) : 2 * len(words)])]
    assert (flat[3] is received["word"], flat[903] == flat[3], flat[903] is flat[3]) == (True, True, False)


def test_an_array_that_holds_itself_many_times(carry):
    pytest.importorskip("pyarrow")
    array = np.empty(20_000, dtype=object)
    array[:] = "a"
    array[1::2] = [array] * 10_000
    copy = carry(array)
    assert all(item is copy for item in copy[1::2])


def test_arrow_tables_and_slices(carry):
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"n": np.arange(ROWS), "s": [str(n) for n in range(ROWS)], "l": [[n] for n in range(ROWS)]})
    assert carry(table).equals(table)
    part = table.slice(7, 5)
    assert carry(part).equals(part)
    assert stream_size(table) < 2000


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_array", "coo_array", "dok_array", "dia_array"])
def test_sparse_matrices(carry, kind):
    sparse = pytest.importorskip("scipy.sparse")
    matrix = getattr(sparse, kind)(sparse.eye(500) * 3)
    copy = carry(matrix)
    assert (type(copy), copy.shape, (copy != matrix).nnz) == (type(matrix), matrix.shape, 0)


def pipelines():
    pytest.importorskip("sklearn")
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    scaled = ColumnTransformer([("scale", StandardScaler(), [0, 1])], remainder="passthrough")
    return {
        "linear": make_pipeline(scaled, LogisticRegression()),
        "forest": RandomForestClassifier(5, random_state=0),
        "boosting": HistGradientBoostingClassifier(max_iter=5),
        "function": make_pipeline(FunctionTransformer(lambda X: X * 2), LogisticRegression()),
        "search": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}),
    }


@pytest.mark.parametrize("name", ["linear", "forest", "boosting", "function", "search"])
def test_estimators_predict_what_they_predicted(carry, name):
    model = pipelines()[name]
    X = np.random.default_rng(0).normal(size=(200, 3))
    y = (X[:, 0] > 0).astype(int)
    model.fit(X, y)
    np.testing.assert_array_equal(carry(model).predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_boosters_predict_what_they_predicted(carry, library):
    module = pytest.importorskip(library)
    X = np.random.default_rng(0).normal(size=(200, 3))
    y = (X[:, 0] > 0).astype(int)
    settings = {"verbose": -1} if library == "lightgbm" else {}
    model = getattr(module, "XGBClassifier" if library == "xgboost" else "LGBMClassifier")(n_estimators=5, **settings)
    model.fit(X, y)
    booster = model.get_booster() if library == "xgboost" else model.booster_
    data = module.DMatrix(X) if library == "xgboost" else X
    copies = carry(model=model, booster=booster)
    np.testing.assert_array_equal(copies["model"].predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(copies["booster"].predict(data), booster.predict(data))


def test_a_figure_draws_the_same(carry):
    pytest.importorskip("matplotlib").use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    (line,) = axes.plot([1, 2], [3, 4])
    copies = carry(figure=figure, line=line)
    assert copies["line"].figure is copies["figure"]
    drawn = []
    for shown in (figure, copies["figure"]):
        shown.canvas.draw()
        drawn.append(bytes(shown.canvas.buffer_rgba()))
    plt.close("all")
    assert drawn[0] == drawn[1]


def test_a_module_made_by_hand_travels_with_its_content(carry):
    module = types.ModuleType("made_by_hand")
    module.value = 5
    assert carry(module).value == 5
