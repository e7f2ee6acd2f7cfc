"""TensorBoards by REST, and the proxy to a child that tries what a hostile one would."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from jupyter_mlops.entities import OpenTensorBoard, TensorBoardInstance
from jupyter_mlops.server._forwarding import safe_location
from jupyter_mlops.services import TensorBoardService
from jupyter_mlops.tensorboard import Limits, TensorBoardSupervisor
from jupyter_mlops.testing import wait_until

HOSTILE = r"""
import json, os, socketserver, sys, threading, time
from http.server import BaseHTTPRequestHandler

order = json.loads(sys.stdin.readline())

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return ""

    def log_message(self, *words):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        secret, path = self.path[1:65], self.path[65:]
        assert secret == order["secret"]
        length = int(self.headers.get("Content-Length") or 0)
        told = {"method": self.command, "path": path, "headers": dict(self.headers),
                "body": self.rfile.read(length).decode()}
        if path.startswith("/to/"):
            target = path[4:].replace("PUBLIC", order["public_path"]).replace("_", "/")
            return self.answer(302, Location=target)
        if path == "/evil":
            return self.answer(200, b"<script>", Set_Cookie="username-x=stolen; Path=/", Content_Type="text/html",
                               Service_Worker_Allowed="/", Access_Control_Allow_Origin="*", Refresh="0; url=//evil",
                               Clear_Site_Data='"*"', X_Frame_Options="ALLOWALL")
        if path == "/policy":
            return self.answer(200, b"ok", Content_Type="text/html", Content_Security_Policy="default-src 'self'")
        if path == "/not-modified":
            self.send_response(304); self.send_header("ETag", '"1"'); self.end_headers(); return
        if path == "/large":
            self.send_response(200); self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Transfer-Encoding", "chunked"); self.end_headers()
            for number in range(64):
                self.wfile.write(b"10000\r\n" + bytes([number]) * 65536 + b"\r\n")
            return self.wfile.write(b"0\r\n\r\n")
        if path == "/torn":
            self.send_response(200); self.send_header("Content-Length", "100"); self.end_headers()
            self.wfile.write(b"half"); self.wfile.flush(); self.connection.shutdown(2); return
        if path == "/dies":
            os._exit(3)
        if path == "/dies-once" and not os.path.exists("../died"):
            open("../died", "w").close(); os._exit(3)
        self.answer(200, json.dumps(told).encode(), Content_Type="application/json")

    do_POST = do_HEAD = do_GET

class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

server = Server(order["socket"], Handler)
os.write(1, b"ready\n")
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""
"""A child that speaks HTTP and does what TensorBoard would not."""


@pytest.fixture
def boards(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardService]:
    """The server's TensorBoards, with the hostile child in TensorBoard's place."""
    folder = tmp_path_factory.mktemp("s")
    folder.chmod(0o700)
    url_path = "jupyter-mlops/tensorboard/"
    supervisor = TensorBoardSupervisor(
        folder,
        f"{server.base_url}{url_path}",
        url_path,
        command=(sys.executable, "-c", HOSTILE),
        limits=Limits(idle_s=3.0, pauses_s=(0.0, 0.0, 0.0)),
    )
    context = server.extension.context
    service = TensorBoardService(context.homes, context.catalog, supervisor, (context.homes.root,))
    vars(context)["tensorboards"] = service
    yield service
    service.close()
    del vars(context)["tensorboards"]


@pytest.fixture
def board(server: Any, boards: TensorBoardService, make_run: Any) -> str:
    """The path of a board, without a slash at the end."""
    answer = server.request("POST", "api/tensorboards", {"run_ids": [make_run().id]})
    assert answer.status == 201
    return f"tensorboard/{answer.json['instance_id']}"


def test_runs_are_opened_found_again_listed_and_ended(server, boards, make_run):
    one, other = make_run("one"), make_run("other")

    opened = server.request("POST", "api/tensorboards", {"run_ids": [one.id, other.id]}).entity(TensorBoardInstance)
    again = server.request("POST", "api/tensorboards", {"run_ids": [other.id, one.id, other.id]})

    assert opened == TensorBoardInstance(
        instance_id=opened.instance_id,
        url=f"jupyter-mlops/tensorboard/{opened.instance_id}/",
        run_ids=(one.id, other.id),
        label="one, other",
        state="starting",
        memory_bytes=opened.memory_bytes,
    )
    assert again.json["instance_id"] == opened.instance_id
    assert [board["instance_id"] for board in server.get("api/tensorboards").json] == [opened.instance_id]
    assert server.request("DELETE", f"api/tensorboards/{opened.instance_id}").status == 204
    assert server.request("DELETE", f"api/tensorboards/{opened.instance_id}").status == 404
    assert server.get(f"{opened.url.removeprefix('jupyter-mlops/')}").status == 404


@pytest.mark.parametrize(
    ("wish", "status", "message"),
    [
        ({}, 400, "needs something to show"),
        ({"run_ids": ["../x"]}, 404, "no run id"),
        ({"run_ids": ["0" * 32]}, 404, "No run 0000"),
        ({"run_ids": ["0" * 32] * 101}, 400, "up to 100 runs"),
        ({"run_ids": "x"}, 400, "Expected `array`"),
        ({"logdir": "gs://bucket/logs"}, 400, "is an address"),
        ({"logdir": "mine:http://169.254.169.254/"}, 400, "is an address"),
        ({"logdir": "hdfs://x,y"}, 400, "is an address"),
        ({"logdir": "/etc"}, 400, "is outside of"),
        ({"logdir": "../../.."}, 400, "is outside of"),
        ({"logdir": "a:logs,b:/etc"}, 400, "is outside of"),
        ({"logdir": "link-to-etc"}, 400, "is outside of"),
        ({"logdir": "logs\nmore"}, 400, "no path"),
        ({"logdir": "x" * 5_000}, 400, "no path"),
        ({"logdir": ",".join("abcdefghijklmnopqrstu")}, 400, "names 21 folders"),
        ({"logdir": "logs", "flags": {"db": "sqlite:/etc/x"}}, 400, "--db is for the command"),
        ({"logdir": "logs", "flags": {"path": "x"}}, 400, "no flag --path"),
        ({"logdir": "logs", "socket": "/tmp/x"}, 400, "unknown field"),
    ],
)
def test_b15_only_runs_that_are_known_and_folders_below_the_root_are_shown(server, boards, wish, status, message):
    link = server.root / "link-to-etc"
    if not link.is_symlink():
        link.symlink_to("/etc")
    answer = server.request("POST", "api/tensorboards", wish)
    assert (answer.status, message in answer.json["message"]) == (status, True), answer.json
    assert boards.instances() == ()


def test_b15_a_leading_dash_is_a_name_like_any_other(server, boards):
    (server.root / "--logdir=etc").mkdir()
    answer = server.request("POST", "api/tensorboards", {"logdir": "--logdir=etc"})
    assert (answer.status, answer.json["label"]) == (201, "--logdir=etc")


def test_b23_a_child_sees_no_cookie_token_or_xsrf_header(server, board):
    headers = {
        "Cookie": "username-x=1; _xsrf=2",
        "X-XSRFToken": "2",
        "X-Forwarded-For": "1.2.3.4",
        "Accept-Language": "de",
        "X-TensorBoard-Feature-Flags": "{}",
        "Origin": f"http://127.0.0.1:{server.port}",
    }
    told = server.request(
        "POST", f"{board}/data/x", b"tag=loss", headers={"Content-Type": "text/plain", **headers}
    ).json
    assert (told["method"], told["path"], told["body"]) == ("POST", "/data/x", "tag=loss")
    assert {name.lower() for name in told["headers"]} == {
        "host",
        "accept-encoding",
        "accept-language",
        "content-length",
        "content-type",
        "x-tensorboard-feature-flags",
    }
    assert told["headers"]["Host"] == "localhost"


def test_b22_what_a_child_may_not_say_is_dropped(server, board):
    answer = server.raw("GET", server.path(f"{board}/evil"), headers={"Authorization": "token secret-of-the-test"})
    assert answer.status == 200
    assert "stolen" not in str(answer.headers)
    dropped = ("Service-Worker-Allowed", "Refresh", "Clear-Site-Data", "X-Frame-Options")
    assert [name for name in dropped if name in answer.headers] == []
    assert answer.headers.get("Access-Control-Allow-Origin") != "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_b22_a_childs_policy_is_kept_and_ours_is_added(server, board):
    ours, theirs = server.get(f"{board}/policy").headers.get_all("Content-Security-Policy")
    assert theirs == "default-src 'self'"
    assert "frame-ancestors 'self'" in ours
    assert "sandbox allow-scripts allow-same-origin" in ours
    assert "allow-top-navigation" not in ours
    assert "default-src 'self'; object-src 'none'" in server.get(f"{board}/evil").headers.get_all(
        "Content-Security-Policy"
    )


@pytest.mark.parametrize(
    ("servers", "framed_by"),
    [
        pytest.param("frame-ancestors 'none'", "frame-ancestors 'self'", id="JupyterHub's"),
        pytest.param("frame-ancestors 'self' portal.example", "frame-ancestors 'self' portal.example", id="a portal's"),
    ],
)
def test_a_board_stands_in_jupyterlab_whatever_else_may_not(server, board, monkeypatch, servers, framed_by):
    headers = server.app.web_app.settings.setdefault("headers", {})
    monkeypatch.setitem(headers, "Content-Security-Policy", servers)
    assert server.get("api/tensorboards").headers["Content-Security-Policy"].startswith(servers)
    assert server.get(f"{board}/policy").headers.get_all("Content-Security-Policy")[0].startswith(f"{framed_by};")


@pytest.mark.parametrize("target", ["http:__evil.example_", "__evil.example_x", "PUBLICx_", "_lab", "PUBLIC_.._.._lab"])
def test_b22_a_redirect_to_elsewhere_is_refused(server, board, target):
    assert server.get(f"{board}/to/{target}").status == 502


def test_b22_a_redirect_below_the_board_is_passed_on(server, board):
    assert server.get(f"{board}/to/PUBLIC_data").headers["Location"] == f"/jupyter-mlops/{board}/data"
    assert server.get(f"{board}/to/data").headers["Location"] == "data"


@pytest.mark.parametrize(
    ("location", "is_safe"),
    [
        ("/b/id/", True),
        ("/b/id/data/x?y=//z", True),
        ("data", True),
        ("?tag=1", True),
        ("/b/idx/", False),
        ("//evil/b/id/", False),
        ("https://evil", False),
        ("javascript:alert(1)", False),
        ("/b/id/../x", False),
        ("\\\\evil", False),
        ("/lab", False),
    ],
)
def test_b22_which_redirects_are_safe(location, is_safe):
    assert (safe_location(location, "/b/id") is not None) == is_safe


@pytest.mark.parametrize(
    "path",
    [
        "/../../../api/kernels",
        "/%2e%2e/%2e%2e/x",
        "//evil.example/",
        "/a/..%2f..%2fx",
        "/a%5c..%5cx",
        "/%00",
        "/%2fevil",
    ],
)
def test_b16_paths_that_lead_elsewhere_are_not_there(server, board, path):
    assert server.get(f"{board}{path}").status == 404


def test_b16_an_authority_in_the_path_is_only_a_path(server, board):
    told = server.get(f"{board}/@evil.example:80/x?next=//evil").json
    assert told["path"] == "/@evil.example:80/x?next=//evil"


@pytest.mark.parametrize("path", ["/a%20b%3Fc/%25", f"/data/{quote('тег')}", "/a+b;c=d"])
def test_a_path_reaches_the_child_as_it_was_written(server, board, path):
    assert server.get(f"{board}{path}").json["path"] == path


def test_b16_a_board_that_is_not_in_the_table_is_not_there(server, boards):
    for board_id in ("0" * 32, "x", "..", "0" * 31, "0" * 10_000, "port"):
        assert server.get(f"tensorboard/{board_id}/").status == 404


def test_b17_without_a_token_nothing_is_told(server, board):
    for method, route in (("GET", f"{board}/"), ("HEAD", f"{board}/"), ("GET", "api/tensorboards")):
        answer = server.request(method, route, token=None)
        assert (answer.status in (302, 403), b"path" in answer.body) == (True, False)
    for method, route in (("POST", f"{board}/"), ("POST", "api/tensorboards"), ("DELETE", "api/tensorboards/x")):
        assert server.request(method, route, b"{}", token=None).status == 403
    assert server.request("GET", f"{board}/", token="wrong").status in (302, 403)


def cookies_of(server) -> str:
    """Log in as a browser does, and return its cookies."""
    answer = server.raw("GET", f"{server.base_url}lab?token=secret-of-the-test")
    answer = server.raw("GET", f"{server.base_url}api/status?token=secret-of-the-test")
    return "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "OWN"}, 200),
    ],
)
def test_b18_only_a_page_of_this_origin_may_post_to_a_child(server, board, headers, status):
    sent = {name: value.replace("OWN", f"http://127.0.0.1:{server.port}") for name, value in headers.items()}
    answer = server.raw("POST", server.path(f"{board}/data/x"), b"", {"Cookie": cookies_of(server), **sent})
    assert answer.status == status, answer.body


def test_b18_opening_by_cookie_needs_the_xsrf_token(server, boards, make_run):
    headers = {"Cookie": cookies_of(server), "Content-Type": "application/json"}
    body = json.dumps({"run_ids": [make_run().id]})
    assert server.raw("POST", server.path("api/tensorboards"), body, headers).status == 403
    assert boards.instances() == ()


def test_b22_no_service_worker_comes_from_a_board(server, board):
    assert server.request("GET", f"{board}/sw.js", headers={"Service-Worker": "script"}).status == 403


def test_b20_another_host_is_refused(server, board):
    assert server.request("GET", f"{board}/", headers={"Host": "evil.example"}).status == 403


def test_large_answers_are_streamed_whole(server, board):
    body = server.get(f"{board}/large").body
    assert body == b"".join(bytes([number]) * 65536 for number in range(64))


def test_an_answer_that_breaks_off_does_not_look_whole(server, board):
    with pytest.raises(Exception, match=r"IncompleteRead|4 bytes read|Connection|closed"):
        server.get(f"{board}/torn")


def test_an_answer_without_a_body_stays_one(server, board):
    answer = server.get(f"{board}/not-modified")
    assert (answer.status, answer.headers["ETag"], answer.body) == (304, '"1"', b"")
    head = server.request("HEAD", f"{board}/x")
    assert (head.status, head.body) == (200, b"")


def test_f43_a_child_that_dies_under_a_request_is_there_again_for_the_next(server, board):
    assert server.get(f"{board}/dies").status == 503
    # For some milliseconds the kernel still takes connections for a process that is ending.
    wait_until(lambda: server.get(f"{board}/x").status == 200, 30)


def test_f43_what_a_page_asked_for_as_the_child_died_is_answered_by_the_next_one(server, board):
    answer = server.get(f"{board}/dies-once")
    assert (answer.status, answer.json["path"].endswith("/dies-once")) == (200, True)


def test_f43_what_was_posted_as_the_child_died_is_not_posted_again(server, board):
    assert server.request("POST", f"{board}/dies-once", {}).status == 503


def test_a_board_that_was_idle_wakes_when_it_is_asked(server, boards, make_run):
    answer = server.request("POST", "api/tensorboards", {"run_ids": [make_run().id]})
    supervised = boards.find(answer.json["instance_id"])
    wait_until(lambda: supervised.instance().state == "stopped", 30)
    assert server.get(f"tensorboard/{answer.json['instance_id']}/x").status == 200


STOCK = r"""
import http.server, json, os, pathlib, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_GET(self):
        body = json.dumps({"path": self.path, "cookie": self.headers.get("Cookie")}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
port = server.server_address[1]
info = {"version": "2.21.0", "pid": os.getpid(), "port": port, "path_prefix": "", "logdir": "logs"}
if sys.argv[1] != "-":
    pathlib.Path(sys.argv[1], f"pid-{os.getpid()}.info").write_text(json.dumps(info))
print(port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Return a function that starts what the stock magic would, with or without its record."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / ".tensorboard-info"
    folder.mkdir()
    started = []

    def start(*, recorded: bool) -> int:
        command = [sys.executable, "-c", STOCK, str(folder) if recorded else "-"]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE))
        return int(started[-1].stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_b16_a_stock_tensorboard_of_this_server_is_reached_without_our_cookies(server, stock):
    port = stock(recorded=True)
    answer = server.request("GET", f"tensorboard/port/{port}/data/runs?x=1", headers={"Cookie": "a=b"})
    assert (answer.status, answer.json) == (200, {"path": "/data/runs?x=1", "cookie": None})


def test_b16_no_other_port_is_reached(server, stock):
    for port in (stock(recorded=False), server.port, 22, 0, 65536, 99999999):
        assert server.get(f"tensorboard/port/{port}/").status == 404
    for text in ("6006@evil", "x", "-1", "٣٠٠٠", "127.0.0.1:80", "%2e%2e"):
        assert server.get(f"tensorboard/port/{quote(text, safe='%')}/").status == 404


def test_a_wish_is_one_named_type():
    assert OpenTensorBoard() == OpenTensorBoard(run_ids=(), logdir="", flags={})
