"""What the parts of a submission cost, one by one: where the milliseconds of `submit` go."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import xxhash

from jupyter_mlops.capture import AmbientState, analyse_cell
from jupyter_mlops.home import Home, LifeLock, lock_holder

from ._figure import Figure, at_most, within

CELL = """
%matplotlib inline
import torch
from torch import nn
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=lr)
for epoch in range(epochs):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(xb.to(device)), yb.to(device))
        loss.backward()
        optimizer.step()
    history.append({"epoch": epoch, **{name: value for name, value in evaluate(model).items() if value > best}})
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the cost of reading a cell, of the state around it, of a number, a lock and of data that is known."""
    repetitions = 20 if quick else 200
    with tempfile.TemporaryDirectory() as directory:
        home = Home.create(Path(directory) / ".mlops")
        yield within("costs: a cell's names", cell_ms(repetitions), 2)
        yield within("costs: the state around a cell", ambient_ms(repetitions), 1)
        yield within("costs: a number in the order of runs", took_ms(home.next_sequence, repetitions), 0.2)
        yield within("costs: a look at a lock that is held", lock_ms(Path(directory) / "a.lock", repetitions), 0.1)
        yield from stored_data(home, 5 if quick else 15)


def took_ms(act: Callable[[], object], repetitions: int) -> list[float]:
    """Return the milliseconds of doing something so many times, each for itself."""
    took = []
    for _ in range(repetitions):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1e3)
    return took


def cell_ms(repetitions: int) -> list[float]:
    """Return the milliseconds of reading cells that were never seen before."""
    from IPython.core.inputtransformer2 import TransformerManager

    transform = TransformerManager().transform_cell
    cells = iter([f"{CELL}\n# {number}" for number in range(repetitions)])
    return took_ms(lambda: analyse_cell(next(cells), transform), repetitions)


def ambient_ms(repetitions: int) -> list[float]:
    """Return the milliseconds of taking the state of the libraries that a notebook has typically loaded."""
    import matplotlib.pyplot  # noqa: F401  (they are to be loaded, as in a notebook)
    import pandas  # noqa: F401
    import sklearn  # noqa: F401

    AmbientState.capture()
    return took_ms(AmbientState.capture, repetitions)


def lock_ms(path: Path, repetitions: int) -> list[float]:
    """Return the milliseconds of asking who holds a lock."""
    lock = LifeLock.acquire(path)
    assert lock is not None, "nobody else can have it"
    with lock:
        return took_ms(lambda: lock_holder(path), repetitions)


def stored_data(home: Home, repetitions: int) -> Iterator[Figure]:
    """Yield what storing 64 MiB costs that are stored already."""
    data = os.urandom(1 << 20) * 64
    home.objects.put(data)
    ours, theirs = [], []
    for _ in range(repetitions):
        ours += took_ms(lambda: home.objects.put(data), 1)
        theirs += took_ms(lambda: xxhash.xxh3_128_hexdigest(data), 1)
    yield at_most("costs: 64 MiB that are stored already", ours, "hashing them once (xxh3_128)", theirs, 1.2)
