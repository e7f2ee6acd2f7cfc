"""Experiment, stores, user and directory of a submission, from what the environment says."""

import os
import subprocess
import sys

import pytest

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.services._surroundings import (
    DEFAULT_EXPERIMENT,
    default_experiment,
    tracking_uris,
    user_name,
    working_directory,
)


@pytest.fixture(autouse=True)
def nothing_is_chosen(monkeypatch):
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_choice_the_home_has_its_own_store(monkeypatch):
    assert tracking_uris() == ("", "")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert (tracking_uris().tracking, tracking_uris().registry) == ("http://127.0.0.1:5000", "")
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", "sqlite:///models.db")
    assert tracking_uris() == ("http://127.0.0.1:5000", "sqlite:///models.db")


@pytest.mark.parametrize(
    ("chosen", "notebook", "experiment"),
    [
        ("", "", DEFAULT_EXPERIMENT),
        ("", "/home/a/churn model.ipynb", "churn model"),
        ("digits", "", "digits"),
        ("digits", "/home/a/churn.ipynb", "digits"),
    ],
)
def test_the_environment_names_the_experiment_before_the_notebook_does(monkeypatch, chosen, notebook, experiment):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", chosen)
    # In this process MLflow may be loaded, with whatever another story has chosen.
    monkeypatch.delitem(sys.modules, "mlflow.tracking.fluent", raising=False)
    assert default_experiment(notebook) == experiment


def test_what_mlflow_was_told_in_the_notebook_comes_first(tmp_path):
    program = """
import mlflow, os, sys
mlflow.set_tracking_uri("sqlite:///" + sys.argv[1])
mlflow.set_experiment("told in the notebook")
os.environ["MLFLOW_EXPERIMENT_NAME"] = "of the environment"
from jupyter_mlops.services._surroundings import default_experiment, tracking_uris
print(default_experiment("/home/a/churn.ipynb"), tracking_uris().tracking.endswith("store.db"), sep="|")
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(tmp_path / "store.db")],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout.splitlines()[-1] == "told in the notebook|True"


def test_a_user_without_a_name_is_nobody(monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "ada")
    assert user_name() == "ada"
    monkeypatch.setenv("LOGNAME", "grace")
    assert user_name() == "grace"
    monkeypatch.delenv("LOGNAME")
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert user_name() == ""


def test_a_directory_that_is_gone_is_said_with_what_to_do(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    assert working_directory() == str(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match=r"was removed\. Go to another one with %cd"):
        working_directory()
