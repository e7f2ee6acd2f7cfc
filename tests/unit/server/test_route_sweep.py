"""Every route of the running application, whatever it is: refused without a user, from elsewhere, and unchanged by GET.

The list is taken from the application, so that a new route is swept from the day it is there.
"""

import re
import time
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.routing import PathMatches, Router
from tornado.web import RequestHandler, create_signed_value, decode_signed_value
from tornado.websocket import WebSocketHandler

from jupyter_mlops.server.routes import ROUTES

SECRET_NAME = "nobody-may-read-this-name"
REFUSED = {401, 403, 404}
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


class Route(NamedTuple):
    """One method of one route, as an address to ask."""

    method: str
    path: str
    handler: type[RequestHandler]

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def headers(self) -> dict[str, str]:
        return UPGRADE if issubclass(self.handler, WebSocketHandler) else {}


def rules(router: Router) -> list[tuple[str, Any]]:
    found = []
    for rule in router.rules:
        if isinstance(rule.target, Router):
            found += rules(rule.target)
        elif isinstance(rule.matcher, PathMatches):
            found.append((rule.matcher.regex.pattern, rule.target))
    return found


@pytest.fixture
def run(make_run):
    return make_run(SECRET_NAME, log=SECRET_NAME.encode(), cell=SECRET_NAME)


@pytest.fixture
def routes(server, run) -> list[Route]:
    """Every method that is implemented below our prefix."""
    found = []
    for pattern, handler in rules(server.app.web_app.default_router):
        if "/jupyter-mlops/" not in pattern or not issubclass(handler, RequestHandler):
            continue
        path = re.sub(r"\([^)]*\)", lambda group: "/x" if group[0] == "(/.*)" else run.id, pattern.rstrip("$"))
        path = path.replace("\\", "")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            if getattr(handler, method.lower()) is not RequestHandler._unimplemented_method:
                found.append(Route(method, path, handler))
    return found


@pytest.fixture(scope="module")
def browser(server) -> dict[str, str]:
    """The headers of a browser that has logged in: cookies, and the XSRF token that pages send."""
    cookies = SimpleCookie()
    first = server.raw("GET", "/login")
    for header in first.headers.get_all("Set-Cookie") or []:
        cookies.load(header)
    xsrf = cookies["_xsrf"].value
    form = urlencode({"password": "secret-of-the-test", "_xsrf": xsrf})
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"_xsrf={xsrf}"}
    answer = server.raw("POST", "/login", form, sent)
    for header in answer.headers.get_all("Set-Cookie") or []:
        cookies.load(header)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    return {"Cookie": cookie, "X-XSRFToken": cookies["_xsrf"].value}


def ask(server: Any, route: Route, headers: dict[str, str]) -> Any:
    body = "{}" if route.changes else None
    return server.raw(route.method, route.path, body, {"Content-Type": "application/json", **route.headers, **headers})


def leaks(server: Any, routes: list[Route], headers: dict[str, str]) -> list[str]:
    """Return what was answered although it should have been refused."""
    answers = [(route, ask(server, route, headers)) for route in routes]
    return [
        f"{route.method} {route.path}: {answer.status}"
        for route, answer in answers
        if answer.status not in REFUSED or SECRET_NAME.encode() in answer.body
    ]


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_the_sweep_finds_the_table(routes):
    assert len({route.path for route in routes}) == len(ROUTES)
    assert all(hasattr(route.handler, "auth_resource") for route in routes)


def test_b17_nothing_is_told_without_a_token(server, routes):
    assert leaks(server, routes, {}) == []


class RefusingAuthorizer(Authorizer):
    """Lets nobody do anything, and keeps what it was asked."""

    asked: ClassVar[set[tuple[str, str]]] = set()

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.add((action, resource))
        return False


def test_b17_who_may_not_is_told_nothing(server, routes, browser, run, monkeypatch):
    """A user of the server whom its administrator forbids runs, as a hub may."""
    before = snapshot(run.directory.path)
    monkeypatch.setitem(server.app.web_app.settings, "authorizer", RefusingAuthorizer())

    assert leaks(server, [route for route in routes if not route.changes], browser) == []
    assert leaks(server, [route for route in routes if route.changes], browser) == []
    assert RefusingAuthorizer.asked == {("read", "jupyter-mlops"), ("write", "jupyter-mlops")}
    assert snapshot(run.directory.path) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "token wrong"},
        {"Authorization": "Bearer wrong"},
        {"Cookie": "username-localhost=forged"},
        {"Cookie": 'username-127-0-0-1-8888="2|1:0|10:1|23:x|4:eA==|00"'},
    ],
)
def test_b17_nothing_is_told_to_a_stranger(server, routes, headers):
    assert leaks(server, routes, headers) == []


def test_b17_a_cookie_that_has_expired_is_none(server, routes, browser, run):
    """Signed by the server itself, forty days ago; the same signed today is answered."""
    (name,) = (name for name in SimpleCookie(browser["Cookie"]) if name.startswith("username-"))
    secret = server.app.web_app.settings["cookie_secret"]
    value = decode_signed_value(secret, name, SimpleCookie(browser["Cookie"])[name].value)

    def signed(days_ago: float) -> dict[str, str]:
        cookie = create_signed_value(secret, name, value, clock=lambda: time.time() - days_ago * 86_400)
        return {"Cookie": f"{name}={cookie.decode()}"}

    assert leaks(server, routes, signed(40)) == []
    assert server.raw("GET", server.path(f"api/runs/{run.id}"), headers=signed(0)).status == 200


def test_a_browser_that_has_logged_in_is_answered(server, routes, browser, run):
    answer = server.raw("GET", server.path(f"api/runs/{run.id}"), headers=browser)
    changed = server.raw(
        "PATCH", server.path(f"api/runs/{run.id}"), "{}", {**browser, "Content-Type": "application/json"}
    )

    assert (answer.status, changed.status) == (200, 200)


def test_b18_a_cookie_alone_changes_nothing(server, routes, browser, run):
    changing = [route for route in routes if route.changes]
    before = snapshot(run.directory.path)

    assert changing
    assert leaks(server, changing, {"Cookie": browser["Cookie"]}) == []
    assert leaks(server, changing, {**browser, "X-XSRFToken": "forged"}) == []
    assert snapshot(run.directory.path) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8888"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
def test_b18_b20_nothing_is_told_to_another_site(server, routes, browser, run, headers):
    before = snapshot(run.directory.path)

    assert leaks(server, routes, {**browser, **headers}) == []
    assert snapshot(run.directory.path) == before


def test_b20_not_even_a_token_helps_under_a_foreign_name(server, routes):
    assert leaks(server, routes, {**server.auth, "Host": "evil.example"}) == []


def test_b18_get_changes_nothing(server, routes, run):
    before = snapshot(run.directory.path)
    queries = ["", "?path=x", "?delete=1&_method=DELETE", "?name=evil&archived=true"]

    for route in routes:
        if not route.changes and not route.headers:
            for query in queries:
                server.raw(route.method, route.path + query, headers=server.auth)
                sent = {**server.auth, "X-HTTP-Method-Override": "DELETE"}
                server.raw(route.method, route.path + query, headers=sent)

    assert snapshot(run.directory.path) == before


def test_no_route_answers_with_a_fault_of_ours(server, routes):
    answers = [(route, ask(server, route, server.auth)) for route in routes if not route.headers]

    faults = [f"{route.method} {route.path}: {answer.status}" for route, answer in answers if answer.status >= 500]
    assert faults == []


def test_a_route_that_is_not_there_says_nothing(server):
    answer = server.get("api/nothing")

    assert answer.status == 404


def test_every_answer_forbids_what_a_browser_might_guess(server, routes):
    for route in routes:
        if route.method == "GET" and not route.headers and "/tensorboard/" not in route.path:
            answer = ask(server, route, server.auth)
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_sweep_would_notice(server, routes, browser):
    """With the right credentials every route is answered: what is refused above is refused for its reason."""
    elsewhere = ("/tensorboard", "/content", "/endpoints/")  # there is none of that id, and no file without a path
    own = [route for route in routes if not route.changes and not any(part in route.path for part in elsewhere)]

    refused = [route.path for route in own if ask(server, route, browser).status not in (200, 101, 400)]

    assert refused == []


def test_b18_the_socket_is_closed_to_other_sites(server, browser):
    path = server.path("api/live")

    statuses = {
        name: server.raw("GET", path, headers={**browser, **UPGRADE, **headers}).status
        for name, headers in {
            "own": {"Origin": f"http://127.0.0.1:{server.port}"},
            "script": {},
            "origin": {"Origin": "https://evil.example"},
            "fetch": {"Sec-Fetch-Site": "cross-site"},
            "host": {"Host": "evil.example"},
        }.items()
    }

    assert statuses == {"own": 101, "script": 101, "origin": 403, "fetch": 403, "host": 403}
