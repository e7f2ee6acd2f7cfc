"""Which homes a server shows, what it says of them, and where a run is found."""

import os

import pytest

from jupyter_mlops.exceptions import HomeError, RunNotFoundError
from jupyter_mlops.home import Home, register_home
from jupyter_mlops.services._homes import Homes, home_id_of


@pytest.fixture(autouse=True)
def own_list(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def shown(homes):
    homes.refresh()
    return [info.label for info in homes.infos()]


def test_a_root_without_a_home_shows_none(root):
    assert shown(Homes(root)) == []


def test_the_roots_own_home_and_listed_ones_below_it_are_shown(root, tmp_path):
    Home.create(root / ".mlops")
    for folder in (root / "b" / "project", root / "a", tmp_path / "elsewhere"):
        register_home(Home.create(folder / ".mlops").path)

    assert shown(Homes(root)) == ["root", "b/project", "a"]


def test_a_home_above_the_root_is_the_servers_own(root, tmp_path):
    Home.create(tmp_path / ".mlops")

    assert shown(Homes(root)) == [str(tmp_path)]


def test_homes_that_come_and_go_are_noticed(root):
    homes = Homes(root)
    assert (homes.refresh(), homes.refresh()) == (False, False)

    path = Home.create(root / "new" / ".mlops").path
    register_home(path)
    came = homes.refresh()
    (path / "version").unlink()
    went = homes.refresh()

    assert (came, went, list(homes)) == (True, True, [])


def test_a_link_out_of_the_root_is_not_followed(root, tmp_path):
    Home.create(tmp_path / "outside" / ".mlops")
    (root / "link").symlink_to(tmp_path / "outside")
    register_home(root / "link" / ".mlops")

    assert shown(Homes(root)) == []


@pytest.mark.skipif(os.getuid() != 0, reason="gives a directory away")
@pytest.mark.root
def test_another_users_home_is_not_shown(root):
    home = Home.create(root / "theirs" / ".mlops")
    register_home(home.path)
    os.chown(home.path, 12345, 12345)

    assert shown(Homes(root)) == []


def test_a_home_that_cannot_be_read_is_told_with_its_problem(root):
    path = Home.create(root / "project" / ".mlops").path
    register_home(path)
    (path / "version").write_text("99\n")
    homes = Homes(root)
    homes.refresh()

    (info,) = homes.infos()

    assert (info.home_id, info.label, "Upgrade" in info.problem) == (home_id_of(path), "project", True)
    assert list(homes) == []


def test_a_run_is_found_in_whichever_home_has_it(root, home, make_run):
    run = make_run()
    os.environ["JUPYTER_MLOPS_HOME"] = str(home.path)
    try:
        homes = Homes(root)
        homes.refresh()
    finally:
        del os.environ["JUPYTER_MLOPS_HOME"]

    home_id, found = homes.find(run.id)

    assert (home_id, found.id, found.name) == (home_id_of(home.path), run.id, "baseline")
    assert homes.service(home_id).home.path == home.path
    for absent in ("0" * 32, "", "../x"):
        with pytest.raises(RunNotFoundError):
            homes.find(absent)
    with pytest.raises(HomeError):
        homes.service("0" * 12)


def test_a_run_of_a_home_that_has_just_been_made_is_found(root, home, make_run):
    homes = Homes(root)  # Nobody has looked for homes yet.
    run = make_run()

    assert homes.find(run.id)[0] == home_id_of(home.path)
