"""The process of an endpoint: `python -m jupyter_mlops.deployment._endpoint._process HOME NAME`.

Started by `_life` alone. It holds the endpoint's lock as long as it lives, serves what the record says, and
ends by SIGTERM, or when the record wants no more of it or is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from ...entities import EndpointFigures, encode, understood
from ...exceptions import MlopsError
from ...home import Home, LifeLock, write_atomic
from ..serving import EndpointHandler, ModelError, RequestError, ServedModel, Server, Serving, application
from ._directory import UNSERVABLE, EndpointDirectory

LOG = logging.getLogger("jupyter_mlops.endpoint")

_LOOK_S = 0.5
_LOG_BYTES = 1_000_000
_FAILED = 1


def main() -> int:
    """Serve until the end, and return the exit code."""
    directory = EndpointDirectory(Home.open(Path(sys.argv[1])), sys.argv[2])
    lock = LifeLock.acquire(directory.serve_lock)
    if lock is None:
        return 0  # another one serves
    directory.socket.unlink(missing_ok=True)  # of one that was killed: what listens there from now on is ours
    _log_into(directory.log_file)
    try:
        model = load(directory)
        asyncio.run(_serve(directory, model))
    except (ModelError, MlopsError, OSError) as error:
        LOG.error("%s", error)
        return UNSERVABLE if isinstance(error, ModelError) else _FAILED
    finally:
        lock.release()
    LOG.info("ended")
    return 0


def load(directory: EndpointDirectory) -> ServedModel:
    """Return the version that the record names, opened.

    Raises
    ------
    ModelError
        The file is not what was deployed, or cannot be run.
    """
    version = directory.record().serving
    return ServedModel.load(
        directory.model_file(version.number), directory.name, str(version.number), sha256=version.sha256
    )


async def _serve(directory: EndpointDirectory, model: ServedModel) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    serving = Serving(model, secret=directory.secret())
    more = [("/-/switch", SwitchHandler, {"serving": serving, "directory": directory})]
    server = Server(serving, application(serving, more))
    server.listen_on_socket(directory.socket)
    LOG.info("%s version %s answers (process %d)", model.name, model.version, os.getpid())
    watching = asyncio.create_task(_watch(directory, serving, ended))
    await ended.wait()
    watching.cancel()
    await server.close()
    _write_figures(directory, serving)


async def _watch(directory: EndpointDirectory, serving: Serving, ended: asyncio.Event) -> None:
    """Write figures when they change, and end when the endpoint is gone or wanted no more."""
    requests = -1.0
    while not ended.is_set():
        try:
            if directory.record().wanted == "stopped":
                ended.set()
        except MlopsError as error:
            LOG.info("ends: %s", error)
            ended.set()
        now = serving.metrics.figures()["requests"] + serving.metrics.figures()["per_s"]
        if now != requests and not ended.is_set():
            requests = now
            _write_figures(directory, serving)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _LOOK_S)


def _write_figures(directory: EndpointDirectory, serving: Serving) -> None:
    figures = msgspec.convert(serving.metrics.figures(), understood(EndpointFigures), strict=False)
    with contextlib.suppress(OSError):  # a full disk, or a directory that is gone, ends nothing
        write_atomic(directory.figures_file, encode(figures), durable=False)


def _log_into(file: Path) -> None:
    handler = RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", handlers=[handler], force=True
    )


class SwitchHandler(EndpointHandler):
    """`/-/switch`: serve what the record says by now. Not among the paths that a proxy passes on."""

    directory: EndpointDirectory

    def initialize(self, serving: Serving, directory: EndpointDirectory) -> None:  # type: ignore[override] # has more
        """Take what there is to serve."""
        super().initialize(serving)
        self.directory = directory

    async def post(self) -> None:
        """Open the version in a thread, unless it answers already, then let it answer."""
        self.body()
        try:
            wanted, answers = self.directory.record().serving, self.serving.model
            if (answers.version, answers.sha256) == (str(wanted.number), wanted.sha256):
                self.answer({"version": answers.version})
                return
            model: ServedModel = await asyncio.get_running_loop().run_in_executor(None, load, self.directory)
        except (ModelError, MlopsError) as error:
            raise RequestError(str(error), 409) from None
        self.serving.switch(model)
        LOG.info("%s version %s answers", model.name, model.version)
        self.answer({"version": model.version})


if __name__ == "__main__":
    sys.exit(main())
