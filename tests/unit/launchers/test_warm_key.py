import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlops.launchers._warm_key import site_folders, warm_key


def test_the_key_stays_while_nothing_changes():
    assert warm_key() == warm_key()
    assert (len(warm_key()), int(warm_key(), 16) > 0) == (16, True)


@pytest.mark.parametrize(
    "name",
    ["KERAS_BACKEND", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "TF_CPP_MIN_LOG_LEVEL", "LD_PRELOAD", "NEW_ONE"],
)
def test_a_variable_that_a_library_may_read_when_imported_changes_it(monkeypatch, name):
    before = warm_key()
    monkeypatch.setenv(name, "1")
    changed = warm_key()
    monkeypatch.setenv(name, "2")
    assert len({before, changed, warm_key()}) == 3


@pytest.mark.parametrize(
    "name", ["PWD", "COLUMNS", "JPY_PARENT_PID", "JUPYTER_MLOPS_SLOTS", "KMP_INIT_AT_FORK", "THP_MEM_ALLOC_ENABLE"]
)
def test_a_variable_of_the_session_or_set_by_a_library_does_not(monkeypatch, name):
    before = warm_key()
    monkeypatch.setenv(name, "something else")
    assert warm_key() == before


def test_a_change_of_the_path_changes_it(monkeypatch):
    before = warm_key()
    monkeypatch.setattr(sys, "path", [*sys.path, "/somewhere"])
    assert warm_key() != before


def test_the_working_directory_counts_where_modules_come_from_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [*sys.path, ""])
    before = warm_key()
    monkeypatch.chdir(tmp_path)
    assert warm_key() != before


def test_an_installation_changes_it(tmp_path):
    """Given a site-packages folder; when a distribution appears in it; then the key is another one."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    program = f"""
import os, sys
sys.path.append({str(folder)!r})
from jupyter_mlops.launchers._warm_key import warm_key
before = warm_key()
os.mkdir({str(folder / "new-1.0.dist-info")!r})
print(before != warm_key())
"""
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "True\n"


def test_installed_distributions_are_where_python_has_them():
    assert str(Path(pytest.__file__).parents[1]) in site_folders()
    assert all(Path(folder).is_absolute() for folder in site_folders())
