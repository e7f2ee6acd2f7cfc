"""The object store: by content, once, whole or not at all."""

import gc
import os
import re
import signal
import subprocess
import sys
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import xxhash

from jupyter_mlops.entities import BufferRef
from jupyter_mlops.exceptions import HomeError, MissingObjectError
from jupyter_mlops.home import ObjectStore
from jupyter_mlops.home._survey import LEFTOVER


@pytest.fixture
def objects(home):
    return home.objects


def contents(objects):
    return {path.name: path.read_bytes() for path in objects.files()}


@pytest.mark.parametrize(
    "buffer",
    [b"", b"x", bytes(range(256)) * 1000, bytearray(b"abc"), memoryview(b"abcdef")[2:4], array("d", [1.5, 2.5])],
)
def test_what_is_put_is_mapped(objects, buffer):
    whole = memoryview(buffer).tobytes()
    ref = objects.put(buffer)
    assert ref == BufferRef(xxhash.xxh3_128_hexdigest(whole), len(whole))
    assert (objects.map(ref).tobytes(), objects.has(ref)) == (whole, True)
    assert objects.path_of(ref) == objects.path / ref.hash[:2] / ref.hash


def test_arrays_of_any_order_and_shape_can_be_put(objects):
    numpy = pytest.importorskip("numpy")
    given = numpy.arange(12, dtype="f4").reshape(3, 4)
    c_order, f_order = objects.put(given), objects.put(numpy.asfortranarray(given))
    assert objects.map(c_order).tobytes() == given.tobytes("C")
    assert objects.map(f_order).tobytes() == given.tobytes("F")
    assert objects.put(numpy.zeros((0, 3))).size == 0
    with pytest.raises(BufferError):
        objects.put(given[:, ::2])


def test_the_same_content_is_stored_once_and_not_written_again(objects):
    first = objects.put(b"a" * 100_000)
    inode = objects.path_of(first).stat().st_ino
    assert objects.put(bytearray(b"a" * 100_000)) == first
    assert [path.stat().st_ino for path in objects.files()] == [inode]


def test_objects_are_private_and_not_written_to(objects):
    ref = objects.put(b"abc")
    path = objects.path_of(ref)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o400, 0o700)


def test_a_writable_view_changes_only_its_own_copy(objects):
    ref = objects.put(b"abc")
    mine, yours = objects.map(ref), objects.map(ref)
    mine[0] = ord("X")
    assert (mine.tobytes(), yours.tobytes(), objects.map(ref).tobytes()) == (b"Xbc", b"abc", b"abc")


def test_a_view_for_reading_cannot_be_written(objects):
    view = objects.map(objects.put(b"abc"), writable=False)
    with pytest.raises(TypeError, match="read-only"):
        view[0] = 0


def test_a_view_outlives_its_object(objects):
    ref = objects.put(b"abc" * 100_000)
    view = objects.map(ref)
    objects.path_of(ref).unlink()
    assert view.tobytes() == b"abc" * 100_000


@pytest.mark.parametrize("ref", [BufferRef("0" * 32, 3), BufferRef("0" * 32, 0)])
def test_a_missing_object_is_named_with_what_to_do(objects, ref):
    assert (objects.has(ref), objects.touch(ref)) == (False, False)
    with pytest.raises(MissingObjectError, match=r"0{32} of . bytes is not there .*run the cell that made it again"):
        objects.map(ref)


@pytest.mark.parametrize("content", [b"", b"ab", b"abcd"])
def test_an_object_that_is_not_whole_is_refused_and_put_again(objects, content):
    ref = objects.put(b"abc")
    path = objects.path_of(ref)
    path.chmod(0o600)
    path.write_bytes(content)
    assert not objects.has(ref)
    with pytest.raises(MissingObjectError, match=f"has {len(content)} bytes"):
        objects.map(ref)
    assert objects.put(b"abc") == ref
    assert objects.map(ref).tobytes() == b"abc"


@pytest.mark.parametrize("address", ["", "..", "../../../../etc/passwd", "/etc/passwd", "A" * 32, "a" * 31, "a" * 33])
def test_an_address_from_elsewhere_never_leaves_the_store(objects, address):
    with pytest.raises(MissingObjectError, match="cannot exist"):
        objects.map(BufferRef(address, 3))


def test_putting_again_tells_the_collector(objects):
    ref = objects.put(b"abc")
    path = objects.path_of(ref)
    for again in (lambda: objects.put(b"abc"), lambda: objects.touch(ref)):
        os.utime(path, (0, 0))
        again()
        assert time.time() - path.stat().st_mtime < 60


def test_a_model_of_many_tensors_costs_no_descriptors(objects):
    def descriptors():
        return len(list(Path("/proc/self/fd").iterdir()))

    gc.collect()  # what earlier tests have left open
    before = descriptors()
    views = [objects.map(objects.put(b"%d" % number)) for number in range(2000)]
    assert descriptors() == before
    assert views[1999].tobytes() == b"1999"


def test_memory_goes_with_the_last_that_uses_it(objects):
    numpy = pytest.importorskip("numpy")
    ref = objects.put(bytes(1 << 20))

    def mapped():
        with open("/proc/self/maps") as file:
            return sum(ref.hash in line for line in file)

    array = numpy.frombuffer(objects.map(ref), dtype="u1")
    part = array[10:20]
    del array
    assert mapped() == 1
    del part
    assert mapped() == 0


def test_threads_may_put_the_same_at_once(objects):
    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(objects.put, [b"abc" * 100_000] * 64))
    assert contents(objects) == {ref.hash: b"abc" * 100_000 for ref in refs}


WRITE = """
import sys
from pathlib import Path
from jupyter_mlops.home import ObjectStore
objects = ObjectStore(Path(sys.argv[1]))
sys.stdin.readline()
for round_ in range(20):
    for letter in range(8):
        objects.put(bytes([letter]) * (100_000 + letter))
"""


def test_four_processes_may_put_the_same_at_once(objects, python):
    writers = [python(WRITE, objects.path) for _ in range(4)]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    expected = [bytes([letter]) * (100_000 + letter) for letter in range(8)]
    assert contents(objects) == {xxhash.xxh3_128_hexdigest(whole): whole for whole in expected}


WRITE_FOR_EVER = """
import os, sys
from pathlib import Path
from jupyter_mlops.home import ObjectStore
objects = ObjectStore(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    objects.put(os.urandom(16) * 50_000)
"""


def test_writers_that_are_killed_leave_nothing_half_under_its_name(objects, python, until):
    for _ in range(10):
        writers = [python(WRITE_FOR_EVER, objects.path) for _ in range(2)]
        for writer in writers:
            writer.stdout.readline()
        seen = len(list(objects.files()))
        until(lambda seen=seen: len(list(objects.files())) > seen + 3)
        for writer in writers:
            writer.kill()
            writer.wait()
    stored = {name: whole for name, whole in contents(objects).items() if not LEFTOVER.fullmatch(name)}
    assert len(stored) >= 30
    assert {xxhash.xxh3_128_hexdigest(whole) for whole in stored.values()} == set(stored)


def test_a_writer_that_dies_before_it_names_its_object_leaves_only_a_leftover(objects, python):
    writer = python(WRITE, objects.path, JUPYTER_MLOPS_CRASH_AT="objects.unnamed")
    writer.stdin.write("go\n")
    writer.stdin.flush()
    assert writer.wait() == -signal.SIGKILL
    assert [LEFTOVER.fullmatch(name) is not None for name in contents(objects)] == [True]
    ref = objects.put(b"\0" * 100_000)
    assert objects.map(ref).tobytes() == b"\0" * 100_000


@pytest.mark.root
def test_f45_a_full_disk_is_told_before_anything_is_written(small_disk):
    (small_disk / "objects").mkdir()
    objects = ObjectStore(small_disk / "objects")
    with pytest.raises(HomeError) as caught:
        objects.put(bytes(4 << 20))
    free = int(re.search(r"([\d,]+) bytes are free", str(caught.value))[1].replace(",", ""))
    assert "No room for a buffer of 4,194,304 bytes" in str(caught.value)
    assert "gc" in str(caught.value)
    assert 0 < free <= 1 << 20
    assert contents(objects) == {}


@pytest.mark.root
def test_f45_a_disk_that_fills_while_we_write_leaves_nothing_half(small_disk, monkeypatch):
    """The disk looks free when it is asked, as it does when somebody else fills it meanwhile."""
    (small_disk / "objects").mkdir()
    objects = ObjectStore(small_disk / "objects")
    kept = objects.put(b"k" * 100_000)

    class Optimist(ObjectStore):
        def _free_bytes(self):
            return 1 << 40

    with pytest.raises(HomeError, match="No room for a buffer of 2,000,000 bytes"):
        Optimist(objects.path).put(b"x" * 2_000_000)
    assert contents(objects) == {kept.hash: b"k" * 100_000}


def test_f27_a_store_that_may_not_be_written_is_named(nobodys_folder):
    objects = ObjectStore(nobodys_folder)
    nobodys_folder.chmod(0o500)
    with pytest.raises(HomeError, match=r"Cannot store a buffer in .*Permission denied.*JUPYTER_MLOPS_HOME"):
        objects.put(b"abc")


def test_a_file_system_quota_counts_as_a_full_disk(objects):
    """`ulimit -f` stands in for a quota: the write fails half way with EFBIG."""
    program = (
        "import sys, signal; from pathlib import Path; from jupyter_mlops.home import ObjectStore\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from jupyter_mlops.exceptions import HomeError\n"
        "try: ObjectStore(Path(sys.argv[1])).put(bytes(4 << 20))\n"
        "except HomeError as error: print(error)\n"
    )
    shell = subprocess.run(
        ["bash", "-c", 'ulimit -f 1024; exec "$0" -c "$1" "$2"', sys.executable, program, str(objects.path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Cannot store a buffer" in shell.stdout
    assert contents(objects) == {}


def test_put_works_in_a_forked_child(objects):
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            objects.put(b"from the child")
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    assert list(contents(objects).values()) == [b"from the child"]
