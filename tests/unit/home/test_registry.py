"""The user's list of homes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_mlops.home import Home, register_home, registered_homes


@pytest.fixture
def file(tmp_path):
    return tmp_path / "user" / "homes.jsonl"


def make(path):
    return Home.create(path / ".mlops").path


def test_without_a_list_there_are_none(file):
    assert registered_homes(file) == ()


def test_homes_are_listed_once_in_the_order_they_came(tmp_path, file):
    first, second = make(tmp_path / "a"), make(tmp_path / "b with spaces é")
    for path in (first, second, first):
        register_home(path, file)
    assert registered_homes(file) == (first, second)


def test_a_home_that_is_gone_is_dropped_and_may_come_back(tmp_path, file):
    gone, stays = make(tmp_path / "gone"), make(tmp_path / "stays")
    register_home(gone, file)
    (gone / "version").rename(gone / "hidden")
    assert registered_homes(file) == ()
    register_home(stays, file)
    assert file.read_text().count("\n") == 1
    (gone / "hidden").rename(gone / "version")
    register_home(gone, file)
    assert registered_homes(file) == (stays, gone)


@pytest.mark.parametrize("line", ["", "{", "[]", "7", '{"path": 7}', '{"other": "x"}', '{"path": "/half'])
def test_a_line_that_is_not_whole_is_passed_over(tmp_path, file, line):
    register_home(make(tmp_path / "a"), file)
    with file.open("a") as list_:
        list_.write(line)
    register_home(make(tmp_path / "b"), file)
    assert registered_homes(file) == (tmp_path / "a" / ".mlops", tmp_path / "b" / ".mlops")


def test_many_may_register_at_once(tmp_path, file):
    homes = [make(tmp_path / str(number)) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda path: register_home(path, file), homes))
    assert set(registered_homes(file)) == set(homes)


def test_the_list_is_the_users_own_unless_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = make(tmp_path)
    register_home(path)
    assert registered_homes() == (path,)
    assert (tmp_path / "data" / "jupyter-mlops" / "homes.jsonl").stat().st_mode & 0o777 == 0o600
