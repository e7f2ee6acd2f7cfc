"""Writes one event file with TensorBoard's own messages, without TensorFlow."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..tracking import Point

_FINISHED, _FAILED = 1, 2
"""TensorBoard's words for how a session ended (`hparams/api.proto`)."""


class EventFile:
    """An event file that grows; read while it does. Not safe between threads.

    Parameters
    ----------
    folder : Path
        Made where absent. TensorBoard calls the run after it.
    """

    def __init__(self, folder: Path) -> None:
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # TensorBoard reads the files of a folder in the order of their names.
        self._file = (folder / f"events.out.tfevents.{time.time_ns():020d}.mlops").open("ab")
        self._records = RecordWriter(self._file)
        self._write(time.time(), file_version="brain.Event:2")

    def add_scalar(self, key: str, point: Point) -> None:
        """Write one point of a metric; beyond the range of 32 bits, in which TensorBoard reckons, it is infinite."""
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb

        self._write(point.timestamp / 1000, step=point.step, summary=scalar_pb(key, in_32_bits(point.value)))

    def add_parameters(self, trial_id: str, params: Mapping[str, str], started_s: float) -> None:
        """Write a run's parameters for the HPARAMS page; once, TensorBoard takes the first that it sees."""
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb

        values = {key: parameter_value(text) for key, text in params.items()}
        self._write(started_s, summary=hparams_pb(values, trial_id=trial_id, start_time_secs=started_s))

    def add_end(self, ended_s: float, *, well: bool) -> None:
        """Write that the run has ended."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.hparams import metadata, plugin_data_pb2

        end = plugin_data_pb2.SessionEndInfo(status=_FINISHED if well else _FAILED, end_time_secs=ended_s)
        about = metadata.create_summary_metadata(plugin_data_pb2.HParamsPluginData(session_end_info=end))
        value = Summary.Value(tag=metadata.SESSION_END_INFO_TAG, metadata=about, tensor=metadata.NULL_TENSOR)
        self._write(ended_s, summary=Summary(value=[value]))

    def flush(self) -> None:
        """Let readers see what was written."""
        self._file.flush()

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def _write(self, wall_time: float, **fields: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self._records.write(Event(wall_time=wall_time, **fields).SerializeToString())


def parameter_value(text: str) -> float | bool | str:
    """Return a parameter as TensorBoard can sort and draw it: numbers and truth values where the text is one."""
    if text in ("True", "False"):
        return text == "True"
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def in_32_bits(value: float) -> float:
    """Return a number as TensorBoard has it; what equals nothing, not even itself, is a NaN that does."""
    if math.isnan(value):
        return math.nan
    try:
        (rounded,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return math.copysign(math.inf, value)
    return float(rounded)
