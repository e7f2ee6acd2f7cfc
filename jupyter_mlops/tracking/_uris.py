"""Addresses: of a run's spool, of the home's own store, and whether two of them are one store."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ..entities import RunSpec

SPOOL_SCHEME = "mlops-spool"
HOME_STORE = "mlflow.db"


def spool_uri(directory: Path) -> str:
    """Return the tracking URI of a run directory: what MLflow sees inside the run."""
    return f"{SPOOL_SCHEME}://{quote(str(directory))}"


def spool_directory(uri: str) -> Path:
    """Return the run directory of a spool's tracking URI."""
    return Path(unquote(urlsplit(uri).path))


def home_of(directory: Path) -> Path:
    """Return the home that a run directory lies in."""
    return directory.parent.parent


def home_store_uri(home: Path) -> str:
    """Return the tracking URI of a home's own store."""
    return f"sqlite:///{home / HOME_STORE}"


def store_uri(directory: Path, spec: RunSpec) -> str:
    """Return the tracking URI of the real store of a run, relative sqlite files made absolute."""
    return absolute_uri(spec.tracking_uri, Path(spec.cwd)) or home_store_uri(home_of(directory))


def absolute_uri(uri: str, cwd: Path) -> str:
    """Return a tracking URI that means the same in every working directory."""
    if not uri.startswith("sqlite:///") or uri == "sqlite:///:memory:":
        return uri
    return f"sqlite:///{cwd / uri.removeprefix('sqlite:///')}"


def sqlite_path(uri: str) -> Path | None:
    """Return the file of a sqlite tracking URI, None for any other."""
    path = uri.removeprefix("sqlite:///")
    return Path(path) if path != uri and path not in ("", ":memory:") else None


def without_credentials(uri: str) -> str:
    """Return an address that may be shown and logged: user, password and query removed."""
    parts = urlsplit(uri)
    if not parts.netloc and not parts.query:
        return uri
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def experiment_id_of(name: str) -> str:
    """Return the id that an experiment has inside a run, whatever the store's: it depends on the name alone."""
    return "x" + hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
