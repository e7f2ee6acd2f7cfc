"""What cannot leave its process: each kind is named, with where it sits and what to do."""

import asyncio
import concurrent.futures
import csv
import functools
import io
import mmap
import multiprocessing
import queue
import select
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import types
import weakref
import zipfile
from contextlib import closing, contextmanager

import pytest
from tqdm import tqdm

from jupyter_mlops.capture import Refusal, dump_values


class Thing:
    """Somebody's object, with whatever attributes."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


def numbers():
    yield 1


async def wait():
    pass


@contextmanager
def closed_coroutine():
    coroutine = wait()
    yield coroutine
    coroutine.close()


@contextmanager
def opened_file(mode):
    with tempfile.NamedTemporaryFile("w") as named, open(named.name, mode) as file:
        yield file


@contextmanager
def mapped():
    with closing(mmap.mmap(-1, 4096)) as memory:
        yield memory


@contextmanager
def archive():
    with zipfile.ZipFile(io.BytesIO(), "w") as file:
        yield file


@contextmanager
def process():
    with subprocess.Popen([sys.executable, "-c", ""]) as started:
        yield started


@contextmanager
def simply(make):
    yield make()


CASES = {
    "lock": (lambda: simply(threading.Lock), "_thread.lock", "make it inside the cell"),
    "rlock": (lambda: simply(threading.RLock), "_thread.RLock", "make it inside the cell"),
    "condition": (lambda: simply(threading.Condition), "threading.Condition", "make it inside the cell"),
    "event": (lambda: simply(threading.Event), "threading.Event", "make it inside the cell"),
    "thread_local": (lambda: simply(threading.local), "_thread._local", "make it inside the cell"),
    "thread": (lambda: simply(threading.Thread), "threading.Thread", "start it inside the cell"),
    "queue": (lambda: simply(queue.Queue), "queue.Queue", "use a list of its items"),
    "generator": (
        lambda: simply(numbers), "generator", "use a list, or call the function that makes it inside the cell"
    ),
    "coroutine": (closed_coroutine, "coroutine", "await it before the cell, or call the function inside the cell"),
    "bar": (
        lambda: tqdm(total=1, file=io.StringIO()),
        "tqdm.std.tqdm",
        "make the bar inside the cell, or pass what it counts: bar.n",
    ),
    "text_file": (lambda: opened_file("r"), "_io.TextIOWrapper", "open it inside the cell"),
    "binary_file": (lambda: opened_file("rb"), "_io.BufferedReader", "open it inside the cell"),
    "written_file": (lambda: opened_file("wb"), "_io.BufferedWriter", "open it inside the cell"),
    "archive": (archive, "zipfile.ZipFile", "open it inside the cell"),
    "rows": (
        lambda: simply(lambda: csv.reader([])), "_csv.reader", "use a list of rows, or open the file inside the cell"
    ),
    "memory_map": (mapped, "mmap.mmap", "map the file inside the cell, or use numpy.memmap"),
    "socket": (
        lambda: closing(socket.socket()),
        "socket.socket",
        "connect inside the cell, and pass the address instead",
    ),
    "epoll": (lambda: closing(select.epoll()), "select.epoll", "make it inside the cell"),
    "database": (
        lambda: closing(sqlite3.connect(":memory:")),
        "sqlite3.Connection",
        "connect inside the cell, and pass the address instead",
    ),
    "thread_pool": (
        lambda: concurrent.futures.ThreadPoolExecutor(1),
        "concurrent.futures.thread.ThreadPoolExecutor",
        "make it inside the cell",
    ),
    "future": (
        lambda: simply(concurrent.futures.Future),
        "concurrent.futures._base.Future",
        "use its result: future.result()",
    ),
    "mp_lock": (lambda: simply(multiprocessing.Lock), "multiprocessing.synchronize.Lock", "make it inside the cell"),
    "loop": (
        lambda: closing(asyncio.new_event_loop()),
        "asyncio.unix_events._UnixSelectorEventLoop",
        "use the cell's own loop: await works at the top level",
    ),
    "process": (process, "subprocess.Popen", "start it inside the cell"),
    "weak_reference": (
        lambda: simply(lambda: weakref.ref(Thing)), "weakref.ReferenceType", "pass the object itself"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_kind_is_refused_with_its_remedy(name):
    make, kind, remedy = CASES[name]
    with make() as value:
        (refusal,) = dump_values({name: value}).refused
    assert refusal == Refusal(name, kind, name, "it lives in one process only", remedy)


def test_the_message_says_type_place_and_remedy():
    (refusal,) = dump_values({"model": Thing(callbacks=[Thing(log={"lock": threading.Lock()})])}).refused
    assert str(refusal) == (
        "model (at model.callbacks[0].log['lock']) is a _thread.lock. "
        "It lives in one process only; make it inside the cell."
    )


class Slotted:
    __slots__ = ("lock",)


def slotted():
    value = Slotted()
    value.lock = threading.Lock()
    return value


def closure():
    lock = threading.Lock()
    return lambda: lock


GUILTY = {
    "value[1]": lambda: [0, threading.Lock()],
    "value['a'][0]": lambda: {"a": (threading.Lock(),)},
    "value.a.b": lambda: types.SimpleNamespace(a=Thing(b=threading.Lock())),
    "value.__self__.lock": lambda: types.MethodType(lambda self: None, Thing(lock=threading.Lock())),
    "value.<lock>": closure,
}


@pytest.mark.parametrize("path", GUILTY)
def test_the_path_is_as_python_reaches_it(path):
    assert dump_values({"value": GUILTY[path]()}).refused[0].path == path


@pytest.mark.parametrize("value", [slotted(), functools.partial(print, threading.Lock())])
def test_where_the_path_cannot_be_told_the_name_stays(value):
    refusal = dump_values({"value": value}).refused[0]
    assert (refusal.name, refusal.type, refusal.path.startswith("value")) == ("value", "_thread.lock", True)


class Stubborn:
    def __reduce__(self):
        raise RuntimeError("not me")


def test_a_value_that_refuses_itself_is_named_with_its_own_words():
    (refusal,) = dump_values({"value": [Stubborn()]}).refused
    assert (refusal.path, refusal.reason) == ("value[0]", "not me")
    assert refusal.remedy == "make it inside the cell, or keep only the data that the cell needs"


def test_standard_output_travels():
    assert dump_values({"print_to": functools.partial(print, sep="-")}).refused == ()
