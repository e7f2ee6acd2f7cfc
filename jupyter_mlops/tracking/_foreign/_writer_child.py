"""`python -m jupyter_mlops.tracking._foreign._writer_child`: changes runs of other tools by MLflow's own client.

A wish a line comes through stdin as JSON, an answer a line goes to stdout; everything else that is printed, to stderr.
It ends when stdin does. A process of its own, because MLflow takes seconds to load and a store may never answer.
"""

from __future__ import annotations

import contextlib
import json
import sys
from functools import cache
from typing import Any, TextIO

from ...exceptions import TrackingError


def answer(wish: dict[str, Any]) -> dict[str, str]:
    """Do what a wish asks for; return nothing, or what speaks against it and whose mistake that is."""
    from mlflow.exceptions import MlflowException

    try:
        change(_client(wish["uri"]), wish["run_id"], wish["name"], wish["tags"], delete=wish["delete"])
    except TrackingError as error:
        return {"error": str(error), "code": ""}
    except MlflowException as error:
        return {"error": error.message, "code": error.error_code}
    except Exception as error:  # noqa: BLE001  # a store is anybody's code; the next wish may be about another one
        return {"error": f"{type(error).__name__}: {error}", "code": ""}
    return {}


def change(client: Any, run_id: str, name: str | None, tags: dict[str, str | None], *, delete: bool) -> None:
    """Change a run by `MlflowClient`; a tag of None is removed, and one that is not there is no mistake."""
    if delete:
        client.delete_run(run_id)
        return
    if name is not None:
        client.update_run(run_id, name=name)
    known = client.get_run(run_id).data.tags if None in tags.values() else {}
    for key, text in tags.items():
        if text is not None:
            client.set_tag(run_id, key, text)
        elif key in known:
            client.delete_tag(run_id, key)


@cache
def _client(uri: str) -> Any:
    """Return a client of a store that exists and has the schema of the installed MLflow: none is made or migrated.

    Raises
    ------
    TrackingError
        It is another one.
    """
    from .._local_store import prepare_store
    from .._real_store import demand_made
    from .._uris import sqlite_path

    path = sqlite_path(uri)
    if path is not None:
        demand_made(uri)
        prepare_store(path, owned=False)
    from mlflow import MlflowClient

    return MlflowClient(uri)


def serve(wishes: TextIO, answers: TextIO) -> None:
    """Load MLflow, say so by an empty line, then answer every wish until there are no more."""
    with contextlib.redirect_stdout(sys.stderr):
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401 - what most stores need, before the clock of a wish

        from .._local_store import known_revision

        known_revision()
    answers.write("\n")
    answers.flush()
    for line in wishes:
        with contextlib.redirect_stdout(sys.stderr):
            told = json.dumps(answer(json.loads(line)))
        answers.write(f"{told}\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
