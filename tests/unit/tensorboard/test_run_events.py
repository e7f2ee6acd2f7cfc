"""A run's metrics and parameters as event files, read back by TensorBoard's own loader."""

import math
import time
from pathlib import Path

import pytest
from runs import end

from jupyter_mlops.entities import RunStatus
from jupyter_mlops.tensorboard import _copies
from jupyter_mlops.tensorboard._event_file import EventFile, in_32_bits, parameter_value
from jupyter_mlops.tensorboard._run_events import RunEvents
from jupyter_mlops.tracking import MetricSpool, Point

pytest.importorskip("tensorboard")


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


class Scalars:
    """What a run's own event files have: values of tags by step, and when the last was written."""

    def __init__(self, newest: float = 0.0, **tags: dict[int, set[float]]) -> None:
        self.newest = newest
        self._tags = tags

    def values(self, tag: str) -> dict[int, set[float]]:
        return self._tags.get(tag, {})


@pytest.fixture
def make_fit(make_run, tmp_path):
    """Return a function that makes a run with event files of its own, which TensorBoard is about to read."""

    made = []

    def make(**fields: object) -> RunEvents:
        run = make_run(**fields)
        EventFile(run.tensorboard / "train").close()
        events = RunEvents(run, tmp_path / "fit")
        made.append((run, events))
        events.sync()
        return events

    yield make
    for run, events in made:
        end(run)
        events.sync()
        events.sync_beside(lambda _: Scalars())


def test_event_files_of_its_own_are_linked_and_metrics_stand_beside_them(make_fit, tmp_path, read_events):
    events = make_fit(metrics={"loss": [1.0]})
    assert (tmp_path / "fit").is_symlink()
    assert [path.name for path in (tmp_path / "fit").iterdir()] == ["train"]

    asked: list[Path] = []
    assert events.sync_beside(lambda own: asked.append(own) or Scalars())
    assert (asked, read_events(tmp_path / "fit: metrics")["loss"]) == ([tmp_path / "fit"], [(0, 1.0)])
    assert not events.sync_beside(lambda own: Scalars())


def test_a_metric_that_the_own_event_files_have_is_not_shown_twice(make_fit, tmp_path, read_events):
    events = make_fit(metrics={"copied": [0.1, math.nan, 0.3], "another": [0.1, 0.2], "elsewhere": [0.5]}, params={})
    own = Scalars(
        copied={0: {in_32_bits(0.1), 7.0}, 1: {math.nan}, 2: {in_32_bits(0.3)}, 9: {1.0}},
        another={0: {in_32_bits(0.1)}, 1: {0.25}},
        elsewhere={100: {0.5}},
    )
    events.sync_beside(lambda _: own)
    assert read_events(tmp_path / "fit: metrics").keys() - {"_hparams_/session_start_info"} == {
        "another", "elsewhere", "_hparams_/session_end_info",
    }  # fmt: skip


def test_nothing_stands_beside_event_files_that_have_all_of_it(make_fit, tmp_path):
    events = make_fit(metrics={"loss": [1.0]}, params={})
    events.sync_beside(lambda _: Scalars(loss={0: {1.0}}))
    assert [path.name for path in tmp_path.glob("fit*")] == ["fit"]


def test_a_metric_of_a_living_run_waits_until_the_own_event_files_were_written(make_fit, tmp_path, read_events):
    events = make_fit(metrics={"loss": [1.0], "late": [2.0]}, params={}, status=None)
    events.sync_beside(lambda _: Scalars(newest=1.0))
    assert not (tmp_path / "fit: metrics").exists()

    events.sync()
    events.sync_beside(lambda _: Scalars(newest=time.time() + 60, loss={0: {1.0}}))
    assert "late" in read_events(tmp_path / "fit: metrics")
    assert "loss" not in read_events(tmp_path / "fit: metrics")


def test_a_metric_is_shown_where_the_writer_of_event_files_writes_no_more(make_fit, tmp_path, read_events, monkeypatch):
    events = make_fit(metrics={"loss": [1.0]}, status=None)
    long_after = time.time() + 200
    monkeypatch.setattr(_copies.time, "time", lambda: long_after)
    events.sync_beside(lambda _: Scalars(newest=1.0))
    assert read_events(tmp_path / "fit: metrics")["loss"] == [(0, 1.0)]


def test_f42_a_clock_that_was_set_back_hides_no_metric(make_fit, tmp_path, read_events, monkeypatch):
    events = make_fit(metrics={"loss": [1.0]}, status=None)
    an_hour_before = time.time() - 3_600
    monkeypatch.setattr(_copies.time, "time", lambda: an_hour_before)
    events.sync_beside(lambda _: Scalars(newest=1.0))
    assert read_events(tmp_path / "fit: metrics")["loss"] == [(0, 1.0)]


def test_event_files_that_come_late_stand_beside_what_was_made(make_run, tmp_path, read_events):
    run = make_run(metrics={"loss": [1.0]}, status=None)
    events = RunEvents(run, tmp_path / "log")
    events.sync()
    EventFile(run.tensorboard).close()
    end(run)
    events.sync()
    events.sync_beside(lambda own: Scalars())
    assert (tmp_path / "log" / "own events").resolve() == run.tensorboard.resolve()
    assert len(list((tmp_path / "log").glob("*tfevents*"))) == 1
    assert "_hparams_/session_end_info" in read_events(tmp_path / "log")


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
