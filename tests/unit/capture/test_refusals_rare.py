"""The rarer kinds that live in one process only: each real one is refused by its own name, with its own remedy."""

import asyncio
import csv
import ctypes
import http.client
import importlib
import io
import multiprocessing
import os
import queue
import sqlite3
import ssl
import sys
import tarfile
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import pytest

from jupyter_mlops.capture import Refusal, dump_values
from jupyter_mlops.capture._refusals import _REMEDIES, RefusedValueError, refused_base, remedy_of, type_name

OPEN, MAKE, CONNECT = (
    "open it inside the cell",
    "make it inside the cell",
    "connect inside the cell, and pass the address instead",
)
TRACEBACK = "keep the text of the traceback instead: traceback.format_exc()"


class Callee:
    def __call__(self) -> None:
        """Make its proxy another kind of proxy."""


_alive = Callee()


async def numbers() -> Any:
    yield 1


def frame() -> FrameType:
    return sys._getframe()


def raised() -> TracebackType | None:
    try:
        raise ValueError
    except ValueError as error:
        return error.__traceback__


@contextmanager
def on_disk(make: Callable[[str], Any]) -> Iterator[Any]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        value = make(folder)
        if hasattr(value, "close"):
            opened.callback(value.close)
        yield value


@contextmanager
def closed_with(made: Any, *ends: str) -> Iterator[Any]:
    try:
        yield made
    finally:
        for end in ends:
            getattr(made, end)()


@contextmanager
def in_loop(make: Callable[[asyncio.AbstractEventLoop], Any]) -> Iterator[Any]:
    loop = asyncio.new_event_loop()
    try:
        value = make(loop)
        yield value
        value.cancel()
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.close()


@contextmanager
def connection() -> Iterator[Any]:
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        yield ours


@contextmanager
def cursor() -> Iterator[Any]:
    with closing(sqlite3.connect(":memory:")) as database:
        yield database.cursor()


@contextmanager
def simply(value: Any) -> Iterator[Any]:
    yield value


def updated_file(folder: str) -> Any:
    return io.BufferedRandom(io.FileIO(f"{folder}/a", "w+"))


def temporary_file(folder: str) -> Any:
    return tempfile.NamedTemporaryFile(dir=folder)


KINDS = {
    "frame": (lambda: simply(frame()), "frame", TRACEBACK),
    "traceback": (lambda: simply(raised()), "traceback", TRACEBACK),
    "async generator": (
        lambda: simply(numbers()), "async_generator", "call the function that makes it inside the cell"
    ),
    "updated file": (lambda: on_disk(updated_file), "_io.BufferedRandom", OPEN),
    "raw file": (lambda: on_disk(lambda path: io.FileIO(f"{path}/a", "w")), "_io.FileIO", OPEN),
    "named temporary file": (lambda: on_disk(temporary_file), "tempfile._TemporaryFileWrapper", OPEN),
    "tar archive": (lambda: on_disk(lambda path: tarfile.TarFile(f"{path}/a.tar", "w")), "tarfile.TarFile", OPEN),
    "directory listing": (
        lambda: on_disk(os.scandir), "posix.ScandirIterator", "use a list of paths: os.listdir(...)"
    ),
    "csv writer": (lambda: simply(csv.writer(io.StringIO())), "_csv.writer", OPEN),
    "tls context": (lambda: simply(ssl.create_default_context()), "ssl.SSLContext", MAKE),
    "http connection": (
        lambda: closed_with(http.client.HTTPSConnection("localhost"), "close"),
        "http.client.HTTPSConnection",
        CONNECT,
    ),
    "cursor": (cursor, "sqlite3.Cursor", "fetch the rows first: cursor.fetchall()"),
    "semaphore": (lambda: simply(threading.BoundedSemaphore()), "threading.BoundedSemaphore", MAKE),
    "barrier": (lambda: simply(threading.Barrier(2)), "threading.Barrier", MAKE),
    "timer": (lambda: simply(threading.Timer(1, print)), "threading.Timer", "start it inside the cell"),
    "simple queue": (lambda: simply(queue.SimpleQueue()), "_queue.SimpleQueue", "use a list of its items"),
    "priority queue": (lambda: simply(queue.PriorityQueue()), "queue.PriorityQueue", "use a list of its items"),
    "process": (
        lambda: simply(multiprocessing.get_context("fork").Process()),
        "multiprocessing.context.ForkProcess",
        "start it inside the cell",
    ),
    "pipe": (connection, "multiprocessing.connection.Connection", MAKE),
    "process queue": (
        lambda: closed_with(multiprocessing.Queue(), "close", "join_thread"), "multiprocessing.queues.Queue", MAKE
    ),
    "awaited": (
        lambda: in_loop(lambda loop: loop.create_future()), "_asyncio.Future", "await it before the cell"
    ),
    "task": (
        lambda: in_loop(lambda loop: loop.create_task(asyncio.sleep(9))), "_asyncio.Task", "await it before the cell"
    ),
    "pointer": (lambda: simply(ctypes.pointer(ctypes.c_int(1))), f"{ctypes.POINTER(ctypes.c_int).__module__}.LP_c_int",
                MAKE),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_f40_a_rare_kind_is_refused_with_its_remedy(name):
    make, kind, remedy = KINDS[name]
    with make() as value:
        (refusal,) = dump_values({"value": value}).refused
    assert refusal == Refusal("value", kind, "value", "it lives in one process only", remedy)


def test_f40_a_temporary_directory_is_refused_before_it_is_removed_twice():
    folder = tempfile.TemporaryDirectory()
    (refusal,) = dump_values({"folder": folder}).refused
    assert refusal.remedy == "pass its path, and keep the directory until the run has ended"
    folder.cleanup()


@pytest.mark.parametrize("target", [frame, _alive, Path], ids=["a function", "an object that can be called", "a class"])
def test_f40_a_weak_proxy_is_refused_whatever_it_stands_for(target):
    (refusal,) = dump_values({"seen": weakref.proxy(target)}).refused
    assert refusal.remedy == "pass the object itself"


STDLIB = [name for name in _REMEDIES if "." in name and name.partition(".")[0] in sys.stdlib_module_names]
HIDDEN = {"_thread.lock", "posix.ScandirIterator", "_csv.reader", "_csv.writer"}
"""Types that their module does not give by name; stories above make one."""


@pytest.mark.parametrize("name", sorted(set(STDLIB) - HIDDEN))
def test_every_name_in_the_table_is_what_python_calls_the_type(name):
    module, _, attribute = name.rpartition(".")
    kind = getattr(importlib.import_module(module), attribute)
    assert (refused_base(kind), remedy_of(kind)) == (kind, _REMEDIES[name])


def test_a_remedy_is_a_step_and_no_sentence():
    wrong = [text for text in _REMEDIES.values() if text != text.strip(" .") or text[:1].isupper()]
    assert [text for text in wrong if not text.startswith("SparkSession")] == []
    assert all(len(text) < 80 for text in _REMEDIES.values())


# What is said where no remedy is known


class Odd:
    class Inner:
        pass


def test_an_unlisted_kind_has_the_general_remedy():
    assert refused_base(Odd) is None
    assert remedy_of(Odd) == "make it inside the cell, or keep only the data that the cell needs"


def test_the_nearest_base_decides():
    class Mine(threading.Thread):
        pass

    class MyQueue(queue.LifoQueue):
        pass

    assert (remedy_of(Mine), remedy_of(MyQueue)) == ("start it inside the cell", "use a list of its items")


def test_a_type_is_named_as_people_write_it():
    class OfTheNotebook:
        __module__ = "__main__"
        __qualname__ = "OfTheNotebook"

    values = [1, [], OfTheNotebook(), Odd.Inner(), io.StringIO(), OfTheNotebook, io.IOBase]
    assert [type_name(value) for value in values] == [
        "int",
        "list",
        "OfTheNotebook",
        f"{__name__}.Odd.Inner",
        "_io.StringIO",
        "class",
        "class",
    ]


def test_a_refusal_may_bring_its_own_words():
    error = RefusedValueError([1], "it is too long", "pass {name}[:10]")
    assert (str(error), error.reason, error.remedy) == (
        "a list cannot travel: it is too long",
        "it is too long",
        "pass {name}[:10]",
    )


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (Refusal("a", "T", "a", "it is bound", "free it"), "a is a T. It is bound; free it."),
        (Refusal("a", "T", "a.b[0]", "no", "x"), "a (at a.b[0]) is a T. No; x."),
        (Refusal("a", "T", "a", "no", "x", 3, "    f(a)  "), "a is a T, read in line 3: f(a). No; x."),
        (Refusal("größe", "T", "größe", "ärger", "x"), "größe is a T. Ärger; x."),
        (Refusal("a", "T", "a", "", "x"), "a is a T. ; x."),
    ],
)
def test_a_refusal_is_one_line_of_text(refusal, text):
    assert str(refusal) == text
