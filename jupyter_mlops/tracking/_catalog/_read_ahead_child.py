"""`python -m jupyter_mlops.tracking._catalog._read_ahead_child STORE`: reads runs of a local store for `_read_ahead`.

Lists of the store's ids come through stdin, what it has of them goes to stdout. It ends when stdin does, and at the
first trouble: whoever asks goes on without it, and finds out itself what is wrong.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import msgspec

from .._foreign._stranger_sqlite import bound_time, open_stranger
from ._frames import frame, read_frame
from ._rows import MOST_S, StoreChanges, cache_indexes, read_runs


def serve(path: Path, wishes: BinaryIO, answers: BinaryIO) -> None:
    """Say that it is there, by an answer to nothing; then answer every wish until there are no more."""
    with closing(open_stranger(path)) as database:
        cache_indexes(database)
        _tell(answers, StoreChanges())
        while (wish := read_frame(wishes)) is not None:
            bound_time(database, MOST_S)
            _tell(answers, read_runs(database, msgspec.msgpack.decode(wish)))


def _tell(answers: BinaryIO, found: StoreChanges) -> None:
    answers.write(frame(found))
    answers.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
