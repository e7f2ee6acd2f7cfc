"""Locks that live exactly as long as their process, seen by others without being touched."""

import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from jupyter_mlops.home import (
    LifeLock,
    Word,
    exclusive,
    has_said,
    is_flagged,
    lock_holder,
    raise_flag,
    say,
    wait_released,
    wait_said,
)
from jupyter_mlops.home._locks import _probed_holder


def test_a_lock_is_held_by_one_process_and_names_it(tmp_path, holder):
    path = tmp_path / "a.lock"
    process = holder(path)
    assert (lock_holder(path), LifeLock.acquire(path)) == (process.pid, None)
    assert path.read_text().strip() == str(process.pid)


def test_a_lock_that_nobody_holds_can_be_taken_and_given_up(tmp_path):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path) as lock:
        assert (lock_holder(path), LifeLock.acquire(path)) == (os.getpid(), None)
    lock.release()
    assert (lock_holder(path), path.stat().st_mode & 0o777) == (None, 0o600)


def test_there_is_no_holder_where_there_is_no_file(tmp_path):
    assert (lock_holder(tmp_path / "no"), wait_released(tmp_path / "no")) == (None, True)


def test_the_holder_may_look_at_its_own_lock(tmp_path, python):
    """A record lock goes when any descriptor of its file is closed: looking must not open one."""
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        link = tmp_path / "link"
        link.symlink_to(path)
        for name in (path, link):
            lock_holder(name)
            wait_released(name, 0.01)
            LifeLock.acquire(name)
        look = python("import sys; from jupyter_mlops.home import lock_holder; print(lock_holder(sys.argv[1]))", path)
        assert look.stdout.read() == f"{os.getpid()}\n"


@pytest.mark.parametrize("end", ["kill", "exit"])
def test_a_lock_dies_with_its_process(tmp_path, holder, end):
    path = tmp_path / "a.lock"
    process = holder(path)
    process.kill() if end == "kill" else process.stdin.close()
    assert wait_released(path, 20)
    assert lock_holder(path) is None


FORKING = """
import os, sys
from jupyter_mlops.home import LifeLock
lock = LifeLock.acquire(sys.argv[1])
pids = [os.fork() for _ in range(2)] if sys.argv[2] == "two" else [os.fork()]
if 0 in pids:
    if sys.argv[2] == "release":
        lock.release()
    while True:
        os.read(0, 1)
print(*pids, flush=True)
sys.stdin.read()
"""


def test_f19_a_lock_dies_although_forked_children_live(tmp_path, python):
    path = tmp_path / "a.lock"
    process = python(FORKING, path, "two")
    children = [int(pid) for pid in process.stdout.readline().split()]
    assert lock_holder(path) == process.pid
    process.kill()
    process.wait()
    assert lock_holder(path) is None
    for pid in children:
        os.kill(pid, 0)


def test_a_forked_child_cannot_give_up_its_parents_lock(tmp_path, python, until):
    path = tmp_path / "a.lock"
    process = python(FORKING, path, "release")
    child = int(process.stdout.readline())
    until(lambda: path not in {descriptor.readlink() for descriptor in Path(f"/proc/{child}/fd").iterdir()})
    assert lock_holder(path) == process.pid


def test_a_forked_child_holds_nothing_itself(tmp_path):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os._exit(0 if lock_holder(path) == parent and LifeLock.acquire(path) is None else 1)
        assert os.waitpid(pid, 0)[1] == 0
        assert lock_holder(path) == parent


def test_a_new_process_inherits_nothing(tmp_path):
    with LifeLock.acquire(tmp_path / "a.lock") as lock:
        assert not any(os.get_inheritable(descriptor) for descriptor in lock._descriptors)


def test_waiting_without_a_limit_ends_with_the_holder(tmp_path, holder):
    path = tmp_path / "a.lock"
    process = holder(path)
    ended = []
    waiter = threading.Thread(target=lambda: ended.append(wait_released(path)))
    waiter.start()
    assert lock_holder(path) == process.pid
    process.kill()
    waiter.join(20)
    assert ended == [True]


def test_waiting_with_a_limit_says_that_it_is_still_held(tmp_path, holder):
    path = tmp_path / "a.lock"
    holder(path)
    began = time.monotonic()
    assert not wait_released(path, 0.2)
    assert 0.2 <= time.monotonic() - began < 5


def test_waiting_can_be_interrupted(tmp_path, holder, until):
    path = tmp_path / "a.lock"
    process = holder(path)
    interrupt_once_asleep(path, until)
    with pytest.raises(KeyboardInterrupt):
        wait_released(path)
    assert lock_holder(path) == process.pid


WAITING = """
import sys
from jupyter_mlops.home import wait_released
print("ready", flush=True)
wait_released(sys.argv[1])
print("released", flush=True)
sys.stdin.read()
"""


def test_those_who_wait_are_no_holders(tmp_path, holder, python):
    """Somebody who waits gets a shared lock for a moment; it must keep nobody out and never be seen."""
    path = tmp_path / "a.lock"
    process = holder(path)
    waiters = [python(WAITING, path) for _ in range(3)]
    for waiter in waiters:
        assert waiter.stdout.readline() == "ready\n"
    process.kill()
    process.wait()
    with LifeLock.acquire(path) as lock:
        assert lock is not None
        assert lock_holder(path) == os.getpid()
    assert [waiter.stdout.readline() for waiter in waiters] == ["released\n"] * 3


def test_a_thread_that_waits_does_not_cost_another_its_lock(tmp_path, holder, python, until):
    path = tmp_path / "a.lock"
    process = holder(path)
    waiters = [threading.Thread(target=wait_released, args=(path,)) for _ in range(8)]
    for waiter in waiters:
        waiter.start()
    # Of this process and this file: whatever else it may have locked is none of this story's.
    ours = re.compile(rf"-> .* {os.getpid()} \S+:{path.stat().st_ino} ")
    until(lambda: len(ours.findall(Path("/proc/locks").read_text())) == len(waiters))
    process.kill()
    process.wait()
    with LifeLock.acquire(path):
        for waiter in waiters:
            waiter.join(20)
        look = python("import sys; from jupyter_mlops.home import lock_holder; print(lock_holder(sys.argv[1]))", path)
        assert look.stdout.read() == f"{os.getpid()}\n"


def test_a_lock_file_that_was_removed_is_no_lock(tmp_path, python):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        path.unlink()
        with LifeLock.acquire(path) as second:
            assert second is not None
            assert lock_holder(path) == os.getpid()


def test_of_many_threads_one_gets_the_lock(tmp_path):
    path = tmp_path / "a.lock"
    start = threading.Barrier(8)
    taken = []

    def take():
        start.wait()
        for _ in range(50):
            lock = LifeLock.acquire(path)
            lock_holder(path)
            if lock is not None:
                taken.append(lock)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    taken[0].release()


COUNTING = """
import sys
from pathlib import Path
from jupyter_mlops.home import exclusive
count = Path(sys.argv[1])
for _ in range(50):
    with exclusive(sys.argv[2]):
        count.write_text(str(int(count.read_text()) + 1))
"""


def test_exclusive_sections_of_processes_and_threads_do_not_overlap(tmp_path, python):
    count, path = tmp_path / "count", tmp_path / "a.lock"
    count.write_text("0")
    processes = [python(COUNTING, count, path) for _ in range(2)]

    def add():
        for _ in range(50):
            with exclusive(path):
                count.write_text(str(int(count.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0]
    assert count.read_text() == "200"


def test_an_exclusive_section_does_not_wait_for_ever(tmp_path, holder):
    path = tmp_path / "a.lock"
    process = holder(path)
    with pytest.raises(TimeoutError, match=f"locked by process {process.pid}"):
        with exclusive(path, timeout_s=0.05):
            pass


def test_a_lock_in_no_directory_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        LifeLock.acquire(tmp_path / "no" / "a.lock")


def test_where_the_system_does_not_tell_the_holder_is_read_from_the_file(tmp_path, holder):
    path = tmp_path / "a.lock"
    process = holder(path)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert _probed_holder(descriptor) == process.pid
        process.kill()
        process.wait()
        assert _probed_holder(descriptor) is None
    finally:
        os.close(descriptor)


FLAGGING = """
import sys
from jupyter_mlops.home import LifeLock, raise_flag
lock = LifeLock.acquire(sys.argv[1])
for line in sys.stdin:
    print(raise_flag(sys.argv[1], up=line == "up\\n"), flush=True)
"""


def test_a_holder_says_one_thing_without_writing(tmp_path, python):
    """Given a full disk, a holder's flag is seen by others; it stays the holder, and whoever waits for it waits on."""
    path = tmp_path / "a.lock"
    process = python(FLAGGING, path)
    seen = []
    for word in ("down", "up", "up", "down"):
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "None\n"
        look = (is_flagged(path), lock_holder(path), LifeLock.acquire(path), wait_released(path, 0.01))
        seen.append((look[0], look[1:] == (process.pid, None, False)))
    assert seen == [(False, True), (True, True), (True, True), (False, True)]


def test_a_flag_goes_with_its_holder(tmp_path, python):
    path = tmp_path / "a.lock"
    process = python(FLAGGING, path)
    process.stdin.write("up\n")
    process.stdin.flush()
    assert (process.stdout.readline(), is_flagged(path)) == ("None\n", True)
    process.kill()
    process.wait()
    assert (is_flagged(path), lock_holder(path)) == (False, None)


def test_only_a_holder_has_a_flag_and_it_sees_its_own(tmp_path, holder):
    path = tmp_path / "a.lock"
    raise_flag(path, up=True)
    assert (is_flagged(path), path.exists()) == (False, False)
    with LifeLock.acquire(path):
        raise_flag(path, up=True)
        assert (is_flagged(path), lock_holder(path)) == (True, os.getpid())
    assert is_flagged(path) is False
    holder(path)
    assert is_flagged(path) is False


def test_a_thread_that_waited_does_not_take_a_flag_down(tmp_path, python):
    """A shared lock of another thread, adopted, is made exclusive again: the flag must outlive that."""
    path = tmp_path / "a.lock"
    lock = LifeLock.acquire(path)
    raise_flag(path, up=True)
    lock.adopt(os.open(path, os.O_RDWR))
    look = "import sys; from jupyter_mlops.home import is_flagged; print(is_flagged(sys.argv[1]))"
    assert python(look, path).stdout.read() == "True\n"
    lock.release()


SAYING = """
import sys
from jupyter_mlops.home import LifeLock, Word, say
lock = LifeLock.acquire(sys.argv[1])
for line in sys.stdin:
    print(say(sys.argv[1], Word[line.strip()]), flush=True)
"""


def test_a_word_wakes_who_sleeps_in_it_and_its_speaker_stays_the_holder(tmp_path, python):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    awake: list[str] = []

    def sleep(word: Word) -> None:
        wait_said(path, word)
        awake.append(word.name)

    def tell(word: str) -> None:
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "None\n"

    tell("BEGUN")
    sleepers = {word: threading.Thread(target=sleep, args=(word,)) for word in (Word.RELEASED, Word.DELIVERED)}
    for thread in sleepers.values():
        thread.start()
    tell("RELEASED")
    sleepers[Word.RELEASED].join(10)
    assert awake == ["RELEASED"]
    said = {word.name: has_said(path, word) for word in Word}
    assert (said, is_flagged(path)) == ({"BEGUN": True, "RELEASED": True, "DELIVERED": False}, False)
    assert (lock_holder(path), LifeLock.acquire(path)) == (process.pid, None)
    tell("DELIVERED")
    sleepers[Word.DELIVERED].join(10)
    assert awake == ["RELEASED", "DELIVERED"]
    wait_said(path, Word.DELIVERED)


def test_who_waits_for_a_word_of_a_dead_process_is_woken(tmp_path, python):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    process.stdin.write("BEGUN\n")
    process.stdin.flush()
    process.stdout.readline()
    thread = threading.Thread(target=wait_said, args=(path, Word.DELIVERED))
    thread.start()

    process.kill()

    thread.join(10)
    assert (thread.is_alive(), has_said(path, Word.BEGUN)) == (False, False)


def test_a_word_of_this_process_is_heard_here_and_none_is_said_without_the_lock(tmp_path):
    path = tmp_path / "a.lock"
    say(path, Word.BEGUN)
    wait_said(path, Word.BEGUN)
    with LifeLock.acquire(path):
        thread = threading.Thread(target=wait_said, args=(path, Word.BEGUN))
        thread.start()
        say(path, Word.BEGUN)
        thread.join(10)
        assert (thread.is_alive(), has_said(path, Word.BEGUN)) == (False, True)
    assert has_said(path, Word.BEGUN) is False


def test_nobody_has_said_anything_where_nobody_holds_a_lock(tmp_path):
    for path in (tmp_path / "absent", tmp_path / "absent" / "deeper", tmp_path):
        wait_said(path, Word.DELIVERED)
        assert [has_said(path, word) for word in Word] == [False] * 3
    (tmp_path / "file").touch()
    wait_said(tmp_path / "file" / "no directory", Word.DELIVERED)
    assert has_said(tmp_path / "file" / "no directory", Word.DELIVERED) is False


def tell(process, word):
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "None\n"


def test_a_word_is_said_once_and_for_good(tmp_path, python):
    """Said twice, flagged, looked at and waited for: it stays said, and no other is."""
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    for _ in range(2):
        tell(process, "RELEASED")
        wait_said(path, Word.RELEASED)
        assert (wait_released(path, 0.01), LifeLock.acquire(path)) == (False, None)
        assert [word for word in Word if has_said(path, word)] == [Word.RELEASED]


def test_the_next_holder_has_said_nothing_of_what_the_last_one_said(tmp_path, python):
    path = tmp_path / "a.lock"
    last = python(SAYING, path)
    for word in Word:
        tell(last, word.name)
    last.kill()
    last.wait()

    following = python(SAYING, path)
    tell(following, "BEGUN")

    assert {word.name: has_said(path, word) for word in Word} == {"BEGUN": True, "RELEASED": False, "DELIVERED": False}


def test_a_lock_that_is_taken_again_begins_without_words(tmp_path):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        say(path, Word.BEGUN)
    with LifeLock.acquire(path):
        assert has_said(path, Word.BEGUN) is False


LOOKING = """
import sys
from jupyter_mlops.home import Word, has_said, is_flagged, lock_holder
print([word.name for word in Word if has_said(sys.argv[1], word)], is_flagged(sys.argv[1]), lock_holder(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("up", "words"), [(True, ["BEGUN"]), (False, ["BEGUN", "DELIVERED"]), (True, []), (False, ["RELEASED"])]
)
def test_words_and_flag_are_heard_apart_in_another_process(tmp_path, python, up, words):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        raise_flag(path, up=True)
        for word in words:
            say(path, Word[word])
        raise_flag(path, up=up)
        assert python(LOOKING, path).stdout.read() == f"{words} {up} {os.getpid()}\n"
        assert [word.name for word in Word if has_said(path, word)] == words


def test_f19_a_forked_child_hears_its_parent_and_cannot_speak_for_it(tmp_path):
    path = tmp_path / "a.lock"
    with LifeLock.acquire(path):
        heard, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            say(path, Word.RELEASED)
            os.write(told, b"%d" % has_said(path, Word.RELEASED))
            wait_said(path, Word.BEGUN)
            os.write(told, b"%d" % has_said(path, Word.BEGUN))
            os._exit(0)
        assert (os.read(heard, 1), has_said(path, Word.RELEASED)) == (b"0", False)
        say(path, Word.BEGUN)
        assert (os.read(heard, 1), os.waitpid(pid, 0)[1]) == (b"1", 0)
        os.close(heard)
        os.close(told)


SLEEPING = """
import sys
from jupyter_mlops.home import Word, wait_said
print("ready", flush=True)
wait_said(sys.argv[1], Word[sys.argv[2]])
print("awake", flush=True)
sys.stdin.read()
"""


def asleep(path, count, until):
    """Wait until so many sleep in a lock's file, as the system tells."""
    waiting = re.compile(rf"-> .* \d+ \S+:{path.stat().st_ino} ")
    until(lambda: len(waiting.findall(Path("/proc/locks").read_text())) == count)


def interrupt_once_asleep(path, until):
    """Interrupt this thread as soon as it sleeps in a lock's file."""

    def interrupt():
        asleep(path, 1, until)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=interrupt).start()


@pytest.mark.parametrize("how", ["says it", "dies"])
def test_all_processes_that_sleep_in_a_word_wake(tmp_path, python, until, how):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    tell(process, "BEGUN")
    sleepers = [python(SLEEPING, path, "DELIVERED") for _ in range(3)]
    assert [sleeper.stdout.readline() for sleeper in sleepers] == ["ready\n"] * 3
    asleep(path, 3, until)

    tell(process, "DELIVERED") if how == "says it" else process.kill()

    assert [sleeper.stdout.readline() for sleeper in sleepers] == ["awake\n"] * 3
    assert has_said(path, Word.DELIVERED) is (how == "says it")


def test_a_sleeper_that_is_killed_costs_the_others_nothing(tmp_path, python, until):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    tell(process, "BEGUN")
    sleepers = [python(SLEEPING, path, "RELEASED") for _ in range(2)]
    asleep(path, 2, until)
    sleepers[0].kill()
    sleepers[0].wait()

    tell(process, "RELEASED")

    assert [sleepers[1].stdout.readline() for _ in range(2)] == ["ready\n", "awake\n"]
    assert (lock_holder(path), has_said(path, Word.RELEASED)) == (process.pid, True)


def test_waiting_for_a_word_can_be_interrupted(tmp_path, python, until):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    tell(process, "BEGUN")
    interrupt_once_asleep(path, until)
    with pytest.raises(KeyboardInterrupt):
        wait_said(path, Word.DELIVERED)
    assert (lock_holder(path), has_said(path, Word.DELIVERED)) == (process.pid, False)


def test_a_thread_that_waited_for_a_word_does_not_cost_another_its_lock(tmp_path, python, until):
    """Given a thread in a word of a process that dies, a lock that another thread takes at once is whole and silent."""
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    tell(process, "BEGUN")
    waiters = [threading.Thread(target=wait_said, args=(path, word)) for word in (Word.RELEASED, Word.DELIVERED) * 3]
    for waiter in waiters:
        waiter.start()
    asleep(path, len(waiters), until)
    process.kill()
    process.wait()
    with LifeLock.acquire(path):
        for waiter in waiters:
            waiter.join(20)
            say(path, Word.BEGUN)
        assert python(LOOKING, path).stdout.read() == f"['BEGUN'] False {os.getpid()}\n"


CROSSED = """
import sys, threading
from jupyter_mlops.home import LifeLock, Word, say, wait_said
lock = LifeLock.acquire(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
thread = threading.Thread(target=wait_said, args=(sys.argv[2], Word.DELIVERED))
thread.start()
sys.stdin.readline()
say(sys.argv[1], Word.DELIVERED)
thread.join()
print("heard", flush=True)
sys.stdin.read()
"""


def test_two_processes_may_wait_for_each_others_words(tmp_path, python, until):
    """To the system that is a deadlock, though in each another thread would speak."""
    one, other = tmp_path / "one.lock", tmp_path / "other.lock"
    processes = [python(CROSSED, one, other), python(CROSSED, other, one)]
    assert [process.stdout.readline() for process in processes] == ["held\n"] * 2
    for process in (*processes, *processes):
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.stdout.readline() for process in processes] == ["heard\n"] * 2
    assert [has_said(path, Word.DELIVERED) for path in (one, other)] == [True, True]


def test_where_the_system_does_not_tell_a_word_is_found_by_trying(tmp_path, python):
    path = tmp_path / "a.lock"
    process = python(SAYING, path)
    tell(process, "RELEASED")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        held = [_probed_holder(descriptor, word, 1) for word in Word]
        assert held == [process.pid, None, process.pid]
        os.truncate(path, 0)
        assert _probed_holder(descriptor) == 0
    finally:
        os.close(descriptor)
