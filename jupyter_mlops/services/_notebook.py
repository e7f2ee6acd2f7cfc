"""A notebook that reproduces a run: the stored inputs exactly, and the code that led to them, to read. nbformat 4.5."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from ..exceptions import UsageError
from ._run import Run


class NotebookPath(msgspec.Struct, frozen=True, kw_only=True):
    """Where a notebook is to be, or is, below the server's root."""

    path: str


def write_notebook(run: Run, path: Path) -> Path:
    """Write the notebook and return its path, with `.ipynb` where it had no suffix.

    Raises
    ------
    UsageError
        There is a file already, or it cannot be written.
    """
    path = path if path.suffix else path.with_suffix(".ipynb")
    text = json.dumps(_notebook(run), indent=1)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except FileExistsError:
        raise UsageError(f"{path} is there already. Choose another name or remove it.") from None
    except OSError as error:
        raise UsageError(f"Cannot write {path}: {error.strerror}. Choose another place.") from error
    return path


def write_notebook_below(root: Path, path: str, run: Run) -> str:
    """Write the notebook at a path below a directory and return that path, with slashes.

    Raises
    ------
    UsageError
        The path leads elsewhere, or to something hidden; or see `write_notebook`.
    """
    wanted = PurePosixPath(path.strip("/"))
    if not path.strip("/ ") or not path.isprintable() or any(part.startswith(".") for part in wanted.parts):
        raise UsageError(f"{path[:100]!r} is no place for a notebook. Give a path such as folder/again.ipynb.")
    target = root / wanted
    if target.suffix not in ("", ".ipynb"):
        raise UsageError(f"A notebook's name ends with .ipynb; {wanted.name[:100]!r} does not.")
    folder = target.parent.resolve()
    if not folder.is_relative_to(root.resolve()) or not folder.is_dir():
        raise UsageError(f"There is no folder {str(wanted.parent)[:100]!r} below the server's root.")
    return write_notebook(run, target).relative_to(root).as_posix()


def _notebook(run: Run) -> dict[str, Any]:
    cells = [
        _markdown(_introduction(run)),
        _code(f"%load_ext jupyter_mlops\nimport jupyter_mlops as mlops\n\noriginal = mlops.runs[{run.id!r}]\noriginal"),
        _code("again = mlops.runs.reproduce(original)\nagain.wait()\nagain"),
        _code("mlops.runs.compare(original, again)"),
        _markdown(_code_to_read(run)),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"{run.id[:8]}-{number}"
    return {
        "cells": cells,
        "metadata": {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _introduction(run: Run) -> str:
    spec, git, environment = run.spec, run.git, run.environment
    facts = [f"submitted {spec.submitted_at}"]
    if git is not None:
        facts.append(f"commit `{git.commit[:12]}`{' with changes' if git.dirty else ''}")
    if environment is not None:
        facts.append(f"Python {environment.python}, {len(environment.packages)} packages, {environment.platform}")
    if spec.shown_params:
        facts.append("parameters " + ", ".join(f"`{param.key}={param.text}`" for param in spec.shown_params))
    lines = "\n".join(f"- {fact}" for fact in facts)
    return (
        f"# Reproduce run {_quoted(run.name)}\n\n{lines}\n\n"
        "The cells below execute the cell again on its stored inputs (data, parameters, random states) and compare the "
        "outputs and metrics of both runs."
    )


def _code_to_read(run: Run) -> str:
    from ..capture import mask_code

    parts = [
        "## The code",
        "To read; the cells above do not need it. First what the run depends on, then the cell itself.",
    ]
    parts += [_fenced(source) for source in (*run.provenance.upstream_cells, mask_code(run.cell))]
    return "\n\n".join(parts)


def _fenced(source: str) -> str:
    fence = "```"
    while fence in source:
        fence += "`"
    return f"{fence}python\n{source.rstrip()}\n{fence}"


def _quoted(name: str) -> str:
    """Return a name as Markdown code: it may hold anything."""
    return f"`{name.replace('`', chr(39))}`"


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(source: str) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}
