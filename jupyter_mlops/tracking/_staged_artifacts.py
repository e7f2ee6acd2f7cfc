"""Artifacts inside a run: each file is written under a hidden name first, so that none is ever half there.

MLflow's own repository does so for single files and not for directories. The keeper uploads what has its final name.
"""

from __future__ import annotations

import os
from pathlib import Path

from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry
from mlflow.store.artifact.local_artifact_repo import _TEMP_ARTIFACT_PREFIX, LocalArtifactRepository

from ..home import crash_point

HIDDEN_PREFIX = _TEMP_ARTIFACT_PREFIX


class StagedArtifactRepository(LocalArtifactRepository):  # type: ignore[misc]  # MLflow is untyped
    """MLflow's local repository with directories copied file by file, each renamed into place when it is whole."""

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Copy a directory; files that are whole are listed at once, the one being copied is not."""
        self._get_or_create_artifact_dir(artifact_path)
        source = Path(local_dir)
        for folder, folders, files in os.walk(source):
            inner = Path(artifact_path or "", Path(folder).relative_to(source)).as_posix()
            target = None if inner == "." else inner
            for name in files:
                self.log_artifact(os.fspath(Path(folder, name)), target)
            if not files and not folders:
                self._get_or_create_artifact_dir(target)

    def _publish_staged_artifact(self, temp_file_path: str, *args: object) -> None:
        crash_point("artifact.copied")
        super()._publish_staged_artifact(temp_file_path, *args)


def stage_artifacts() -> None:
    """Use the repository for every local artifact that this process logs from now on."""
    for scheme in ("", "file"):
        _artifact_repository_registry.register(scheme, StagedArtifactRepository)
