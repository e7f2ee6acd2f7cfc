"""A gigabyte that goes into a run, and a gigabyte that comes back."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ._figure import Figure, at_most, reported, timed_ms, times_better, within
from ._kernel import Kernel

MIB = 1 << 20
GIB = 1 << 30
SETUP = "import numpy as np, pandas as pd, time"

# How to make the data, how to overwrite it right after the cell returned, and what the run must still see of it.
KINDS = {
    "NumPy": ("X = np.full({n} // 8, {seed}.0)", "X[:] = -1.0", "float(X[0]), float(X[-1])"),
    "pandas": (
        "X = pd.DataFrame(np.full(({n} // 64, 8), {seed}.0))",
        "X._mgr.blocks[0].values[:] = -1.0",
        "float(X.iloc[0, 0]), float(X.iloc[-1, -1])",
    ),
    "Arrow-backed pandas": (
        "import pyarrow as pa\n"
        "X = pd.DataFrame({{'a': pd.arrays.ArrowExtensionArray(pa.array(np.full({n} // 8, {seed}.0)))}})",
        "X = None",  # Arrow's memory cannot be written; what can happen to it is to be freed
        "float(X['a'].iloc[0]), float(X['a'].iloc[-1])",
    ),
    "torch": (
        "import torch; X = torch.full(({n} // 4,), {seed}.0)",
        "X.fill_(-1.0);",  # without the semicolon the tensor would stay in Out
        "float(X[0]), float(X[-1])",
    ),
    "pandas, dtype str": (
        "rows = np.array([f'row {seed} {{i}}' for i in range(1000)], dtype=object)\n"
        "X = pd.DataFrame({{'a': pd.array(np.resize(rows, {n} // 64), dtype='str')}})",
        "X = None",
        "X['a'].iloc[0], X['a'].iloc[-1]",
    ),
    "DataFrame of strings": (
        "rows = np.array([f'row {seed} {{i}}' for i in range(1000)], dtype=object)\n"
        "X = pd.DataFrame({{'a': np.resize(rows, {n} // 64)}}, dtype=object)",
        "X.iloc[0] = X.iloc[-1] = 'overwritten'",
        "X['a'].iloc[0], X['a'].iloc[-1]",
    ),
}


READ_ALL = """
X.sum()
rollup = open("/proc/self/smaps_rollup").read()
held = next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss_Anon:"))
"""


def figures(quick: bool) -> Iterator[Figure]:
    """Yield the cost of capturing, reading, resubmitting and delivering one gigabyte (a sixteenth when quick)."""
    size = GIB // 16 if quick else GIB
    repetitions = 3 if quick else 7
    memcpy = [fresh_memcpy(size) for _ in range(repetitions)]
    for kind, cells in KINDS.items():
        if kind != "torch" or importlib.util.find_spec("torch"):
            yield from capture(kind, cells, size, repetitions, memcpy)
    yield from resubmission(size, repetitions)
    yield from delivery(size, repetitions)


def capture(
    kind: str, cells: tuple[str, str, str], size: int, repetitions: int, memcpy: list[float]
) -> Iterator[Figure]:
    """Yield how soon the cell returns and how soon the run can read the data, while the kernel overwrites it."""
    make, overwrite, sample = cells
    returned, readable = [], []
    with Kernel(SETUP) as kernel:
        kernel.run(make.format(n=65_536, seed=0))
        kernel.await_warm()
        for i in range(repetitions):
            kernel.run(make.format(n=size, seed=i + 1))
            expected = kernel.value(sample)
            touch_memory(3 * size)
            sent = time.time_ns()
            returned.append(
                kernel.run(f"%%train big{i} --returns seen,read_at\nseen = {sample}\nread_at = time.time_ns()")
            )
            kernel.run(overwrite)
            if kernel.value("seen") != expected:
                raise AssertionError(f"{kind}: the run saw overwritten bytes")
            readable.append((kernel.value("read_at") - sent) / 1e6)
            kernel.run(f"%runs wait big{i}")
            if i < repetitions - 1:
                remove_objects(kernel)
        loads = [load_ms(kernel) for _ in range(repetitions)]
        # To add strings up makes new ones.
        extra = [] if " str" in kind else [extra_memory(kernel, make, size)]
    fits = f"large_data: the cell returns, {kind}"
    if kind == "DataFrame of strings":
        # Every string is an object of its own, and the walk over them is the user's to wait for.
        yield reported(fits, returned, "memcpy into fresh memory", memcpy)
    else:
        yield within(fits, returned, 20)
        yield within(f"large_data: load in the run, {kind}", loads, 5)
        if extra:
            yield within(f"large_data: extra anonymous memory of the run, {kind}", extra, GIB / 100 / MIB, "MiB")
    yield at_most(f"large_data: readable in the run, {kind}", readable, "memcpy into fresh memory", memcpy, 2)


def load_ms(kernel: Kernel) -> float:
    """Return the milliseconds of mapping and unpacking what the newest run has captured, as its executor does."""
    from jupyter_mlops.capture import load_values
    from jupyter_mlops.home import Home

    home = Home.open(kernel.home)
    run = home.run(home.run_ids()[0])

    def load() -> object:
        manifest = run.inputs()
        assert manifest is not None
        stream = run.read_stream(manifest, run.inputs_stream)
        return load_values(stream, [home.objects.map(ref) for ref in manifest.buffers], namespace={})

    # The libraries are imported by the first.
    load()
    return timed_ms(load)


def extra_memory(kernel: Kernel, make: str, size: int) -> float:
    """Return the anonymous memory (PSS) of a run that has read its data, less that of one with little, in MiB.

    The mapped objects themselves are page cache, of which there is one copy for all.
    """
    held = []
    for name, n in (("little", 65_536), ("much", size)):
        kernel.run(make.format(n=n, seed=99))
        kernel.run(f"%%train {name} --returns held\n{READ_ALL}")
        held.append(int(kernel.value("held")))
        kernel.run(f"%runs wait {name}")
    return (held[1] - held[0]) / 1024


def remove_objects(kernel: Kernel) -> None:
    """Make room on the disk: the runs so far have ended."""
    shutil.rmtree(kernel.home / "objects")
    (kernel.home / "objects").mkdir(mode=0o700)


def resubmission(size: int, repetitions: int) -> Iterator[Figure]:
    """Yield what the second submission of the same bytes costs in the background, and how much it writes."""
    import numpy
    import xxhash

    data = numpy.random.default_rng(0).random(size // 8)
    hashing = [timed_ms(lambda: xxhash.xxh3_128(data).digest()) for _ in range(repetitions)]
    with Kernel(SETUP) as kernel:
        kernel.run(f"X = np.random.default_rng(0).random({size} // 8)")
        kernel.run("%%train first --returns none\nX[0]")
        kernel.run("%runs wait first")
        kernel.await_warm()
        before = stored_bytes(kernel)
        elapsed = []
        for i in range(repetitions):
            sent = time.time_ns()
            kernel.run(f"%%train again{i} --returns at\nX[0]; at = time.time_ns()")
            elapsed.append((kernel.value("at") - sent) / 1e6)
            kernel.run(f"%runs wait again{i}")
        written = float(stored_bytes(kernel) - before)
    yield at_most("large_data: second submission, until readable", elapsed, "hashing it once (xxh3_128)", hashing, 1.2)
    yield within("large_data: second submission, written", [written], 0, "bytes")


def stored_bytes(kernel: Kernel) -> int:
    """Return the bytes in the object store of a kernel's home."""
    objects = kernel.home / "objects"
    return sum(path.stat().st_size for path in objects.rglob("*") if path.is_file() and path.stat().st_size > 65_535)


def delivery(size: int, repetitions: int) -> Iterator[Figure]:
    """Yield how long after a run has written its result a cell that waits for it goes on, with a large array bound."""
    import joblib
    import numpy

    ours = []
    with Kernel(SETUP) as kernel:
        kernel.await_warm()
        for i in range(repetitions):
            # The last array's file has been removed: whoever lets go of it gives its pages back, 40 ms a GiB.
            kernel.run("X = None")
            kernel.run(f"%%train big{i}\nX = np.full({size} // 8, {i}.5)\ntime.sleep(1)")
            bound_at = kernel.value("(X.shape, time.time_ns())[1]")
            kernel.run(f"%runs wait big{i}")
            run_id = kernel.value(f"__import__('jupyter_mlops').runs['big{i}'].id")
            written_at = (kernel.home / "runs" / run_id / "result.json").stat().st_mtime_ns
            ours.append((bound_at - written_at) / 1e6)
            remove_objects(kernel)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "array.joblib"
        joblib.dump(numpy.full(size // 8, 1.5), path)
        theirs = [timed_ms(lambda: joblib.load(path)) for _ in range(repetitions)]
    yield times_better("large_data: delivery to the waiting cell", ours, "joblib.load", theirs, 20)


def fresh_memcpy(size: int) -> float:
    """Return the milliseconds of copying into memory that this process has never touched."""
    import numpy

    source = numpy.ones(size // 8)
    touch_memory(size)
    return timed_ms(lambda: source.copy())


def touch_memory(size: int) -> None:
    """Use memory and free it, so that what is measured next gets it as fast as it can be had.

    The host of a virtual machine takes back what lies idle for seconds, and gives it again ten times slower than it is
    copied: ours and the peer would pay for that by chance.
    """
    import numpy

    numpy.ones(size // 8)
