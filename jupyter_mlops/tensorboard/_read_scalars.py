"""What TensorBoard has read of event files, as far as another curve may be the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._event_file import in_32_bits


class ReadScalars:
    """The scalars of the event files in and below one folder of the log folder; see `OwnScalars`.

    Parameters
    ----------
    multiplexer : EventMultiplexer
        TensorBoard's own, which has read them.
    name : str
        What TensorBoard calls the folder.
    """

    def __init__(self, multiplexer: Any, name: str) -> None:
        runs = [run for run in multiplexer.Runs() if run == name or run.startswith(f"{name}/")]
        self._read = [multiplexer.GetAccumulator(run) for run in runs]

    def values(self, tag: str) -> Mapping[int, set[float]]:
        """Return the values of a tag at each step; nothing where there is no such tag."""
        from tensorboard.util.tensor_util import make_ndarray

        found: dict[int, set[float]] = {}
        for read in self._read:
            if tag in read.Tags()["tensors"] and read.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
                for event in read.Tensors(tag):
                    found.setdefault(event.step, set()).add(in_32_bits(make_ndarray(event.tensor_proto).item()))
        return found

    @property
    def newest(self) -> float:
        """When the last of them was written, in seconds since 1970; 0 where there is none."""
        return max((float(read.most_recent_wall_time) for read in self._read), default=0.0)
