"""What cannot leave its process, why, and what to write instead.

Types are named, not imported: looking a value up loads nothing. A type that is not listed is refused only when its own
pickling fails, with a general remedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_OPEN_INSIDE = "open it inside the cell"
_CONNECT_INSIDE = "connect inside the cell, and pass the address instead"
_MAKE_INSIDE = "make it inside the cell"

_REMEDIES: dict[str, str] = {
    "generator": "use a list, or call the function that makes it inside the cell",
    "async_generator": "call the function that makes it inside the cell",
    "coroutine": "await it before the cell, or call the function inside the cell",
    "frame": "keep the text of the traceback instead: traceback.format_exc()",
    "traceback": "keep the text of the traceback instead: traceback.format_exc()",
    "_io.TextIOWrapper": _OPEN_INSIDE,
    "_io.BufferedReader": _OPEN_INSIDE,
    "_io.BufferedWriter": _OPEN_INSIDE,
    "_io.BufferedRandom": _OPEN_INSIDE,
    "_io.BufferedRWPair": _OPEN_INSIDE,
    "_io.FileIO": _OPEN_INSIDE,
    "tempfile._TemporaryFileWrapper": _OPEN_INSIDE,
    "tempfile.TemporaryDirectory": "pass its path, and keep the directory until the run has ended",
    "zipfile.ZipFile": _OPEN_INSIDE,
    "tarfile.TarFile": _OPEN_INSIDE,
    "mmap.mmap": "map the file inside the cell, or use numpy.memmap",
    "posix.ScandirIterator": "use a list of paths: os.listdir(...)",
    "posix.DirEntry": "use its path",
    "_csv.reader": "use a list of rows, or open the file inside the cell",
    "_csv.writer": _OPEN_INSIDE,
    "h5py._hl.files.File": _OPEN_INSIDE,
    "h5py._hl.dataset.Dataset": "read it into an array: dataset[...]",
    "_socket.socket": _CONNECT_INSIDE,
    "ssl.SSLContext": _MAKE_INSIDE,
    "select.epoll": _MAKE_INSIDE,
    "http.client.HTTPConnection": _CONNECT_INSIDE,
    "http.client.HTTPResponse": "read it first: response.read()",
    "sqlite3.Connection": _CONNECT_INSIDE,
    "sqlite3.Cursor": "fetch the rows first: cursor.fetchall()",
    "sqlalchemy.engine.base.Engine": "make it inside the cell: create_engine(url)",
    "sqlalchemy.engine.base.Connection": _CONNECT_INSIDE,
    "sqlalchemy.orm.session.Session": _MAKE_INSIDE,
    "duckdb.DuckDBPyConnection": _CONNECT_INSIDE,
    "_duckdb.DuckDBPyConnection": _CONNECT_INSIDE,
    "psycopg2.extensions.connection": _CONNECT_INSIDE,
    "psycopg.Connection": _CONNECT_INSIDE,
    "pymongo.synchronous.mongo_client.MongoClient": _CONNECT_INSIDE,
    "redis.client.Redis": _CONNECT_INSIDE,
    "grpc.Channel": _CONNECT_INSIDE,
    "pyspark.sql.session.SparkSession": "call SparkSession.builder.getOrCreate() inside the cell",
    "pyspark.sql.dataframe.DataFrame": "use df.toPandas(), or read the data inside the cell",
    "_thread.lock": _MAKE_INSIDE,
    "_thread.RLock": _MAKE_INSIDE,
    "_thread._local": _MAKE_INSIDE,
    "threading.Thread": "start it inside the cell",
    "threading.Condition": _MAKE_INSIDE,
    "threading.Semaphore": _MAKE_INSIDE,
    "threading.Event": _MAKE_INSIDE,
    "threading.Barrier": _MAKE_INSIDE,
    "queue.Queue": "use a list of its items",
    "_queue.SimpleQueue": "use a list of its items",
    "concurrent.futures._base.Executor": _MAKE_INSIDE,
    "concurrent.futures._base.Future": "use its result: future.result()",
    "multiprocessing.pool.Pool": _MAKE_INSIDE,
    "multiprocessing.process.BaseProcess": "start it inside the cell",
    "multiprocessing.queues.Queue": _MAKE_INSIDE,
    "multiprocessing.synchronize.SemLock": _MAKE_INSIDE,
    "multiprocessing.managers.BaseManager": _MAKE_INSIDE,
    "multiprocessing.connection._ConnectionBase": _MAKE_INSIDE,
    "multiprocessing.shared_memory.SharedMemory": "copy its data into an array",
    "subprocess.Popen": "start it inside the cell",
    "asyncio.events.AbstractEventLoop": "use the cell's own loop: await works at the top level",
    "_asyncio.Future": "await it before the cell",
    "_asyncio.Task": "await it before the cell",
    "weakref.ReferenceType": "pass the object itself",
    "weakref.ProxyType": "pass the object itself",
    "weakref.CallableProxyType": "pass the object itself",
    "_ctypes._Pointer": _MAKE_INSIDE,
    "IPython.core.interactiveshell.InteractiveShell": "call get_ipython() inside the cell",
    "tqdm.std.tqdm": "make the bar inside the cell, or pass what it counts: {name}.n",
    "ipywidgets.widgets.widget.Widget": "pass its value: widget.value",
    "torch.utils.data.dataloader._BaseDataLoaderIter": "pass the DataLoader, and call iter() inside the cell",
    "torch.cuda.streams.Stream": _MAKE_INSIDE,
    "torch.cuda.streams.Event": _MAKE_INSIDE,
    "torch.cuda.graphs.CUDAGraph": _MAKE_INSIDE,
    "torch.utils.tensorboard.writer.SummaryWriter": _MAKE_INSIDE,
    "tensorflow.python.data.ops.dataset_ops.DatasetV2": "build it inside the cell, from the arrays or files it reads",
    "xgboost.core.DMatrix": "make it inside the cell: xgboost.DMatrix(X, label=y)",
    "tensorflow.python.data.ops.iterator_ops.OwnedIterator": "call iter() inside the cell",
    "tensorflow.python.client.session.BaseSession": _MAKE_INSIDE,
    "tensorflow.python.eager.backprop.GradientTape": _MAKE_INSIDE,
    "tensorflow.python.framework.ops.Graph": _MAKE_INSIDE,
}
_GENERAL = "make it inside the cell, or keep only the data that the cell needs"


@dataclass(frozen=True)
class Refusal:
    """A name that cannot travel.

    Parameters
    ----------
    name : str
        The notebook's name.
    type : str
        Type of the guilty object, which may sit deep inside the value.
    path : str
        Where it sits, as Python would reach it: `model.callbacks[0].lock`.
    reason : str
        What went wrong, in a few words.
    remedy : str
        What to write instead.
    line : int, optional
        Line of the cell that reads the name, from 1.
    source : str
        Text of that line.
    """

    name: str
    type: str
    path: str
    reason: str
    remedy: str
    line: int | None = None
    source: str = ""

    def __str__(self) -> str:
        where = "" if self.path == self.name else f" (at {self.path})"
        read = "" if self.line is None else f", read in line {self.line}: {self.source.strip()}"
        reason = self.reason[:1].upper() + self.reason[1:]
        return f"{self.name}{where} is a {self.type}{read}. {reason}; {self.remedy}."


class RefusedValueError(TypeError):
    """Raised while packing, at the object that cannot leave its process.

    Parameters
    ----------
    value : object
        The guilty one.
    reason, remedy : str
        What is wrong with it, and what to write instead; by default its type's. `{name}` in a remedy is where it sits.
    """

    def __init__(self, value: Any, reason: str = "it lives in one process only", remedy: str = "") -> None:
        super().__init__(f"a {type_name(value)} cannot travel: {reason}")
        self.reason = reason
        self.remedy = remedy or remedy_of(type(value))


def type_name(value: Any) -> str:
    """Return the qualified type of a value, for people: builtins without their module, and a class is a class."""
    if issubclass(type(value), type):  # not `isinstance`, which asks the value
        return "class"
    return _qualified(type(value)).removeprefix("builtins.").removeprefix("__main__.")


def remedy_of(kind: type) -> str:
    """Return what to do about a type that cannot travel."""
    base = refused_base(kind)
    return _GENERAL if base is None else _REMEDIES[_listed(base)]


def refused_base(kind: type) -> type | None:
    """Return the nearest base of a type, or the type itself, that is refused before its own pickling is asked."""
    return next((base for base in kind.__mro__ if _listed(base) in _REMEDIES), None)


def _listed(kind: type) -> str:
    return _qualified(kind).removeprefix("builtins.")


def _qualified(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
