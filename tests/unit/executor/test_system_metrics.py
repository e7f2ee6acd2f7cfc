import subprocess
import sys
import threading
from collections.abc import Mapping

from jupyter_mlops.executor._gpu import gpu_metrics
from jupyter_mlops.executor._system_metrics import SystemMetrics


class Readings:
    """Keeps what is logged, and tells when there is enough of it."""

    def __init__(self, wanted: int) -> None:
        self.logged: list[Mapping[str, float]] = []
        self.enough = threading.Event()
        self._wanted = wanted

    def __call__(self, metrics: Mapping[str, float]) -> None:
        self.logged.append(metrics)
        if len(self.logged) >= self._wanted:
            self.enough.set()


def test_the_machine_and_the_run_are_sampled_until_the_end():
    readings = Readings(wanted=2)

    with SystemMetrics(readings, first_s=0, every_s=0.01):
        assert readings.enough.wait(30)
    after = len(readings.logged)

    last = readings.logged[-1]
    assert 0 <= last["system/cpu_utilization_percentage"] <= 100
    assert 0 < last["system/system_memory_usage_percentage"] < 100
    assert last["system/run_memory_megabytes"] > 10
    assert last["system/run_cpu_percentage"] >= 0
    assert len(readings.logged) == after


def test_children_count_as_part_of_the_run():
    alone, together = Readings(wanted=1), Readings(wanted=1)
    with SystemMetrics(alone, first_s=0, every_s=60):
        assert alone.enough.wait(30)
    command = [sys.executable, "-c", "x = bytearray(200_000_000); print(); input()"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdout.readline()

    with SystemMetrics(together, first_s=0, every_s=60):
        assert together.enough.wait(30)
    child.communicate(b"\n")

    memory = "system/run_memory_megabytes"
    assert together.logged[0][memory] > alone.logged[0][memory] + 190


def test_a_short_run_is_never_sampled():
    readings = Readings(wanted=1)

    with SystemMetrics(readings, first_s=60):
        pass

    assert readings.logged == []


def test_a_cell_sees_no_thread_that_it_has_not_started():
    before = threading.enumerate()

    with SystemMetrics(Readings(wanted=1), first_s=60):
        assert threading.enumerate() == before


def test_nobody_is_asked_and_nothing_is_read_where_the_run_ends_before_its_first_sample():
    asked = threading.Event()

    def is_wanted() -> bool:
        asked.set()
        return True

    for _ in range(20):
        with SystemMetrics(Readings(wanted=1), is_wanted, first_s=60):
            pass

    assert not asked.is_set()


def test_a_log_that_fails_does_not_end_the_sampling():
    readings = Readings(wanted=3)

    def failing(metrics: Mapping[str, float]) -> None:
        readings(metrics)
        raise OSError(28, "No space left on device")

    with SystemMetrics(failing, first_s=0, every_s=0.01):
        assert readings.enough.wait(30)


def test_gpus_are_told_by_mlflows_names():
    metrics = gpu_metrics()

    assert all(name.startswith("system/gpu_") for name in metrics)
    assert {name.rpartition("_")[2] for name in metrics} <= {"percentage", "megabytes"}
