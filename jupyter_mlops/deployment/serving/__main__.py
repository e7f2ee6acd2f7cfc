"""`python -m serving --model FILE`: an endpoint in a container, on a port.

The folder around this file is all that a container needs beside tornado, NumPy and onnxruntime.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys

from ._app import application
from ._errors import ModelError
from ._limits import Limits
from ._model import ServedModel
from ._server import Server
from ._state import Serving

_FAILED = 1


def main() -> int:
    """Serve until SIGTERM, and return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    wish = _parser().parse_args()
    try:
        model = ServedModel.load(wish.model, wish.name, wish.version, wish.sha256)
        asyncio.run(_serve(model, wish))
    except (ModelError, OSError) as error:
        logging.error("%s", error)
        return _FAILED
    return 0


async def _serve(model: ServedModel, wish: argparse.Namespace) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    limits = Limits(body_bytes=wish.body_bytes, rows=wish.rows, in_flight=wish.in_flight)
    serving = Serving(model, limits, os.environ.get("ENDPOINT_SECRET", ""))
    server = Server(serving, application(serving))
    port = server.listen_on_port(wish.host, wish.port)
    logging.info("%s version %s on %s:%d", model.name, model.version, wish.host, port)
    await ended.wait()
    await server.close()


def _parser() -> argparse.ArgumentParser:
    limits = Limits()
    parser = argparse.ArgumentParser(
        prog="serving", description="Serve an ONNX model. ENDPOINT_SECRET in the environment is demanded of clients."
    )
    add = parser.add_argument
    add("--model", required=True, metavar="FILE", help="the ONNX model")
    add("--name", default="model", help="as clients write it (model)")
    add("--version", default="1", help="as clients write it (1)")
    add("--sha256", default="", help="refuse a file with another digest")
    add("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    add("--port", type=int, default=8080, help="where to listen (8080; 0 for any)")
    add("--body-bytes", type=int, default=limits.body_bytes, help="largest body of a request")
    add("--rows", type=int, default=limits.rows, help="most rows of a request")
    add("--in-flight", type=int, default=limits.in_flight, help="most requests at a time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
