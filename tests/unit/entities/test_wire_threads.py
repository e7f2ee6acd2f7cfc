"""Many threads read entities, and what they read for the first time is read by two of them at once.

In a process of its own: what goes wrong here is no exception but a segmentation fault, the end of a Jupyter server.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

MEETING = """
import threading, time
import msgspec
from jupyter_mlops.entities import decode, understood

begun = threading.Event()

def slowly():
    '''Another thread gets its turn while msgspec learns the outer kind.'''
    begun.set()
    time.sleep(0.2)
    return int

class Inner(msgspec.Struct):
    value: "slowly()"

class Outer(msgspec.Struct):
    first: Inner
    second: int = 0

read = {"json": lambda: decode(b'{"first": {"value": 1}, "second": 2}', Outer),
        "text": lambda: decode('{"first": {"value": 1}, "second": 2}', Outer),
        "convert": lambda: msgspec.convert({"first": {"value": 1}, "second": 2}, understood(Outer))}
learner = threading.Thread(target=read["json"])
learner.start()
begun.wait()
print(read[WAY]())
learner.join()
"""

EVERYTHING = """
import json, sys, threading
import msgspec
from jupyter_mlops import entities

sys.setswitchinterval(1e-6)
kinds = [each for each in vars(entities).values() if isinstance(each, type) and issubclass(each, msgspec.Struct)]
texts = [json.dumps(dict.fromkeys(kind.__struct_encode_fields__)) for kind in kinds]
together = threading.Barrier(8)

def read():
    for kind, text in zip(kinds, texts):
        together.wait()
        for _ in range(20):
            try:
                entities.decode(text, kind)
            except msgspec.ValidationError:
                pass  # null is no value of most fields; they are looked at all the same

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all", len(kinds) > 50)
"""


def ran(program: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, cwd=ROOT)
    return done.returncode, done.stdout.strip() or done.stderr[-500:]


@pytest.mark.parametrize("way", ["json", "text", "convert"])
def test_a_kind_may_be_read_while_another_thread_reads_it_for_the_first_time(way):
    assert ran(f"WAY = {way!r}{MEETING}") == (0, "Outer(first=Inner(value=1), second=2)")


def test_all_entities_may_be_read_by_many_threads_at_once():
    assert ran(EVERYTHING) == (0, "all True")


def test_nothing_asks_msgspec_to_read_a_kind_that_it_may_not_know():
    """`decode` and `understood` are the only ways, whoever adds a reader."""
    ways = ("msgspec.json.decode(", "msgspec.json.Decoder(", "msgspec.msgpack.Decoder(", "msgspec.convert(")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted((ROOT / "jupyter_mlops").rglob("*.py"))
        if path.name != "_wire.py"
        for line in path.read_text().splitlines()
        if any(way in line for way in ways) and "understood(" not in line and "dict[" not in line
    ]
    assert found == []
