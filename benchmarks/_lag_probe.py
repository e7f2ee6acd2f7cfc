"""A server extension that tells how late a Jupyter server's event loop is; `_server` loads it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

EVERY_S = 0.01


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "benchmarks._lag_probe"}]


def _load_jupyter_server_extension(_server: Any) -> None:
    asyncio.get_event_loop_policy().get_event_loop().create_task(_measure(Path(os.environ["MLOPS_BENCH_LAG"])))


async def _measure(path: Path) -> None:
    """Append how many milliseconds later than wished each wake-up comes."""
    loop = asyncio.get_running_loop()
    with path.open("a", buffering=1) as told:
        while True:
            wished = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            told.write(f"{(loop.time() - wished) * 1000:.3f}\n")
