import pytest

from jupyter_mlops.launchers._shim_memory import MemoryEvents


@pytest.fixture
def events(tmp_path, monkeypatch):
    file = tmp_path / "memory.events"
    file.write_text("low 0\nhigh 4\nmax 9\noom 1\noom_kill 2\noom_group_kill 7\n")
    monkeypatch.setenv("JUPYTER_MLOPS_MEMORY_EVENTS", str(file))
    return file


def test_kills_of_before_do_not_count(events):
    assert not MemoryEvents().struck()


def test_one_kill_more_is_told(events):
    memory = MemoryEvents()
    events.write_text("oom_kill 3\n")
    assert memory.struck()


def test_other_events_are_no_kill(events):
    memory = MemoryEvents()
    events.write_text("high 99\noom 5\noom_kill 2\noom_group_kill 8\n")
    assert not memory.struck()


def test_a_machine_that_does_not_tell_has_never_struck(events):
    events.unlink()
    assert not MemoryEvents().struck()


def test_this_machine_is_read_without_fault(monkeypatch):
    monkeypatch.delenv("JUPYTER_MLOPS_MEMORY_EVENTS", raising=False)
    assert not MemoryEvents().struck()
