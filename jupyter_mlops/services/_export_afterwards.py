"""`%%train --export`: what the run itself does when its results are delivered, with the notebook or without.

A refusal is told in the run's log and in a tag; the run is what its cell was.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..entities import HELD_OUT, ChangeRun, RunExport, RunSpec, RunStatus, held_out
from ..exceptions import LaunchError, MlopsError, UsageError
from ._export_onnx import ARTIFACT, REFUSED_TAG, export_tags, keep_model
from ._reports._kept import keep_artifact
from ._run import Run
from ._user_changes import MOST_TAG_CHARACTERS, change_run

if TYPE_CHECKING:
    from ..entities import OnnxReport
    from ..home import RunDirectory
    from ..launchers import SubmittedRun


@dataclass(frozen=True)
class ExportAfterwards:
    """Exports a run's model in the run's own process; travels with the inputs of the run (`capture.Afterwards`).

    Parameters
    ----------
    wanted : RunExport
        Names in the run.
    """

    wanted: RunExport

    def __call__(self, run: RunDirectory, namespace: Mapping[str, Any]) -> None:
        """Export, or say why not; a run that failed has nothing to export."""
        from ..home import Home

        result = run.result()
        if result is None or result.status is not RunStatus.FINISHED:
            return
        handle = Run(Home.open(run.path.parent.parent), run.run_id, _nobody)
        try:
            report = self._export(handle, namespace)
        except MlopsError as error:
            sys.stderr.write(f"jupyter-mlops: {self.wanted.model} was not exported. {error}\n")
            change_run(handle, ChangeRun(tags={REFUSED_TAG: str(error)[:MOST_TAG_CHARACTERS]}))
            return
        checked = report.parity.real.checked + report.parity.edge.checked
        sys.stdout.write(f"jupyter-mlops: {self.wanted.model} was exported to ONNX; {checked:,} rows are the same.\n")

    def _export(self, run: Run, namespace: Mapping[str, Any]) -> OnnxReport:
        """Write the file to where the run keeps it, and nowhere else."""
        from tempfile import TemporaryDirectory

        from ..export import ExportWish, export_model

        model = self._value(self.wanted.model, namespace, "It has no such name.")
        name = self.wanted.data or held_out(namespace) or HELD_OUT[0]
        rows = self._value(name, namespace, f"Name rows: --export onnx:{self.wanted.model},X")
        wish = ExportWish(name=self.wanted.model, run_id=run.id)
        with TemporaryDirectory(prefix="jupyter-mlops-") as folder:
            path = Path(folder) / f"{self.wanted.model}.onnx"
            report = export_model(model, rows, path, wish)
            keep_model(run, path, report.weights)
        keep_artifact(run, ARTIFACT, report.to_json().encode())
        # Its end lets all of it be shipped: no keeper is started from within.
        change_run(run, ChangeRun(tags=export_tags(report)))
        return report

    def _value(self, name: str, namespace: Mapping[str, Any], advice: str) -> Any:
        if name not in namespace:
            raise UsageError(f"The run has no {name}. {advice}")
        return namespace[name]


def _nobody(spec: RunSpec) -> SubmittedRun:
    """Refuse a handle: a run does not stop itself."""
    raise LaunchError(f"Run {spec.run_id} is this process.")
