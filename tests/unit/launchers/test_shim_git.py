import json
import os
import shutil
import subprocess

import pytest

from jupyter_mlops.entities import GitState, decode
from jupyter_mlops.launchers._shim_git import PATCH_LIMIT, record_git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(autouse=True)
def no_priority_change(monkeypatch):
    """Not ours, but the test's own process must stay as it is."""
    monkeypatch.setattr(os, "nice", lambda _: 0)


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    (folder / "model.py").write_text("x = 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def git(folder, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def recorded(run_dir, folder):
    record_git(run_dir, str(folder))
    file = run_dir / "git.json"
    return decode(file.read_bytes(), GitState) if file.exists() else None


def test_a_clean_tree_has_commit_and_branch(tmp_path, repository):
    commit = git(repository, "rev-parse", "HEAD")
    assert recorded(tmp_path, repository) == GitState(commit=commit, branch="trunk")


def test_a_change_makes_it_dirty_and_is_kept_as_a_patch(tmp_path, repository):
    (repository / "model.py").write_text("x = 2\n")
    state = recorded(tmp_path, repository)
    assert (state.dirty, state.patch_cut) == (True, False)
    assert state.patch.endswith("@@ -1 +1 @@\n-x = 1\n+x = 2\n")


def test_a_file_that_git_does_not_know_makes_nothing_dirty(tmp_path, repository):
    (repository / "notes.txt").write_text("mine")
    assert not recorded(tmp_path, repository).dirty


def test_a_huge_patch_is_cut_and_says_so(tmp_path, repository):
    (repository / "model.py").write_text("é" * 600_000 + "\n" + "y\n" * 200_000)
    state = recorded(tmp_path, repository)
    assert (state.patch_cut, PATCH_LIMIT - 4 < len(state.patch.encode()) <= PATCH_LIMIT) == (True, True)


def test_a_detached_head_has_no_branch(tmp_path, repository):
    git(repository, "checkout", "-q", "--detach")
    assert recorded(tmp_path, repository).branch == ""


def test_a_repository_without_a_commit_has_none(tmp_path):
    git(tmp_path, "init", "-q", "-b", "trunk")
    assert recorded(tmp_path, tmp_path) == GitState(commit="", branch="trunk")


def test_no_repository_no_file(tmp_path):
    assert recorded(tmp_path, "/") is None


def test_no_git_no_file(tmp_path, repository, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert recorded(tmp_path, repository) is None


def test_the_configuration_of_a_repository_starts_no_program(tmp_path, repository):
    """Given a cloned repository whose configuration names programs for git to start; then none is started."""
    canary = tmp_path / "canary"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {canary}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.evil.textconv", "core.pager"):
        git(repository, "config", key, str(script))
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    (repository / "model.py").write_text("x = 3\n")
    state = recorded(tmp_path, repository)
    assert ("+x = 3" in state.patch, canary.exists()) == (True, False)


def test_the_file_is_plain_json(tmp_path, repository):
    record_git(tmp_path, str(repository))
    assert set(json.loads((tmp_path / "git.json").read_text())) == {"commit", "branch", "dirty", "patch", "patch_cut"}
