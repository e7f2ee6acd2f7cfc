"""Looks after endpoints for as long as the server lives: those that ended unasked are started again."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from ..services import EndpointSupervisor

LOOK_S = 1.0
"""Between two looks; each reads a few small files."""

_THREADS = 2


async def supervise(supervisor: EndpointSupervisor, look_s: float = LOOK_S) -> None:
    """Look until cancelled. What goes wrong with a disk is logged once and tried again."""
    loop = asyncio.get_running_loop()
    # Threads of its own: a start may take a minute, and the routes' threads are few.
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="jupyter-mlops-endpoints")
    complained = ""
    try:
        while True:
            try:
                due = await loop.run_in_executor(pool, supervisor.due)
                await asyncio.gather(*(loop.run_in_executor(pool, supervisor.restart, each) for each in due))
            except Exception as error:  # noqa: BLE001  # whatever a stranger's home holds, the next look is made
                if str(error) != complained:
                    complained = str(error)
                    logging.getLogger(__name__).warning("Endpoints cannot be looked after: %s", error)
            await asyncio.sleep(look_s)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
