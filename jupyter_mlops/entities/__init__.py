"""What the product talks about: frozen values and their one serializer. No I/O, no other layer."""

from ._provenance import Environment, Fingerprint, GitState, Provenance
from ._run import (
    WAITS_FOR_DISK,
    CellError,
    EarlyRelease,
    Exit,
    Origin,
    Param,
    ProcessRecord,
    Result,
    RunSpec,
    RunState,
    RunStatus,
    Upstream,
    WaitRecord,
)
from ._values import BufferRef, Manifest, ValueRef
from ._wire import WIRE_VERSION, decode, encode

__all__ = [
    "WAITS_FOR_DISK",
    "WIRE_VERSION",
    "BufferRef",
    "CellError",
    "EarlyRelease",
    "Environment",
    "Exit",
    "Fingerprint",
    "GitState",
    "Manifest",
    "Origin",
    "Param",
    "ProcessRecord",
    "Provenance",
    "Result",
    "RunSpec",
    "RunState",
    "RunStatus",
    "Upstream",
    "ValueRef",
    "WaitRecord",
    "decode",
    "encode",
]
