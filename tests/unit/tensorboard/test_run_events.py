"""A run's metrics and parameters as event files, read back by TensorBoard's own loader."""

import math
from pathlib import Path

import pytest
from boards import end

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.tensorboard._event_file import EventFile, parameter_value
from jupyter_mlops.tensorboard._run_events import RunEvents
from jupyter_mlops.tracking import MetricSpool, Point

pytest.importorskip("tensorboard")


@pytest.fixture
def read_events(tmp_path):
    """Return a function that reads all events below a folder: tag to (step, value), without TensorFlow."""
    from jupyter_mlops.tensorboard._application import keep_tensorflow_out

    keep_tensorflow_out()
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    def read(folder: Path) -> dict[str, list]:
        found: dict[str, list] = {}
        for file in sorted(folder.rglob("*tfevents*")):
            for event in EventFileLoader(str(file)).Load():
                for value in event.summary.value:
                    plugin = value.metadata.plugin_data
                    shown = plugin.content if plugin.plugin_name == "hparams" else make_ndarray(value.tensor).item()
                    found.setdefault(value.tag, []).append((event.step, shown))
        return found

    return read


def session(content: bytes):
    from tensorboard.plugins.hparams import plugin_data_pb2

    return plugin_data_pb2.HParamsPluginData.FromString(content)


def test_scalars_come_out_as_they_were_logged(make_run, tmp_path, read_events):
    run = make_run(metrics={"loss": [0.5, 0.25], "acc": [0.75]})
    RunEvents(run, tmp_path / "log").sync()
    found = read_events(tmp_path / "log")
    assert {key: found[key] for key in ("loss", "acc")} == {"loss": [(0, 0.5), (1, 0.25)], "acc": [(0, 0.75)]}


def test_b07_nan_and_infinities_are_shown_as_such(make_run, tmp_path, read_events):
    run = make_run(metrics={"loss": [math.inf, -math.inf, math.nan, 1e300]})
    RunEvents(run, tmp_path / "log").sync()
    values = [value for _, value in read_events(tmp_path / "log")["loss"]]
    assert values[:2] == [math.inf, -math.inf]
    assert math.isnan(values[2])
    assert values[3] == math.inf  # 32 bits is what TensorBoard has


def test_parameters_and_the_end_are_there_for_the_hparams_page(make_run, tmp_path, read_events):
    run = make_run(params={"lr": "1e-3", "solver": "'adam'", "warm": "True"}, status=RunStatus.FAILED)
    RunEvents(run, tmp_path / "log").sync()

    found = read_events(tmp_path / "log")
    start = session(found["_hparams_/session_start_info"][0][1]).session_start_info
    assert {key: value.WhichOneof("kind") for key, value in start.hparams.items()} == {
        "lr": "number_value",
        "solver": "string_value",
        "warm": "bool_value",
    }
    assert start.hparams["lr"].number_value == 0.001
    finish = session(found["_hparams_/session_end_info"][0][1]).session_end_info
    assert finish.status == 2  # STATUS_FAILURE


def test_a_living_run_grows(make_run, tmp_path, read_events):
    run = make_run(status=None)
    events = RunEvents(run, tmp_path / "log")
    events.sync()
    assert not (tmp_path / "log").exists()

    spool = MetricSpool.open(run.path, run.run_id)
    spool.log(loss=1.0)
    events.sync()
    assert read_events(tmp_path / "log")["loss"] == [(0, 1.0)]

    spool.log(loss=0.5)
    spool.close()
    end(run)
    events.sync()
    events.sync()
    found = read_events(tmp_path / "log")
    assert found["loss"] == [(0, 1.0), (1, 0.5)]
    assert len(found["_hparams_/session_end_info"]) == 1


def test_event_files_of_its_own_are_linked_and_nothing_is_made(make_run, tmp_path):
    run = make_run(metrics={"loss": [1.0]})
    file = EventFile(run.tensorboard / "train")
    file.close()
    RunEvents(run, tmp_path / "log").sync()
    assert (tmp_path / "log").resolve() == run.tensorboard.resolve()
    assert [path.name for path in (tmp_path / "log").iterdir()] == ["train"]


def test_event_files_that_come_late_stand_beside_what_was_made(make_run, tmp_path):
    run = make_run(metrics={"loss": [1.0]}, status=None)
    events = RunEvents(run, tmp_path / "log")
    events.sync()
    EventFile(run.tensorboard).close()
    events.sync()
    events.sync()
    assert (tmp_path / "log" / "own events").resolve() == run.tensorboard.resolve()
    assert len(list((tmp_path / "log").glob("*tfevents*"))) == 1


def test_child_runs_are_sessions_of_their_own(make_run, tmp_path, read_events):
    from jupyter_mlops.tracking._journal import Journal

    run = make_run(metrics={"best": [1.0]}, status=None)
    journal = Journal(run.path)
    for child, name in (("a" * 32, "trial"), ("b" * 32, "trial")):
        journal.append("create_run", child, name=name, experiment="digits", start_time=1_000)
        journal.append("log_param", child, key="depth", value=child[0])
    spool = MetricSpool.open(run.path, "a" * 32)
    spool.log(acc=0.5)
    spool.close()
    end(run)

    RunEvents(run, tmp_path / "log").sync()

    assert sorted(path.name for path in (tmp_path / "log").iterdir() if path.is_dir()) == [
        "trial-aaaaaaaa",
        "trial-bbbbbbbb",
    ]
    assert read_events(tmp_path / "log" / "trial-aaaaaaaa")["acc"] == [(0, 0.5)]
    assert "_hparams_/session_start_info" in read_events(tmp_path / "log" / "trial-bbbbbbbb")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.001", 0.001), ("7", 7.0), ("True", True), ("False", False), ("adam", "adam"), ("nan", "nan"), ("", "")],
)
def test_a_parameter_is_a_number_where_its_text_is_one(text, value):
    assert parameter_value(text) == value
    assert type(parameter_value(text)) is type(value)


def test_a_step_before_zero_is_a_step(tmp_path, read_events):
    file = EventFile(tmp_path / "log")
    file.add_scalar("loss", Point(1, -5, 0, 1.0))
    file.close()
    assert read_events(tmp_path / "log")["loss"] == [(-5, 1.0)]
