"""Endpoints of several homes, as a Jupyter server finds and starts them: one start and one reason for all who ask."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from endpoint_models import bundle, total

from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.exceptions import DeploymentError, EndpointNotFoundError, MlopsError, UsageError
from jupyter_mlops.home import Home, lock_holder, register_home, wait_released
from jupyter_mlops.services import Endpoints
from jupyter_mlops.services._endpoints._homes import EndpointsOfHomes
from jupyter_mlops.services._homes import Homes, home_id_of


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Two homes below a server's root, and what a server knows of them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("JUPYTER_MLOPS_HOME", raising=False)
    own = [Home.create(tmp_path / "root" / name / ".mlops") for name in ("a", "b")]
    for home in own:
        register_home(home.path)
    homes = Homes(tmp_path / "root")
    homes.refresh()
    yield EndpointsOfHomes(homes), *(Endpoints(home) for home in own)
    for home in own:
        for name in EndpointDirectory.names(home):
            stop(EndpointDirectory(home, name))


def kill(endpoint):
    os.kill(lock_holder(endpoint.directory.serve_lock), signal.SIGKILL)
    assert wait_released(endpoint.directory.serve_lock, 10)


def said(call, *words):
    """Return the kind and the words of a refusal; None where there is none."""
    try:
        call(*words)
    except MlopsError as error:
        return type(error), str(error)
    return None


def test_endpoints_of_all_homes_are_listed_with_their_home_and_address(made, tmp_path):
    shown, a, b = made
    a.deploy(bundle(tmp_path, total()), "sums")
    b.deploy(bundle(tmp_path, total(factor=2.0)), "twice")

    assert sorted((each.name, each.home_id, each.url, each.state) for each in shown.list()) == [
        ("sums", home_id_of(a.home.path), "jupyter-mlops/endpoints/sums/", "running"),
        ("twice", home_id_of(b.home.path), "jupyter-mlops/endpoints/twice/", "running"),
    ]
    assert shown.stand("twice").home_id == home_id_of(b.home.path)
    assert shown.find("sums").directory.home.path == a.home.path


def test_a_name_in_two_homes_means_neither(made, tmp_path):
    shown, a, b = made
    for endpoints in (a, b):
        endpoints.deploy(bundle(tmp_path, total()), "sums")

    for ask in (shown.find, shown.stand):
        assert said(ask, "sums") == (
            UsageError,
            "2 homes have an endpoint sums. Deploy one of them under another name.",
        )
    assert [each.name for each in shown.list()] == ["sums", "sums"]


@pytest.mark.parametrize("name", ["none", "", "../a", "x" * 200, "<b>", ".", "ü\n"])
def test_a_name_that_no_home_has_is_told_shortly(made, name):
    kind, words = said(made[0].find, name)
    assert (kind, len(words) < 300) == (EndpointNotFoundError, True)


def test_a_home_that_comes_later_is_found_when_it_is_asked_for(made, tmp_path):
    later = Home.create(tmp_path / "root/c/.mlops")
    register_home(later.path)
    endpoints = Endpoints(later)
    endpoints.deploy(bundle(tmp_path, total()), "late")
    try:
        assert made[0].find("late").directory.home.path == later.path
    finally:
        endpoints["late"].remove()


def test_eight_who_ask_after_a_kill_wait_for_one_start(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    kill(endpoint)
    together = threading.Barrier(8)

    def ask():
        together.wait(30)
        return said(shown.ensure, endpoint)

    with ThreadPoolExecutor(8) as pool:
        problems = [asking.result(60) for asking in [pool.submit(ask) for _ in range(8)]]

    assert problems == [None] * 8
    assert endpoint.stand().state == "running"
    assert endpoint.log().count("answers (process") == 2


def test_who_comes_after_a_start_that_failed_hears_why_and_starts_nothing(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    kill(endpoint)
    endpoint.directory.model_file(1).write_bytes(b"no model")

    first = said(shown.ensure, endpoint)
    log = endpoint.log()

    assert first is not None
    assert first[0] is DeploymentError
    assert "is not the file that was deployed" in first[1]
    assert [said(shown.ensure, endpoint) for _ in range(3)] == [first] * 3
    assert endpoint.log() == log, "nobody tried again"


def test_a_deployment_after_a_failed_start_is_answered_at_once(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    kill(endpoint)
    endpoint.directory.model_file(1).write_bytes(b"no model")
    assert said(shown.ensure, endpoint) is not None

    a.deploy(bundle(tmp_path, total(factor=2.0)), "sums")

    assert said(shown.ensure, endpoint) is None


def test_a_kill_soon_after_a_failed_start_was_mended_is_no_reason_to_refuse(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    kill(endpoint)
    endpoint.directory.model_file(1).write_bytes(b"no model")
    assert said(shown.ensure, endpoint) is not None
    a.deploy(bundle(tmp_path, total(factor=2.0)), "sums")
    assert said(shown.ensure, endpoint) is None
    kill(endpoint)

    assert said(shown.ensure, endpoint) is None


def test_one_that_was_stopped_is_not_started_by_whoever_asks(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    endpoint.stop()

    kind, words = said(shown.ensure, endpoint)
    assert (kind, words.startswith("Endpoint sums was stopped. Deploy to it again")) == (DeploymentError, True)
    a.deploy(bundle(tmp_path, total()), "sums")
    assert said(shown.ensure, endpoint) is None, "it was no failure, so nobody rests"


def test_one_that_was_removed_meanwhile_is_told_as_such(made, tmp_path):
    shown, a, _ = made
    endpoint = a.deploy(bundle(tmp_path, total()), "sums")
    endpoint.remove()

    assert said(shown.ensure, endpoint)[0] is EndpointNotFoundError
    assert said(shown.ensure, endpoint)[0] is EndpointNotFoundError, "and again: nothing is left of the first"
