"""Where a version came from: the run that made it, the data that the run read, the reports that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...entities import Fingerprint, ModelParity, ModelVersion, OnnxReport, RegisteredModel
from ...exceptions import UsageError
from .._artifacts import ArtifactAbsentError, open_artifact
from .._export_onnx import ARTIFACT as ONNX_ARTIFACT
from .._run import Run

if TYPE_CHECKING:
    from ...entities import RunReports
    from .._service import RunService

_MOST_BYTES = 8 * 1024 * 1024
_MOST_KNOWN = 20_000
"""Runs of which name and parity are kept."""


@dataclass(frozen=True)
class ModelLineage:
    """A version and where it came from.

    Parameters
    ----------
    run : Run, optional
        None where it is none of this home: everything else is empty then.
    data : tuple of Fingerprint
        What the run read.
    reports : RunReports, optional
        Fairness and explanation, in short.
    onnx : OnnxReport, optional
        The comparison of the ONNX file with the model.
    """

    model: RegisteredModel
    version: ModelVersion
    run: Run | None = None
    data: tuple[Fingerprint, ...] = ()
    reports: RunReports | None = None
    onnx: OnnxReport | None = None


def lineage_of(runs: RunService, model: RegisteredModel, version: ModelVersion) -> ModelLineage:
    """Return where a version came from."""
    from .._reports._summaries import summarise_reports

    run = run_of(runs, version)
    if run is None:
        return ModelLineage(model, version)
    return ModelLineage(model, version, run, run.provenance.fingerprints, summarise_reports(run), onnx_report(run))


def run_of(runs: RunService, version: ModelVersion) -> Run | None:
    """Return the run of this home that made a version."""
    run_id = version.run_id
    if len(run_id) != 32 or set(run_id) - set("0123456789abcdef"):
        return None  # another tool's registry may say anything, and an id becomes a path
    run = runs.get(run_id)
    return run if run.exists else None


class VersionRuns:
    """Says of versions which runs of a home made them. What was read is kept until a run's files change.

    Parameters
    ----------
    runs : RunService
        The home.
    """

    def __init__(self, runs: RunService) -> None:
        self._runs = runs
        self._known: dict[str, tuple[tuple[int, ...], str, ModelParity]] = {}

    def told(self, version: ModelVersion) -> ModelVersion:
        """Return a version with the name of its run, if that is here, and what the run's export found."""
        run = run_of(self._runs, version) if version.run_id not in self._known else self._runs.get(version.run_id)
        if run is None:
            return version
        seen = _stamp(run.directory.spec_file, run.directory.user_file, run.directory.artifacts / ONNX_ARTIFACT)
        known = self._known.get(run.id)
        if known is None or known[0] != seen:
            if not run.exists:
                self._known.pop(run.id, None)
                return version
            report = onnx_report(run)
            known = (seen, run.name, parity_of(report) if report else ModelParity())
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[run.id] = known
        return replace(version, run_name=known[1], parity=known[2])

    def all_told(self, model: RegisteredModel, most: int | None = None) -> RegisteredModel:
        """Return a model whose newest versions, and those with an alias, are told; at most so many of the newest."""
        versions = enumerate(model.versions)
        told = (self.told(each) if most is None or place < most or each.aliases else each for place, each in versions)
        return replace(model, versions=tuple(told))


def _stamp(*paths: Path) -> tuple[int, ...]:
    """Return what differs when one of some files does."""
    found = []
    for path in paths:
        try:
            found.append(path.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def onnx_report(run: Run) -> OnnxReport | None:
    """Return what a run's export found; None without one that can be read."""
    try:
        with open_artifact(run, ONNX_ARTIFACT) as (descriptor, found):
            if found.st_size > _MOST_BYTES:
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return OnnxReport.from_json(file.read(_MOST_BYTES))
    except (ArtifactAbsentError, UsageError):
        return None


def parity_of(report: OnnxReport) -> ModelParity:
    """Return an export's comparison in three words."""
    parity = report.parity
    return ModelParity(
        state="differs" if parity.differing else "equal",
        rows=parity.real.checked + parity.edge.checked,
        differing=parity.differing,
    )
