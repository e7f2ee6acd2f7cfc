"""Endpoints by REST, and the proxy to their unix sockets: what passes, what does not, and who is started."""

import json
import os
import signal
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest
from endpoint_models import bundle, column, echo, total

from jupyter_mlops.deployment import EndpointDirectory, stop
from jupyter_mlops.entities import Endpoint
from jupyter_mlops.home import Home, LifeLock, lock_holder, wait_released
from jupyter_mlops.services import Endpoints

ROW = {"instances": [[1, 2, 3]]}


@pytest.fixture
def endpoints(server, home) -> Iterator[Endpoints]:
    server.extension.context.homes.refresh()
    yield Endpoints(home)
    for name in EndpointDirectory.names(home):
        directory = EndpointDirectory(home, name)
        stop(directory)
        directory.remove()


class Told(BaseHTTPRequestHandler):
    """Says what it was sent, and tries to set what a browser must not get from it."""

    protocol_version = "HTTP/1.1"

    def address_string(self):
        return ""

    def log_message(self, *words):
        pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        told = {"path": self.path, "headers": dict(self.headers), "body": self.rfile.read(length).decode()}
        body = json.dumps(told).encode()
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "username-x=stolen; Path=/")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Location", "https://evil.example")
        self.send_header("Content-Length", str(len(body) + (9 if self.path == "/torn" else 0)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/torn":
            self.connection.shutdown(2)

    do_POST = do_GET


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


@pytest.fixture
def teller(endpoints, tmp_path) -> Iterator[str]:
    """The name of an endpoint in whose place `Told` answers."""
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "teller")
    endpoint.stop()  # one that only ended would be started again
    lock = LifeLock.acquire(endpoint.directory.serve_lock)
    listener = Listener(str(endpoint.directory.socket), Told)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    yield "teller"
    listener.shutdown()
    listener.server_close()
    thread.join()
    lock.release()


def test_the_list_tells_how_each_stands(server, endpoints, tmp_path):
    endpoints.deploy(bundle(tmp_path, total()), "b", {"a": 1.0, "b": 2.0, "c": 3.0})
    endpoints.deploy(bundle(tmp_path, total()), "a").stop()

    listed = server.get("api/endpoints").json

    assert [(each["name"], each["state"], each["url"]) for each in listed] == [
        ("a", "stopped", "jupyter-mlops/endpoints/a/"),
        ("b", "running", "jupyter-mlops/endpoints/b/"),
    ]
    assert server.get("api/endpoints/b").json == listed[1]
    assert server.get("api/endpoints/b").entity(Endpoint).example == {"a": 1.0, "b": 2.0, "c": 3.0}


def test_it_is_asked_through_the_server(server, endpoints, tmp_path):
    endpoints.deploy(bundle(tmp_path, total()), "sums")

    answer = server.request("POST", "endpoints/sums/invocations", ROW)
    ready = server.get("endpoints/sums/v2/models/sums/ready")
    wrong = server.request("POST", "endpoints/sums/invocations", {"instances": [[1, 2]]})

    assert (answer.status, answer.json) == (200, {"predictions": [6.0]})
    assert ready.json == {"name": "sums", "ready": True}
    assert wrong.status == 400
    assert wrong.json["message"].startswith("A row has 2 values, and the model takes 3")
    assert answer.headers["Cache-Control"] == "no-store"


def test_stop_rollback_and_log(server, endpoints, tmp_path):
    endpoints.deploy(bundle(tmp_path, total()), "sums")
    endpoints.deploy(bundle(tmp_path, total(factor=2.0)), "sums")

    back = server.request("POST", "api/endpoints/sums/rollback", {})
    log = server.get("api/endpoints/sums/log", lines=1)
    stopped = server.request("POST", "api/endpoints/sums/stop", {})
    asked = server.request("POST", "endpoints/sums/invocations", ROW)

    assert (back.status, back.json["current"]) == (200, 1)
    assert log.json["text"].endswith("sums version 1 answers\n")
    assert (stopped.json["state"], asked.status) == ("stopped", 503)
    assert "was stopped. Deploy to it again" in asked.json["message"]
    assert server.request("POST", "api/endpoints/sums/rollback", {}).json["message"].startswith("Endpoint sums has no")


def test_one_that_was_killed_is_started_by_the_next_request_once(server, endpoints, tmp_path):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    os.kill(lock_holder(endpoint.directory.serve_lock), signal.SIGKILL)
    wait_released(endpoint.directory.serve_lock, 10)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(server.request, "POST", "endpoints/sums/invocations", ROW) for _ in range(8)]
        answers = [each.result() for each in asked]

    assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"predictions":[6.0]}')}
    assert endpoint.log().count("answers (process") == 2


def test_one_that_cannot_start_is_told_and_left_alone_for_a_while(server, endpoints, tmp_path, monkeypatch):
    endpoint = endpoints.deploy(bundle(tmp_path, total()), "sums")
    os.kill(lock_holder(endpoint.directory.serve_lock), signal.SIGKILL)
    wait_released(endpoint.directory.serve_lock, 10)
    endpoint.directory.model_file(1).write_bytes(b"other")

    first = server.request("POST", "endpoints/sums/invocations", ROW)
    seen = endpoint.log()
    second = server.request("POST", "endpoints/sums/invocations", ROW)

    assert first.status == second.status == 503
    assert "cannot be served" in first.json["message"]
    assert "is not the file that was deployed" in first.json["message"]
    assert second.json == first.json
    assert endpoint.log() == seen, "nobody tried again"


def test_b23_no_cookie_token_or_header_of_jupyters_passes(server, teller):
    sent = {"Cookie": "a=b", "X-XSRFToken": "x", "Referer": "http://x", "X-Forwarded-For": "1", "Accept": "text/x"}

    answer = server.request("POST", f"endpoints/{teller}/v2?x=1", {"a": "ä"}, headers=sent)
    told = answer.json

    secret = told["headers"].pop("Authorization")
    assert told == {
        "path": "/v2?x=1",
        "headers": {
            "Content-Type": "application/json",
            "Accept": "text/x",
            "Host": "localhost",
            "Content-Length": "15",
        },
        "body": json.dumps({"a": "ä"}),
    }
    assert secret.startswith("Bearer ")
    assert len(secret) == len("Bearer ") + 64
    assert "stolen" not in str(answer.headers)
    assert answer.headers["Access-Control-Allow-Origin"] is None
    assert answer.headers["Location"] is None
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/-/switch", "/%2D/switch", "/../x", "/%2e%2e/x", "//x", "/a%5Cb", "/a%00"])
def test_b23_a_path_that_is_not_the_models_is_refused(server, teller, path):
    answer = server.raw("POST", server.path(f"endpoints/{teller}") + path, "{}", server.auth)

    assert answer.status == 404
    assert b"Bearer" not in answer.body


def test_b23_a_redirect_is_none(server, teller):
    assert server.get(f"endpoints/{teller}/away").status == 502


def test_b23_an_answer_that_breaks_off_is_no_whole_one(server, teller):
    with pytest.raises(Exception, match=r"IncompleteRead|RemoteDisconnected|reset"):
        server.get(f"endpoints/{teller}/torn")


def test_a_body_that_is_too_large_is_refused_here(server, teller):
    answer = server.raw("POST", server.path(f"endpoints/{teller}/invocations"), b"x" * 10_000_001, server.auth)

    assert (answer.status, answer.json["message"]) == (413, "A request has at most 10,000,000 bytes.")


@pytest.mark.parametrize("name", ["nobody", quote("../x", safe=""), "%00", "a" * 200])
def test_an_endpoint_that_is_not_there_is_not_found(server, endpoints, name):
    for route in (f"api/endpoints/{name}", f"endpoints/{name}/v2", f"api/endpoints/{name}/log"):
        assert server.get(route).status == 404
    assert server.request("POST", f"api/endpoints/{name}/stop", {}).status == 404


def test_a_name_in_two_homes_is_told(server, endpoints, tmp_path):
    from jupyter_mlops.home import register_home

    endpoints.deploy(bundle(tmp_path, total()), "sums")
    other = Home.create(server.root / "other" / ".mlops")
    register_home(other.path)
    Endpoints(other).deploy(bundle(tmp_path, total()), "sums").stop()
    server.extension.context.homes.refresh()

    answer = server.get("api/endpoints/sums")

    assert (answer.status, answer.json["message"][:7]) == (400, "2 homes")
    EndpointDirectory(other, "sums").remove()


def test_binary_tensors_pass_in_both_directions(server, endpoints, tmp_path):
    endpoints.deploy(bundle(tmp_path, echo(column("n", "float32"))), "echo")
    said = json.dumps(
        {
            "inputs": [{"name": "n", "shape": [1, 1], "datatype": "FP32", "parameters": {"binary_data_size": 4}}],
            "parameters": {"binary_data_output": True},
        }
    ).encode()
    headers = {"Inference-Header-Content-Length": str(len(said)), "Content-Type": "application/octet-stream"}

    answer = server.request("POST", "endpoints/echo/v2/models/echo/infer", said + b"\x00\x00\x80?", headers=headers)

    length = int(answer.headers["Inference-Header-Content-Length"])
    assert answer.body[length:] == b"\x00\x00\x80?"
    assert json.loads(answer.body[:length])["outputs"][0]["shape"] == [1, 1]


def test_it_outlives_the_server_and_is_listed_by_the_next(server, tmp_path):
    root = tmp_path / "root"
    home = Home.create(root / ".mlops")
    first = type(server)(root)
    endpoint = Endpoints(home).deploy(bundle(tmp_path, total()), "sums")
    pid = lock_holder(endpoint.directory.serve_lock)
    asked = first.request("POST", "endpoints/sums/invocations", ROW).status
    first.stop()

    second = type(server)(root)
    answer = second.request("POST", "endpoints/sums/invocations", ROW)
    second.stop()

    assert (asked, answer.json) == (200, {"predictions": [6.0]})
    assert lock_holder(endpoint.directory.serve_lock) == pid
    stop(endpoint.directory)
