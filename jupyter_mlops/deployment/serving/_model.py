"""The model itself: a file that is exactly the one that was deployed, opened with onnxruntime."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import ModelError, RequestError
from ._runtime import onnxruntime
from ._signature import Signature, Tensor, signature_of

_WEIGHTS = re.compile(rb"weights-[0-9a-f]{32}\.data")

Arrays = Mapping[str, "np.ndarray[Any, Any]"]


class ServedModel:
    """A version of a model, ready to be asked. Safe to share between threads.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        Opened.
    name, version : str
        As clients write them.
    """

    def __init__(self, session: Any, name: str, version: str) -> None:
        self._session = session
        self.name = name
        self.version = version
        self.signature: Signature = signature_of(session)
        self.sha256 = ""

    @classmethod
    def load(cls, path: str | Path, name: str, version: str, sha256: str = "") -> ServedModel:
        """Open a file.

        Parameters
        ----------
        path : path
            One regular file; a link is not followed.
        name, version : str
            As clients write them.
        sha256 : str
            What it was when it was checked; empty where nobody knows.

        Raises
        ------
        ModelError
            It is another file than was checked, or onnxruntime cannot run it.
        """
        place = Path(path)
        data = _read(place)
        found = hashlib.sha256(data).hexdigest()
        if sha256 and found != sha256:
            raise ModelError(f"{path} is not the file that was deployed: its content has changed. Deploy it again.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        # Threads that spin between requests would take the notebook's cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        for name, weights in _beside(place, data).items():
            options.add_external_initializers_from_files_in_memory([name], [weights], [len(weights)])
        try:
            session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has many kinds of error, and no root of its own
            raise ModelError(f"onnxruntime cannot run {path}: {' '.join(str(error).split())[:240]}") from error
        model = cls(session, name, version)
        model.sha256 = found
        model.warm_up()
        return model

    @property
    def is_by_rows(self) -> bool:
        """Whether requests may be put together: every tensor has the rows first, and nothing else is free."""
        signature = self.signature
        return all(t.shape and t.shape[0] is None and None not in t.shape[1:] for t in signature.inputs) and all(
            t.shape and t.shape[0] is None for t in signature.outputs
        )

    def run(self, feeds: Arrays) -> dict[str, np.ndarray[Any, Any]]:
        """Return every output for some inputs.

        Raises
        ------
        RequestError
            onnxruntime cannot answer them.
        """
        names = [tensor.name for tensor in self.signature.outputs]
        if any(array.ndim and not len(array) for array in feeds.values()):
            return self._nothing()
        try:
            found = self._session.run(names, dict(feeds))
        except Exception as error:  # as above; whatever it is, it is about these values
            raise RequestError(f"The model cannot answer this: {' '.join(str(error).split())[:240]}") from error
        return dict(zip(names, map(np.asarray, found), strict=True))

    def _nothing(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the answers to no rows without asking: onnxruntime's LSTM ends the process then (1.31)."""
        outputs = self.signature.outputs
        if any(not tensor.shape or None in tensor.shape[1:] for tensor in outputs):
            raise RequestError("There are no rows, and the shape of no answer is known. Send one row or more.")
        return {tensor.name: np.zeros((0, *tensor.shape[1:]), dtype=_dtype(tensor)) for tensor in outputs}

    def warm_up(self) -> None:
        """Ask once for one row, so that no client waits for what onnxruntime puts off until then."""
        try:
            self.run({tensor.name: _any(tensor) for tensor in self.signature.inputs})
        except (RequestError, TypeError):
            pass  # it does not take such a row, which says nothing about others


def _beside(place: Path, graph: bytes) -> dict[str, bytes]:
    """Return the weights beside a file that it names: a name has their digest, so that the file's says theirs too."""
    found = {}
    for name in {match.decode() for match in _WEIGHTS.findall(graph)}:
        found[name] = _read(place.with_name(name))
        if not name.startswith(f"weights-{hashlib.sha256(found[name]).hexdigest()[:32]}"):
            raise ModelError(f"{place.with_name(name)} has changed since it was deployed. Deploy it again.")
    return found


def _any(tensor: Tensor) -> np.ndarray[Any, Any]:
    shape = tuple(1 if size is None else size for size in tensor.shape)
    return np.full(shape, "", dtype=object) if tensor.type == "str" else np.zeros(shape, dtype=_dtype(tensor))


def _dtype(tensor: Tensor) -> np.dtype[Any]:
    return np.dtype(object if tensor.type == "str" else tensor.type)


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ModelError(f"{path} cannot be opened as a file of its own: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ModelError(f"{path} is no regular file.")
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
