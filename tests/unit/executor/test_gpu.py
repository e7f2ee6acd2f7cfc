"""GPUs as the driver's library tells of them, spoken by a library of two cards, of which anything may be broken."""

import ctypes
from typing import Any

import pytest

from jupyter_mlops.executor._gpu import _read

OK, BROKEN = 0, 999


class Driver:
    """NVML's five functions, as `ctypes` sees them.

    Parameters
    ----------
    cards : list of (int, int, int)
        Percent of use, bytes used, bytes in all.
    broken : str
        Names of functions that answer with an error.
    lost : tuple of int
        Cards that have fallen off the bus.
    """

    def __init__(self, *cards: tuple[int, int, int], broken: str = "", lost: tuple[int, ...] = ()) -> None:
        self._cards = cards
        self._broken = broken.split()
        self._lost = lost

    def _answer(self, name: str) -> int:
        return BROKEN if name in self._broken else OK

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:
        count._obj.value = len(self._cards)
        return self._answer("count")

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, device: Any) -> int:
        device._obj.value = index + 1
        return BROKEN if index in self._lost else OK

    def nvmlDeviceGetUtilizationRates(self, device: ctypes.c_void_p, rates: Any) -> int:
        rates._obj.gpu = self._cards[device.value - 1][0]
        return self._answer("rates")

    def nvmlDeviceGetMemoryInfo(self, device: ctypes.c_void_p, memory: Any) -> int:
        _, memory._obj.used, memory._obj.total = self._cards[device.value - 1]
        return self._answer("memory")


BUSY, IDLE = (97, 60_000_000_000, 80_000_000_000), (0, 0, 80_000_000_000)


def test_each_card_is_told_with_use_and_memory():
    assert dict(_read(Driver(BUSY, IDLE))) == {
        "system/gpu_0_utilization_percentage": 97.0,
        "system/gpu_0_memory_usage_megabytes": 60_000.0,
        "system/gpu_0_memory_usage_percentage": 75.0,
        "system/gpu_1_utilization_percentage": 0.0,
        "system/gpu_1_memory_usage_megabytes": 0.0,
        "system/gpu_1_memory_usage_percentage": 0.0,
    }


def test_a_card_that_is_lost_does_not_hide_the_next():
    assert {name[:12] for name, _ in _read(Driver(BUSY, IDLE, lost=(0,)))} == {"system/gpu_1"}


@pytest.mark.parametrize(
    ("broken", "left"),
    [
        ("rates", {"memory_usage_megabytes", "memory_usage_percentage"}),
        ("memory", {"utilization_percentage"}),
        ("rates memory", set()),
        ("count", set()),
    ],
)
def test_what_a_driver_does_not_tell_is_left_out(broken, left):
    found = dict(_read(Driver(BUSY, broken=broken)))
    assert {name.removeprefix("system/gpu_0_") for name in found} == left


@pytest.mark.parametrize("driver", [Driver(), Driver((5, 0, 0))])
def test_no_card_and_no_memory_divide_by_nothing(driver):
    assert set(dict(_read(driver))) <= {"system/gpu_0_utilization_percentage"}
