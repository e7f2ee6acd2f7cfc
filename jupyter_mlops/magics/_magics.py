"""The magics as IPython sees them. `%%train` is cell-only, so automagic never takes `train(5)` for it."""

from __future__ import annotations

import re
from typing import Any

from ..exceptions import UsageError
from ._deploy._subcommands import deploy
from ._edge import magic_edge
from ._explain import explain
from ._export_onnx import export_onnx
from ._fairness import fairness
from ._models._subcommands import models
from ._runs import runs
from ._session import NotebookSession
from ._tensorboard import tensorboard
from ._train import train

_TRAIN_ALONE = re.compile(r"\s*(%%train(?:[ \t].*)?)\s*")


class MlopsMagics:
    """The product's magics, bound to one session."""

    def __init__(self, session: NotebookSession) -> None:
        self._session = session

    def register(self) -> None:
        """Add the magics to the shell; those of an earlier load are replaced."""
        self._session.shell.input_transformers_cleanup.insert(0, with_a_body)
        self._session.shell.register_magic_function(self.train, "cell", "train")
        self._session.shell.register_magic_function(self.runs, "line", "runs")
        self._session.shell.register_magic_function(self.tensorboard, "line", "tensorboard")
        self._session.shell.register_magic_function(self.deploy, "line", "deploy")
        self._session.shell.register_magic_function(self.explain, "line", "explain")
        self._session.shell.register_magic_function(self.export_onnx, "line", "export_onnx")
        self._session.shell.register_magic_function(self.fairness, "line", "fairness")
        self._session.shell.register_magic_function(self.models, "line", "models")
        self._session.shell.register_magic_function(self.misplaced, "line", "%train")

    def unregister(self) -> None:
        """Take the magics away, if they are still ours."""
        transforms = self._session.shell.input_transformers_cleanup
        if with_a_body in transforms:
            transforms.remove(with_a_body)
        registered = self._session.shell.magics_manager.magics
        for kind, name, magic in (
            ("cell", "train", self.train),
            ("line", "runs", self.runs),
            ("line", "tensorboard", self.tensorboard),
            ("line", "deploy", self.deploy),
            ("line", "explain", self.explain),
            ("line", "export_onnx", self.export_onnx),
            ("line", "fairness", self.fairness),
            ("line", "models", self.models),
            ("line", "%train", self.misplaced),
        ):
            if registered[kind].get(name) == magic:
                del registered[kind][name]

    @property
    def owed(self) -> tuple[str, ...]:
        """Names that runs are to give: a view asks for them before it says what is missing."""
        return tuple(sorted(self._session.pending.ledger.pending))

    @magic_edge
    def train(self, line: str, cell: str) -> Any:
        """Run this cell as a tracked run that outlives the kernel; `%%train -h` shows the options."""
        return train(self._session, line, cell)

    @magic_edge
    def misplaced(self, line: str) -> Any:  # noqa: ARG002 - what the line says does not matter
        """Explain a `%%train` that is not the first line of its cell: IPython looks for a line magic `%train` then."""
        raise UsageError(
            "%%train must be the first line of its cell: nothing, not even a comment, may stand above it. "
            "Move what is above into a cell of its own."
        )

    @magic_edge
    def runs(self, line: str) -> Any:
        """List, show, follow, stop, load and compare runs; `%runs -h` shows how."""
        return runs(self._session, line)

    @magic_edge
    def tensorboard(self, line: str) -> Any:
        """Show runs or a folder in TensorBoard; `%tensorboard -h` shows the options.

        TensorBoard's own magic has the same name: the one that was loaded last answers.
        """
        return tensorboard(self._session, line)

    @magic_edge
    def deploy(self, line: str) -> Any:
        """Serve a checked model, or package it for elsewhere; `%deploy -h` shows how."""
        return deploy(self._session, line)

    @magic_edge
    def explain(self, line: str) -> Any:
        """Explain what a model does with its features; `%explain -h` shows the options."""
        return explain(self._session, line)

    @magic_edge
    def export_onnx(self, line: str) -> Any:
        """Write a model as an ONNX file that is the same model; `%export_onnx -h` shows the options."""
        return export_onnx(self._session, line)

    @magic_edge
    def fairness(self, line: str) -> Any:
        """Compare how models do in groups of people; `%fairness -h` shows the options."""
        return fairness(self._session, line)

    @magic_edge
    def models(self, line: str) -> Any:
        """List and show registered models, register runs, move aliases; `%models -h` shows how."""
        return models(self._session, line)


def with_a_body(lines: list[str]) -> list[str]:
    """Return a cell that is a `%%train` line alone with an empty line below it, and any other as it is.

    IPython refuses a cell magic without a body before the magic could show its help.
    """
    alone = _TRAIN_ALONE.fullmatch("".join(lines))
    return [f"{alone.group(1)}\n", "\n"] if alone else lines
