"""Endpoints whose files are not as they were left: copied by hand, damaged, newer, gone, held by the dead."""

import datetime
import decimal
import json
import os
import signal
import socket
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from endpoint_models import bundle, total

from jupyter_mlops.deployment import EndpointClient, EndpointDirectory, Patience, ensure, state_of, stop
from jupyter_mlops.entities import ENDPOINT_VERSION, OnnxSignature, OnnxTensor
from jupyter_mlops.exceptions import DeploymentError, EndpointNotFoundError, HomeError, MlopsError, UsageError
from jupyter_mlops.export import Table
from jupyter_mlops.home import Home, LifeLock, lock_holder, wait_released
from jupyter_mlops.services import Endpoints
from jupyter_mlops.services._endpoints._rows import body_of, example_of

QUICK = Patience(start_s=20.0, pauses_s=(0.01,), stop_s=5.0)
ROWS = pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0], "c": [0.5, 0.25]})
SUMS = [11.5, 22.25]


@pytest.fixture
def endpoints(tmp_path):
    found = Endpoints(Home.create(tmp_path / ".mlops"))
    yield found
    for name in found:
        stop(EndpointDirectory(found.home, name))


@pytest.fixture
def resting(endpoints, tmp_path):
    """An endpoint that was deployed and whose process is gone."""
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    os.kill(lock_holder(endpoint.directory.serve_lock), signal.SIGKILL)
    assert wait_released(endpoint.directory.serve_lock, 10)
    return endpoint


@pytest.mark.parametrize("name", ["sums copy", ".trash", "größe", "x" * 64, "-v"])
def test_a_folder_that_somebody_made_by_hand_is_no_endpoint_and_hides_none(endpoints, resting, name):
    resting.directory.path.with_name(name).mkdir()
    (resting.directory.path.with_name(name) / "endpoint.json").write_bytes(resting.directory.record_file.read_bytes())

    assert list(endpoints) == ["sums"]
    assert [each.name for each in endpoints.list()] == ["sums"]
    assert name not in endpoints


def newer(record):
    return json.dumps({**record, "version": ENDPOINT_VERSION + 1, "wanted": "paused"})


def without_current(record):
    return json.dumps({**record, "current": 9})


DAMAGED = {
    "empty": (lambda _record: "", "is damaged"),
    "half": (lambda record: json.dumps(record)[:40], "is damaged"),
    "list": (lambda _record: "[]", "is damaged"),
    "deep": (lambda _record: "[" * 100_000, "is damaged"),
    "another word": (lambda record: json.dumps({**record, "wanted": "paused"}), "is damaged"),
    "no versions": (lambda record: json.dumps({**record, "versions": []}), "has no version 1"),
    "no such version": (without_current, "has no version 9"),
    "newer": (newer, rf"has version {ENDPOINT_VERSION + 1}\. Upgrade"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_is_told_and_hides_no_other(endpoints, resting, tmp_path, damage):
    change, problem = DAMAGED[damage]
    endpoints.deploy(bundle(tmp_path, total(factor=2.0)), "other")
    file = resting.directory.record_file
    file.write_text(change(json.loads(file.read_bytes())))

    assert [(each.name, each.state) for each in endpoints.list()] == [("other", "running"), ("sums", "down")]
    with pytest.raises(HomeError, match=problem):
        resting.predict(ROWS)
    with pytest.raises(HomeError, match=problem):
        endpoints.deploy(bundle(tmp_path, total()), "sums")
    assert problem.split()[0].strip("\\") in endpoints.list()[1].problem


def test_a_folder_in_place_of_the_record_is_told(endpoints, resting):
    resting.directory.record_file.unlink()
    resting.directory.record_file.mkdir()

    assert [(each.state, each.current) for each in endpoints.list()] == [("down", 0)]
    with pytest.raises(HomeError, match=r"endpoint\.json cannot be read: Is a directory"):
        resting.predict(ROWS)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["gone", "damaged"])
def test_a_secret_that_cannot_be_read_is_told_with_what_to_do(endpoints, tmp_path, content):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    secret = endpoint.directory.path / "secret"
    secret.unlink()
    if content is not None:
        secret.write_bytes(content)

    with pytest.raises(HomeError, match=r"secret cannot be read .* deploy again: %deploy stop sums"):
        endpoint.predict(ROWS)

    secret.unlink(missing_ok=True)
    endpoint.stop()
    assert endpoints.deploy(bundle(tmp_path, total()), "sums").predict(ROWS).tolist() == SUMS


@pytest.mark.parametrize("file", ["model.onnx", "signature.json"])
def test_a_version_whose_files_are_gone(endpoints, resting, file):
    resting.directory.model_file(1).with_name(file).unlink()

    if file == "signature.json":
        assert (resting.stand().inputs, resting.stand().problem != "") == ((), True)
        assert resting.predict(ROWS).tolist() == SUMS, "the model has its signature in itself"
    else:
        with pytest.raises(DeploymentError, match=r"sums cannot be served: .*model\.onnx"):
            ensure(resting.directory, QUICK)


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(b"another")], ids=["gone", "changed"])
def test_deploying_the_same_model_again_brings_its_file_back(endpoints, resting, tmp_path, harm):
    harm(resting.directory.model_file(1))

    again = endpoints.deploy(bundle(tmp_path, total()), "sums")

    assert again.predict(ROWS).tolist() == SUMS
    assert [version.number for version in again.stand().versions] == [1]


@pytest.mark.parametrize("lock", ["serve.lock", "change.lock"])
def test_the_lock_of_a_dead_process_keeps_nobody_out(endpoints, resting, tmp_path, lock):
    assert (resting.directory.path / lock).exists()
    endpoints.deploy(bundle(tmp_path, total(factor=2.0)), "sums")
    assert resting.predict(ROWS).tolist() == [2 * each for each in SUMS]


def test_a_socket_that_is_a_plain_file_gives_way(resting):
    resting.directory.socket.unlink(missing_ok=True)
    resting.directory.socket.write_text("left by something else")
    assert resting.predict(ROWS).tolist() == SUMS


def test_a_socket_that_vanishes_while_it_serves_is_no_answer_and_a_stop_mends_it(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    endpoint.directory.socket.unlink()

    assert endpoint.stand().state == "starting"
    with pytest.raises(DeploymentError, match="does not answer"), EndpointClient(endpoint.directory) as client:
        client.ask("GET", "/v2/health/live")
    assert endpoint.stop()
    assert endpoints.deploy(bundle(tmp_path, total()), "sums").predict(ROWS).tolist() == SUMS


def test_a_server_that_says_no_http_is_told(resting):
    directory = resting.directory
    directory.socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(directory.socket))
        server.listen()

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DeploymentError, match=r"sums does not answer .* %deploy logs sums shows more"):
            with EndpointClient(directory) as client:
                client.ask("GET", "/v2/health/live")
        thread.join(10)


def test_ten_who_ask_at_once_after_a_kill_start_one_process(endpoints, resting):
    answers = []

    def ask():
        answers.append(resting.predict(ROWS).tolist())

    asking = [threading.Thread(target=ask) for _ in range(10)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(60)

    assert answers == [SUMS] * 10
    assert resting.log().count("answers (process") == 2, "the one that was killed, and one"


def test_two_who_deploy_at_once_leave_both_versions(endpoints, tmp_path):
    files = [bundle(tmp_path, total(factor=factor), f"by-{factor:g}") for factor in (2.0, 3.0)]
    deploying = [threading.Thread(target=endpoints.deploy, args=(file, "sums")) for file in files]
    for thread in deploying:
        thread.start()
    for thread in deploying:
        thread.join(60)

    record = EndpointDirectory(endpoints.home, "sums").record()
    assert sorted(each.label for each in record.versions) == ["by-2", "by-3"]
    assert [each.number for each in record.versions] == [1, 2]
    assert endpoints["sums"].predict(ROWS).tolist() == [float(record.serving.label[-1]) * each for each in SUMS]


def test_one_that_is_removed_while_it_serves_ends_and_its_name_is_free(endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    process = psutil.Process(lock_holder(endpoint.directory.serve_lock))
    endpoint.remove()

    process.wait(10)
    with pytest.raises(EndpointNotFoundError, match=r"No endpoint is called sums\. Known: there is none yet"):
        endpoint.predict(ROWS)
    assert endpoint.stand().state == "down"
    assert endpoints.deploy(bundle(tmp_path, total()), "sums").directory.record().current == 1


def test_who_holds_the_lock_elsewhere_is_not_killed_for_it(resting):
    held = LifeLock.acquire(resting.directory.serve_lock)
    try:
        assert state_of(resting.directory) in ("running", "starting")
        with pytest.raises(DeploymentError, match=r"it did not listen within 0\.2 s"):
            ensure(resting.directory, Patience(0.2, (), 1.0))
    finally:
        held.release()
    assert resting.predict(ROWS).tolist() == SUMS


# --- rows on their way


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (pd.Timestamp("2020-01-01"), "Timestamp"),
        (datetime.date(2020, 1, 1), "date"),
        (decimal.Decimal("1.5"), "Decimal"),
        (b"bytes", "bytes"),
        (1 + 2j, "complex"),
    ],
    ids=["timestamp", "date", "decimal", "bytes", "complex"],
)
def test_what_no_request_can_say_is_told_before_it_is_sent(value, word):
    table = Table.of(pd.DataFrame({"a": pd.Series([value], dtype=object)}))
    with pytest.raises(UsageError, match=rf"The rows hold {word}, and an endpoint takes numbers, texts"):
        body_of(table, 0, 1)


def test_numbers_of_numpy_among_objects_are_numbers():
    values = pd.Series([np.int64(7), np.float32(0.5), np.True_, None, 2**70, "text"], dtype=object)
    body = json.loads(body_of(Table.of(pd.DataFrame({"a": values})), 0, len(values)))
    assert body == {"dataframe_split": {"columns": ["a"], "data": [[7], [0.5], [True], [None], [2**70], ["text"]]}}


@pytest.mark.parametrize(
    ("value", "kept"),
    [(2**64 - 1, True), (-(2**63), True), (2**64, False), (-(2**63) - 1, False), (b"bytes", False), ("text", True)],
)
def test_an_example_that_the_record_cannot_hold_is_none(value, kept):
    tensor = OnnxTensor(name="X", type="float32", shape=(None, 1), columns=("a",))
    X = pd.DataFrame({"a": pd.Series([value], dtype=object)})
    assert example_of(X, OnnxSignature(inputs=(tensor,), outputs=(tensor,))) == ({"a": value} if kept else {})


def test_a_model_is_deployed_whatever_its_example_is(endpoints, tmp_path):
    rows = pd.DataFrame({"a": [2**70], "b": [np.nan], "c": ["x"]}, dtype=object)
    checked = bundle(tmp_path, total())
    endpoint = endpoints.deploy(checked, "sums", example_of(rows, checked.signature))
    assert (endpoint.predict(ROWS).tolist(), endpoint.stand().example) == (SUMS, {})


@pytest.mark.parametrize(
    "X",
    [None, 5, "text", [1, 2, 3], [[1], [2, 3]], {"a": [1]}, object()],
    ids=["none", "number", "text", "row", "ragged", "dict", "object"],
)
def test_what_is_no_rows_is_told(endpoints, resting, X):
    with pytest.raises(MlopsError):
        resting.predict(X)
