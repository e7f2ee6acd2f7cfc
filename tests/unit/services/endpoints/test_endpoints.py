"""Endpoints of a home: deployed to, asked, switched, rolled back, stopped; a process of its own does the answering."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from endpoint_models import bundle, column, echo, total

from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.entities import OnnxTensor
from jupyter_mlops.exceptions import DeploymentError, EndpointNotFoundError, HomeError, UsageError
from jupyter_mlops.home import Home, LifeLock, lock_holder, registered_homes, wait_released
from jupyter_mlops.services import Endpoints, asked, deploy
from jupyter_mlops.services._endpoints import _endpoints
from jupyter_mlops.services._endpoints._check import check_endpoint
from jupyter_mlops.testing import wait_until

ROWS = pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0], "c": [0.5, 0.25]})


@pytest.fixture
def endpoints(tmp_path) -> Iterator[Endpoints]:
    found = Endpoints(Home.create(tmp_path / ".mlops"))
    yield found
    for name in found:
        stop(EndpointDirectory(found.home, name))


def pid_of(endpoint) -> int:
    pid = lock_holder(endpoint.directory.serve_lock)
    assert pid
    return pid


def test_a_bundle_answers_under_its_name(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums", {"a": 1.0, "b": 2.0, "c": 3.0})

    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25]
    stands = endpoint.stand()
    assert (stands.name, stands.state, stands.current, stands.example) == (
        "sums",
        "running",
        1,
        {"a": 1, "b": 2, "c": 3},
    )
    assert [tensor.name for tensor in (*stands.inputs, *stands.outputs)] == ["X", "total"]
    assert list(endpoints) == ["sums"]
    assert "sums" in endpoints
    assert repr(endpoints) == "Endpoints(sums)"
    assert repr(endpoint) == "Endpoint(sums, running, version 1)"


def test_a_server_shows_what_a_terminal_has_deployed(endpoints, tmp_path):
    """No kernel has ever used this home: it would be found by nobody, and not started again after a crash."""
    assert endpoints.home.path not in registered_homes()

    endpoints.deploy(bundle(tmp_path, total()), "sums")

    assert endpoints.home.path in registered_homes()


def test_a_list_of_homes_that_cannot_be_written_keeps_nobody_from_deploying(endpoints, tmp_path, monkeypatch):
    (tmp_path / "data").write_text("no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    assert endpoints.deploy(bundle(tmp_path, total()), "sums").predict(ROWS).tolist() == [11.5, 22.25]


def test_it_is_nobodys_child_and_has_no_port(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    process = psutil.Process(pid_of(endpoint))
    assert process.ppid() != os.getpid()
    assert [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN] == []
    assert os.getsid(process.pid) != os.getsid(0)
    assert endpoint.directory.socket.stat().st_mode & 0o777 == 0o600
    assert endpoint.directory.socket.parent.stat().st_mode & 0o777 == 0o700


def test_another_model_is_the_next_version_and_can_be_rolled_back(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total(), "first"), "sums")
    pid = pid_of(endpoint)

    endpoints.deploy(bundle(tmp_path, total(factor=2.0), "second"), "sums")
    twice = endpoint.predict(ROWS).tolist()
    before = endpoint.rollback()

    assert twice == [23.0, 44.5]
    assert (before.number, before.label) == (1, "first")
    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25]
    assert [version.label for version in endpoint.stand().versions] == ["first", "second"]
    assert pid_of(endpoint) == pid, "the same process goes on"
    with pytest.raises(UsageError, match="has no version before 1"):
        endpoint.rollback()


def test_what_is_served_already_is_no_new_version(endpoints, tmp_path):
    endpoints.deploy(bundle(tmp_path, total()), "sums")
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    assert [version.number for version in endpoint.stand().versions] == [1]


def test_no_request_is_lost_while_versions_change(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    answers, problems, ended = [], [], threading.Event()

    def ask() -> None:
        with endpoint.client() as client:
            body = b'{"instances": [[1, 1, 1]]}'
            while not ended.is_set():
                reply = client.ask("POST", "/invocations", body)
                (problems if reply.problem else answers).append(reply.problem or reply.data["predictions"][0])

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    for factor in (2.0, 3.0, 4.0):
        endpoints.deploy(bundle(tmp_path, total(factor=factor)), "sums")
    endpoint.rollback()
    ended.set()
    for thread in asking:
        thread.join()

    assert problems == []
    assert set(answers) <= {3.0, 6.0, 9.0, 12.0}
    assert endpoint.predict(ROWS).tolist() == [34.5, 66.75]


def test_one_that_was_killed_starts_again_when_it_is_asked(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    os.kill(pid_of(endpoint), signal.SIGKILL)
    assert wait_released(endpoint.directory.serve_lock, 10)

    wait_until(lambda: endpoint.directory.exit_code() is not None)
    stands = endpoint.stand()
    assert (stands.state, stands.problem) == ("down", "signal 9")
    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25]


def test_one_that_was_stopped_stays_so(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    assert endpoint.stop()
    assert not endpoint.stop()
    assert endpoint.stand().state == "stopped"
    assert not endpoint.directory.socket.exists()
    with pytest.raises(DeploymentError, match=r"sums was stopped\. Deploy to it again"):
        endpoint.predict(ROWS)
    assert endpoints.deploy(bundle(tmp_path, total()), "sums").predict(ROWS).tolist() == [11.5, 22.25]


def test_it_ends_when_its_directory_is_gone(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    process = psutil.Process(pid_of(endpoint))

    endpoint.directory.remove()

    process.wait(10)
    assert list(endpoints) == []


def test_a_file_that_was_changed_is_not_served(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    endpoint.directory.model_file(1).write_bytes(total(factor=2.0))

    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25], "what runs has opened the other"
    endpoint.stop()
    endpoints.deploy(bundle(tmp_path, total(factor=3.0)), "sums")
    with pytest.raises(DeploymentError, match="is not the file that was deployed: its content has changed"):
        endpoint.rollback()
    assert endpoint.predict(ROWS).tolist() == [34.5, 66.75]


def test_a_file_that_changes_while_it_is_deployed_is_refused(endpoints, tmp_path):
    looked_at = bundle(tmp_path, total())
    looked_at.path.write_bytes(total(factor=9.0))

    with pytest.raises(DeploymentError, match="has changed since it was checked"):
        endpoints.deploy(looked_at, "sums")


def test_a_refusal_names_the_column(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    with pytest.raises(DeploymentError, match="refuses this: Missing in the request: column 'b'"):
        endpoint.predict(ROWS.drop(columns="b"))


def test_rows_of_every_kind_reach_the_model(endpoints, tmp_path):
    data = echo(column("n", "float64"), column("w", "int64"), column("t", "str"), column("f", "bool"))
    endpoint = endpoints.deploy(bundle(tmp_path, data), "echo")
    rows = pd.DataFrame({"t": ["ä", ""], "n": [np.nan, 1e300], "f": [True, False], "w": [2**62, -1]})

    with endpoint.client() as client:
        said = asked(client, rows)

    assert said.first.tolist() == [[None], [1e300]]
    assert {name: values.ravel().tolist() for name, values in said.others.items()} == {
        "w_out": [2**62, -1],
        "t_out": ["ä", ""],
        "f_out": [True, False],
    }


TENSORS = (
    OnnxTensor(name="ids", type="int64", shape=(None,)),
    OnnxTensor(name="pictures", type="float32", shape=(None, 2, 3)),
)
IDS, PICTURES = np.array([4, 5]), np.arange(12.0).reshape(2, 2, 3)


@pytest.mark.parametrize(
    "rows", [(IDS, PICTURES), {"pictures": PICTURES, "ids": IDS}, [IDS, PICTURES]], ids=["tuple", "dict", "list"]
)
def test_a_network_is_asked_with_an_array_an_input(endpoints, tmp_path, rows):
    endpoint = endpoints.deploy(bundle(tmp_path, echo(*TENSORS)), "echo")

    assert endpoint.predict(rows).tolist() == [4, 5]
    with endpoint.client() as client:
        assert asked(client, rows, TENSORS).others["pictures_out"].tolist() == PICTURES.tolist()
    assert check_endpoint(None, endpoint, rows).answered == 2


def test_pictures_alone_are_sent_by_their_name(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, echo(TENSORS[1])), "echo")

    assert endpoint.predict(PICTURES).tolist() == PICTURES.tolist()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (PICTURES, "The model takes 2 arrays, and X has 1: give ids, pictures in a dict"),
        ((IDS, PICTURES, PICTURES), "The model takes 2 arrays, and X has 3: give ids, pictures in a dict"),
        ({"ids": IDS, "images": PICTURES}, "Tensor 'pictures' is missing"),
        ((IDS, PICTURES[:1]), "The inputs have 1, 2 rows"),
    ],
    ids=["one", "three", "another name", "rows"],
)
def test_arrays_that_are_not_the_models_inputs_are_told(endpoints, tmp_path, rows, said):
    endpoint = endpoints.deploy(bundle(tmp_path, echo(*TENSORS)), "echo")

    with pytest.raises((DeploymentError, UsageError), match=said):
        endpoint.predict(rows)


def test_more_rows_than_a_request_may_have_are_sent_in_parts(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    rows = np.arange(3 * 150_000, dtype=np.float32).reshape(-1, 3)

    assert endpoint.predict(rows).tolist() == rows.sum(axis=1).tolist()


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "x" * 64, "ä"])
def test_a_name_is_a_part_of_paths_and_urls(endpoints, name):
    with pytest.raises(UsageError, match="is no name of an endpoint"):
        endpoints[name]


def test_an_endpoint_that_is_not_there_is_told_with_those_that_are(endpoints, tmp_path):
    with pytest.raises(EndpointNotFoundError, match=r"No endpoint is called sums\. Known: there is none yet"):
        endpoints["sums"]
    endpoints.deploy(bundle(tmp_path, total()), "sums")
    with pytest.raises(EndpointNotFoundError, match=r"No endpoint is called sum\. Known: sums"):
        endpoints["sum"]


def test_without_a_name_it_is_called_as_the_model(endpoints, tmp_path):
    assert endpoints.deploy(bundle(tmp_path, total(), "my model (2)")).name == "my-model-2"


def test_a_damaged_record_is_told_and_harms_no_other(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    endpoint.stop()
    endpoint.directory.record_file.write_text("{")

    (stands,) = endpoints.list()
    assert (stands.state, stands.versions) == ("down", ())
    assert "is damaged" in stands.problem


def test_removing_forgets_all_of_it(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    endpoint.remove()

    assert list(endpoints) == []
    assert not Path(endpoint.directory.path).exists()


def test_the_function_knows_its_targets():
    with pytest.raises(UsageError, match=r"No target is called 'moon'\. Known: .*; and local"):
        deploy("best", to="moon")


def test_only_one_at_a_time_changes_an_endpoint(endpoints, tmp_path, monkeypatch):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    monkeypatch.setattr(_endpoints, "_CHANGE_S", 0.05)

    with LifeLock.acquire(endpoint.directory.change_lock), pytest.raises(DeploymentError, match="is being changed"):
        endpoint.stop()

    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25]


def test_an_interrupt_leaves_what_was_served(endpoints, tmp_path, monkeypatch):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")

    def interrupted(directory):
        raise KeyboardInterrupt

    monkeypatch.setattr("jupyter_mlops.deployment.switch", interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        endpoints.deploy(bundle(tmp_path, total(factor=2.0)), "sums")

    assert endpoint.stand().current == 1
    assert endpoint.predict(ROWS).tolist() == [11.5, 22.25]


def test_a_first_version_that_cannot_be_served_leaves_nothing(endpoints, tmp_path):
    checked = bundle(tmp_path, total())
    endpoints.home.path.joinpath("endpoints").mkdir()
    endpoints.home.path.joinpath("endpoints", "sums").write_text("in the way")

    with pytest.raises(HomeError, match="Cannot make"):
        endpoints.deploy(checked, "sums")

    assert list(endpoints) == []
