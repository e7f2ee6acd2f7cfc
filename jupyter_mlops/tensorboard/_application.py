"""TensorBoard's own WSGI application on a unix socket, without TensorFlow, gRPC servers or any port."""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import mimetypes
import os
import sys
import types
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._board import Order
from ._gate import Gate
from ._log_folder import LogFolder
from ._read_scalars import ReadScalars
from ._reloading import Reloading

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from werkzeug.serving import BaseWSGIServer

_log = logging.getLogger(__name__)
_DEFAULTS = {"samples_per_plugin": "scalars=5000,text=100"}


def keep_tensorflow_out() -> None:
    """Let TensorBoard use its stand-in for TensorFlow even where TensorFlow is installed: 650 MB and seconds less.

    To be called before TensorBoard is imported.
    """
    sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
    # A plugin that imports it all the same fails alone, as where TensorFlow is not installed.
    sys.modules["tensorflow"] = None  # type: ignore[assignment] # that is how an import is forbidden


def serve(order: Order) -> BaseWSGIServer:
    """Return a server that listens; `serve_forever` is left to the caller.

    Raises
    ------
    OSError
        The socket or the folder cannot be made.
    """
    from werkzeug.serving import make_server

    folder = LogFolder(Path(order.folder), order.board)
    application = build_application(order, folder)
    os.umask(0o077)
    return make_server(f"unix://{order.socket}", 0, application, threaded=True, request_handler=_quiet_handler())


def build_application(order: Order, folder: LogFolder) -> WSGIApplication:
    """Return TensorBoard behind the gate, reading a log folder."""
    from tensorboard import assets
    from tensorboard.backend import application
    from tensorboard.backend.event_processing.data_ingester import LocalDataIngester

    mimetypes.add_type("text/javascript", ".js")
    loaders = [application.make_plugin_loader(plugin) for plugin in _plugins()]
    flags = _flags(loaders, folder.path, order.board.flags)
    ingester = LocalDataIngester(flags)
    multiplexer = ingester.deprecated_multiplexer

    def read() -> None:
        multiplexer.AddRunsFromDirectory(str(folder.path), None)
        multiplexer.Reload()

    def reload() -> None:
        folder.sync()
        read()
        # Whether the event files of a run have what it logged otherwise is known once they were read.
        if folder.sync_beside(partial(ReadScalars, multiplexer)):
            read()

    reloading = Reloading(reload, flags.reload_interval)
    board = application.TensorBoardWSGIApp(
        flags, loaders, ingester.data_provider, assets.get_default_assets_zip_provider(), multiplexer
    )
    return Gate(board, order.secret, order.public_path, reloading.refresh)


def _plugins() -> list[Any]:
    """Return TensorBoard's plugins and those that are installed beside it; one that cannot be loaded is left out."""
    from tensorboard import default

    plugins = list(default.get_static_plugins())
    for entry_point in importlib.metadata.entry_points(group="tensorboard_plugins"):
        try:
            plugins.append(entry_point.load())
        except Exception:  # noqa: BLE001 - a plugin is anybody's code and may want TensorFlow; the board lives
            _log.warning("TensorBoard plugin %s is left out.", entry_point.name, exc_info=True)
    return plugins


def _flags(loaders: list[Any], logdir: Path, chosen: Mapping[str, str]) -> argparse.Namespace:
    """Return TensorBoard's flags; each is one word with its value, so that no value is taken for a flag."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for loader in loaders:
        loader.define_flags(parser)
    given = {**_DEFAULTS, **chosen, "load_fast": "false", "logdir": str(logdir)}
    flags = parser.parse_args([f"--{name}={value}" for name, value in given.items()])
    for loader in loaders:
        loader.fix_flags(flags)
    return flags


def _quiet_handler() -> Any:
    from werkzeug.serving import WSGIRequestHandler

    class QuietHandler(WSGIRequestHandler):  # type: ignore[misc] # TensorBoard's libraries are optional
        """Keeps requests, and with them the secret, out of the log."""

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Write nothing."""

    return QuietHandler
