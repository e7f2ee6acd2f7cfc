"""Utilization and memory of NVIDIA GPUs through the driver's own library, where there is one; no package is needed."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator

_MEGABYTE = 1_000_000
_SUCCESS = 0


class _Utilization(ctypes.Structure):
    """`nvmlUtilization_t`: percent of the last sampling period."""

    _fields_ = (("gpu", ctypes.c_uint), ("memory", ctypes.c_uint))


class _Memory(ctypes.Structure):
    """`nvmlMemory_t`: bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


def gpu_metrics() -> dict[str, float]:
    """Return utilization and memory of each GPU, by MLflow's names; empty where there is none."""
    library = _library()
    return dict(_read(library)) if library is not None else {}


@functools.cache
def _library() -> ctypes.CDLL | None:
    """Return the driver's management library, ready to use. It opens no context on a GPU."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    return library if library.nvmlInit_v2() == _SUCCESS else None


def _read(library: ctypes.CDLL) -> Iterator[tuple[str, float]]:
    count = ctypes.c_uint()
    if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != _SUCCESS:
        return
    for index in range(count.value):
        device = ctypes.c_void_p()
        if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)) != _SUCCESS:
            continue
        utilization, memory = _Utilization(), _Memory()
        if library.nvmlDeviceGetUtilizationRates(device, ctypes.byref(utilization)) == _SUCCESS:
            yield f"system/gpu_{index}_utilization_percentage", float(utilization.gpu)
        if library.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) == _SUCCESS and memory.total:
            yield f"system/gpu_{index}_memory_usage_megabytes", memory.used / _MEGABYTE
            yield f"system/gpu_{index}_memory_usage_percentage", 100 * memory.used / memory.total
