"""The metric spool: every call that returned is on record; trouble with the disk is counted."""

import math
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.tracking._spool._reading import Point, read_keys, read_spool, spool_paths, trim_spool
from jupyter_mlops.tracking._spool._spool import RECORD_SIZE, MetricSpool, Series

RUN = "a" * 32


def history(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Every point by key, as step and value."""
    found: dict[str, list[tuple[int, float]]] = {}
    for path in spool_paths(folder):
        keys = read_keys(path)
        for point in read_spool(path, skip_gaps=True).points:
            found.setdefault(keys[point.key_id].key, []).append((point.step, point.value))
    return found


def test_points_come_back_in_order_with_steps_of_their_own(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(loss=0.5, accuracy=0.9)
    spool.log(loss=0.25)
    spool.log({"val/loss": 1}, loss=0.125)
    assert history(tmp_path) == {
        "loss": [(0, 0.5), (1, 0.25), (2, 0.125)],
        "accuracy": [(0, 0.9)],
        "val/loss": [(0, 1.0)],
    }


def test_a_given_step_counts_on_from_there(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(loss=1.0, step=10)
    spool.log(loss=2.0)
    spool.log(loss=3.0, step=-4)
    spool.log(loss=4.0)
    assert history(tmp_path) == {"loss": [(10, 1.0), (11, 2.0), (-4, 3.0), (-3, 4.0)]}


def test_nothing_is_made_before_the_first_point(tmp_path: Path) -> None:
    MetricSpool.open(tmp_path, RUN)
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_private(tmp_path: Path) -> None:
    MetricSpool.open(tmp_path, RUN).log(a=1)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "metrics.spool": 0o600,
        "metrics.keys": 0o600,
    }


def test_b07_nan_and_infinities_are_kept(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    for value in (math.nan, math.inf, -math.inf, 5e-324):
        spool.log(loss=value)
    values = [value for _, value in history(tmp_path)["loss"]]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf, 5e-324]


@pytest.mark.parametrize("step", [1.5, "3", 2**63, -(2**63) - 1])
def test_b08_a_wrong_step_is_refused_and_harms_nothing(tmp_path: Path, step: object) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(loss=0.5)
    with pytest.raises((TypeError, ValueError), match="'loss'"):
        spool.log(loss=0.25, step=step)
    spool.log(loss=0.125)
    assert history(tmp_path) == {"loss": [(0, 0.5), (1, 0.125)]}


def test_b08_the_last_step_of_all_has_no_next_one(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(loss=0.5, step=2**63 - 1)
    with pytest.raises(ValueError, match="does not fit into 64 bits"):
        spool.log(loss=0.25)
    assert history(tmp_path) == {"loss": [(2**63 - 1, 0.5)]}


def test_b07_a_wrong_value_is_refused_and_points_before_it_are_kept(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    with pytest.raises(TypeError, match="'accuracy' takes a number, not str 'high'"):
        spool.log(loss=0.5, accuracy="high")
    assert history(tmp_path) == {"loss": [(0, 0.5)]}


def test_points_of_other_runs_and_models_have_their_own_series(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    child = Series("b" * 32, "loss", model_id="m-1")
    spool.log(loss=0.5)
    spool.write_point(child, 0.25, step=7, timestamp_ms=1000)
    path = tmp_path / "metrics.spool"
    assert read_keys(path) == {1: Series(RUN, "loss"), 2: child}
    assert read_spool(path).points[1] == Point(2, 7, 1000, 0.25)


def test_it_grows_and_no_point_falls_between_two_segments(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    for number in range(100_000):
        spool.log(n=number)
    assert history(tmp_path)["n"] == [(number, float(number)) for number in range(100_000)]


def test_threads_do_not_lose_or_mix_points(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)

    def work(name: str) -> None:
        for number in range(5_000):
            spool.log({name: float(number), "shared": 1.0})

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = history(tmp_path)
    assert {name: points for name, points in found.items() if name != "shared"} == {
        f"t{n}": [(number, float(number)) for number in range(5_000)] for n in range(8)
    }
    assert sorted(step for step, _ in found["shared"]) == list(range(40_000))


def test_a_forked_child_has_a_spool_of_its_own(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(loss=0.5)
    pid = os.fork()
    if pid == 0:
        spool.log(loss=0.25)
        os._exit(0)
    os.waitpid(pid, 0)
    spool.log(loss=0.125)
    assert [path.name for path in spool_paths(tmp_path)] == [f"metrics-{pid}.spool", "metrics.spool"]
    assert [point.value for point in read_spool(tmp_path / f"metrics-{pid}.spool").points] == [0.25]
    assert [point.value for point in read_spool(tmp_path / "metrics.spool").points] == [0.5, 0.125]


def test_a_second_spool_of_the_directory_gets_another_name(tmp_path: Path) -> None:
    MetricSpool.open(tmp_path, RUN).log(loss=0.5)
    MetricSpool.open(tmp_path, RUN).log(loss=0.25)
    assert history(tmp_path) == {"loss": [(0, 0.25), (0, 0.5)]}


COUNT_UP = """
import sys
from pathlib import Path
from jupyter_mlops.tracking._spool._spool import MetricSpool
spool = MetricSpool.open(Path(sys.argv[1]), "a" * 32)
told = open(sys.argv[2], "wb", buffering=0)
for number in range(100_000):
    spool.log(n=float(number))
    told.write(b"x")
"""


def test_f02_every_call_that_returned_is_found_after_sigkill(
    tmp_path: Path, python: Callable[..., subprocess.Popen[str]], until: Callable[..., None]
) -> None:
    process = python(COUNT_UP, tmp_path, tmp_path / "told")
    until(lambda: (tmp_path / "told").exists() and (tmp_path / "told").stat().st_size > 30_000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    returned = (tmp_path / "told").stat().st_size
    points = read_spool(tmp_path / "metrics.spool").points
    assert returned <= len(points) <= returned + 1
    assert [point.value for point in points] == [float(number) for number in range(len(points))]


def test_a_torn_tail_and_a_torn_record_are_passed_over(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    for number in range(3):
        spool.log(n=number)
    path = tmp_path / "metrics.spool"
    whole = path.read_bytes()[: 3 * RECORD_SIZE]
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert [point.step for point in read_spool(path).points] == list(range(size // RECORD_SIZE))
    path.write_bytes(whole[:RECORD_SIZE] + whole[RECORD_SIZE : RECORD_SIZE + 8] + bytes(24) + whole[2 * RECORD_SIZE :])
    page = read_spool(path)
    assert ([point.step for point in page.points], page.end, page.at_gap) == ([0], RECORD_SIZE, True)
    assert [point.step for point in read_spool(path, skip_gaps=True).points] == [0, 2]


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    for number in range(10):
        spool.log(n=number)
    path = tmp_path / "metrics.spool"
    first = read_spool(path, limit=4)
    rest = read_spool(path, first.end)
    assert [point.step for point in (*first.points, *rest.points)] == list(range(10))
    assert read_spool(path, rest.end).points == []
    spool.log(n=10)
    assert [point.step for point in read_spool(path, rest.end).points] == [10]
    assert read_spool(tmp_path / "absent.spool").points == []


def test_space_behind_the_last_record_is_given_back(tmp_path: Path) -> None:
    MetricSpool.open(tmp_path, RUN).log(n=1)
    trim_spool(tmp_path / "metrics.spool")
    assert (tmp_path / "metrics.spool").stat().st_size == RECORD_SIZE


@pytest.mark.root
def test_f24_a_full_disk_costs_points_that_are_counted_and_nothing_else(small_disk: Path) -> None:
    spool = MetricSpool.open(small_disk, RUN)
    for number in range(100_000):
        spool.log(n=number)
    page = read_spool(small_disk / "metrics.spool", skip_gaps=True)
    assert spool.lost > 0
    assert (len(page.points) + spool.lost, page.lost) == (100_000, spool.lost)


@pytest.mark.root
def test_f24_it_recovers_by_itself_and_readers_wait_for_no_lost_slot(
    small_disk: Path, until: Callable[..., None]
) -> None:
    ballast = small_disk / "ballast"
    spool = MetricSpool.open(small_disk, RUN)
    spool.log(n=-1)
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(2 << 20))
    for number in range(5_000):
        spool.log(n=number)
    lost = spool.lost
    assert lost > 0
    ballast.unlink()

    def logged_again() -> bool:
        before = spool.lost
        spool.log(n=1.5)
        return spool.lost == before

    until(logged_again)
    page = read_spool(small_disk / "metrics.spool")
    assert (page.points[-1].value, page.lost, page.at_gap) == (1.5, spool.lost, False)


@pytest.mark.root
def test_f24_a_disk_that_is_full_from_the_start(small_disk: Path, until: Callable[..., None]) -> None:
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(2 << 20))
    spool = MetricSpool.open(small_disk, RUN)
    spool.log(n=1.0)
    assert spool.lost == 1
    ballast.unlink()

    def found() -> bool:
        spool.log(n=2.0)
        return bool(spool_paths(small_disk) and read_spool(small_disk / "metrics.spool").points)

    until(found)
    page = read_spool(small_disk / "metrics.spool")
    assert (page.points[0].value, page.lost) == (2.0, spool.lost)


@pytest.mark.root
def test_f24_points_that_a_full_disk_cost_are_counted_though_no_other_comes(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        ballast.write_bytes(bytes(2 << 20))
    spool = MetricSpool.open(small_disk, RUN)
    for number in range(7):
        spool.log(n=number)
    ballast.unlink()
    spool.close()
    page = read_spool(small_disk / "metrics.spool")
    assert (page.points, page.lost) == ([], 7)


def test_a_spool_that_lost_nothing_makes_no_file_when_it_is_closed(tmp_path: Path) -> None:
    MetricSpool.open(tmp_path, RUN).close()
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource, sys
from pathlib import Path
from jupyter_mlops.tracking._spool._spool import MetricSpool
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
spool = MetricSpool.open(Path(sys.argv[1]), "a" * 32)
for number in range(20_000):
    spool.log(n=number)
print(spool.lost)
"""


def test_f26_a_file_size_limit_is_a_full_disk(tmp_path: Path, python: Callable[..., subprocess.Popen[str]]) -> None:
    assert resource.RLIMIT_FSIZE
    told, error = python(LIMITED, tmp_path).communicate(timeout=60)
    assert error == ""
    page = read_spool(tmp_path / "metrics.spool", skip_gaps=True)
    assert (len(page.points) + int(told), page.lost) == (20_000, int(told))


def test_f27_a_directory_that_is_gone_costs_points_only(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path / "gone", RUN)
    spool.log(n=1)
    assert spool.lost == 1


def test_a_closed_spool_opens_another_file_for_later_points(tmp_path: Path) -> None:
    spool = MetricSpool.open(tmp_path, RUN)
    spool.log(n=1.0)
    spool.close()
    spool.log(n=2.0)
    assert sorted(history(tmp_path)["n"]) == [(0, 1.0), (1, 2.0)]
