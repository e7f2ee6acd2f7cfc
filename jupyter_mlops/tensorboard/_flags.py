"""TensorBoard's own flags: which of them mean something behind the Jupyter server, and which values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..exceptions import UsageError

_BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d{1,6}")
_FIGURE = re.compile(r"\d{1,6}(\.\d{1,6})?")
_SAMPLES = re.compile(r"[\w-]{1,40}=\d{1,8}(,[\w-]{1,40}=\d{1,8}){0,20}", re.ASCII)
_TITLE = re.compile(r"[^\x00-\x1f\x7f]{0,200}")

HONOURED = {
    "samples_per_plugin": _SAMPLES,
    "window_title": _TITLE,
    "reload_interval": _FIGURE,
    "reload_multifile": _BOOLEAN,
    "reload_multifile_inactive_secs": _WHOLE,
    "max_reload_threads": _WHOLE,
    "purge_orphaned_data": _BOOLEAN,
    "detect_file_replacement": _BOOLEAN,
}
"""Flags that reach TensorBoard, with the values that they may have."""

MEANINGLESS = frozenset(
    {
        "host",
        "port",
        "bind_all",
        "reuse_port",
        "path_prefix",
        "load_fast",
        "reload_task",
        "extra_data_server_flags",
        "grpc_creds_type",
        "generic_data",
    }
)
"""Flags about ports and processes: there is no port, and the process is ours. They are taken and change nothing."""

REFUSED = frozenset({"db", "db_import", "grpc_data_provider", "inspect", "version_tb", "version", "tag", "event_file"})
"""Flags that ask for something else than a board of a log directory."""


def check_flags(flags: Mapping[str, str]) -> dict[str, str]:
    """Return the flags that TensorBoard is to be given.

    Raises
    ------
    UsageError
        A flag is unknown, asks for what only the `tensorboard` command does, or has a value that it does not take.
    """
    honoured = {}
    for name, value in flags.items():
        if name in REFUSED:
            raise UsageError(f"--{name} is for the command: run !tensorboard --{name} in a cell.")
        if name in MEANINGLESS:
            continue
        shape = HONOURED.get(name)
        if shape is None:
            raise UsageError(f"TensorBoard has no flag --{name[:60]}. %tensorboard -h shows what there is.")
        if not shape.fullmatch(value):
            raise UsageError(f"--{name} does not take {value[:60]!r}. !tensorboard --helpfull explains its values.")
        honoured[name] = value
    return honoured
