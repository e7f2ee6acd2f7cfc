"""A file of rows answered: what the model says, null where it cannot be asked, resumable after any end."""

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

from jupyter_mlops.deployment import ScoreWish, score  # noqa: E402
from jupyter_mlops.deployment._batch import _batch  # noqa: E402
from jupyter_mlops.entities import ScoreRefusal  # noqa: E402
from jupyter_mlops.exceptions import ExportError, UsageError  # noqa: E402


@pytest.fixture
def asked(bundles, fitted, tmp_path):
    """Rows of the mixed model on disk, a column more than it takes, in another order."""
    rows = fitted["mixed"][1][["town", "children", "age"]].copy()
    rows.insert(0, "id", range(len(rows)))
    rows.to_parquet(tmp_path / "in.parquet", index=False, row_group_size=17)
    rows.to_csv(tmp_path / "in.csv", index=False)
    return bundles["mixed"]


def wish(tmp_path, source="in.parquet", destination="out.parquet", **fields):
    return ScoreWish(source=tmp_path / source, destination=tmp_path / destination, **fields)


def read(path):
    return pd.read_parquet(path) if path.name.endswith(".parquet") else pd.read_csv(path)


@pytest.mark.parametrize("source", ["in.parquet", "in.csv"])
@pytest.mark.parametrize("destination", ["out.parquet", "out.csv", "out.csv.gz"])
@pytest.mark.parametrize("chunk", [7, 1_000])
def test_each_row_has_the_models_answer(asked, fitted, tmp_path, source, destination, chunk):
    model, rows = fitted["mixed"]
    report = score(asked, wish(tmp_path, source, destination, keep=("id",), chunk=chunk))
    told = read(tmp_path / destination)

    assert list(told) == list(report.columns) == ["id", "predict", "predict_proba_no", "predict_proba_yes"]
    assert told["id"].astype(int).tolist() == list(range(len(rows)))
    assert told["predict"].tolist() == model.predict(rows).tolist()
    assert np.allclose(told[["predict_proba_no", "predict_proba_yes"]], model.predict_proba(rows), atol=1e-5)
    assert (report.rows, report.refused, report.refusals, report.resumed) == (len(rows), 0, (), 0)
    assert report.label == "mixed"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.csv", "in.parquet", destination])


def test_every_kind_of_model_answers(bundle, fitted, tmp_path):
    model, rows = fitted[bundle.label]
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows).rename(columns=str)
    frame.to_parquet(tmp_path / "in.parquet")
    report = score(bundle, wish(tmp_path))
    told = read(tmp_path / "out.parquet")
    method = bundle.signature.outputs[0].method
    wanted = getattr(model, method)(rows).reshape(len(rows), -1)
    first = told.iloc[:, : wanted.shape[1]].to_numpy()

    assert report.rows == len(rows)
    assert all(name.startswith(method) for name in told.columns[: wanted.shape[1]])
    assert np.array_equal(first, wanted) if wanted.dtype.kind in "OU" else np.allclose(first, wanted, rtol=1e-4)


def test_all_columns_are_kept_as_they_were(asked, tmp_path):
    score(asked, wish(tmp_path, keep=("all",)))
    told, given = pq.read_table(tmp_path / "out.parquet"), pq.read_table(tmp_path / "in.parquet")
    assert told.select(given.column_names).equals(given.replace_schema_metadata())
    assert told.column_names == [*given.column_names, "predict", "predict_proba_no", "predict_proba_yes"]


def test_rows_that_cannot_be_asked_are_counted_and_null(asked, fitted, tmp_path):
    rows = fitted["mixed"][1].copy()
    rows["children"] = rows["children"].astype(float)
    rows.loc[3, "town"] = None
    rows.loc[4, ["age", "children"]] = [1e300, np.nan]
    rows.loc[5, "age"] = np.nan
    rows.to_parquet(tmp_path / "in.parquet")
    report = score(asked, wish(tmp_path, chunk=4))
    told = read(tmp_path / "out.parquet")

    assert (report.rows, report.refused) == (len(rows), 3)
    assert set(report.refusals) == {
        ScoreRefusal("town: missing", 1),
        ScoreRefusal("age: beyond float32", 1),
        ScoreRefusal("children: missing", 1),
        ScoreRefusal("age: missing", 1),  # logistic regression takes none
    }
    assert told.index[told["predict"].isna()].tolist() == [3, 4, 5]
    assert told.index[told["predict_proba_no"].isna()].tolist() == [3, 4, 5]


def test_a_chunk_of_which_no_row_can_be_asked_is_null(asked, fitted, tmp_path):
    rows = fitted["mixed"][1].assign(town=None)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), tmp_path / "in.parquet")
    report = score(asked, wish(tmp_path, chunk=16))
    assert report.refused == report.rows == len(rows)
    assert pq.read_table(tmp_path / "out.parquet").column("predict").null_count == len(rows)


def test_no_rows_make_a_file_with_columns(asked, tmp_path):
    pq.write_table(pq.read_table(tmp_path / "in.parquet").slice(0, 0), tmp_path / "in.parquet")
    for name in ("out.parquet", "out.csv"):
        assert score(asked, wish(tmp_path, destination=name)).rows == 0
        assert list(read(tmp_path / name)) == ["predict", "predict_proba_no", "predict_proba_yes"]


def test_a_folder_is_answered_as_one_table(asked, tmp_path):
    (tmp_path / "in").mkdir()
    table = pq.read_table(tmp_path / "in.parquet")
    pq.write_table(table.slice(0, 20), tmp_path / "in/a.parquet")
    pq.write_table(table.slice(20), tmp_path / "in/b.parquet")
    score(asked, wish(tmp_path))
    score(asked, wish(tmp_path, "in", "folder.parquet"))
    assert (tmp_path / "folder.parquet").read_bytes() == (tmp_path / "out.parquet").read_bytes()


def test_progress_is_told_after_each_chunk(asked, tmp_path):
    told = []
    score(asked, wish(tmp_path, chunk=25), told.append)
    assert [(each.rows, each.total) for each in told] == [(25, 60), (50, 60), (60, 60)]
    told.clear()
    score(asked, wish(tmp_path, "in.csv", chunk=25), told.append)
    assert [(each.rows, each.total) for each in told] == [(25, None), (50, None), (60, None)]


def test_compressed_csv_has_no_time_in_it(asked, tmp_path):
    score(asked, wish(tmp_path, destination="a.csv.gz"))
    score(asked, wish(tmp_path, destination="b.csv.gz"))
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).startswith(b'"predict",')


PROGRAM = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from jupyter_mlops.deployment import ScoreWish, score
    from jupyter_mlops.deployment._batch import _batch
    from jupyter_mlops.export import open_bundle

    model, source, destination, rows = sys.argv[1:]
    _batch._PART = 20

    def told(progress):
        if progress.rows >= int(rows):
            os.kill(os.getpid(), signal.SIGKILL)

    score(open_bundle(model, "mixed"), ScoreWish(source=Path(source), destination=Path(destination), chunk=10), told)
    """
)


def killed(bundle, tmp_path, destination, rows=10**9, point=""):
    """Answer in a process that kills itself, and return how it ended."""
    words = [str(bundle.path), str(tmp_path / "in.parquet"), str(tmp_path / destination), str(rows)]
    environment = {**os.environ, "JUPYTER_MLOPS_CRASH_AT": point}
    return subprocess.run([sys.executable, "-c", PROGRAM, *words], env=environment, timeout=120).returncode


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(_batch, "_PART", 20)


@pytest.mark.parametrize("destination", ["out.parquet", "out.csv"])
@pytest.mark.parametrize(
    ("end", "resumed"),
    [
        ({"rows": 10}, 0),
        ({"rows": 30}, 20),
        ({"rows": 60}, 40),
        ({"point": "batch.part"}, 0),
        ({"point": "batch.journal"}, 20),
        ({"point": "batch.whole"}, 60),
    ],
    ids=["in the first part", "in the second", "at the end", "before the journal", "behind it", "before the name"],
)
def test_b29_after_a_kill_it_goes_on_and_comes_to_the_same(asked, tmp_path, small_parts, destination, end, resumed):
    whole = score(asked, wish(tmp_path, destination=f"whole-{destination}", chunk=10))
    assert killed(asked, tmp_path, destination, **end) == -signal.SIGKILL
    assert not (tmp_path / destination).exists()
    report = score(asked, wish(tmp_path, destination=destination, chunk=10))

    assert report.resumed == resumed
    assert (tmp_path / destination).read_bytes() == (tmp_path / f"whole-{destination}").read_bytes()
    assert (report.rows, report.refused, report.columns) == (whole.rows, whole.refused, whole.columns)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_killed_behind_the_name_the_answer_is_there_and_can_be_asked_again(asked, tmp_path, small_parts):
    assert killed(asked, tmp_path, "out.parquet", point="batch.named") == -signal.SIGKILL
    before = (tmp_path / "out.parquet").read_bytes()
    report = score(asked, wish(tmp_path, chunk=10))
    assert report.resumed == report.rows
    assert (tmp_path / "out.parquet").read_bytes() == before


FULL = """
import resource, sys
from pathlib import Path
from jupyter_mlops.deployment import ScoreWish, score
from jupyter_mlops.deployment._batch import _batch
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.export import open_bundle

_batch._PART = 20
bundle = open_bundle(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    score(bundle, ScoreWish(source=Path(sys.argv[2]), destination=Path(sys.argv[3]), chunk=10))
except UsageError as error:
    print(error)
"""


@pytest.mark.parametrize(("limit", "resumed"), [(100, 0), (1_500, 60)], ids=["within a part", "within the whole"])
def test_a_disk_that_takes_no_more_is_told_and_the_next_attempt_goes_on(asked, tmp_path, small_parts, limit, resumed):
    """Where a file may not grow, writing fails as on a full disk: within a part, or when all are put together."""
    words = [str(asked.path), str(tmp_path / "in.parquet"), str(tmp_path / "out.csv"), str(limit)]
    done = subprocess.run([sys.executable, "-c", FULL, *words], capture_output=True, text=True, timeout=120)

    assert "What is done stays; ask again." in done.stdout, done.stderr
    assert not (tmp_path / "out.csv").exists()
    report = score(asked, wish(tmp_path, destination="out.csv", chunk=10))
    score(asked, wish(tmp_path, destination="whole.csv", chunk=10))
    assert (report.rows, report.resumed) == (60, resumed)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_killed_again_and_again_it_comes_to_an_end(asked, tmp_path, small_parts):
    ends = [killed(asked, tmp_path, "out.csv", rows=rows) for rows in (20, 30, 50)]
    assert ends == [-signal.SIGKILL] * 3
    report = score(asked, wish(tmp_path, destination="out.csv", chunk=10))
    score(asked, wish(tmp_path, destination="whole.csv", chunk=10))
    assert report.resumed == 40
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def interrupt(progress):
    if progress.rows >= 30:
        raise KeyboardInterrupt


def interrupted(bundle, asked):
    with pytest.raises(KeyboardInterrupt):
        score(bundle, asked, interrupt)


def test_an_interrupt_leaves_what_was_there_and_its_parts(asked, tmp_path, small_parts):
    (tmp_path / "out.parquet").write_text("what was there")
    interrupted(asked, wish(tmp_path, chunk=10))
    assert (tmp_path / "out.parquet").read_text() == "what was there"
    assert score(asked, wish(tmp_path, chunk=10)).resumed == 20


@pytest.mark.parametrize("what", ["rows", "model", "columns", "chunk"])
def test_another_question_begins_anew(asked, bundles, tmp_path, small_parts, what):
    interrupted(asked, wish(tmp_path, chunk=10))
    again, bundle = wish(tmp_path, chunk=10), asked
    if what == "rows":
        table = pq.read_table(tmp_path / "in.parquet")
        pq.write_table(table, tmp_path / "in.parquet")
    elif what == "model":
        bundle = bundles["frame"]
    elif what == "columns":
        again = replace(again, keep=("id",))
    else:
        again = replace(again, chunk=11)
    report = score(bundle, again)
    assert report.resumed == 0
    assert report.rows == 60


@pytest.mark.parametrize("damage", ["torn", "no journal", "no part", "short part"])
def test_what_is_left_of_an_attempt_is_only_believed_when_it_is_whole(asked, tmp_path, small_parts, damage):
    interrupted(asked, wish(tmp_path, chunk=10))
    folder = tmp_path / ".out.parquet.parts"
    journal, part = folder / "journal.jsonl", folder / "part-000000.part"
    if damage == "torn":
        with open(journal, "ab") as file:
            file.write(b'{"size": 1')
    elif damage == "no journal":
        journal.unlink()
    elif damage == "no part":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[:-1])
    report = score(asked, wish(tmp_path, chunk=10))
    score(asked, wish(tmp_path, destination="whole.parquet", chunk=10))

    assert report.resumed == (20 if damage == "torn" else 0)
    assert (tmp_path / "out.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_rows_that_change_while_they_are_read_are_not_answered(asked, tmp_path):
    def changed(progress):
        os.utime(tmp_path / "in.parquet", (1, 1))

    with pytest.raises(UsageError, match="was changed while it was read"):
        score(asked, wish(tmp_path), changed)
    assert not (tmp_path / "out.parquet").exists()


def test_two_at_a_time_do_not_mix(asked, tmp_path):
    def second(progress):
        with pytest.raises(UsageError, match="Another process is writing"):
            score(asked, wish(tmp_path))

    assert score(asked, wish(tmp_path), second).rows == 60


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"destination": "in.parquet"}, "is the file that is read"),
        ({"destination": "out.json"}, "neither Parquet nor CSV by its name"),
        ({"destination": "none/out.csv"}, "There is no folder"),
        ({"destination": "folder"}, "is a folder"),
        ({"source": "none.csv"}, "There is no file"),
        ({"source": "folder", "destination": "folder/out.parquet"}, "would be read as a part of"),
        ({"keep": ("ID",)}, r"no column 'ID', which is to be kept\. Did you mean 'id'"),
        ({"keep": ("predict",), "source": "taken.parquet"}, "Column 'predict' would be there twice"),
    ],
)
def test_what_cannot_go_well_is_refused_before_anything_is_written(asked, tmp_path, fields, told):
    (tmp_path / "folder").mkdir()
    pq.write_table(pq.read_table(tmp_path / "in.parquet"), tmp_path / "folder/a.parquet")
    taken = pq.read_table(tmp_path / "in.parquet")
    pq.write_table(taken.append_column("predict", taken.column("id")), tmp_path / "taken.parquet")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=told):
        score(asked, wish(tmp_path, **fields))
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("chunk", [0, -1, 10**9])
def test_a_chunk_has_a_size(tmp_path, chunk):
    with pytest.raises(UsageError, match="no number of rows"):
        wish(tmp_path, chunk=chunk)


def test_a_missing_column_is_named(asked, fitted, tmp_path):
    fitted["mixed"][1].drop(columns="town").to_parquet(tmp_path / "in.parquet")
    with pytest.raises(
        UsageError, match=r"There is no column 'town', which the model takes\. There are: age, children"
    ):
        score(asked, wish(tmp_path))


def test_nested_columns_are_kept_in_parquet_and_refused_in_csv(asked, tmp_path):
    table = pq.read_table(tmp_path / "in.parquet")
    pq.write_table(table.append_column("tags", pa.array([["a", "b"]] * 60)), tmp_path / "in.parquet")
    score(asked, wish(tmp_path, keep=("tags",)))
    assert pq.read_table(tmp_path / "out.parquet").column("tags")[0].as_py() == ["a", "b"]
    with pytest.raises(UsageError, match="Column 'tags' holds list"):
        score(asked, wish(tmp_path, destination="out.csv", keep=("tags",)))


def test_a_broken_csv_file_is_told_and_nothing_is_written(asked, tmp_path):
    (tmp_path / "in.csv").write_text("age,children,town\n1,2,Bern\n1,2\n")
    with pytest.raises(UsageError, match=r"in\.csv cannot be read: .*Expected 3 columns, got 2"):
        score(asked, wish(tmp_path, "in.csv"))
    assert not (tmp_path / "out.parquet").exists()


def test_a_model_that_was_changed_is_not_asked(asked, tmp_path):
    with pytest.raises(ExportError, match="has changed since it was checked"):
        score(replace(asked, sha256="0" * 64), wish(tmp_path))


def test_a_model_that_fails_on_rows_says_where(foreign, tmp_path):
    """A look-up beyond the end of its table is an error of onnxruntime's."""
    from onnx import TensorProto, helper, numpy_helper, save_model

    from jupyter_mlops.export import open_bundle

    graph = helper.make_graph(
        [helper.make_node("Gather", ["w", "n"], ["y"])],
        "g",
        [helper.make_tensor_value_info("n", TensorProto.INT64, ["r"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["r"])],
        [numpy_helper.from_array(np.arange(10, dtype=np.float32), "w")],
    )
    save_model(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), tmp_path / "m.onnx"
    )
    pq.write_table(pa.table({"n": [1, 2, 3, 99]}), tmp_path / "in.parquet")
    with pytest.raises(ExportError, match=r"fails on the rows from 2 on: .*out of data bounds"):
        score(open_bundle(tmp_path / "m.onnx"), wish(tmp_path, chunk=2))


def test_what_ends_before_its_first_part_leaves_nothing(asked, tmp_path):
    def at_once(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(asked, wish(tmp_path), at_once)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "in.parquet"]


def test_images_and_boxes_are_no_tables(foreign, tmp_path):
    pq.write_table(pa.table({"x": [1.0]}), tmp_path / "in.parquet")
    with pytest.raises(UsageError, match="input 'x' is no table"):
        score(foreign(("x", "FLOAT", ["n", 2, 2])), wish(tmp_path))


def test_the_journal_says_what_was_asked(asked, tmp_path, small_parts):
    interrupted(asked, wish(tmp_path, keep=("id",), chunk=10))
    lines = [json.loads(line) for line in Path(tmp_path / ".out.parquet.parts/journal.jsonl").read_text().splitlines()]
    assert lines[0]["model"] == asked.sha256
    assert lines[0]["kept"] == ["id"]
    assert [line["rows"] for line in lines[1:]] == [20]
