"""`.mlops`: found, made and locked; the run directory, the object store, the signer and the collector.

Every process of the flow meets the others here and nowhere else. Exports load when they are first used, because the
shim imports `_files` and `_locks` of this package and may load nothing but the standard library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_exports

if TYPE_CHECKING:
    from ._changed_runs import ChangedRuns
    from ._content import content_hash
    from ._environment import packed_environment, take_environment, unpacked_environment
    from ._files import (
        CRASH_POINTS,
        boot_id,
        crash_point,
        is_same_process,
        make_durable,
        process_start_time,
        read_json,
        seconds_since,
        write_atomic,
    )
    from ._gc import CollectionPlan, collect, plan_collection
    from ._home import Home
    from ._locks import (
        LifeLock,
        Word,
        exclusive,
        handed_on,
        has_said,
        is_flagged,
        lock_holder,
        raise_flag,
        say,
        wait_released,
        wait_said,
    )
    from ._objects import ObjectStore
    from ._registry import register_home, registered_homes
    from ._run_directory import RunDirectory
    from ._settings import Settings
    from ._signing import Signer
    from ._status import read_state
    from ._survivors import end_survivors
    from ._system import available_cpus, on_network_filesystem, user_runtime_dir

__all__ = [
    "CRASH_POINTS",
    "ChangedRuns",
    "CollectionPlan",
    "Home",
    "LifeLock",
    "ObjectStore",
    "RunDirectory",
    "Settings",
    "Signer",
    "Word",
    "available_cpus",
    "boot_id",
    "collect",
    "content_hash",
    "crash_point",
    "end_survivors",
    "exclusive",
    "handed_on",
    "has_said",
    "is_flagged",
    "is_same_process",
    "lock_holder",
    "make_durable",
    "on_network_filesystem",
    "packed_environment",
    "plan_collection",
    "process_start_time",
    "raise_flag",
    "read_json",
    "read_state",
    "register_home",
    "registered_homes",
    "say",
    "seconds_since",
    "take_environment",
    "unpacked_environment",
    "user_runtime_dir",
    "wait_released",
    "wait_said",
    "write_atomic",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "CRASH_POINTS": "._files",
        "ChangedRuns": "._changed_runs",
        "CollectionPlan": "._gc",
        "Home": "._home",
        "LifeLock": "._locks",
        "ObjectStore": "._objects",
        "RunDirectory": "._run_directory",
        "Settings": "._settings",
        "Signer": "._signing",
        "Word": "._locks",
        "available_cpus": "._system",
        "boot_id": "._files",
        "collect": "._gc",
        "content_hash": "._content",
        "crash_point": "._files",
        "end_survivors": "._survivors",
        "exclusive": "._locks",
        "handed_on": "._locks",
        "has_said": "._locks",
        "is_flagged": "._locks",
        "is_same_process": "._files",
        "lock_holder": "._locks",
        "make_durable": "._files",
        "on_network_filesystem": "._system",
        "packed_environment": "._environment",
        "plan_collection": "._gc",
        "process_start_time": "._files",
        "raise_flag": "._locks",
        "read_json": "._files",
        "read_state": "._status",
        "register_home": "._registry",
        "registered_homes": "._registry",
        "say": "._locks",
        "seconds_since": "._files",
        "take_environment": "._environment",
        "unpacked_environment": "._environment",
        "user_runtime_dir": "._system",
        "wait_released": "._locks",
        "wait_said": "._locks",
        "write_atomic": "._files",
    },
)
