"""Where the home is, how it comes to be, and what it refuses."""

import os
import re
import shutil
from pathlib import Path

import pytest
from runs import submit as written

from jupyter_mlops.exceptions import HomeError, RunNotFoundError
from jupyter_mlops.home import Home


@pytest.fixture(autouse=True)
def no_chosen_home(monkeypatch):
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)


def test_the_environment_wins(tmp_path, monkeypatch):
    Home.create(tmp_path / ".mlops")
    monkeypatch.setenv("JUPYTER_MLOPS_HOME", str(tmp_path / "chosen"))
    assert Home.find(tmp_path).path == tmp_path / "chosen"


def test_else_the_nearest_parent_that_has_one(tmp_path):
    Home.create(tmp_path / ".mlops")
    nearest = Home.create(tmp_path / "a" / ".mlops")
    below = tmp_path / "a" / "b" / "c"
    below.mkdir(parents=True)
    assert Home.find(below).path == nearest.path


def test_else_it_is_made_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Home.find().path == tmp_path / ".mlops"


def test_a_directory_that_only_has_the_name_is_no_home(tmp_path):
    (tmp_path / ".mlops").mkdir()
    below = tmp_path / "a"
    below.mkdir()
    assert Home.find(below).path == below / ".mlops"


def test_one_can_look_without_making_one(tmp_path):
    with pytest.raises(HomeError, match=r"No \.mlops in .* or above it"):
        Home.find(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_new_home_is_private_whole_and_ignored_by_git(tmp_path):
    home = Home.create(tmp_path / "a" / ".mlops")
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.read_bytes() for path in home.path.iterdir() if path.is_file()} == {
        ".gitignore": b"*\n",
        "version": b"1\n",
    }
    assert {path.name for path in home.path.iterdir() if path.is_dir()} == {"runs", "objects", "slots", "queue"}


def test_a_home_that_a_killed_process_began_is_finished(tmp_path):
    path = tmp_path / ".mlops"
    (path / "runs").mkdir(parents=True)
    (path / ".version.0123456789ab.tmp").write_bytes(b"")
    assert Home.create(path).run_ids() == ()


def test_a_directory_with_other_things_is_no_place_for_a_home(tmp_path):
    (tmp_path / "thesis.tex").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(HomeError, match=r"holds other things \(thesis\.tex\)"):
        Home.create(tmp_path)
    assert (tmp_path.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o755, ["thesis.tex"])


def test_a_path_without_a_home_says_so(tmp_path):
    with pytest.raises(HomeError, match=r"is no \.mlops directory"):
        Home.open(tmp_path)


def test_a_home_of_a_newer_version_is_refused_with_both_numbers(home):
    (home.path / "version").write_text("7\n")
    with pytest.raises(HomeError, match=r"has format 7, this version of jupyter_mlops reads 1\. Upgrade"):
        Home.open(home.path)


@pytest.mark.parametrize("content", ["", "one", "-1", "1.5"])
def test_a_damaged_version_says_what_to_write(home, content):
    (home.path / "version").write_text(content)
    with pytest.raises(HomeError, match="is damaged: it should hold 1"):
        Home.open(home.path)


@pytest.mark.root
def test_a_home_that_another_user_put_above_us_is_refused(tmp_path):
    """Else whoever may write to a shared directory could have his cells run by everybody below it."""
    home = Home.create(tmp_path / ".mlops")
    os.chown(home.path, 65534, 65534)
    with pytest.raises(HomeError, match=r"belongs to another user \(uid 65534\)"):
        Home.find(tmp_path)


def test_f27_a_directory_that_may_not_be_written_is_named_with_the_remedy(nobodys_folder):
    nobodys_folder.chmod(0o500)
    with pytest.raises(HomeError) as caught:
        Home.create(nobodys_folder / ".mlops")
    assert str(nobodys_folder / ".mlops") in str(caught.value)
    assert "set JUPYTER_MLOPS_HOME to a directory of yours" in str(caught.value)


def test_f27_a_run_is_refused_before_it_starts_where_runs_cannot_be_written(nobodys_folder):
    home = Home.create(nobodys_folder / ".mlops")
    home.runs.chmod(0o500)
    run = home.run(home.new_run_id())
    with pytest.raises(
        HomeError, match=r"Cannot make .*Permission denied.*Make it writable, or set JUPYTER_MLOPS_HOME"
    ):
        run.create()
    assert not run.exists()


def test_a_home_that_was_deleted_meanwhile_says_how_to_go_on(home):
    run_id = home.new_run_id()
    shutil.rmtree(home.path)
    for ask in (home.run_ids, home.run(run_id).create):
        with pytest.raises(HomeError, match=r"home.* was deleted\. The next %%train or %runs makes"):
            ask()


def test_f27_a_home_that_may_only_be_read_is_read_and_gives_out_no_numbers(nobodys_folder):
    Home.create(nobodys_folder / ".mlops")
    (nobodys_folder / ".mlops").chmod(0o500)
    home = Home.open(nobodys_folder / ".mlops")
    assert home.run_ids() == ()
    with pytest.raises(HomeError, match=r"sequence: Permission denied.*set JUPYTER_MLOPS_HOME"):
        home.next_sequence()


def test_f27_a_home_that_may_not_be_read_says_so(nobodys_folder):
    home = Home.create(nobodys_folder / ".mlops")
    home.path.chmod(0)
    with pytest.raises(HomeError, match=r"Cannot (make|read) .*Permission denied"):
        Home.create(home.path)


def test_ids_are_minted_here_and_never_twice(home):
    ids = {home.new_run_id() for _ in range(1000)}
    assert (len(ids), all(re.fullmatch("[0-9a-f]{32}", run_id) for run_id in ids)) == (1000, True)


@pytest.mark.parametrize(
    "wrong", ["", "..", "a" * 31, "A" * 32, "g" * 32, "a" * 33, "a" * 10_000, "../" + "a" * 32, "a" * 31 + "\n"]
)
def test_b39_what_is_no_id_never_becomes_a_path(home, wrong):
    with pytest.raises(RunNotFoundError, match="is no run id: 32 hex digits"):
        home.run(wrong)


def submit(home: Home, *, told: bool) -> str:
    run_id = home.new_run_id()
    return written(home, run_id=run_id, sequence=home.next_sequence(run_id if told else "")).run_id


def test_runs_are_listed_newest_first(home):
    submitted = [submit(home, told=number % 3 != 0) for number in range(20)]
    (home.runs / "stray.txt").touch()
    assert home.run_ids() == tuple(reversed(submitted))


def test_runs_without_a_number_are_listed_last(home, run):
    submitted = submit(home, told=True)
    assert home.run_ids() == (submitted, run.run_id)


def test_the_order_survives_a_number_that_a_full_disk_has_cut(home):
    first = submit(home, told=True)
    with (home.path / "sequence").open("ab") as file:
        file.write(b"0123")
    later = [submit(home, told=True) for _ in range(3)]
    assert home.run_ids() == (*reversed(later), first)


COUNT = """
import sys
from pathlib import Path
from jupyter_mlops.home import Home
home = Home.open(Path(sys.argv[1]))
sys.stdin.readline()
print(*[home.next_sequence() for _ in range(500)])
"""


def test_numbers_grow_and_no_two_processes_get_the_same(home, python):
    processes = [python(COUNT, home.path) for _ in range(4)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    given = [[int(number) for number in process.stdout.read().split()] for process in processes]
    assert all(numbers == sorted(numbers) for numbers in given)
    assert sorted(number for numbers in given for number in numbers) == list(range(1, 2001))


def test_sockets_have_short_private_paths_however_deep_the_home(tmp_path, monkeypatch):
    home = Home.create(tmp_path / ("deep" * 30) / ".mlops")
    path = home.socket("warm-0123456789ab.sock")
    assert len(os.fsencode(path)) < 100
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]
    assert Home.create(tmp_path / "other").socket("a").parent != path.parent


def test_a_socket_with_a_long_name_is_refused(home):
    with pytest.raises(HomeError, match="too long for a socket"):
        home.socket("a" * 90)


def test_settings_are_the_homes_own(home, monkeypatch):
    home.settings_file.write_text('{"slots": 3, "wait": true}')
    assert (home.settings.slots, home.settings.wait) == (3, True)
    monkeypatch.setenv("JUPYTER_MLOPS_SLOTS", "5")
    assert home.settings.slots == 5


def test_a_home_says_what_it_is(home):
    assert repr(home) == f"Home({str(home.path)!r})"
    assert isinstance(home.path, Path)
