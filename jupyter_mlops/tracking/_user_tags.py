"""What a user says of a run after its submission, as the tags by which MLflow shows it."""

from __future__ import annotations

from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME, MLFLOW_RUN_NOTE

from ..entities import UserRecord
from ._target import RUN_TAG

ARCHIVED_TAG = "mlops.archived"

_MOST_CHARACTERS = 8_000
"""Of a tag, in MLflow's stores; a longer note is whole in the home."""


def user_tags(record: UserRecord) -> dict[str, str | None]:
    """Return tags to set, and None for those to remove. The one by which a run is found is nobody's to change."""
    if not record.changed_at:
        return {}
    tags = {key: text for key, text in record.tags.items() if key != RUN_TAG}
    if record.name:
        tags[MLFLOW_RUN_NAME] = record.name
    tags[MLFLOW_RUN_NOTE] = record.note[:_MOST_CHARACTERS] or None
    tags[ARCHIVED_TAG] = "true" if record.archived else None
    return tags
