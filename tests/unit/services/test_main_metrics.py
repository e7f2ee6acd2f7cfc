"""What `best` means in an experiment, set by several notebooks at once and read back whole."""

import json
import subprocess
import sys
import threading

import pytest

from jupyter_mlops.exceptions import HomeError, UsageError
from jupyter_mlops.services._main_metrics import MainMetrics

SET = """
import sys
from pathlib import Path
from jupyter_mlops.services._main_metrics import MainMetrics
metrics = MainMetrics(Path(sys.argv[1]))
for number in range(20):
    metrics.set(f"{sys.argv[2]}{number}", "-loss")
"""


def test_threads_and_processes_that_set_theirs_at_once_lose_none(tmp_path):
    path = tmp_path / "main_metrics.json"
    others = [subprocess.Popen([sys.executable, "-c", SET, str(path), name]) for name in ("p", "q")]
    metrics = MainMetrics(path)

    def work(name):
        for number in range(20):
            metrics.set(f"{name}{number}", "acc")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("s", "t")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [process.wait(30) for process in others] == [0, 0]
    expected = {f"{name}{number}": "-loss" if name in "pq" else "acc" for name in "pqst" for number in range(20)}
    assert json.loads(path.read_text()) == expected


@pytest.mark.parametrize("experiment", ["", "__proto__", "a\nb", "\u202eü🚀", "x" * 10_000])
def test_b04_an_experiment_of_any_name_has_its_metric(tmp_path, experiment):
    metrics = MainMetrics(tmp_path / "main_metrics.json")
    metrics.set(experiment, "val/loss (%)")
    metrics.set("other", "-acc")

    assert (metrics.get(experiment), metrics.get("other"), metrics.get("none")) == ("val/loss (%)", "-acc", None)


def test_a_metric_without_a_name_is_refused_with_examples_and_changes_nothing(tmp_path):
    metrics = MainMetrics(tmp_path / "main_metrics.json")
    metrics.set("digits", "acc")

    with pytest.raises(UsageError) as told:
        metrics.set("digits", "-")

    assert str(told.value) == ("A main metric needs a name: `%runs main acc` (larger is better) or `%runs main -loss`.")
    assert metrics.get("digits") == "acc"


def test_f27_a_home_that_may_not_be_written_is_told_with_its_path(tmp_path):
    path = tmp_path / "gone" / "main_metrics.json"

    with pytest.raises(HomeError) as told:
        MainMetrics(path).set("digits", "acc")

    assert str(told.value) == (f"Cannot write {path}: No such file or directory. Free space, or make it writable.")
