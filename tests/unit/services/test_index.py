"""Handles, main metrics and the process's own service: made once, true across processes."""

import json
import shutil

import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.home import Home
from jupyter_mlops.services import RunService, clean_text, current_service, service_of, use_service
from jupyter_mlops.services._main_metrics import MainMetrics


def test_a_handle_is_made_once(service, make_run):
    made = make_run()

    assert service.get(made.id) is made
    assert next(iter(service)) is made


def test_a_collected_run_is_no_longer_listed(service, make_run, home):
    kept, gone = make_run("kept"), make_run("gone")
    assert list(service) == [gone, kept]

    shutil.rmtree(gone.directory.path)

    assert list(service) == [kept]
    assert gone.exists is False


def test_f29_a_half_written_spec_is_no_run(service, make_run, home, launcher):
    run = make_run()
    data = run.directory.spec_file.read_bytes()
    for length in range(0, len(data), 7):
        run.directory.spec_file.write_bytes(data[:length])
        assert list(RunService(home, launcher)) == []

    run.directory.spec_file.write_bytes(data)
    assert list(RunService(home, launcher)) == [run]


def test_a_run_of_a_newer_version_is_left_out_and_the_others_listed(service, make_run, home, launcher):
    run, newer = make_run(), make_run()
    spec = json.loads(newer.directory.spec_file.read_bytes())
    newer.directory.spec_file.write_text(json.dumps({**spec, "wire_version": 99}))

    assert list(RunService(home, launcher)) == [run]


@pytest.mark.parametrize("make", [lambda spec: spec.mkdir(), lambda spec: spec.symlink_to(spec.name)])
def test_a_run_that_cannot_be_read_is_left_out_and_the_others_listed(make_run, home, launcher, make):
    """As another user's, in a home that two share."""
    run, unreadable = make_run(), make_run()
    unreadable.directory.spec_file.unlink()
    make(unreadable.directory.spec_file)

    assert list(RunService(home, launcher)) == [run]


def test_each_experiment_has_its_own_main_metric(tmp_path):
    path = tmp_path / "main_metrics.json"
    metrics = MainMetrics(path)

    assert metrics.get("digits") is None
    metrics.set("digits", "-loss")
    metrics.set("cancer", "acc")
    metrics.set("digits", "acc")

    assert (MainMetrics(path).get("digits"), MainMetrics(path).get("cancer")) == ("acc", "acc")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"digits": 5}'])
def test_f29_a_damaged_file_of_main_metrics_says_nothing(tmp_path, content):
    path = tmp_path / "main_metrics.json"
    path.write_bytes(content)

    assert MainMetrics(path).get("digits") is None
    MainMetrics(path).set("digits", "acc")
    assert MainMetrics(path).get("digits") == "acc"


@pytest.mark.parametrize("metric", ["", "-", "- ", " "])
def test_a_main_metric_has_a_name(tmp_path, metric):
    with pytest.raises(UsageError):
        MainMetrics(tmp_path / "m.json").set("digits", metric)


def test_one_service_a_home(tmp_path):
    home = Home.create(tmp_path / "a")

    assert service_of(home) is service_of(Home.open(home.path))
    assert service_of(Home.create(tmp_path / "b")) is not service_of(home)


def test_the_chosen_service_wins(service):
    use_service(service)
    try:
        assert current_service() is service
    finally:
        use_service(None)


def test_a_chosen_home_that_was_deleted_is_made_again(tmp_path):
    home = Home.create(tmp_path / "a")
    before = service_of(home)
    use_service(before)
    try:
        shutil.rmtree(home.path)
        after = current_service()
        assert (after.home.path, after.home.run_ids(), after is before) == (home.path, (), False)
        assert current_service() is after is service_of(home)
    finally:
        use_service(None)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("one\ntwo\tthree", "one\ntwo\tthree"),
        ("bidi\u202e\u2066", "bidi"),
        ("\x1b[31mred\0", "[31mred"),
        ("e\u0301", "\u00e9"),
        ("v" * 9000, "v" * 9000),
    ],
)
def test_b05_texts_keep_their_lines_and_length(text, clean):
    assert clean_text(text) == clean
