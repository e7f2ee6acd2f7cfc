"""Changes of runs in a store, by a child that is kept: whatever it does, nobody waits long and nothing is left."""

import json
import sys
import threading
from pathlib import Path

import psutil
import pytest

from jupyter_mlops.exceptions import TrackingError, UsageError
from jupyter_mlops.testing import wait_until
from jupyter_mlops.tracking._foreign._writer import StoreChange, StoreWriter

URI = "sqlite:////somewhere/mlflow.db"

CHILD = """
import json, os, sys, time

with open(sys.argv[1], "a") as heard:
    print(json.dumps(os.getpid()), file=heard, flush=True)
    if "slow" in sys.argv:
        time.sleep(60)
    print(flush=True)
    for line in sys.stdin:
        print(line, end="", file=heard, flush=True)
        does = json.loads(line)["tags"].get("does", "answers")
        if does == "says no":
            error = "no run in sqlite:////somewhere/mlflow.db."
            print(json.dumps({"error": error, "code": "INVALID_PARAMETER_VALUE"}))
        elif does == "fails":
            print(json.dumps({"error": "database is locked", "code": ""}))
        elif does == "dies":
            os._exit(1)
        elif does == "sleeps":
            time.sleep(60)
        elif does == "babbles":
            print("no JSON")
        else:
            print("{}")
        sys.stdout.flush()
"""


class Heard:
    """What the children were asked, and who they were."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def lines(self) -> list:
        return [json.loads(line) for line in self._file.read_text().splitlines()]

    @property
    def pids(self) -> list[int]:
        return [line for line in self.lines() if isinstance(line, int)]

    @property
    def wishes(self) -> list[dict]:
        return [line for line in self.lines() if not isinstance(line, int)]


@pytest.fixture
def heard(tmp_path) -> Heard:
    (tmp_path / "heard").touch()
    return Heard(tmp_path / "heard")


@pytest.fixture
def make_writer(tmp_path, heard):
    writers = []

    def make(*arguments: str, **limits: float) -> StoreWriter:
        program = tmp_path / "child.py"
        program.write_text(CHILD)
        writers.append(StoreWriter((sys.executable, str(program), str(tmp_path / "heard"), *arguments), **limits))
        return writers[-1]

    yield make
    for writer in writers:
        writer.close()


def change(does: str) -> StoreChange:
    return StoreChange(run_id="r", tags={"does": does})


def test_one_child_is_told_all_changes_and_ends_with_the_writer(make_writer, heard):
    writer = make_writer()
    writer.change(URI, StoreChange(run_id="a", name="new", tags={"x": "1", "y": None}))
    writer.change(URI, StoreChange(run_id="b", delete=True))
    (pid,) = heard.pids
    writer.close()

    assert heard.wishes == [
        {"uri": URI, "run_id": "a", "name": "new", "tags": {"x": "1", "y": None}, "delete": False},
        {"uri": URI, "run_id": "b", "name": None, "tags": {}, "delete": True},
    ]
    assert not psutil.pid_exists(pid)
    with pytest.raises(TrackingError, match="MLflow cannot be asked"):
        writer.change(URI, change("answers"))


@pytest.mark.usefixtures("many_open_files")
def test_a_server_of_very_many_open_files_changes_runs_too(make_writer, heard):
    make_writer().change(URI, change("answers"))

    assert len(heard.wishes) == 1


def test_changes_of_several_threads_go_one_after_the_other(make_writer, heard):
    writer = make_writer()
    threads = [threading.Thread(target=writer.change, args=(URI, StoreChange(run_id=str(n)))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(wish["run_id"]) for wish in heard.wishes) == list(range(20))
    assert len(heard.pids) == 1


def test_what_a_store_says_is_told_with_whose_mistake_it_is(make_writer):
    writer = make_writer()
    with pytest.raises(UsageError, match=r"^The tracking store sqlite:////somewhere/mlflow\.db says: no run in"):
        writer.change(URI, change("says no"))
    with pytest.raises(TrackingError, match=r"says: database is locked\.$"):
        writer.change(URI, change("fails"))


@pytest.mark.parametrize("does", ["dies", "babbles"])
def test_a_child_that_fails_is_replaced(make_writer, heard, does):
    writer = make_writer()
    with pytest.raises(TrackingError, match=r"MLflow cannot be asked .* try again"):
        writer.change(URI, change(does))
    writer.change(URI, change("answers"))

    first, second = heard.pids
    assert not psutil.pid_exists(first)
    assert psutil.pid_exists(second)


def test_f30_a_store_that_does_not_answer_is_left(make_writer, heard):
    writer = make_writer(patience_s=0.5)
    with pytest.raises(TrackingError, match=r"no answer within 0\.5 s, as if .* locked; look whether it was done"):
        writer.change(URI, change("sleeps"))

    assert not psutil.pid_exists(heard.pids[0])


def test_loading_mlflow_has_its_own_time(make_writer, heard):
    writer = make_writer("slow", start_s=0.5, patience_s=60)
    with pytest.raises(TrackingError, match="no answer"):
        writer.change(URI, change("answers"))

    assert heard.wishes == []


def test_a_server_that_ends_waits_for_no_store(make_writer, heard):
    writer = make_writer()
    said: list[str] = []

    def ask() -> None:
        with pytest.raises(TrackingError) as refusal:
            writer.change(URI, change("sleeps"))
        said.append(str(refusal.value))

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: heard.wishes != [])
    writer.close()
    asking.join(30)

    assert "MLflow cannot be asked" in said[0]


def test_a_child_that_has_nothing_to_do_is_ended(make_writer, heard):
    writer = make_writer(idle_s=0.05)
    writer.change(URI, change("answers"))
    wait_until(lambda: not psutil.pid_exists(heard.pids[0]))

    writer.change(URI, change("answers"))
    assert len(heard.pids) == 2


def test_a_child_that_cannot_be_started_is_told():
    writer = StoreWriter(("/nowhere/python",))
    with pytest.raises(TrackingError, match="MLflow cannot be asked"):
        writer.change(URI, change("answers"))
    writer.close()
