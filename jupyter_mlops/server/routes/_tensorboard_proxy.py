"""`tensorboard/ID/...`: the fixed proxy to a board's unix socket; `tensorboard/port/N/...`: to a stock magic's port.

A page behind it has Jupyter's own origin, so little passes: headers by a list in both directions, no cookie, no service
worker, no redirect to elsewhere; TensorBoard's own content security policy stays, and ours is added.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import AuthenticatedHandler
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ...tensorboard import Address, SupervisedBoard, find_stock_tensorboard
from .._forwarding import Forwarded, NotListeningError, Target, UnansweredError, forward, safe_location
from ._base import RUN_ID, MlopsHandler, RefusalError

_READY_S = 60.0
_LOOK_S = 0.05
_ATTEMPTS = 20
_NO_ANSWER = "This TensorBoard does not answer. Open it again."
_SANDBOX = "sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads"
_FRAMED_BY_NOBODY, _FRAMED_BY_JUPYTER = "frame-ancestors 'none'", "frame-ancestors 'self'"
_PAGE_WITHOUT_POLICY = "default-src 'self'; object-src 'none'"

PASSED_ON = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "X-TensorBoard-Feature-Flags",
)
"""Request headers that a child sees; no cookie, token or XSRF header is among them."""

PASSED_BACK = (
    "Accept-Ranges",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Expires",
    "Last-Modified",
    "Vary",
)
"""Response headers that a browser sees; `Set-Cookie` and `Service-Worker-Allowed` are not among them."""


class ProxyHandler(MlopsHandler):
    """What both proxies share: which requests are let in, and what passes in either direction."""

    _track_activity = False
    _exchange: asyncio.Future[None] | None = None

    @property
    def content_security_policy(self) -> str:
        """Jupyter's own policy for pages, and a sandbox with what TensorBoard needs.

        JupyterHub lets nobody frame a page of a user's server; this one is made to stand in JupyterLab.
        """
        policy: str = AuthenticatedHandler.content_security_policy.fget(self)  # type: ignore[attr-defined] # a property
        return f"{policy.replace(_FRAMED_BY_NOBODY, _FRAMED_BY_JUPYTER)}; {_SANDBOX}"

    async def prepare(self) -> None:  # type: ignore[override]  # as in MlopsHandler
        """Refuse the scripts of service workers: such a worker would outlive the page."""
        await super().prepare()
        if "Service-Worker" in self.request.headers:
            raise RefusalError(403, "A TensorBoard may not bring a service worker.")

    def check_xsrf_cookie(self) -> None:
        """Demand that what is posted comes from a page of this origin: TensorBoard knows nothing of an XSRF token.

        Browsers let no script choose `Origin`, and send it with every POST.
        """
        if not hasattr(self, "_jupyter_current_user") or self.token_authenticated:
            return
        is_same_site = self.request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if self.request.headers.get("Origin") is None or not is_same_site or not self.check_origin():
            raise RefusalError(403, "Only a page of this server may ask a TensorBoard.")

    async def pass_on(self, target: Target, path: str, public_path: str) -> None:
        """Put the request to a child and hand its answer on.

        Parameters
        ----------
        target : Target
            The child, from our own table.
        path : str
            Decoded once; beginning with a slash.
        public_path : str
            What redirects must stay below.

        Raises
        ------
        NotListeningError
            The child was not there; nothing is answered yet.
        UnansweredError
            It has gone before it answered.
        """
        if path.startswith("//") or ".." in path.split("/") or any(char in path for char in "\\\0"):
            raise RefusalError(404, "There is no such page.")
        query = f"?{self.request.query}" if self.request.query else ""
        headers = HTTPHeaders({name: self.request.headers[name] for name in PASSED_ON if name in self.request.headers})
        url = quote(path, safe="/:@!$&'()*+,;=~") + query
        request = Forwarded(str(self.request.method), url, headers, self.request.body)
        self._exchange = asyncio.ensure_future(forward(target, request, partial(self._begin, public_path), self._send))
        try:
            await asyncio.wait([self._exchange])
            if self._exchange.cancelled():
                return
            self._exchange.result()
        except (NotListeningError, UnansweredError):
            raise
        except (StreamClosedError, TimeoutError):
            if not self._headers_written:
                raise RefusalError(503, _NO_ANSWER) from None
            # A part of the answer is out: only a broken connection tells the browser that the rest is missing.
            self.request.connection.close()  # type: ignore[union-attr] # there is one while we answer
            return
        if not self._finished:
            # Who has read all that was announced may have gone already.
            with contextlib.suppress(StreamClosedError):
                await self.finish()

    def on_connection_close(self) -> None:
        """Let go of the child: the browser has gone."""
        if self._exchange is not None:
            self._exchange.cancel()
        super().on_connection_close()

    async def _begin(self, public_path: str, status: int, sent: HTTPHeaders) -> None:
        """Take over status and headers, by the list."""
        location = safe_location(sent["Location"], public_path) if "Location" in sent else ""
        if location is None:
            raise RefusalError(502, "This TensorBoard wants to lead to another place.")
        self.clear()
        known = status in HTTPStatus.__members__.values()
        self.set_status(status, None if known else "Unknown")
        self.clear_header("Content-Type")
        for name in PASSED_BACK:
            if name in sent:
                self.set_header(name, sent[name])
        if location:
            self.set_header("Location", location)
        policies = sent.get_list("Content-Security-Policy")
        if not policies and "html" in sent.get("Content-Type", "html"):
            policies = [_PAGE_WITHOUT_POLICY]
        for policy in policies:
            self.add_header("Content-Security-Policy", policy)
        await self.flush()

    async def _send(self, piece: bytes) -> None:
        """Hand a piece of the body on, and wait while the browser is slower than the child."""
        self.write(piece)
        await self.flush()


class BoardProxyHandler(ProxyHandler):
    """A board of ours."""

    @authenticated
    @authorized
    async def get(self, board_id: str, path: str) -> None:
        """Hand the request to the board; one that was idle is started again."""
        await self._answer(board_id, path)

    @authenticated
    @authorized
    async def head(self, board_id: str, path: str) -> None:
        """Hand the request to the board."""
        await self._answer(board_id, path)

    @authenticated
    @authorized
    async def post(self, board_id: str, path: str) -> None:
        """Hand the request to the board: some of its pages ask for data so."""
        await self._answer(board_id, path)

    async def _answer(self, board_id: str, path: str) -> None:
        board = self.context.tensorboards.find(board_id) if RUN_ID.fullmatch(board_id) else None
        if board is None:
            raise RefusalError(404, "No such TensorBoard is open. Open it again from the Runs sidebar.")
        gone: Address | None = None
        for _ in range(_ATTEMPTS):
            await self._until_ready(board)
            with board.request() as address:
                if address is None:
                    problem = board.instance().problem or "This TensorBoard is starting. Reload in a moment."
                    raise RefusalError(503, problem)
                try:
                    if address != gone:
                        await self.pass_on(Target(address.socket, f"/{address.secret}"), path, board.public_path)
                        return
                except NotListeningError:
                    pass
                except UnansweredError:
                    # A page does not ask again by itself. The next child is asked, and no third: it may die of this.
                    if gone is not None or self.request.method == "POST":
                        break
                    gone = address
                await asyncio.sleep(_LOOK_S)  # it has crashed, and its supervisor is about to notice
        raise RefusalError(503, _NO_ANSWER)

    async def _until_ready(self, board: SupervisedBoard) -> None:
        """Start the board if it sleeps, and wait while it starts; the event loop goes on."""
        for _ in range(int(_READY_S / _LOOK_S)):
            state = board.instance().state
            if state == "stopped":
                await self.in_thread(board.ensure)
            elif state != "starting":
                return
            await asyncio.sleep(_LOOK_S)


class StockProxyHandler(ProxyHandler):
    """A TensorBoard that the stock magic started: `TENSORBOARD_PROXY_URL` leads its page here."""

    @authenticated
    @authorized
    async def get(self, port: str, path: str) -> None:
        """Hand the request to the port, if it is verified."""
        await self._answer(port, path)

    @authenticated
    @authorized
    async def head(self, port: str, path: str) -> None:
        """Hand the request to the port, if it is verified."""
        await self._answer(port, path)

    @authenticated
    @authorized
    async def post(self, port: str, path: str) -> None:
        """Hand the request to the port, if it is verified."""
        await self._answer(port, path)

    async def _answer(self, port: str, path: str) -> None:
        found = None
        if port.isascii() and port.isdecimal() and len(port) <= 5:
            found = await self.in_thread(find_stock_tensorboard, int(port))
        if found is None:
            raise RefusalError(404, "No TensorBoard that a kernel of this server has started listens there.")
        public_path = f"{self.base_url}jupyter-mlops/tensorboard/port/{found.port}"
        try:
            await self.pass_on(Target((found.host, found.port), found.path_prefix), path, public_path)
        except (NotListeningError, UnansweredError):
            raise RefusalError(503, _NO_ANSWER) from None
