"""Registered models as views: all of them, one with its versions, one version with where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..._elements import Element, element
from .._figures import ago
from .._names import cut_middle
from .._view import View, muted, name_element, rows_element, table_element, text_table

if TYPE_CHECKING:
    from ...entities import ModelParity, ModelVersion, RegisteredModel, RegisteredModels
    from ...services import ModelLineage

_EMPTY = "No models are registered. Register what a run made: %models register RUN NAME"
_MOST_ITEMS = 12


class ModelsTable(View):
    """The registered models, by name."""

    def __init__(self, found: RegisteredModels, *, nothing: str = _EMPTY) -> None:
        self.found = found
        more = found.total - len(found.models)
        self._notes = [*found.missing, *([f"{more} more are not shown."] if more > 0 else [])]
        self._nothing = [] if found.models or found.missing else [nothing]

    def __repr__(self) -> str:
        table = [text_table(_MODELS, map(_model_cells, self.found.models))] if self.found.models else []
        return _shown([*table, *self._nothing, *self._notes])

    def element(self) -> Element:
        """Return the table as HTML."""
        rows = [[name_element(cell) for cell in _model_cells(model)] for model in self.found.models]
        table = table_element(_MODELS, rows, "Registered models") if rows else None
        return element("div", table, *(element("div", muted(note)) for note in [*self._nothing, *self._notes]))


class ModelView(View):
    """One model with its versions, newest first."""

    def __init__(self, model: RegisteredModel) -> None:
        self.model = model

    def __repr__(self) -> str:
        lines = [" ".join([self.model.name, *self._told()])]
        if self.model.versions:
            lines.append(text_table(_VERSIONS, map(_version_cells, self.model.versions)))
        return _shown([*lines, *self._notes()])

    def element(self) -> Element:
        """Return head and table as HTML."""
        head = [element("strong", name_element(self.model.name)), *(muted(f" {text}") for text in self._told())]
        rows = [[name_element(cell) for cell in _version_cells(version)] for version in self.model.versions]
        table = table_element(_VERSIONS, rows, f"Versions of {self.model.name}") if rows else None
        return element("div", element("div", *head), table, *(element("div", muted(note)) for note in self._notes()))

    def _told(self) -> list[str]:
        return [self.model.description] if self.model.description else []

    def _notes(self) -> list[str]:
        more = self.model.version_count - len(self.model.versions)
        if not self.model.version_count:
            return [f"It has no versions. Register a run: %models register RUN {self.model.name}"]
        return [f"{more} older versions are not shown."] if more > 0 else []


class VersionView(View):
    """One version: where it came from, what is known of it, how to load it."""

    def __init__(self, lineage: ModelLineage) -> None:
        self.lineage = lineage

    def __repr__(self) -> str:
        version = self.lineage.version
        lines = [" ".join([version.label, *(f"@{alias}" for alias in version.aliases)])]
        lines += [f"  {label:<11} {text}" for label, text in self._facts()]
        return _shown([*lines, "", *(f"    {line}" for line in self._code())])

    def element(self) -> Element:
        """Return the facts as HTML."""
        version = self.lineage.version
        aliases = [element("span", f"@{alias}", style=_BADGE) for alias in version.aliases]
        head = element("div", element("strong", name_element(version.label)), *aliases)
        rows = [(label, name_element(text)) for label, text in self._facts()]
        return element("div", head, rows_element(rows), element("pre", "\n".join(self._code()), style="margin:4px 0"))

    def _facts(self) -> list[tuple[str, str]]:
        return [(label, text) for label, text in _facts(self.lineage) if text]

    def _code(self) -> list[str]:
        version = self.lineage.version
        uri = f"models:/{version.name}@{version.aliases[0]}" if version.aliases else version.uri
        return [f"mlflow.pyfunc.load_model({uri!r})"]


_BADGE = "border:1px solid currentColor;border-radius:3px;padding:0 4px;margin-left:4px;font-size:smaller"
_MODELS = (("name", False), ("latest", True), ("aliases", False), ("parity", False), ("run", False), ("when", False))
_VERSIONS = (("version", True), ("aliases", False), ("parity", False), ("run", False), ("when", False), ("", False))


def _shown(lines: list[str]) -> str:
    """Return lines for a terminal without what would steer it: a registry's texts may be anybody's."""
    from ...services import clean_text

    return clean_text("\n".join(lines))


def _model_cells(model: RegisteredModel) -> list[str]:
    newest = model.versions[0] if model.versions else None
    aliases = ", ".join(f"@{alias} {version}" for alias, version in sorted(model.aliases.items()))
    if newest is None:
        return [cut_middle(model.name), "", cut_middle(aliases), "", "", ago(model.updated_at)]
    latest = [cut_middle(model.name), str(newest.version), cut_middle(aliases)]
    return [*latest, parity_text(newest.parity), cut_middle(run_text(newest)), ago(newest.created_at)]


def _version_cells(version: ModelVersion) -> list[str]:
    aliases = ", ".join(f"@{alias}" for alias in version.aliases)
    told = version.description if version.status == "READY" else version.status
    cells = [str(version.version), cut_middle(aliases), parity_text(version.parity)]
    return [*cells, cut_middle(run_text(version)), ago(version.created_at), cut_middle(" ".join(told.split()), 60)]


def parity_text(parity: ModelParity) -> str:
    """Return icon and words of what an export found; empty without one."""
    if parity.state == "equal":
        return f"✓ equal on {parity.rows:,} rows"
    return f"✕ {parity.differing:,} of {parity.rows:,} rows differ" if parity.state else ""


def run_text(version: ModelVersion) -> str:
    """Return the name of a version's run, or what is known of it."""
    return version.run_name or (f"{version.run_id[:8]} (not here)" if version.run_id else "")


def _facts(lineage: ModelLineage) -> Iterator[tuple[str, str]]:
    version, onnx = lineage.version, lineage.onnx
    yield "status", "" if version.status == "READY" else version.status
    yield "about", version.description
    yield "registered", f"{ago(version.created_at)} ({version.created_at})" if version.created_at else ""
    yield "run", f"{run_text(version)} ({version.run_id[:8]})" if version.run_name else run_text(version)
    yield "is", f"ONNX, sha256 {version.onnx_sha256[:12]}" if version.onnx_sha256 else "the model that the run logged"
    yield "data", _listed([f"{each.name} {_shape(each.shape)} {each.digest[:12]}" for each in lineage.data])
    yield "parity", parity_text(version.parity) + (f", {onnx.variant}" if onnx is not None else "")
    reports = lineage.reports
    if reports is not None and reports.fairness is not None:
        yield "fairness", f"{', '.join(reports.fairness.sensitive)}, {reports.fairness.rows:,} rows"
    if reports is not None and reports.explanation is not None:
        yield "explained", f"{reports.explanation.method_title}, {reports.explanation.rows:,} rows"
    shown = (f"{key}={text}" for key, text in version.tags.items() if not key.startswith(("mlflow.", "mlops.")))
    yield "tags", _listed([cut_middle(text) for text in shown])
    yield "source", version.source


def _shape(shape: object) -> str:
    return " x ".join(str(size) for size in shape) if isinstance(shape, (list, tuple)) else ""


def _listed(items: list[str]) -> str:
    rest = len(items) - _MOST_ITEMS
    return ", ".join(items[:_MOST_ITEMS]) + (f" and {rest} more" if rest > 0 else "")
