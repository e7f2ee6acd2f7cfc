"""Where a version came from: the run that made it, the data that the run read, the reports that it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..entities import Fingerprint, ModelParity, ModelVersion, OnnxReport, RegisteredModel
from ..exceptions import UsageError
from ._artifacts import ArtifactAbsentError, open_artifact
from ._export_onnx import ARTIFACT as ONNX_ARTIFACT
from ._run import Run

if TYPE_CHECKING:
    from ..entities import RunReports
    from ._service import RunService

_MOST_BYTES = 8 * 1024 * 1024


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
    from ._report_summaries import summarise_reports

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


def with_run(runs: RunService, model: RegisteredModel) -> RegisteredModel:
    """Return a model whose versions say the names of runs that are here, and what their exports found."""
    return replace(model, versions=tuple(_with_run(runs, version) for version in model.versions))


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


def _with_run(runs: RunService, version: ModelVersion) -> ModelVersion:
    run = run_of(runs, version)
    if run is None:
        return version
    report = onnx_report(run)
    return replace(version, run_name=run.name, parity=parity_of(report) if report else version.parity)


def parity_of(report: OnnxReport) -> ModelParity:
    """Return an export's comparison in three words."""
    parity = report.parity
    return ModelParity(
        state="differs" if parity.differing else "equal",
        rows=parity.real.checked + parity.edge.checked,
        differing=parity.differing,
    )
