"""One run on its way into the tracking store: each time, what is new of it, in an order that readers understand.

Runs in the keeper. Points are read before the journal, so that the run or the model that a point belongs to is always
shipped before the point.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mlflow.entities import Metric, RunStatus, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ..entities import GitState, RunSpec, RunState
from ..exceptions import TrackingError
from ..home import RunDirectory, crash_point, read_state
from . import _operations
from ._bulk import MetricRow
from ._cursor import read_cursor, write_cursor
from ._journal import read_journal
from ._record import NAME_TAG, USER_TAG, RunRecords, milliseconds
from ._spool._reading import Point, SpoolPage, read_keys, read_spool, spool_paths, trim_spool
from ._spool._spool import Series
from ._store._base import to_dataset_input
from ._target import Target
from ._uploads import stamp, upload
from ._uris import without_credentials
from ._user_tags import user_tags

POINTS_AT_ONCE = 100_000
GAP_PATIENCE_S = 2.0
ARTIFACTS_EVERY_S = 5.0

_REFUSALS = {
    "INVALID_PARAMETER_VALUE",
    "RESOURCE_DOES_NOT_EXIST",
    "RESOURCE_ALREADY_EXISTS",
    "INVALID_STATE",
    "FEATURE_DISABLED",
    "NOT_IMPLEMENTED",
    "ENDPOINT_NOT_FOUND",
}
"""Error codes that say "not this", where any other says "not now"."""


class Shipment:
    """Ships one run to a store, part by part.

    Parameters
    ----------
    run : RunDirectory
        The run.
    spec : RunSpec
        Its spec.
    target : Target
        The store, open.
    """

    def __init__(self, run: RunDirectory, spec: RunSpec, target: Target) -> None:
        self.run = run
        self.spec = spec
        self.target = target
        self.cursor = read_cursor(run)
        if self.cursor.uri != without_credentials(target.uri):
            # A home that was moved, or a store that was chosen anew: all of the run belongs into this one.
            self.cursor = type(self.cursor)(uri=without_credentials(target.uri))
        self._gap_since: dict[Path, float] = {}
        self._artifacts_at = 0.0
        self._problems: list[str] = [self.cursor.problem] if self.cursor.problem else []

    def ship(self) -> bool:
        """Ship what is new; return whether the run has ended and all of it is shipped.

        Raises
        ------
        MlflowException, OSError, sqlite3.Error
            The store cannot take anything now; what it took is on record.
        """
        if self.cursor.done:
            return self._ship_changes()
        state = read_state(self.run)
        self._create_run(state)
        pages = self._read_spools(ended=state.status.is_terminal)
        self._ship_journal()
        complete = self._ship_points(pages)
        while any(len(page.points) == POINTS_AT_ONCE for page in pages.values()):
            pages = self._read_spools(ended=state.status.is_terminal)
            self._ship_journal()
            complete = self._ship_points(pages)
        self._ship_facts(state)
        self._ship_user_record()
        self._ship_artifacts(ended=state.status.is_terminal)
        if not (state.status.is_terminal and complete):
            self._ship_status(state)
            return False
        self._finish(state)
        return True

    def _ship_changes(self) -> bool:
        """Ship what was changed of a run after all of it was shipped: the user's words, and artifacts."""
        self._ship_user_record()
        self._ship_artifacts(ended=True)
        self.note("; ".join(self._problems[:5]))
        return True

    def store_run(self, run_id: str) -> str:
        """Return the store's id of a run of ours; an id that is not ours is the store's already."""
        return self.cursor.run_ids.get(run_id, run_id)

    def store_model(self, model_id: str) -> str:
        """Return the store's id of a model of ours; an id that is not ours is the store's already."""
        return self.cursor.model_ids.get(model_id, model_id)

    def ship_model(self, model_id: str) -> None:
        """Send the files of a model."""
        folder = self.run.staged / "models" / model_id / "artifacts"
        location = self.target.store.get_logged_model(self.store_model(model_id)).artifact_location
        renamed = {
            ours.removeprefix("m-"): theirs.removeprefix("m-")
            for ours, theirs in (self.cursor.run_ids | self.cursor.model_ids).items()
            if ours != theirs
        }
        self._upload(folder, location, renamed)

    def note(self, problem: str) -> None:
        """Write down why the run is not shipped (wholly), for whoever shows it; empty takes it back."""
        if self.cursor.problem != problem:
            self.cursor.problem = problem
            self._save()

    def _save(self) -> None:
        write_cursor(self.run, self.cursor)

    def _create_run(self, state: RunState) -> None:
        if self.spec.run_id in self.cursor.run_ids:
            return
        record = RunRecords(self.run.path, self.spec).runs[self.spec.run_id]
        provenance = self.run.provenance()
        tags = {
            "mlflow.source.name": provenance.notebook or "notebook",
            "mlflow.source.type": "NOTEBOOK",
            "mlops.cell_id": provenance.cell_id,
            "mlops.origin": f"{self.spec.origin.how} {self.spec.origin.run_id}" if self.spec.origin else "",
        }
        known = {key: value for key, value in tags.items() if value}
        tags = known | record.tags | {USER_TAG: record.user, NAME_TAG: record.name}
        self.target.id_of_named(self.spec.experiment)
        self.cursor.run_ids[self.spec.run_id] = self.target.create_run(
            self.spec.run_id,
            self.spec.experiment,
            user=record.user,
            start_time=milliseconds(state.started_at or self.spec.submitted_at),
            tags=tags,
            name=record.name,
        )
        self.cursor.experiment = self.spec.experiment
        self._save()

    def _read_spools(self, *, ended: bool) -> dict[Path, SpoolPage]:
        """Read what is new; wait a little at a slot that somebody may still fill."""
        pages = {}
        for path in spool_paths(self.run.path):
            start = self.cursor.spool_ends.get(path.name, 0)
            page = read_spool(path, start, limit=POINTS_AT_ONCE, skip_gaps=ended)
            if page.at_gap:
                since = self._gap_since.setdefault(path, time.monotonic())
                if time.monotonic() - since > GAP_PATIENCE_S:
                    page = read_spool(path, start, limit=POINTS_AT_ONCE, skip_gaps=True)
            else:
                self._gap_since.pop(path, None)
            pages[path] = page
        return pages

    def _ship_journal(self) -> None:
        for entry in read_journal(self.run.path, self.cursor.journal_end):
            self._unless_refused(partial(_operations.apply, self, entry), f"{entry.op} {entry.fields}")
            self.cursor.journal_end = entry.end
        self._save()

    def _ship_points(self, pages: dict[Path, SpoolPage]) -> bool:
        """Ship points; return whether nothing is left that could be shipped now."""
        complete = True
        for path, page in pages.items():
            start = self.cursor.spool_ends.get(path.name, 0)
            if page.end == start:
                continue
            complete = complete and not page.at_gap
            keys = read_keys(path, links=True)
            self._write_points(page.points, keys)
            if page.lost:
                tag = RunTag("mlops.lost_points", str(page.lost))
                self.target.store.set_tag(self.store_run(self.spec.run_id), tag)
            crash_point("keeper.shipped")
            self.cursor.spool_ends[path.name] = page.end
            self._save()
        return complete

    def _write_points(self, points: list[Point], keys: dict[int, Series]) -> None:
        rows: list[MetricRow] = []
        linked: list[tuple[Series, Point]] = []
        for point in points:
            series = keys.get(point.key_id)
            if series is None or series.run_id not in self.cursor.run_ids:
                continue
            if series.model_id or series.dataset_name:
                linked.append((series, point))
            else:
                run_id = self.cursor.run_ids[series.run_id]
                rows.append(MetricRow(run_id, series.key, point.value, point.timestamp, point.step))
        if rows:
            self._unless_refused(lambda: self.target.write_metrics(rows), f"{len(rows)} points")
        for series, point in linked:
            self._unless_refused(partial(self._write_linked, series, point), f"metric {series.key}")

    def _write_linked(self, series: Series, point: Point) -> None:
        """Write a point that MLflow also shows with a model or a data set."""
        metric = Metric(
            series.key,
            point.value,
            point.timestamp,
            point.step,
            model_id=self.store_model(series.model_id) if series.model_id else None,
            dataset_name=series.dataset_name,
            dataset_digest=series.dataset_digest,
        )
        self.target.store.log_metric(self.store_run(series.run_id), metric)

    def _ship_facts(self, state: RunState) -> None:
        """Ship, once each, what the submission and the start have put on record."""
        run_id = self.store_run(self.spec.run_id)
        if state.started_at and "start" not in self.cursor.shipped:
            self.target.set_start_time(run_id, milliseconds(state.started_at))
            self._shipped("start")
        if "params" not in self.cursor.shipped:
            record = RunRecords(self.run.path, self.spec).runs[self.spec.run_id]
            for start in range(0, len(params := _params(record.params)), 100):
                batch = params[start : start + 100]
                self._unless_refused(partial(self.target.store.log_batch, run_id, [], batch, []), "params")
            self._shipped("params")
        if "datasets" not in self.cursor.shipped and self.run.provenance_file.exists():
            datasets = [to_dataset_input(dataset) for dataset in _datasets(self.run)]
            if datasets:
                self._unless_refused(lambda: self.target.store.log_inputs(run_id, datasets), "data sets")
            self._shipped("datasets")
        git = None if "git" in self.cursor.shipped else self.run.read(GitState, self.run.git_file)
        if git is not None:
            tags = {"commit": git.commit, "branch": git.branch, "dirty": str(git.dirty).lower() if git.commit else ""}
            for key, value in tags.items():
                if value:
                    self.target.store.set_tag(run_id, RunTag(f"mlflow.source.git.{key}", value))
            self._shipped("git")

    def _ship_user_record(self) -> None:
        """Tell the store what the user has said of the run since it was submitted; again only when it has changed."""
        seen = stamp(self.run.user_file)
        if seen == self.cursor.user:
            return
        for key, text in user_tags(self.run.user()).items():
            self._unless_refused(partial(self._tell, key, text), f"tag {key}")
        crash_point("keeper.told")
        self.cursor.user = seen
        self._save()

    def _tell(self, key: str, text: str | None) -> None:
        store, run_id = self.target.store, self.store_run(self.spec.run_id)
        if text is not None:
            store.set_tag(run_id, RunTag(key, text))
        elif key in store.get_run(run_id).data.tags:
            store.delete_tag(run_id, key)

    def _shipped(self, part: str) -> None:
        self.cursor.shipped = [*self.cursor.shipped, part]
        self._save()

    def _ship_artifacts(self, *, ended: bool) -> None:
        """Send new files: now and then while the run goes on, and when it has ended."""
        if not ended and time.monotonic() - self._artifacts_at < ARTIFACTS_EVERY_S:
            return
        self._artifacts_at = time.monotonic()
        folders = {self.spec.run_id: self.run.artifacts}
        staged = self.run.staged / "runs"
        if staged.is_dir():
            folders |= {child.name: child / "artifacts" for child in staged.iterdir()}
        for run_id, folder in folders.items():
            if folder.is_dir() and run_id in self.cursor.run_ids:
                location = self.target.store.get_run(self.cursor.run_ids[run_id]).info.artifact_uri
                self._upload(folder, location, None)

    def _upload(self, folder: Path, location: str, renamed: dict[str, str] | None) -> None:
        before = len(self.cursor.artifacts)
        try:
            repository = get_artifact_repository(location, tracking_uri=self.target.uri)
            refused = upload(folder, repository, self.run.path, self.cursor, renamed)
            self._problems += [f"{name}: the store cannot take a name that is no UTF-8" for name in refused]
        finally:
            if len(self.cursor.artifacts) != before:
                self._save()

    def _ship_status(self, state: RunState) -> None:
        if state.status.value != self.cursor.status:
            self._update_status(self.spec.run_id, state.status.value, None)
            self.cursor.status = state.status.value
            self._save()

    def _finish(self, state: RunState) -> None:
        """Write how the run ended; its child runs that nobody ended, ended with it."""
        ended = milliseconds(state.ended_at)
        records = RunRecords(self.run.path, self.spec)
        records.refresh(metrics=False)
        for child in records.runs.values():
            if child.run_id != self.spec.run_id and child.status == "RUNNING" and child.run_id in self.cursor.run_ids:
                self._update_status(
                    child.run_id, "FAILED" if state.status.value == "FINISHED" else state.status.value, ended
                )
        if state.reason and state.status.value != "FINISHED":
            tag = RunTag("mlops.reason", state.reason)
            self._unless_refused(lambda: self.target.store.set_tag(self.store_run(self.spec.run_id), tag), "the reason")
        self._update_status(self.spec.run_id, state.status.value, ended)
        for path in spool_paths(self.run.path):
            trim_spool(path)
        self.cursor.status = state.status.value
        self.cursor.done = True
        self.cursor.problem = "; ".join(self._problems[:5])
        self._save()

    def _update_status(self, run_id: str, status: str, end_time: int | None) -> None:
        store_id = self.store_run(run_id)
        self._unless_refused(
            lambda: self.target.store.update_run_info(store_id, RunStatus.from_string(status), end_time, None),
            "the status",
        )

    def _unless_refused(self, write: Callable[[], None], what: str) -> None:
        """Write; note what the store refuses for good, so that one bad value does not hold up the rest."""
        try:
            write()
        except MlflowException as error:
            if error.error_code not in _REFUSALS:
                raise
            self._problems.append(f"{what[:200]}: {str(error)[:300]}")
        except TrackingError:
            raise
        except (TypeError, ValueError, KeyError) as error:
            self._problems.append(f"{what[:200]}: {type(error).__name__}: {str(error)[:300]}")


def _params(params: dict[str, str]) -> list[object]:
    from mlflow.entities import Param

    return [Param(key, value) for key, value in params.items()]


def _datasets(run: RunDirectory) -> list[dict[str, object]]:
    """Return the captured data of a run as MLflow data sets: fingerprints, not the data."""
    datasets: list[dict[str, object]] = []
    for fingerprint in run.provenance().fingerprints:
        columns = [dict(zip(("name", "type"), column.rsplit(": ", 1), strict=False)) for column in fingerprint.columns]
        datasets.append(
            {
                "name": fingerprint.name[:500],
                "digest": fingerprint.digest[:36],
                "source_type": "jupyter-mlops",
                "source": json.dumps({"run_id": run.run_id, "name": fingerprint.name, "type": fingerprint.type}),
                "schema": json.dumps({"mlflow_colspec": columns})[:1_000_000] if columns else None,
                "profile": json.dumps({"shape": fingerprint.shape}) if fingerprint.shape is not None else None,
                "tags": {"mlflow.data.context": "training"},
            }
        )
    return datasets
