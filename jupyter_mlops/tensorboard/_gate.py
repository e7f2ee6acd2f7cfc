"""The WSGI gate in front of TensorBoard: only who knows the secret gets in, and data are fresh when read."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_RELOAD_S = 2.0
_FIRST_LOAD_S = 20.0
_PAGES = ("", "index.html")
# A space says "beside this page", and the length that was announced stays true.
_FONTS_AT_ROOT, _FONTS_BESIDE = b"url(/font-roboto/", b"url( font-roboto/"


class Gate:
    """Strips the secret from the path, and tells TensorBoard the path that browsers know.

    Parameters
    ----------
    application : WSGI application
        TensorBoard's own.
    secret : str
        First part of every path; anything else is 404.
    public_path : str
        Where browsers find the application, without a slash at the end.
    refresh : callable
        Called with two limits in seconds before data are read, see `Reloading.refresh`.
    """

    def __init__(
        self,
        application: WSGIApplication,
        secret: str,
        public_path: str,
        refresh: Callable[[float, float], None],
    ) -> None:
        self._application = application
        self._secret = secret.encode()
        self._public_path = public_path
        self._refresh = refresh

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        _, first, rest = (*str(environ.get("PATH_INFO", "")).split("/", 2), "", "")[:3]
        if not hmac.compare_digest(first.encode("utf-8", "replace"), self._secret):
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        environ["PATH_INFO"] = f"/{rest}"
        environ["SCRIPT_NAME"] = self._public_path
        # Werkzeug and others may look here instead; the secret must not reach a page or a log.
        environ["REQUEST_URI"] = environ["RAW_URI"] = f"{self._public_path}/{rest}"
        if rest.startswith("data/"):
            self._refresh(_RELOAD_S, _FIRST_LOAD_S)
        answer = self._application(environ, start_response)
        return _fonts_beside(answer) if rest in _PAGES else answer


def _fonts_beside(page: Iterable[bytes]) -> Iterable[bytes]:
    """Return TensorBoard's page with the addresses of its fonts below its own: it gives them from the server's root."""
    try:
        return [b"".join(page).replace(_FONTS_AT_ROOT, _FONTS_BESIDE)]
    finally:
        if close := getattr(page, "close", None):
            close()
