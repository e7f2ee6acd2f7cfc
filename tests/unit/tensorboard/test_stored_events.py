"""What only a tracking store has, as an event file: read back by TensorBoard's own loader."""

import math
from pathlib import Path

import pytest
from stores import do, make_store, run_row

from jupyter_mlops.exceptions import TrackingError
from jupyter_mlops.tensorboard import Board, ShownStoredRun
from jupyter_mlops.tensorboard._log_folder import LogFolder
from jupyter_mlops.tensorboard._process import _environment
from jupyter_mlops.tensorboard._stored_events import StoredRunEvents

pytest.importorskip("tensorboard")

THEIRS = "a" * 32
BEGAN_S = 1_760_000_000.0


def logged(key: str, *values: float | None, first: int = 0) -> str:
    """Return the SQL by which another tool logs values of a metric, a step each; None is a NaN."""
    rows = [(value or 0, step, int(value is None)) for step, value in enumerate(values, first)]
    points = ", ".join(f"('{key}', {v}, {1_760_000_000_000 + s}, '{THEIRS}', {s}, {n})" for v, s, n in rows)
    last, _, is_nan = rows[-1]
    return (
        f"INSERT INTO metrics VALUES {points};"
        f"INSERT OR REPLACE INTO latest_metrics VALUES ('{key}', {last}, '{THEIRS}', {is_nan});"
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "mlflow.db", run_row(THEIRS), logged("loss", 0.5, 0.25))


def shown(store: Path, ended_s: float | None = BEGAN_S + 60, **fields: object) -> ShownStoredRun:
    uri = f"sqlite:///{store}"
    return ShownStoredRun(label="theirs", uri=uri, run_id=THEIRS, started_s=BEGAN_S, ended_s=ended_s, **fields)


def test_curves_parameters_and_the_end_come_out_as_the_store_has_them(store, tmp_path, read_events):
    do(store, logged("acc", 0.75, None))

    StoredRunEvents(shown(store, params={"lr": "0.1"}, well=False), tmp_path / "log").sync()

    found = read_events(tmp_path / "log")
    assert found["loss"] == [(0, 0.5), (1, 0.25)]
    assert found["acc"][0] == (0, 0.75)
    assert math.isnan(found["acc"][1][1])
    assert [len(found[f"_hparams_/session_{part}_info"]) for part in ("start", "end")] == [1, 1]


def test_a_run_that_goes_on_is_followed_and_says_nothing_twice(store, tmp_path, read_events):
    events = StoredRunEvents(shown(store, ended_s=None), tmp_path / "log")
    events.sync()
    do(store, logged("loss", 0.125, first=2), logged("acc", 1.0))
    events.sync()
    events.sync()
    events._begun().close()  # as the end of its process does

    found = read_events(tmp_path / "log")
    assert found == {"loss": [(0, 0.5), (1, 0.25), (2, 0.125)], "acc": [(0, 1.0)]}


def test_a_store_that_cannot_be_read_is_told_and_the_other_runs_are_shown(store, tmp_path, read_events, caplog):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all" * 100)
    with pytest.raises(TrackingError, match=f"^The store of run {THEIRS} cannot be read: "):
        StoredRunEvents(shown(broken), tmp_path / "alone").sync()
    folder = tmp_path / "logs"
    folder.mkdir()
    lost = ShownStoredRun(label="lost", uri=f"sqlite:///{broken}", run_id=THEIRS)

    LogFolder(folder, Board(stored_runs=(lost, shown(store)))).sync()

    assert read_events(folder)["loss"] == [(0, 0.5), (1, 0.25)]
    assert [path.name for path in folder.iterdir()] == ["theirs"]
    assert "lost: The store of run" in caplog.text


def test_a_board_of_stored_runs_is_the_same_whatever_they_have_done_since(store):
    one, later = Board(stored_runs=(shown(store, ended_s=None),)), Board(stored_runs=(shown(store),))
    assert one.board_id == later.board_id
    assert one.board_id != Board(stored_runs=(ShownStoredRun(label="t", uri="sqlite:////b", run_id=THEIRS),)).board_id


def test_b23_a_login_goes_only_to_a_child_that_asks_a_server(store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "x")
    monkeypatch.setenv("JUPYTER_TOKEN", "x")
    remote = ShownStoredRun(label="t", uri="https://tracking.example", run_id=THEIRS)
    for board, names in (
        (Board(stored_runs=(shown(store),)), set()),
        (Board(stored_runs=(shown(store), remote)), {"MLFLOW_TRACKING_TOKEN"}),
    ):
        environment = _environment(with_login=board.asks_servers)
        assert {name for name in environment if name.endswith("_TOKEN")} == names
